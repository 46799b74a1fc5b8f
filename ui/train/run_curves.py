"""The curves of a run on the Train page, as charts, in words and as tones."""

import math
from typing import Final

from model.config import TrainingConfig
from model.runs.curve_shape import CurveShape, curve_shape
from model.runs.run import RunView
from ui.elements.figure_style import accuracy_close_look
from ui.elements.numerals import decimal, percent
from ui.elements.plotly_chart import Chart, live_charts
from ui.runs.setting_words import option_text
from ui.state.language import t, told_of
from ui.state.links import presenting
from ui.train.figures import CurveWords, accuracy_curve, loss_curve, mark_moment

# Pixels, on a laptop and where a teacher presents.
HEIGHT, PRESENTED = 200, 250
FIGURES: Final = {"loss": loss_curve, "accuracy": accuracy_curve}


def show_axes(config: TrainingConfig) -> None:
    """The axes on which the curves of a run of these settings will stand."""
    charts = [
        Chart(
            figure((), (), config, _words(name), _height()),
            t(f"train.{name}_empty"),
            height=_height(),
            notes="",
            marks=True,
        )
        for name, figure in FIGURES.items()
    ]
    live_charts(charts, key="curves", failed=t("frame.plotly_failed"))


def show_curves(view: RunView, then: RunView) -> None:
    """Loss and accuracy, with a line at the moment looked at, where that is another than now."""
    charts = []
    for name, figure in FIGURES.items():
        shown = figure(view.points, view.changes, view.config, _words(name), _height())
        if then is not view:
            mark_moment(shown, then.epoch)
        closer = accuracy_close_look(_accuracies(view)) if name == "accuracy" else None
        charts.append(
            Chart(
                shown,
                curves_in_words(view, name),
                height=_height(),
                close_look=closer,
                notes=changes_in_words(view),
                sound=bool(view.points),
                marks=True,
            )
        )
    live_charts(charts, key="curves", failed=t("frame.plotly_failed"))


def _height() -> int:
    return PRESENTED if presenting() else HEIGHT


def _words(name: str) -> CurveWords:
    return CurveWords(t(f"train.{name}_chart"), t("train.epoch"), t("train.training"), t("train.validation"))


def _accuracies(view: RunView) -> list[float | None]:
    return [value for point in view.points for value in (point.accuracy, point.validation_accuracy)]


def changes_in_words(view: RunView) -> str:
    """What the numbered lines of the curves mean: each setting that was changed, one after the other."""
    return "  ".join(
        t(
            "train.change_label",
            number=number,
            field=t(f"knob.{change.field}.short"),
            value=option_text(change.field, change.after),
        )
        for number, change in enumerate(view.changes, 1)
    )


def curves_in_words(view: RunView, name: str) -> str:
    """What a chart of curves shows, for those who cannot see it; ``name`` is loss or accuracy."""
    training = view.latest_training
    if training is None:
        return t(f"train.{name}_empty")
    told = percent if name == "accuracy" else decimal
    digits = 1 if name == "accuracy" else 3
    first = told(getattr(view.points[0], name), digits)
    last = told(training[1 if name == "accuracy" else 0], digits)
    words = t(f"train.{name}_words", epoch=f"{view.epoch:.1f}", first=first, last=last)
    checked = [getattr(point, f"validation_{name}") for point in view.points if point.validation_loss is not None]
    if checked:
        words += " " + t(f"train.{name}_validation_words", last=told(checked[-1], digits))
    return words + _shapes_in_words(view, name)


def _shapes_in_words(view: RunView, name: str) -> str:
    """What both curves do over the whole epochs, after a space; empty before there are three."""
    told = []
    for curve in (name, f"validation_{name}"):
        values = [getattr(epoch, curve) for epoch in view.epochs]
        shape = curve_shape(values, falls=name == "loss") if all(map(math.isfinite, values)) else None
        if shape is not None:
            told.append(" " + told_of(t(f"train.shape_of_{curve}"), _shape_in_words(shape, name)))
    return "".join(told)


def _shape_in_words(shape: CurveShape, name: str) -> str:
    if shape.level:
        return t("shape.level")
    if shape.best_at == 1:
        return t(f"shape.{name}_worse_from_the_start")
    fast = t(f"shape.{name}_fast", epoch=shape.fast_until)
    if shape.turned:
        return fast + t(f"shape.{name}_turned", epoch=shape.best_at)
    return fast + (t(f"shape.{name}_moving") if shape.still_moving else t("shape.flat"))
