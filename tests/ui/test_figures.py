"""Live curves: their axes are set from the first frame on, and every mark keeps off what is written."""

import math

import pytest

from model.config import TrainingConfig
from model.runs import Change
from model.training import Point
from ui.figures import CurveWords, accuracy_close_look, accuracy_curve, loss_curve, loss_top

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
