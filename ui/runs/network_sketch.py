"""The layers of a network as a picture the size of a line or two; knows no run, no words and no Streamlit."""

import itertools
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from ui.colours import BLUE, GREY

WIDTH, HEIGHT = 132, 44
DOTS_MOST: Final = 5
COLOUR: Final = BLUE


def network_sketch(layer_sizes: Sequence[int]) -> str:
    """A data URL of an SVG: a column of at most five dots for each layer, more of them the larger it is, and the lines between."""
    step = (WIDTH - 16) / (len(layer_sizes) - 1)
    columns = [
        [(8 + index * step, height) for height in _heights(_dots(size))] for index, size in enumerate(layer_sizes)
    ]
    lines = [
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
        for below, above in itertools.pairwise(columns)
        for x1, y1 in below
        for x2, y2 in above
    ]
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2"/>' for column in columns for x, y in column]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<g stroke="{GREY}" stroke-width="0.5">{"".join(lines)}</g><g fill="{COLOUR}">{"".join(dots)}</g></svg>'
    )
    return "data:image/svg+xml," + quote(svg)


def _dots(size: int) -> int:
    """One dot for a unit alone, two from 2 units on, then one more for each time that it is four times as large."""
    return next((dots for dots, least in ((5, 128), (4, 32), (3, 8), (2, 2)) if size >= least), 1)


def _heights(dots: int) -> list[float]:
    return [HEIGHT * (index + 0.5) / DOTS_MOST + HEIGHT * (DOTS_MOST - dots) / (2 * DOTS_MOST) for index in range(dots)]
