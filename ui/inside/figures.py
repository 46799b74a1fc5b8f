"""Figures of Look inside: bars, the map of the digits; imports no Streamlit and is given every word."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from model.evaluation.calibration import Calibration
from model.evaluation.damage_curve import Fall
from model.network import FloatArray
from ui.colours import AMBER, BLACK, BLUE, BROWN, GREEN, INK, MIDDLE_GREY, OLIVE, ORANGE, PINK, SKY, VIOLET, WHITE
from ui.elements.figure_style import QUIET_COLOUR, TRAINING_COLOUR, VALIDATION_COLOUR, plain_figure
from ui.elements.numerals import percent, signed

FOR_COLOUR: Final = TRAINING_COLOUR
AGAINST_COLOUR: Final = VALIDATION_COLOUR
LABEL_DISTANCE: Final = 0.055
# What guessing one of ten digits gets right.
CHANCE: Final = 0.1
# Ten hues that keep apart for most colour-blind eyes as well; the numbers on the map tell the rest.
DIGIT_COLOURS: Final = (
    BLUE, ORANGE, GREEN, PINK, AMBER, SKY, BROWN, MIDDLE_GREY, VIOLET, OLIVE,
)  # fmt: skip


def signed_bars(values: FloatArray, title: str) -> go.Figure:
    """Ten bars (10,), up in blue and down in orange, one a digit."""
    colours = [FOR_COLOUR if value >= 0 else AGAINST_COLOUR for value in values]
    bars = go.Bar(
        x=[str(digit) for digit in range(10)],
        y=values.round(3),
        marker={"color": colours},
        hovertext=[signed(value) for value in values.tolist()],
        hovertemplate="%{x}: %{hovertext}<extra></extra>",
    )
    figure = plain_figure([bars], title)
    figure.update_xaxes(type="category", fixedrange=True, showgrid=False)
    most = 1.08 * (float(np.abs(values).max()) or 1.0)
    ends = [-most if values.min() < 0 else 0, most if values.max() > 0 or not values.any() else 0]
    figure.update_yaxes(range=ends, fixedrange=True, zeroline=True, zerolinecolor=QUIET_COLOUR, nticks=4)
    return figure


def recall_bars(whole: FloatArray, damaged: FloatArray, title: str, names: tuple[str, str]) -> go.Figure:
    """For each digit the share recognised, (10,) each: before in grey, now in blue."""
    traces = [
        go.Bar(
            x=[str(digit) for digit in range(10)],
            y=shares.round(4),
            name=name,
            marker={"color": colour},
            hovertext=[percent(share, 1) for share in shares.tolist()],
            hovertemplate="%{x}: %{hovertext}" + f"<extra>{name}</extra>",
        )
        for shares, name, colour in ((whole, names[0], QUIET_COLOUR), (damaged, names[1], FOR_COLOUR))
    ]
    figure = plain_figure(traces, title)
    legend = {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom"}
    figure.update_layout(showlegend=True, legend=legend, barmode="group", bargap=0.3)
    figure.update_xaxes(type="category", fixedrange=True, showgrid=False)
    figure.update_yaxes(range=[0, 1.03], tickvals=[0, 0.5, 1], tickformat=".0%", fixedrange=True)
    return figure


@dataclass(frozen=True)
class DamageWords:
    """The words of a curve of accuracy against damage: the names of its axes, of chance, of a cliff, and the unit of the damage."""

    damage: str
    accuracy: str
    chance: str
    cliff: str
    unit: str


def damage_curve(
    shares: Mapping[int, float],
    span: tuple[int, int],
    now: tuple[int, float],
    cliffs: Sequence[Fall],
    words: DamageWords,
) -> go.Figure:
    """Share read right by damage, over the whole ``span`` of the damage; a diamond at ``now`` (damage, share), grey bands at cliffs.

    The ``customdata`` of a point is its damage. ``now`` lies on the line even where the curve was not measured.
    """
    points = sorted({**shares, now[0]: now[1]}.items())
    places, heights = zip(*points, strict=True)
    told = [f"{place}{words.unit}: {percent(height, 1)}" for place, height in points]
    line = go.Scatter(
        x=places,
        y=heights,
        customdata=places,
        mode="lines+markers",
        line={"color": FOR_COLOUR, "width": 2.5},
        marker={"size": 6, "color": FOR_COLOUR},
        hovertext=told,
        hovertemplate="%{hovertext}<extra></extra>",
    )
    marker = {"size": 15, "symbol": "diamond", "color": AGAINST_COLOUR, "line": {"color": WHITE, "width": 2}}
    mark = go.Scatter(x=[now[0]], y=[now[1]], mode="markers", marker=marker, hoverinfo="skip", cliponaxis=False)
    figure = plain_figure([line, mark])
    _mark_chance_and_cliffs(figure, "center" if span[0] < 0 else "left", cliffs, words)
    margin = 0.02 * (span[1] - span[0])
    title = {"text": words.damage, "standoff": 4}
    figure.update_xaxes(
        range=[span[0] - margin, span[1] + margin],
        ticksuffix=words.unit,
        nticks=7,
        title=title,
        fixedrange=True,
        zeroline=False,
        tickangle=0,
    )
    axis = {"tickvals": [0, 0.25, 0.5, 0.75, 1], "tickformat": ".0%", "fixedrange": True}
    figure.update_yaxes(range=[0, 1.04], title={"text": words.accuracy, "standoff": 4}, **axis)
    figure.update_layout(margin={"l": 64, "r": 16, "t": 8, "b": 52}, hovermode="closest")
    return figure


def _mark_chance_and_cliffs(figure: go.Figure, beside: str, cliffs: Sequence[Fall], words: DamageWords) -> None:
    """Chance as a dotted line, whose words stand ``beside`` zero (left edge or center), and each cliff as a grey band."""
    chance = {"color": QUIET_COLOUR, "width": 1.5, "dash": "dot"}
    figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=CHANCE, y1=CHANCE, line=chance, layer="below")
    told = {"showarrow": False, "font": {"size": 12}}
    figure.add_annotation(x=0, y=CHANCE, text=words.chance, yanchor="top", xanchor=beside, **told)
    for cliff in cliffs:
        ends = sorted((cliff.start, cliff.end))
        figure.add_vrect(*ends, fillcolor=QUIET_COLOUR, opacity=0.25, line={"width": 0}, layer="below")
        figure.add_annotation(x=sum(ends) / 2, y=1.02, text=words.cliff, yanchor="top", **told)


def mistake_bars(missed: FloatArray, wrongly_named: FloatArray, title: str, names: tuple[str, str]) -> go.Figure:
    """For each digit the share it misses and the share it names wrongly, (10,) each, from zero up; nan where it never names one."""
    traces = [
        go.Bar(
            x=[str(digit) for digit in range(10)],
            y=np.nan_to_num(shares).round(5),
            name=name,
            marker={"color": colour},
            hovertext=[percent(share, 1) for share in shares.tolist()],
            hovertemplate="%{x}: %{hovertext}" + f"<extra>{name}</extra>",
        )
        for shares, name, colour in ((missed, names[0], FOR_COLOUR), (wrongly_named, names[1], AGAINST_COLOUR))
    ]
    figure = plain_figure(traces, title)
    legend = {"orientation": "h", "x": 0, "y": -0.14, "yanchor": "top"}
    figure.update_layout(showlegend=True, legend=legend, barmode="group", bargap=0.3)
    figure.update_xaxes(type="category", fixedrange=True, showgrid=False)
    most = max(float(np.nanmax(missed, initial=0)), float(np.nanmax(wrongly_named, initial=0)), 0.005)
    figure.update_yaxes(range=[0, 1.08 * most], tickformat=".1%", nticks=5, fixedrange=True)
    return figure


def reliability_diagram(found: Calibration, title: str, axes: tuple[str, str], hover: str) -> go.Figure:
    """How often a network is right, by how sure it is: a dot a band with its 95 % interval, beside the line where both are equal.

    ``hover`` has places for ``sure``, ``right`` and ``count``.
    """
    line = {"color": QUIET_COLOUR, "width": 1.5, "dash": "dot"}
    equal = go.Scatter(x=[0, 1], y=[0, 1], mode="lines", line=line, hoverinfo="skip")
    shares = np.array([band.share for band in found.bands])
    lows, highs = np.array([band.interval for band in found.bands]).T
    dots = go.Scatter(
        x=[band.sureness for band in found.bands],
        y=shares,
        error_y={"type": "data", "symmetric": False, "array": highs - shares, "arrayminus": shares - lows, "width": 3},
        mode="markers+lines",
        line={"color": FOR_COLOUR, "width": 2},
        marker={"size": 9, "color": FOR_COLOUR},
        hovertext=[
            hover.format(sure=percent(band.sureness), right=percent(band.share), count=f"{band.count:,}")
            for band in found.bands
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure = plain_figure([equal, dots], title)
    figure.update_xaxes(range=[0, 1.03], tickformat=".0%", title={"text": axes[0], "standoff": 4}, fixedrange=True)
    figure.update_yaxes(range=[0, 1.03], tickformat=".0%", title={"text": axes[1], "standoff": 4}, fixedrange=True)
    figure.update_layout(margin={"l": 64, "b": 52})
    return figure


@dataclass(frozen=True, eq=False)
class MapPoints:
    """Images on a map: ``places`` (N, 2), the ``labels`` and the ``answers`` (N,), their ``numbers`` (N,) on the sheet of pictures, and
    whether those read right stand back (``mistakes_alone``)."""

    places: FloatArray
    labels: npt.NDArray[Any]
    answers: npt.NDArray[Any]
    numbers: npt.NDArray[np.intp]
    mistakes_alone: bool = False

    def some(self, chosen: npt.NDArray[Any]) -> "MapPoints":
        """Those that are ``chosen``, by a mask (N,) or by their places in the arrays."""
        return dataclasses.replace(
            self,
            places=self.places[chosen],
            labels=self.labels[chosen],
            answers=self.answers[chosen],
            numbers=self.numbers[chosen],
        )


@dataclass(frozen=True)
class MapWords:
    """What pointing at a dot tells, with places for ``label`` and ``answer``, and the name of the visitor's own drawing."""

    right: str
    wrong: str
    own: str


