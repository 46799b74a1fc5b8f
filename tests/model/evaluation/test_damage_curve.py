"""Curves of accuracy against damage: every point is what the damaged network answers, and a cliff is said only where one is."""

import numpy as np
import pytest

from model.evaluation.damage_curve import (
    KINDS,
    Fall,
    Harm,
    coarse_to_fine,
    count_right,
    look_at_side,
    measure,
    sides,
)
from model.interpretability.ablation import Damage, damaged
from model.interpretability.corruption import ImageDamage, answers_to_damaged
from tests.model.networks import random_network

HARM = Harm(Damage(noise=0.3, off=frozenset({(0, 3)})), ImageDamage(rotation=20, blocked=6, place="top"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_point_counts_the_right_answers_of_the_damaged_network(kind, mnist):
    network = random_network("relu", (8,))
    place = KINDS[kind].places[-2]
    found = measure(network, False, kind, HARM, [place, 0], 60)
    for at in (place, 0):
        harm = KINDS[kind].put(HARM, at)
        answers = answers_to_damaged(damaged(network, harm.network), mnist.validation_images, harm.images)
        assert found[at] == (answers == mnist.validation_labels).sum()


def test_a_place_means_what_its_unit_says_and_leaves_the_other_damage():
    assert KINDS["damage_share"].put(HARM, 35).network == Damage(0.3, 0.35, frozenset(), frozenset({(0, 3)}))
    assert KINDS["image_down"].put(HARM, -4).images == ImageDamage(rotation=20, down=-4, blocked=6, place="top")
    assert KINDS["image_rotation"].without(HARM) == Harm(HARM.network, ImageDamage(blocked=6, place="top"))


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_place_can_be_set_and_zero_is_one_of_them(kind):
    assert {0, kind.low, kind.high} <= set(kind.places) <= set(range(kind.low, kind.high + 1, kind.step))


def test_a_piece_ends_when_its_time_is_up_but_measures_one_place_at_least():
    network = random_network("relu", (8,))
    assert list(measure(network, True, "image_right", Harm(), [3, 4, 5], 0)) == [3]
    assert measure(network, True, "image_right", Harm(), [0], 0) == {0: count_right(network, True, Harm())}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_first_places_lie_spread_over_the_whole_and_none_is_left_out(kind):
    order = coarse_to_fine(kind.places)
    assert sorted(order) == kind.places and order[0] == 0
    gaps = np.diff(sorted(order[: len(order) // 2]))
    assert gaps.max() <= 5 * kind.stride


EVEN = [1 - 0.09 * step for step in range(11)]
STEP = [0.98, 0.97, 0.96, 0.95, 0.5, 0.15, 0.12, 0.11, 0.1, 0.1, 0.1]


@pytest.mark.parametrize(
    ("shares", "holds", "after", "steepest", "cliff"),
    [
        (STEP, 3, 4, (3, 5), True),
        (EVEN, 0, 1, (0, 10), False),
        ([0.9] * 11, 10, None, None, False),
        ([0.5 + 0.01 * step for step in range(11)], 10, None, None, False),
        ([0.98] * 10 + [0.90], 9, 10, (9, 10), False),
        ([0.98] * 10 + [0.5], 9, 10, (9, 10), True),
    ],
    ids=["step", "even", "flat", "rising", "small step", "step at the end"],
)
def test_a_cliff_is_where_much_is_lost_on_a_short_way(shares, holds, after, steepest, cliff):
    side = look_at_side(list(range(0, 110, 10)), shares)
    assert (side.holds, side.next, side.end) == (10 * holds, None if after is None else 10 * after, 100)
    assert side.cliff == cliff
    found = None if side.steepest is None else (side.steepest.start, side.steepest.end)
    assert found == (None if steepest is None else (10 * steepest[0], 10 * steepest[1]))


def test_a_loss_of_exactly_five_points_is_not_less():
    side = look_at_side([0, 1, 2], [9_700 / 10_000, 9_201 / 10_000, 9_200 / 10_000])
    assert (side.holds, side.next) == (1, 2)


def test_both_sides_of_zero_are_looked_at_from_zero_outward():
    right = dict(zip(range(-10, 11), [*reversed(STEP[1:]), *EVEN], strict=True))
    low, high = sides({place: round(100 * share) for place, share in right.items()}, 100)
    assert (low.end, high.end) == (-10, 10)
    assert low.cliff and low.steepest == Fall(-3, -5, 0.95, 0.15)
    assert not high.cliff


def test_damage_of_one_direction_has_one_side():
    assert [side.end for side in sides({0: 10, 10: 9, 20: 5}, 10)] == [20]
