"""What doubt compares with on its way from a worker: asked once, tried again a few times, and given up where that does not help."""

import logging
from concurrent.futures import Future

import pytest

from model.evaluation.out_of_distribution import reference_set
from ui.prediction import out_of_distribution
from ui.prediction.out_of_distribution import PAUSES, SERVER, Preparation


class Workers:
    """Workers whose work is settled by hand."""

    def __init__(self):
        self.asked = []

    def in_turn(self, whose, seconds, function, *arguments):
        assert whose == SERVER and function is reference_set and not arguments
        self.asked.append(Future())
        return self.asked[-1]


class ShutDown:
    """Workers that do nothing."""

    tries = 0

    def in_turn(self, *work):
        self.tries += 1
        refused = Future()
        refused.set_exception(RuntimeError("the workers were shut down"))
        return refused


@pytest.fixture
def remembered(monkeypatch):
    given = []
    monkeypatch.setattr(out_of_distribution, "use_reference_set", given.append)
    return given


@pytest.fixture
def now():
    return [0.0]


@pytest.fixture
def preparation(now):
    return Preparation(lambda: now[0])


def test_it_is_asked_for_once_and_remembered_when_it_comes(preparation, remembered):
    workers = Workers()
    assert not preparation.prepare(workers) and not preparation.prepare(workers)
    workers.asked[0].set_result("memory")
    assert preparation.prepare(workers) and preparation.prepare(workers)
    assert len(workers.asked) == 1 and remembered == ["memory"] and not preparation.given_up


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_failure_is_logged_once_tried_again_after_growing_pauses_and_then_given_up(
    preparation, remembered, now, caplog, cancelled
):
    workers = Workers()
    with caplog.at_level(logging.WARNING):
        for failure, pause in enumerate([*PAUSES, 1e9], 1):
            preparation.prepare(workers)
            assert len(workers.asked) == failure
            lost = workers.asked[-1]
            lost.cancel() if cancelled else lost.set_exception(RuntimeError("no memory left"))
            for _ in range(50):
                assert not preparation.prepare(workers)
            now[0] += 0.99 * pause
            assert not preparation.prepare(workers)
            assert len(workers.asked) == failure
            assert preparation.given_up == (failure > len(PAUSES))
            now[0] += 0.01 * pause + 1e-6
    assert len(caplog.records) == 1
    assert cancelled or "no memory left" in caplog.text
    assert list(PAUSES) == sorted(set(PAUSES)) and remembered == []


def test_what_comes_at_a_later_try_counts_as_well(preparation, remembered, now):
    workers = Workers()
    preparation.prepare(workers)
    workers.asked[0].set_exception(RuntimeError())
    preparation.prepare(workers)
    now[0] += PAUSES[0]
    preparation.prepare(workers)
    workers.asked[1].set_result("memory")
    assert preparation.prepare(workers) and remembered == ["memory"]


def test_workers_that_take_nothing_disturb_no_page_and_are_given_up_too(preparation, now):
    workers = ShutDown()
    for _ in range(1_000):
        assert not preparation.prepare(workers)
        now[0] += 10.0
    assert workers.tries == len(PAUSES) + 1 and preparation.given_up