def digit_map(
    points: MapPoints, marked: MapPoints, own: FloatArray | None, words: MapWords, meta: dict[str, Any]
) -> go.Figure:
    """Each image as a dot in the colour of its digit, misread ones as crosses, the digit's number in the middle of its dots.

    The ``customdata`` of a dot is the number of its image. A ring is around each of ``marked``; ``own`` (2,) is where the visitor's
    drawing lies.
    """
    figure = plain_figure([*_map_traces(points, words, 5, 9), *_rings(marked, 17)])
    if own is not None:
        figure.add_trace(_own_star(own, words.own, 20))
    for digit, (x, y) in _middles(points).items():
        figure.add_annotation(
            x=x,
            y=y,
            text=f"<b>{digit}</b>",
            showarrow=False,
            font={"size": 18, "color": INK},
            bgcolor=WHITE,
            bordercolor=DIGIT_COLOURS[digit],
            borderwidth=3,
            borderpad=2,
            captureevents=False,
        )
    _finish_map(figure, points.places if own is None else np.vstack([points.places, own]), meta)
    legend = {"orientation": "h", "x": 0, "y": -0.02, "yanchor": "top", "itemsizing": "constant"}
    figure.update_layout(showlegend=True, legend=legend, margin={"l": 4, "r": 4, "t": 4, "b": 4})
    return figure


