"""What figures share: a plain look, colours, axes, bars of the ten digits; imports no Streamlit and is given every word."""

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

from ui.colours import BLUE, GREY, ORANGE
from ui.elements.numerals import decimal, percent

TRAINING_COLOUR: Final = BLUE
VALIDATION_COLOUR: Final = ORANGE
QUIET_COLOUR: Final = GREY
# What is there to compare with, as a line.
QUIET_DOTS: Final = MappingProxyType({"color": QUIET_COLOUR, "width": 1.5, "dash": "dot"})
POINTS_SHOWN: Final = 500
# What a network loses that gives each of ten digits the same share.
GUESSING_LOSS: Final = math.log(10)
# Of a name beside a curve's end: two lines of small type, in pixels.
NAME_HEIGHT: Final = 29
# What the browser knows such a name by.
AT_THE_END: Final = "at the end"
# Pointing or tapping anywhere tells the value of every curve there: a finger does not hit a line.
TOLD_ANYWHERE: Final[Mapping[str, str | int]] = MappingProxyType({"hovermode": "x", "hoverdistance": -1})


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


def thinned(count: int, most: int = POINTS_SHOWN) -> npt.NDArray[np.intp]:
    """At most ``most`` indices of ``count`` points, evenly spread, first and last among them."""
    if count <= most:
        return np.arange(count)
    return np.unique(np.linspace(0, count - 1, most).round().astype(np.intp))


def curve_numbers(value: str, heights: npt.NDArray[np.float32]) -> list[str]:
    """The numbers of a curve, (n,) values of a field of ``Point``, as they are told to who points at one."""
    return [percent(height, 1) if "accuracy" in value else decimal(height, 4) for height in heights.tolist()]


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


@dataclass(frozen=True)
class CurveEnd:
    """Where a curve ends, in the units of its axes; its name as HTML, and its last number as it is told."""

    x: float
    y: float
    name: str
    told: str
    colour: str


def curve_end(trace: go.Scatter, value: str, name: str) -> CurveEnd:
    """Where a curve of a field of ``Point`` ends that has points."""
    x, y = float(trace.x[-1]), float(trace.y[-1])
    return CurveEnd(x, y, name, percent(y, 1) if "accuracy" in value else decimal(y, 3), trace.line.color)


def name_curves(figure: go.Figure, ends: Sequence[CurveEnd], plot_height: float) -> None:
    """Write beside each curve's end what it is and where it stands, in place of a legend; no name lies on another.

    The range of the y axis must be set; ``plot_height`` is in pixels, between the margins. The right margin has to have room.
    """
    low, high = figure.layout.yaxis.range
    known = [end for end in ends if math.isfinite(end.y)]
    wanted = [plot_height * (end.y - low) / (high - low) for end in known]
    for end, at, place in zip(known, wanted, _within(wanted, plot_height), strict=True):
        figure.add_annotation(
            name=AT_THE_END,
            captureevents=True,  # pressing the name hides its curve, and shows it again
            x=end.x,
            y=end.y,
            text=f'<span style="color:{end.colour}">●</span> {end.name}<br><b>{end.told}</b>',
            showarrow=False,
            xanchor="left",
            xshift=6,
            yshift=place - at,
            align="left",
            font={"size": 11},
        )


def _within(places: Sequence[float], plot_height: float) -> list[float]:
    """Where names stand that are to be seen whole: above the axis below, and hardly higher than the plot."""
    return spread(places, NAME_HEIGHT, NAME_HEIGHT / 2, plot_height + 3)


def spread(places: Sequence[float], apart: float, least: float = -math.inf, most: float = math.inf) -> list[float]:
    """Places in any order, moved until any two are at least so far ``apart`` and none is below ``least`` or above ``most``.

    Those too near to each other stand about their middle, where that is within these. Where all have no room, ``most`` wins.
    """
    groups: list[list[int]] = []
    for index in sorted(range(len(places)), key=places.__getitem__):
        group = [index]
        while groups and _lowest(groups[-1], places, apart) + len(groups[-1]) * apart > _lowest(group, places, apart):
            group = [*groups.pop(), *group]
        groups.append(group)
    moved = list(places)
    for group in groups:
        for number, index in enumerate(group):
            moved[index] = max(_lowest(group, places, apart) + number * apart, least)
            least = moved[index] + apart
    for index in reversed([index for group in groups for index in group]):
        moved[index] = min(moved[index], most)
        most = moved[index] - apart
    return moved


def _lowest(group: Sequence[int], places: Sequence[float], apart: float) -> float:
    """Where the lowest of a group stands that is spread about its middle."""
    middle = sum(places[index] for index in group) / len(group)
    return middle - apart * (len(group) - 1) / 2


def legend(y: float, x: float | None = None) -> dict[str, str | float]:
    """A legend in a row: above the curves from ``y`` (over 1) up, or below them from ``y`` down, at the left (x = 0) or right (1) end."""
    place: dict[str, str | float] = {"orientation": "h", "y": y, "yanchor": "bottom" if y > 1 else "top"}
    if x is not None:
        place["x"] = x
    return place | ({"xanchor": "right"} if x == 1 else {})


def axis_title(text: str) -> dict[str, str | int | dict[str, int]]:
    """The name of an axis, near to it."""
    return {"text": text, "standoff": 4, "font": {"size": 12}}
