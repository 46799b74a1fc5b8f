"""Curves that workers measure piece by piece: complete in the end, left when nobody looks, and told when a worker is lost."""

from concurrent.futures import Future

import pytest

from model.evaluation.damage_curve import KINDS, Harm
from model.interpretability.ablation import Damage
from tests.model.networks import random_network
from ui.inside import damage_curves
from ui.inside.damage_curves import DamageCurves

PLACES = KINDS["image_right"].places


class Scripted:
    """Workers that do one piece when told to: the first three places asked for."""

    def __init__(self):
        self.waiting = []

    def in_turn(self, whose, expected, function, network, on_test, kind, harm, places, seconds):
        assert whose == "somebody" and expected == seconds
        assert kind == "image_right" and harm == Harm()
        self.waiting.append((Future(), places))
        return self.waiting[-1][0]

    def do(self, error=None):
        future, places = self.waiting.pop(0)
        future.set_exception(error) if error else future.set_result({place: 100 + place for place in places[:3]})


@pytest.fixture
def workers():
    return Scripted()


def asked(curves, network, harm=None):
    return curves.of(network, "image_right", harm or Harm(), True, whose="somebody")


def test_a_curve_is_measured_piece_by_piece_and_kept(workers):
    curves, network = DamageCurves(workers), random_network("relu", (4,))
    assert asked(curves, network).right == {}
    for _ in range(len(PLACES) // 3):
        assert not asked(curves, network).done
        workers.do()
    found = asked(curves, network)
    assert found.done and not found.failed and found.count == 10_000
    assert found.right == {place: 100 + place for place in PLACES} and list(found.right) == PLACES
    assert workers.waiting == []


def test_how_much_of_the_kind_itself_there_is_makes_no_other_curve(workers):
    curves, network = DamageCurves(workers), random_network("relu", (4,))
    asked(curves, network)
    asked(curves, network, KINDS["image_right"].put(Harm(), 4))
    assert len(workers.waiting) == 1


def test_what_nobody_looks_at_any_more_waits_until_somebody_does(workers, monkeypatch):
    curves, network = DamageCurves(workers), random_network("relu", (4,))
    asked(curves, network)
    monkeypatch.setattr(damage_curves, "WANTED_SECONDS", 0)
    workers.do()
    assert workers.waiting == []
    assert len(asked(curves, network).right) == 3
    assert len(workers.waiting) == 1


def test_a_lost_worker_is_told_and_what_was_measured_stays(workers):
    curves, network = DamageCurves(workers), random_network("relu", (4,))
    asked(curves, network)
    workers.do()
    workers.do(OSError("lost"))
    found = asked(curves, network)
    assert found.failed and len(found.right) == 3 and workers.waiting == []
    curves.try_again(network, "image_right", Harm(), True)
    assert not asked(curves, network).failed
    assert len(workers.waiting) == 1


def test_a_worker_that_does_not_answer_is_told_and_its_late_answer_is_not_waited_for(workers, monkeypatch):
    curves, network = DamageCurves(workers), random_network("relu", (4,))
    asked(curves, network)
    monkeypatch.setattr(damage_curves, "LATE_SECONDS", -1)
    assert asked(curves, network).failed
    curves.try_again(network, "image_right", Harm(), True)
    monkeypatch.undo()
    assert not asked(curves, network).failed
    workers.do()
    assert asked(curves, network).right == {}
    workers.do()
    assert len(asked(curves, network).right) == 3


def test_only_so_many_curves_of_a_network_are_kept(monkeypatch):
    monkeypatch.setattr(damage_curves, "KEPT", 3)

    submitted = []

    class Idle:
        def in_turn(self, *work):
            submitted.append(work)
            return Future()

    curves, network = DamageCurves(Idle()), random_network("relu", (4,))

    def ask(share):
        curves.of(network, "image_down", Harm(Damage(share_off=share / 10)), True)

    for share in range(6):
        ask(share)
    assert len(submitted) == 6
    for kept in (5, 4, 3):
        ask(kept)
    assert len(submitted) == 6
    for forgotten in (2, 1, 0):
        ask(forgotten)
    assert len(submitted) == 9