def small_map(
    points: MapPoints, marked: MapPoints, own: FloatArray | None, words: MapWords, title: str, meta: dict[str, Any]
) -> go.Figure:
    """The same, small and under a title, to stand beside others."""
    figure = plain_figure([*_map_traces(points, words, 4, 6), *_rings(marked, 12)], title)
    if own is not None:
        figure.add_trace(_own_star(own, words.own, 13))
    _finish_map(figure, points.places if own is None else np.vstack([points.places, own]), meta)
    figure.update_layout(margin={"l": 2, "r": 2, "t": 44, "b": 2})
    return figure


def _finish_map(figure: go.Figure, places: FloatArray, meta: dict[str, Any]) -> None:
    """The look of a map on which all ``places`` (N, 2) are seen, whatever is marked on it."""
    low, high = places.min(axis=0), places.max(axis=0)
    margin = 0.06 * np.maximum(high - low, 1e-6)
    (left, right), (bottom, top) = np.stack([low - margin, high + margin], axis=1).tolist()
    figure.update_layout(hovermode="closest", uirevision="kept", meta=meta)
    figure.update_xaxes(range=[left, right], showticklabels=False, zeroline=False, showgrid=False)
    figure.update_yaxes(range=[bottom, top], showticklabels=False, zeroline=False, showgrid=False, scaleanchor="x")


