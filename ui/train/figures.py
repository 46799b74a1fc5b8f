"""Figures of Train: the curves, what became of a drawing; imports no Streamlit and is given every word."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from model.config import TrainingConfig
from model.runs.run import Change
from model.runs.tracked_drawings import Reading
from model.training.state import Point
from ui.elements.figure_style import (
    QUIET_COLOUR,
    QUIET_DOTS,
    TOLD_ANYWHERE,
    TRAINING_COLOUR,
    VALIDATION_COLOUR,
    CurveEnd,
    axis_title,
    curve_end,
    curve_numbers,
    digit_bars,
    figure_by_digit,
    loss_top,
    name_curves,
    plain_figure,
    thinned,
    told_shares,
)
from ui.elements.numerals import percent

# Margins of the curves, in pixels.
TOP, BOTTOM, RIGHT = 18, 34, 84
# Changes nearer to each other than this share of the axis bear one mark.
NEAR: Final = 0.03


@dataclass(frozen=True)
class CurveWords:
    """The words of one chart of curves, in the visitor's language."""

    title: str
    epoch: str
    training: str
    validation: str


def loss_curve(
    points: Sequence[Point], changes: Sequence[Change], config: TrainingConfig, words: CurveWords, height: int
) -> go.Figure:
    """Training and validation cross-entropy by epoch, with a numbered line where a setting was changed."""
    figure = _curves(points, "loss", config, words)
    highest = loss_top(value for point in points for value in (point.loss, point.validation_loss))
    figure.update_yaxes(range=[0, highest])
    _name_curves(figure, "loss", height)
    return _marked(figure, changes, config)


def accuracy_curve(
    points: Sequence[Point], changes: Sequence[Change], config: TrainingConfig, words: CurveWords, height: int
) -> go.Figure:
    """Training and validation accuracy by epoch, 0 to 100 percent, with a numbered line where a setting was changed."""
    figure = _curves(points, "accuracy", config, words)
    figure.update_yaxes(range=[0, 1], tickformat=".0~%")
    _name_curves(figure, "accuracy", height)
    return _marked(figure, changes, config)


def mark_moment(figure: go.Figure, epoch: float) -> None:
    """A line across a chart of curves where one looks back to."""
    figure.add_shape(
        type="line", x0=epoch, x1=epoch, y0=0, y1=1, yref="paper", line={"color": QUIET_COLOUR, "width": 2}
    )


def drawing_bars(picture: str, probabilities: npt.NDArray[np.float32]) -> go.Figure:
    """A drawing, given as a data URL, with ten small bars beside it; the highest in full colour."""
    highest = int(probabilities.argmax())
    colours = [TRAINING_COLOUR if digit == highest else QUIET_COLOUR for digit in range(10)]
    bars = digit_bars(probabilities.astype(np.float32), told_shares(probabilities), colours)
    figure = figure_by_digit([bars], margin={"l": 0, "r": 4, "t": 4, "b": 22})
    place = {"xref": "paper", "yref": "paper", "x": 0, "y": 1, "sizex": 0.3, "sizey": 1, "layer": "below"}
    figure.add_layout_image(source=picture, **place)
    figure.update_xaxes(domain=[0.34, 1], tickfont={"size": 11})
    figure.update_yaxes(range=[0, 1.05], visible=False, fixedrange=True)
    return figure


def mind_curve(readings: Sequence[Reading], config: TrainingConfig, title: str, epoch: str, height: int) -> go.Figure:
    """How likely each digit was for one picture over training; the final answer strong, the others that mattered quiet."""
    x = np.array([reading.step / config.steps_per_epoch for reading in readings], np.float32)
    probabilities = np.stack([reading.probabilities for reading in readings])
    final = int(probabilities[-1].argmax())
    traces = []
    for digit in range(10):
        if digit == final or probabilities[:, digit].max() >= 0.05:
            line = {"color": TRAINING_COLOUR, "width": 3} if digit == final else {"width": 1.5, "dash": "dot"}
            texts = [percent(share, 1) for share in probabilities[:, digit].tolist()]
            hover = f"{digit}: %{{hovertext}}<extra></extra>"
            traces.append(
                go.Scatter(
                    x=x,
                    y=probabilities[:, digit],
                    name=str(digit),
                    mode="lines",
                    line=line,
                    hovertext=texts,
                    hovertemplate=hover,
                )
            )
    figure = plain_figure(traces, title)
    figure.update_layout(uirevision="kept", margin={"t": TOP, "b": BOTTOM, "r": RIGHT}, **TOLD_ANYWHERE)
    figure.update_xaxes(title=axis_title(epoch), range=[0, max(config.epochs, float(x[-1]))])
    figure.update_yaxes(range=[0, 1.02], tickvals=[0, 0.5, 1], tickformat=".0%")
    ends = [
        CurveEnd(float(x[-1]), float(trace.y[-1]), trace.name, trace.hovertext[-1], trace.line.color or QUIET_COLOUR)
        for trace in traces
    ]
    name_curves(figure, ends, height - TOP - BOTTOM)
    return figure


