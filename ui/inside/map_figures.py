"""Figures of the map of the digits; imports no Streamlit and is given every word."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from model.data.mnist import Labels
from model.network import FloatArray
from ui.colours import AMBER, BLACK, BLUE, BROWN, GREEN, INK, MIDDLE_GREY, OLIVE, ORANGE, PINK, SKY, VIOLET, WHITE
from ui.elements.figure_style import legend, plain_figure

LABEL_DISTANCE: Final = 0.055
# Ten hues that keep apart for most colour-blind eyes as well; the numbers on the map tell the rest.
DIGIT_COLOURS: Final = (
    BLUE, ORANGE, GREEN, PINK, AMBER, SKY, BROWN, MIDDLE_GREY, VIOLET, OLIVE,
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class MapPoints:
    """Images on a map: ``places`` (N, 2), the ``labels`` and the ``answers`` (N,), their ``numbers`` (N,) on the sheet of pictures, and
    whether those read right stand back (``mistakes_alone``)."""

    places: FloatArray
    labels: Labels
    answers: npt.NDArray[np.intp]
    numbers: npt.NDArray[np.intp]
    mistakes_alone: bool = False

    def some(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> "MapPoints":
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
    points: MapPoints, marked: MapPoints, own: FloatArray | None, words: MapWords, meta: Mapping[str, str | int]
) -> go.Figure:
    """Each image as a dot in the colour of its digit, misread ones as crosses, the digit's number in the middle of its dots.

    The ``customdata`` of a dot is the number of its image. A ring is around each of ``marked``; ``own`` (2,) is where the visitor's
    drawing lies.
    """
    figure = plain_figure([*_map_traces(points, words, 5, 9), *_rings(marked, 17)], margin=dict.fromkeys("lrtb", 4))
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
    figure.update_layout(showlegend=True, legend=legend(-0.02, 0) | {"itemsizing": "constant"})
    return figure


def small_map(
    points: MapPoints,
    marked: MapPoints,
    own: FloatArray | None,
    words: MapWords,
    title: str,
    meta: Mapping[str, str | int],
) -> go.Figure:
    """The same, small and under a title, to stand beside others."""
    figure = plain_figure(
        [*_map_traces(points, words, 4, 6), *_rings(marked, 12)], title, {"l": 2, "r": 2, "t": 44, "b": 2}
    )
    if own is not None:
        figure.add_trace(_own_star(own, words.own, 13))
    _finish_map(figure, points.places if own is None else np.vstack([points.places, own]), meta)
    return figure


def _finish_map(figure: go.Figure, places: FloatArray, meta: Mapping[str, str | int]) -> None:
    """The look of a map on which all ``places`` (N, 2) are seen, whatever is marked on it."""
    low, high = places.min(axis=0), places.max(axis=0)
    margin = 0.06 * np.maximum(high - low, 1e-6)
    (left, right), (bottom, top) = np.stack([low - margin, high + margin], axis=1).tolist()
    figure.update_layout(hovermode="closest", uirevision="kept", meta=dict(meta))
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
