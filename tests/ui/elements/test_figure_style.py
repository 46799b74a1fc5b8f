"""Live curves: their axes are set from the first frame on, and every mark keeps off what is written."""

import math

import numpy as np
import pytest

from model.config import TrainingConfig
from model.runs.run import Change
from model.training.state import Point
from ui.by_hand.figures import paper_loss_curve
from ui.elements.figure_style import CurveWords, accuracy_close_look, accuracy_curve, drawing_bars, loss_curve, loss_top
from ui.inside.figures import recall_bars, signed_bars

WORDS = CurveWords("title", "epoch", "training", "validation")
CONFIG = TrainingConfig(epochs=4)


def points(count, loss=0.5, accuracy=0.9):
    step = CONFIG.steps_per_epoch // 2
    return [
        Point(step * n, loss / n, accuracy, *((loss, accuracy) if n % 2 == 0 else (None, None)))
        for n in range(1, count + 1)
    ]


@pytest.mark.parametrize("count", [0, 1, 2, 7])
@pytest.mark.parametrize("curve", [loss_curve, accuracy_curve])
def test_both_axes_are_set_from_the_first_frame_on(curve, count):
    axes = curve(points(count), [], CONFIG, WORDS).layout
    assert axes.xaxis.range == (0, 4)
    low, high = axes.yaxis.range
    assert low == 0 and high == (1 if curve is accuracy_curve else loss_top([0.5] if count else []))
    assert axes.uirevision == "kept"


def test_a_run_that_went_beyond_its_epochs_is_shown_whole():
    assert accuracy_curve(points(10), [], CONFIG, WORDS).layout.xaxis.range[1] == pytest.approx(5, abs=0.02)


@pytest.mark.parametrize(
    ("losses", "top"),
    [([], 1.05 * math.log(10)), ([2.0, None, 1.0], 2.1), ([math.nan, math.inf, 0.4], 0.42), ([0.0], 1.0)],
)
def test_the_loss_axis_ends_above_the_highest_loss_that_is_a_number(losses, top):
    assert loss_top(losses) == pytest.approx(top)


def test_the_first_point_alone_is_seen_and_later_only_the_last_is_marked():
    for count in (1, 5):
        trace = loss_curve(points(count), [], CONFIG, WORDS).data[0]
        assert trace.mode == "lines+markers"
        assert trace.marker.size.tolist() == [0] * (count - 1) + [7]


def test_the_close_look_holds_the_later_curve_and_stays_within_0_and_100_percent():
    assert accuracy_close_look([0.5, None, 0.9, 0.91]) is None
    low, high = accuracy_close_look([0.1, 0.8, 0.9, 0.95, 0.96, 0.97, 0.98, 1.0])
    assert 0.7 < low < 0.9 and high == 1
    assert accuracy_close_look([0.0] * 8)[0] == 0


def test_changed_settings_are_numbered_above_the_curves_and_near_ones_share_a_mark():
    changes = [Change(step, "learning_rate", 0.1, 0.2) for step in (100, 105, 800)]
    figure = loss_curve(points(4), changes, CONFIG, WORDS)
    marks = figure.layout.annotations
    assert [mark.text for mark in marks] == ["<b>1–2</b>", "<b>3</b>"]
    assert all(mark.y == 1 and mark.yref == "paper" and mark.yanchor == "bottom" for mark in marks)
    assert len(figure.layout.shapes) == 3


def test_pointing_at_a_bar_or_a_curve_tells_no_more_than_is_true():
    nearly = np.array([0.0002, 0.9998, *[0.0] * 8], np.float32)
    for figure in (drawing_bars("", nearly), recall_bars(nearly, nearly, "title", ("before", "now"))):
        assert list(figure.data[-1].hovertext[:2]) == ["<0.1%", "≥99.9%"]
    curve = accuracy_curve(points(3, accuracy=0.99999), [], CONFIG, WORDS).data[0]
    assert list(curve.hovertext) == ["≥99.9%"] * 3 and "%{y" not in curve.hovertemplate


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
