"""Live curves: their axes are set from the first frame on, and every mark keeps off what is written."""

import numpy as np
import pytest

from model.config import TrainingConfig
from model.runs.run import Change
from model.training.state import Point
from ui.elements.figure_style import NAME_HEIGHT, loss_top
from ui.inside.figures import recall_bars
from ui.train.figures import CurveWords, accuracy_curve, drawing_bars, loss_curve

WORDS = CurveWords("title", "epoch", "training", "validation")
CONFIG = TrainingConfig(epochs=4)
HEIGHT = 200


def points(count, loss=0.5, accuracy=0.9):
    step = CONFIG.steps_per_epoch // 2
    return [
        Point(step * n, loss / n, accuracy, *((loss, accuracy) if n % 2 == 0 else (None, None)))
        for n in range(1, count + 1)
    ]


@pytest.mark.parametrize("count", [0, 1, 2, 7])
@pytest.mark.parametrize("curve", [loss_curve, accuracy_curve])
def test_both_axes_are_set_from_the_first_frame_on(curve, count):
    axes = curve(points(count), [], CONFIG, WORDS, HEIGHT).layout
    assert axes.xaxis.range == (0, 4)
    low, high = axes.yaxis.range
    assert low == 0 and high == (1 if curve is accuracy_curve else loss_top([0.5] if count else []))
    assert axes.uirevision == "kept"


def test_a_run_that_went_beyond_its_epochs_is_shown_whole():
    assert accuracy_curve(points(10), [], CONFIG, WORDS, HEIGHT).layout.xaxis.range[1] == pytest.approx(5, abs=0.02)


def test_the_first_point_alone_is_seen_and_later_only_the_last_is_marked():
    for count in (1, 5):
        trace = loss_curve(points(count), [], CONFIG, WORDS, HEIGHT).data[0]
        assert trace.mode == "lines+markers"
        assert trace.marker.size.tolist() == [0] * (count - 1) + [7]


def test_changed_settings_are_numbered_above_the_curves_and_near_ones_share_a_mark():
    changes = [Change(step, "learning_rate", 0.1, 0.2) for step in (100, 105, 800)]
    figure = loss_curve(points(4), changes, CONFIG, WORDS, HEIGHT)
    marks = [mark for mark in figure.layout.annotations if mark.yref == "paper"]
    assert [mark.text for mark in marks] == ["<b>1–2</b>", "<b>3</b>"]
    assert all(mark.y == 1 and mark.yanchor == "bottom" for mark in marks)
    assert len(figure.layout.shapes) == 3


def test_pointing_at_a_bar_or_a_curve_tells_no_more_than_is_true():
    nearly = np.array([0.0002, 0.9998, *[0.0] * 8], np.float32)
    for figure in (drawing_bars("", nearly), recall_bars(nearly, nearly, "title", ("before", "now"))):
        assert list(figure.data[-1].hovertext[:2]) == ["<0.1%", "≥99.9%"]
    curve = accuracy_curve(points(3, accuracy=0.99999), [], CONFIG, WORDS, HEIGHT).data[0]
    assert list(curve.hovertext) == ["≥99.9%"] * 3 and "%{y" not in curve.hovertemplate


def test_each_curve_bears_its_name_and_last_number_at_its_end_and_none_lies_on_the_other():
    figure = accuracy_curve(points(4, accuracy=0.913), [], CONFIG, WORDS, HEIGHT)
    names = figure.layout.annotations
    assert [name.text.split("●</span> ")[1] for name in names] == [
        "training<br><b>91.3%</b>",
        "validation<br><b>91.3%</b>",
    ]
    assert [(name.x, name.y) for name in names] == [(trace.x[-1], pytest.approx(0.913)) for trace in figure.data]
    assert abs(names[0].yshift - names[1].yshift) == pytest.approx(NAME_HEIGHT)
    assert not figure.layout.showlegend
    assert not loss_curve([], [], CONFIG, WORDS, HEIGHT).layout.annotations


def test_a_loss_that_is_no_number_has_no_name_to_stand_beside_it():
    figure = loss_curve(points(3, loss=float("nan")), [], CONFIG, WORDS, HEIGHT)
    assert not figure.layout.annotations
