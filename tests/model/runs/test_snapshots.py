"""The way back of a run: how many moments, which of them, how exact, and within how many bytes."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.config import TrainingConfig
from model.network import Network, predict
from model.runs import driver
from model.runs.executor import Workers
from model.runs.run_state import EARLY_STEPS, RunState, SliceWork
from model.runs.snapshots import SNAPSHOT_BYTES, SNAPSHOTS_MOST, Snapshot, half_bytes, nearest, with_snapshot
from model.runs.store import Runs
from model.training.state import State, next_point
from tests.model.networks import random_network
from tests.model.runs.hand_executor import CONFIG, SCORE, HandExecutor, fake_slice


def kept_after(steps: list[int], network: Network) -> tuple[Snapshot, ...]:
    kept: tuple[Snapshot, ...] = ()
    for step in steps:
        kept = with_snapshot(kept, step, network)
    return kept


@given(st.lists(st.integers(1, 100_000), min_size=1, max_size=200, unique=True).map(sorted))
def test_never_more_than_forty_and_always_the_first_and_the_last(steps: list[int]) -> None:
    kept = [one.step for one in kept_after(steps, random_network(hidden=(4,)))]
    assert len(kept) == min(len(steps), SNAPSHOTS_MOST)
    assert (kept[0], kept[-1]) == (steps[0], steps[-1])
    assert kept == sorted(kept)


def test_the_beginning_is_dense_and_no_stretch_of_the_run_is_left_out() -> None:
    steps = [step for step in [*EARLY_STEPS, *range(86, 4301, 86)]]
    kept = [one.step for one in kept_after(steps, random_network(hidden=(4,)))]
    assert set(EARLY_STEPS) <= set(kept)
    early = sum(step <= 1_000 for step in kept)
    assert early > sum(1_000 < step <= 2_000 for step in kept)
    assert max(after - before for before, after in itertools.pairwise(kept)) <= 4 * 86


def test_half_precision_answers_as_the_network_does() -> None:
    network = random_network(hidden=(64, 64))
    images = np.random.default_rng(0).random((50, 28, 28), np.float32)
    again = with_snapshot((), 1, network)[0].network()
    np.testing.assert_allclose(predict(again, images), predict(network, images), atol=2e-3)


def test_a_run_stays_within_its_bytes_and_a_network_too_large_for_three_has_none() -> None:
    larger = random_network(hidden=(384, 192))
    kept = kept_after(list(range(1, 60)), larger)
    assert 3 <= len(kept) < SNAPSHOTS_MOST
    assert sum(one.size for one in kept) <= SNAPSHOT_BYTES
    assert kept[0].size == half_bytes(larger)
    assert kept_after([1, 2, 3], random_network(hidden=(1024, 1024))) == ()


@pytest.mark.parametrize("broken", [np.nan, np.inf, 1e6])
def test_weights_that_half_precision_cannot_hold_are_left_out(broken: float) -> None:
    good = random_network(hidden=(4,))
    weights = tuple((np.full_like(weight, broken), bias) for weight, bias in good.weights)
    kept = kept_after([1, 2], good)
    assert with_snapshot(kept, 3, Network("relu", weights)) == kept


def test_steps_trained_once_more_take_the_place_of_what_came_after() -> None:
    assert [one.step for one in kept_after([1, 12, 40, 12], random_network(hidden=(4,)))] == [1, 12]


def test_the_nearest_moment() -> None:
    kept = kept_after([1, 12, 40], random_network(hidden=(4,)))
    assert [nearest(kept, step).step for step in (0, 7, 25, 27, 900)] == [1, 12, 12, 40, 40]  # type: ignore[union-attr]
    assert nearest((), 5) is None


def test_the_first_slices_are_short_and_end_before_the_first_point() -> None:
    config = TrainingConfig()
    state, ends = RunState(config).resumed(), []
    for _ in EARLY_STEPS:
        work = state.next_work()
        assert isinstance(work, SliceWork)
        ends.append(work.goal)
        state = state.submitted(work, 0.0).slice_done(
            State(work.goal, random_network(hidden=()).weights, ()), (), 0.1, 1.0
        )
    assert tuple(ends) == EARLY_STEPS
    work = state.next_work()
    assert isinstance(work, SliceWork) and work.goal == next_point(config, 0)
    assert [one.step for one in state.snapshots] == list(EARLY_STEPS)
    single = state.paused().stepped().next_work()
    assert isinstance(single, SliceWork) and single.goal == next_point(config, 0)


def test_all_runs_together_stay_within_their_bytes_and_the_one_longest_unseen_gives_up_its_way_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(driver, "timed_slice", fake_slice)
    monkeypatch.setattr(driver, "final_scores", lambda network: (SCORE, SCORE))
    executor = HandExecutor()
    alone = Runs(Workers(lambda: executor))
    alone.start(CONFIG)
    executor.work_off()
    held = [one.size for one in alone.all()[0].view().snapshots]
    assert len(held) > 2
    runs = Runs(Workers(lambda: executor), snapshot_bytes=SNAPSHOT_BYTES + 2 * sum(held) + held[-1])
    tokens = []
    for _ in range(3):
        tokens.append(runs.start(CONFIG).token)
        executor.work_off()
    runs.find(tokens[0])
    assert [len(run.view().snapshots) for run in runs.all()] == [len(held)] * 3
    runs.start(CONFIG)
    after = {run.token: len(run.view().snapshots) for run in runs.all()}
    assert [after[token] for token in tokens] == [len(held), 1, len(held)]