def _curves(points: Sequence[Point], value: str, config: TrainingConfig, words: CurveWords) -> go.Figure:
    held_out = [point for point in points if point.validation_loss is not None]
    traces = [
        _curve(points, value, config, words.training, words.epoch, TRAINING_COLOUR),
        _curve(held_out, f"validation_{value}", config, words.validation, words.epoch, VALIDATION_COLOUR),
    ]
    traces[0].marker.size = _last_alone(len(traces[0].x))
    figure = plain_figure(traces, words.title)
    last = points[-1].step / config.steps_per_epoch if points else 0
    figure.update_xaxes(title=axis_title(words.epoch), range=[0, max(config.epochs, last)])
    figure.update_layout(uirevision="kept", margin={"t": TOP, "b": BOTTOM, "r": RIGHT}, **TOLD_ANYWHERE)
    return figure


def _name_curves(figure: go.Figure, value: str, height: int) -> None:
    """Each curve's name and last number beside its end, in a chart so many pixels high."""
    ends = [curve_end(trace, value, trace.name) for trace in figure.data if len(trace.x)]
    name_curves(figure, ends, height - TOP - BOTTOM)


def _curve(
    points: Sequence[Point], value: str, config: TrainingConfig, name: str, epoch: str, colour: str
) -> go.Scatter:
    shown = [points[index] for index in thinned(len(points))]
    up = np.array([getattr(point, value) for point in shown], np.float32)
    return go.Scatter(
        x=np.array([point.step / config.steps_per_epoch for point in shown], np.float32),
        y=up,
        name=name,
        mode="lines+markers",
        line={"color": colour, "width": 2},
        marker={"size": 6, "opacity": 1, "line": {"width": 0}},
        hovertext=curve_numbers(value, up),
        hovertemplate=f"{epoch} %{{x:.1f}}: %{{hovertext}}<extra>{name}</extra>",
    )


def _last_alone(count: int) -> npt.NDArray[np.uint8]:
    """Sizes of the marks of ``count`` points: one mark, where the curve stands now, and so from the first point on."""
    sizes = np.zeros(count, np.uint8)
    sizes[-1:] = 7
    return sizes


def _marked(figure: go.Figure, changes: Sequence[Change], config: TrainingConfig) -> go.Figure:
    epochs = [change.step / config.steps_per_epoch for change in changes]
    for epoch in epochs:
        figure.add_shape(type="line", x0=epoch, x1=epoch, y0=0, y1=1, yref="paper", line=dict(QUIET_DOTS))
    for epoch, numbers in _grouped(epochs, NEAR * figure.layout.xaxis.range[1]):
        text = f"<b>{numbers[0]}</b>" if len(numbers) == 1 else f"<b>{numbers[0]}–{numbers[-1]}</b>"
        figure.add_annotation(
            x=epoch, y=1, yref="paper", yanchor="bottom", text=text, showarrow=False, font={"size": 11}
        )
    return figure


def _grouped(places: Sequence[float], near: float) -> list[tuple[float, list[int]]]:
    """Places in rising order with their numbers from 1; those near to the first of a group stand with it."""
    groups: list[tuple[float, list[int]]] = []
    for number, place in enumerate(places, 1):
        if groups and place - groups[-1][0] < near:
            groups[-1][1].append(number)
        else:
            groups.append((place, [number]))
    return groups
