"""Curves as inline SVG, for documents that must open anywhere without a script; knows nothing of runs and no Streamlit."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ui.elements.axis_ticks import log_odds_of, nice_ticks, odds_ticks
from ui.elements.figure_style import thinned
from ui.elements.numerals import percent

WIDTH, HEIGHT = 800, 380
ROW_HEIGHT: Final = 48
LEFT, RIGHT, TOP, BOTTOM = 72, 14, 14, 50
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


@dataclass(frozen=True)
class DotLine:
    """A row of dots: its ``title``, colour, the shares its dots stand for, their ``middle``, and the ``interval``; all 0 to 1."""

    title: str
    colour: str
    shares: Sequence[float]
    middle: float
    interval: tuple[float, float]


def svg_dots(lines: Sequence[DotLine], label: str) -> str:
    """Rows of dots on one axis of shares, stretched towards none and all as log odds are; ``label`` says in words what it shows."""
    shown = [share for line in lines for share in (*line.shares, *line.interval)]
    ticks = odds_ticks(min(shown, default=0.5), max(shown, default=0.98))
    (low, _), (high, _) = ticks[0], ticks[-1]
    bottom = 20 + ROW_HEIGHT * len(lines)

    def place(odds: float) -> float:
        return 40 + (WIDTH - 80) * (min(max(odds, low), high) - low) / (high - low)

    parts = [f'<svg viewBox="0 0 {WIDTH} {bottom + 34}" role="img" aria-label="{html.escape(label)}">']
    for odds, share in ticks:
        x = place(odds)
        text = percent(share, 2).replace(".00", "")
        parts.append(f'<line class="grid" x1="{x:.1f}" y1="4" x2="{x:.1f}" y2="{bottom}"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 22}" text-anchor="middle">{text}</text>')
    for row, line in enumerate(lines):
        y = 40 + ROW_HEIGHT * row
        left, right, middle = (place(log_odds_of(share)) for share in (*line.interval, line.middle))
        parts.append(f'<text x="44" y="{y - 14}">{html.escape(line.title)}</text>')
        parts.append(
            f'<line x1="{left:.1f}" y1="{y}" x2="{right:.1f}" y2="{y}" stroke="{line.colour}" stroke-width="6" opacity="0.35"/>'
            f'<line x1="{middle:.1f}" y1="{y - 10}" x2="{middle:.1f}" y2="{y + 10}" stroke="{line.colour}" stroke-width="2"/>'
        )
        parts += [
            f'<circle cx="{place(log_odds_of(share)):.1f}" cy="{y + 3 * (2 * seed - len(line.shares) + 1)}" r="5" fill="{line.colour}"/>'
            for seed, share in enumerate(line.shares)
        ]
    return "".join(parts) + "</svg>"


def svg_curves(lines: Sequence[Line], across: str, percent: bool, label: str) -> str:
    """A chart of the lines; ``across`` names the x axis, ``label`` says in words what it shows.

    Losses are drawn from 0 up, shares from the lowest point up. Points that are not finite are left out.
    """
    finite = [y for line in lines for y in line.up if math.isfinite(y)]
    right = nice_ticks(0, max((x for line in lines for x in line.across), default=1) or 1)[-1]
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
