"""Data in, Plotly figures out; imports no Streamlit and takes every word it shows as an argument."""

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas  # noqa: F401  # Plotly looks at a half-imported pandas when another thread is just importing it
import plotly.graph_objects as go
from plotly.basedatatypes import BaseTraceType

from model.config import TrainingConfig
from model.runs.run import Change
from model.runs.tracked_drawings import Reading
from model.training.state import Point
from ui.colours import BLUE, GREY, ORANGE
from ui.elements.numerals import decimal, percent

TRAINING_COLOUR: Final = BLUE
VALIDATION_COLOUR: Final = ORANGE
QUIET_COLOUR: Final = GREY
# What is there to compare with, as a line.
QUIET_DOTS: Final = MappingProxyType({"color": QUIET_COLOUR, "width": 1.5, "dash": "dot"})
POINTS_SHOWN: Final = 500
UNITS_DRAWN: Final = 10
# What a network loses that gives each of ten digits the same share.
GUESSING_LOSS: Final = math.log(10)
# Pointing or tapping anywhere tells the value of every curve there: a finger does not hit a line.
TOLD_ANYWHERE: Final[Mapping[str, str | int]] = MappingProxyType({"hovermode": "x", "hoverdistance": -1})
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
    points: Sequence[Point], changes: Sequence[Change], config: TrainingConfig, words: CurveWords
) -> go.Figure:
    """Training and validation cross-entropy by epoch, with a numbered line where a setting was changed."""
    figure = _curves(points, "loss", config, words)
    highest = loss_top(value for point in points for value in (point.loss, point.validation_loss))
    figure.update_yaxes(range=[0, highest])
    return _marked(figure, changes, config)


def accuracy_curve(
    points: Sequence[Point], changes: Sequence[Change], config: TrainingConfig, words: CurveWords
) -> go.Figure:
    """Training and validation accuracy by epoch, 0 to 100 percent, with a numbered line where a setting was changed."""
    figure = _curves(points, "accuracy", config, words)
    figure.update_yaxes(range=[0, 1], tickformat=".0~%")
    return _marked(figure, changes, config)


def loss_top(losses: Iterable[float | None]) -> float:
    """Where the axis of a loss ends: a little above the highest that is a number; above that of guessing where there is none."""
    known = [loss for loss in losses if loss is not None and math.isfinite(loss)]
    return 1.05 * max(known, default=GUESSING_LOSS) or 1.0


def accuracy_close_look(accuracies: Iterable[float | None]) -> tuple[float, float] | None:
    """The part of 0 to 1 in which the upper three quarters of the accuracies lie, with a margin; None for fewer than four."""
    known = np.array([accuracy for accuracy in accuracies if accuracy is not None])
    if len(known) < 4:
        return None
    low, high = float(np.quantile(known, 0.25)), float(known.max())
    margin = max(0.1 * (high - low), 0.002)
    return max(0.0, low - margin), min(1.0, high + margin)


def probability_bars(probabilities: npt.NDArray[np.float32], title: str | None) -> go.Figure:
    """Ten bars, (10,) probabilities; the highest in full colour."""
    highest = int(probabilities.argmax())
    colours = [TRAINING_COLOUR if digit == highest else QUIET_COLOUR for digit in range(10)]
    bars = digit_bars(probabilities.astype(np.float32), told_shares(probabilities), colours)
    bars.update(
        text=[percent(probability) if probability >= 0.005 else "" for probability in probabilities.tolist()],
        textposition="outside",
        textangle=0,
        constraintext="none",
        cliponaxis=False,
    )
    figure = figure_by_digit([bars], title)
    figure.update_yaxes(range=[0, 1.12], tickvals=[0, 0.5, 1], tickformat=".0%", fixedrange=True)
    return figure


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


def mind_curve(readings: Sequence[Reading], config: TrainingConfig, title: str, epoch: str) -> go.Figure:
    """How likely each digit was for one picture over training; the final answer strong, the others that mattered quiet."""
    x = np.array([reading.step / config.steps_per_epoch for reading in readings], np.float32)
    told = np.stack([reading.probabilities for reading in readings])
    final = int(told[-1].argmax())
    traces = []
    for digit in range(10):
        if digit == final or told[:, digit].max() >= 0.05:
            line = {"color": TRAINING_COLOUR, "width": 3} if digit == final else {"width": 1.5, "dash": "dot"}
            texts = [percent(share, 1) for share in told[:, digit].tolist()]
            hover = f"{digit}: %{{hovertext}}<extra></extra>"
            traces.append(
                go.Scatter(
                    x=x,
                    y=told[:, digit],
                    name=str(digit),
                    mode="lines",
                    line=line,
                    hovertext=texts,
                    hovertemplate=hover,
                )
            )
    figure = plain_figure(traces, title)
    figure.update_layout(showlegend=True, legend=legend(1.02), uirevision="kept", **TOLD_ANYWHERE)
    figure.update_xaxes(title=axis_title(epoch), range=[0, max(config.epochs, float(x[-1]))])
    figure.update_yaxes(range=[0, 1.02], tickvals=[0, 0.5, 1], tickformat=".0%")
    return figure


