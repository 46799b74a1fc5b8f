"""What figures share: axes that hold every curve and stay where they are, and numbers that say no more than is true."""

import math

import numpy as np
import pytest

from ui.by_hand.figures import paper_loss_curve
from ui.elements.figure_style import accuracy_close_look, loss_top, spread
from ui.inside.figures import signed_bars


@pytest.mark.parametrize(
    ("losses", "top"),
    [([], 1.05 * math.log(10)), ([2.0, None, 1.0], 2.1), ([math.nan, math.inf, 0.4], 0.42), ([0.0], 1.0)],
)
def test_the_loss_axis_ends_above_the_highest_loss_that_is_a_number(losses, top):
    assert loss_top(losses) == pytest.approx(top)


def test_the_close_look_holds_the_later_curve_and_stays_within_0_and_100_percent():
    assert accuracy_close_look([0.5, None, 0.9, 0.91]) is None
    low, high = accuracy_close_look([0.1, 0.8, 0.9, 0.95, 0.96, 0.97, 0.98, 1.0])
    assert 0.7 < low < 0.9 and high == 1
    assert accuracy_close_look([0.0] * 8)[0] == 0


def test_an_effect_that_rounds_to_nothing_has_no_sign_and_the_bars_have_their_axis_from_the_start():
    bars = signed_bars(np.array([-0.004, 0.004, 1.5, -0.5, *[0.0] * 6], np.float32), "title")
    assert list(bars.data[0].hovertext[:4]) == ["0.00", "0.00", "+1.50", "-0.50"]
    assert bars.layout.yaxis.range == pytest.approx((-1.62, 1.62))
    assert signed_bars(np.zeros(10, np.float32), "title").layout.yaxis.range == pytest.approx((0, 1.08))


def test_the_curve_of_the_paper_keeps_its_axes_and_its_zoom_while_it_grows():
    first, later = (paper_loss_curve([0.53] * count, "title", "step").layout for count in (1, 9))
    assert first.xaxis.range == later.xaxis.range and first.yaxis.range == later.yaxis.range == pytest.approx((0, 0.6))
    assert first.uirevision == later.uirevision is not None
    assert paper_loss_curve([0.7], "title", "step").layout.uirevision != first.uirevision
    assert paper_loss_curve([0.5] * 14, "title", "step").layout.xaxis.range[1] > 13


def test_places_that_are_far_apart_stay_and_those_too_near_stand_about_their_middle_in_their_order():
    assert spread([], 10) == []
    assert spread([50, 0, 100], 10) == [50, 0, 100]
    assert spread([20, 20], 10) == [15, 25]
    assert spread([24, 20, 60], 10) == [27, 17, 60]
    # Nothing stands too low; what is above makes room.
    assert spread([0, 2, 100], 10, least=5) == [5, 15, 100]
    assert spread([50, 0], 10, least=5) == [50, 5]
    assert spread([98, 99, 0], 10, most=100) == [90, 100, 0]
    # Two groups that grow into each other become one.
    assert spread([0, 2, 12, 14], 10) == pytest.approx([-8, 2, 12, 22])


@pytest.mark.parametrize("seed", range(5))
def test_whatever_the_places_no_two_are_nearer_than_asked_and_their_middle_stays(seed):
    places = np.random.default_rng(seed).uniform(0, 100, 6).tolist()
    moved = spread(places, 12)
    assert np.diff(sorted(moved)).min() >= 12 - 1e-9
    assert np.argsort(moved).tolist() == np.argsort(places).tolist()
    assert np.mean(moved) == pytest.approx(np.mean(places))