def _map_traces(points: MapPoints, words: MapWords, size: int, cross: int) -> list[go.Scatter]:
    """Of each digit first the dots of the images read right, then the crosses of the others; they go and come together."""
    traces = []
    for digit in range(10):
        members = points.labels == digit
        right, wrong = (
            points.some(members & (points.answers == digit)),
            points.some(members & (points.answers != digit)),
        )
        told = words.right.format(label=digit, answer=digit)
        traces.append(_map_dots(right, digit, size, "circle", [told]))
        if len(wrong.labels):
            told_wrong = [words.wrong.format(label=digit, answer=answer) for answer in wrong.answers.tolist()]
            traces.append(_map_dots(wrong, digit, cross, "x", told_wrong))
    return traces


def _map_dots(points: MapPoints, digit: int, size: int, symbol: str, told: list[str]) -> go.Scatter:
    each = symbol == "x"
    opacity = 0.12 if points.mistakes_alone and symbol == "circle" else 0.85
    return go.Scatter(
        x=points.places[:, 0].round(2),
        y=points.places[:, 1].round(2),
        mode="markers",
        name=str(digit),
        legendgroup=str(digit),
        showlegend=symbol == "circle",
        marker={
            "size": size,
            "color": DIGIT_COLOURS[digit],
            "opacity": opacity,
            "line": {"width": 0},
            "symbol": symbol,
        },
        customdata=points.numbers.astype(np.int16),
        text=told if each else None,
        hovertemplate=("%{text}" if each else told[0]) + "<extra></extra>",
    )


def _rings(points: MapPoints, size: int) -> list[go.Scatter]:
    """Two rings around each point, one dark and one light, so that one of them is seen on any ground."""
    if not len(points.labels):
        return []
    return [
        go.Scatter(
            x=points.places[:, 0],
            y=points.places[:, 1],
            mode="markers",
            marker={"size": size + 2 * outer, "symbol": "circle-open", "color": colour, "line": {"width": 2}},
            hoverinfo="skip",
            showlegend=False,
        )
        for outer, colour in ((2, WHITE), (0, INK))
    ]


def _own_star(own: FloatArray, name: str, size: int) -> go.Scatter:
    marker = {"size": size, "symbol": "star", "color": WHITE, "line": {"color": BLACK, "width": 2}}
    hover = "%{fullData.name}<extra></extra>"
    return go.Scatter(x=own[:1], y=own[1:], mode="markers", marker=marker, name=name, hovertemplate=hover)


def _middles(points: MapPoints) -> dict[int, tuple[float, float]]:
    """The middle of each digit's dots, moved apart where two would lie on each other."""
    digits = np.unique(points.labels)
    middles = np.stack([np.median(points.places[points.labels == digit], axis=0) for digit in digits]).astype(float)
    least = LABEL_DISTANCE * float(np.ptp(points.places, axis=0).max())
    for _ in range(20):
        apart = middles[:, None] - middles[None]
        distance = np.maximum(np.linalg.norm(apart, axis=2), 1e-9)
        push = np.where((distance < least) & (distance > 1e-9), (least - distance) / distance, 0)
        middles += 0.5 * (push[..., None] * apart).sum(axis=1)
    return {int(digit): (float(x), float(y)) for digit, (x, y) in zip(digits, middles, strict=True)}