def network_diagram(config: TrainingConfig, names: Sequence[str], more: str) -> go.Figure:
    """The layers as columns of dots, at most ten a layer, with lines between them; ``names`` label the columns."""
    columns = [_unit_heights(size) for size in config.layer_sizes]
    line_x: list[float | None] = []
    line_y: list[float | None] = []
    for index, (below, above) in enumerate(itertools.pairwise(columns)):
        for start in below:
            for end in above:
                line_x += [index, index + 1, None]
                line_y += [start, end, None]
    dots_x = [index for index, heights in enumerate(columns) for _ in heights]
    dots_y = [height for heights in columns for height in heights]
    lines = go.Scatter(
        x=line_x, y=line_y, mode="lines", line={"color": QUIET_COLOUR, "width": 0.5}, hoverinfo="skip", opacity=0.5
    )
    dots = go.Scatter(
        x=dots_x, y=dots_y, mode="markers", marker={"color": TRAINING_COLOUR, "size": 9}, hoverinfo="skip"
    )
    figure = plain_figure([lines, dots], margin=dict.fromkeys("lrtb", 8))
    for index, (name, size) in enumerate(zip(names, config.layer_sizes, strict=True)):
        shown = more if size > UNITS_DRAWN else ""
        figure.add_annotation(x=index, y=-5.2, text=f"{name}<br><b>{size:,}</b>{shown}", showarrow=False, yanchor="top")
    figure.update_xaxes(visible=False, fixedrange=True, range=[-0.5, len(columns) - 0.5])
    figure.update_yaxes(visible=False, fixedrange=True, range=[-8, 4.6])
    return figure


def thinned(count: int, most: int = POINTS_SHOWN) -> npt.NDArray[np.intp]:
    """At most ``most`` indices of ``count`` points, evenly spread, first and last among them."""
    if count <= most:
        return np.arange(count)
    return np.unique(np.linspace(0, count - 1, most).round().astype(np.intp))


def _unit_heights(size: int) -> list[float]:
    shown = min(size, UNITS_DRAWN)
    return [4 - 8 * (index + 0.5) / shown for index in range(shown)]


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
    figure.update_layout(showlegend=True, uirevision="kept", legend=legend(1.09, 1), margin={"t": 46}, **TOLD_ANYWHERE)
    return figure


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


def curve_numbers(value: str, heights: npt.NDArray[np.float32]) -> list[str]:
    """The numbers of a curve, (n,) values of a field of ``Point``, as they are told to who points at one."""
    return [percent(height, 1) if "accuracy" in value else decimal(height, 4) for height in heights.tolist()]


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


def plain_figure(
    traces: Sequence[BaseTraceType],
    title: str | None = None,
    margin: Mapping[str, int] | None = None,
    font_size: int = 13,
) -> go.Figure:
    """A figure of traces in the project's own plain look; its title stands above it, and there is room for a legend.

    ``margin`` says in pixels what is to be other than usual on the sides ``l``, ``r``, ``t`` and ``b``.
    """
    figure = go.Figure(list(traces))
    figure.update_layout(
        template="none",
        title={"text": title} if title else None,
        margin={"l": 44, "r": 12, "t": 30 if title else 8, "b": 40, **(margin or {})},
        font={"size": font_size},
        showlegend=False,
    )
    return figure


def figure_by_digit(
    bars: Sequence[go.Bar], title: str | None = None, margin: Mapping[str, int] | None = None
) -> go.Figure:
    """A plain figure of ``digit_bars``."""
    figure = plain_figure(bars, title, margin)
    figure.update_xaxes(type="category", fixedrange=True, showgrid=False)
    return figure


def digit_bars(
    heights: npt.NDArray[np.float32], told: Sequence[str], colour: str | Sequence[str], name: str | None = None
) -> go.Bar:
    """A bar a digit, heights (10,); pointing at one says what is ``told`` of it and the ``name`` of its kind."""
    return go.Bar(
        x=[str(digit) for digit in range(10)],
        y=heights,
        name=name,
        marker={"color": colour},
        hovertext=told,
        hovertemplate="%{x}: %{hovertext}" + f"<extra>{name or ''}</extra>",
    )


def told_shares(shares: npt.NDArray[np.float32]) -> list[str]:
    """Shares as they are told to who points at them."""
    return [percent(share, 1) for share in shares.tolist()]


def legend(y: float, x: float | None = None) -> dict[str, str | float]:
    """A legend in a row: above the curves from ``y`` (over 1) up, or below them from ``y`` down, at the left (x = 0) or right (1) end."""
    place: dict[str, str | float] = {"orientation": "h", "y": y, "yanchor": "bottom" if y > 1 else "top"}
    if x is not None:
        place["x"] = x
    return place | ({"xanchor": "right"} if x == 1 else {})


def axis_title(text: str) -> dict[str, str | int]:
    """The name of an axis, near to it."""
    return {"text": text, "standoff": 4}
