"""Curves as inline SVG, for documents that must open anywhere without a script; knows nothing of runs and no Streamlit."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ui.figures import thinned

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 72, 14, 14, 50
TICKS: Final = 5
POINTS_DRAWN: Final = 300


@dataclass(frozen=True)
class Line:
    """One curve: its ``title``, colour, SVG dashes (empty for solid), width in pixels, and its points."""

    title: str
    colour: str
    dashes: str
    width: float
    across: Sequence[float]
    up: Sequence[float]


def svg_curves(lines: Sequence[Line], across: str, percent: bool, label: str) -> str:
    """A chart of the lines; ``across`` names the x axis, ``label`` says in words what it shows.

    Losses are drawn from 0 up, shares from the lowest point up. Points that are not finite are left out.
    """
    finite = [y for line in lines for y in line.up if math.isfinite(y)]
    right = max((x for line in lines for x in line.across), default=1) or 1
    ticks = nice_ticks(min(finite, default=0) if percent else 0, max(finite, default=1))
    bottom, top = ticks[0], ticks[-1]

    def place(x: float, y: float) -> tuple[float, float]:
        return LEFT + (WIDTH - LEFT - RIGHT) * x / right, TOP + (HEIGHT - TOP - BOTTOM) * (top - y) / (top - bottom)

    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(label)}">']
    for tick in ticks:
        _, y = place(0, tick)
        text = f"{tick:.4g}" if not percent else f"{100 * tick:.4g} %"
        parts.append(f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 6:.1f}" text-anchor="end">{text}</text>')
    for tick in nice_ticks(0, right):
        if tick <= right:
            x, _ = place(tick, bottom)
            parts.append(f'<text x="{x:.1f}" y="{HEIGHT - 28}" text-anchor="middle">{tick:.4g}</text>')
    parts.append(f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 4}" text-anchor="end">{html.escape(across)}</text>')
    parts += [_polyline(line, [place(x, y) for x, y in _shown(line)]) for line in lines]
    return "".join(parts) + "</svg>"


def nice_ticks(low: float, high: float) -> list[float]:
    """Round numbers, evenly spaced by 1, 2 or 5 times a power of ten, from at most ``low`` to at least ``high``; two or more."""
    span = max(high - low, 1e-9)
    rough = span / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [step * count for count in range(first, max(last, first + 1) + 1)]


def _shown(line: Line) -> list[tuple[float, float]]:
    points = [(x, y) for x, y in zip(line.across, line.up, strict=True) if math.isfinite(y)]
    return [points[index] for index in thinned(len(points), POINTS_DRAWN)]


def _polyline(line: Line, places: Sequence[tuple[float, float]]) -> str:
    dashes = f' stroke-dasharray="{line.dashes}"' if line.dashes else ""
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return (
        f'<polyline fill="none" stroke="{line.colour}" stroke-width="{line.width:g}"{dashes} points="{points}">'
        f"<title>{html.escape(line.title)}</title></polyline>"
    )
