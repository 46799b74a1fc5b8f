"""Figures of Look inside: bars, the curve of damage, how sure a network may be; imports no Streamlit and is given every word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import plotly.graph_objects as go

from model.evaluation.calibration import Calibration
from model.evaluation.damage_curve import Fall
from model.network import FloatArray
from ui.colours import WHITE
from ui.elements.figure_style import (
    QUIET_COLOUR,
    QUIET_DOTS,
    TRAINING_COLOUR,
    VALIDATION_COLOUR,
    axis_title,
    digit_bars,
    figure_by_digit,
    legend,
    plain_figure,
    told_shares,
)
from ui.elements.numerals import percent, signed

FOR_COLOUR: Final = TRAINING_COLOUR
AGAINST_COLOUR: Final = VALIDATION_COLOUR
# What guessing one of ten digits gets right.
CHANCE: Final = 0.1


def signed_bars(values: FloatArray, title: str) -> go.Figure:
    """Ten bars (10,), up in blue and down in orange, one a digit."""
    colours = [FOR_COLOUR if value >= 0 else AGAINST_COLOUR for value in values]
    figure = figure_by_digit(
        [digit_bars(values.round(3), [signed(value) for value in values.tolist()], colours)], title
    )
    most = 1.08 * (float(np.abs(values).max()) or 1.0)
    ends = [-most if values.min() < 0 else 0, most if values.max() > 0 or not values.any() else 0]
    figure.update_yaxes(range=ends, fixedrange=True, zeroline=True, zerolinecolor=QUIET_COLOUR, nticks=4)
    return figure


def recall_bars(whole: FloatArray, damaged: FloatArray, title: str, names: tuple[str, str]) -> go.Figure:
    """For each digit the share recognised, (10,) each: before in grey, now in blue."""
    traces = [
        digit_bars(shares.round(4), told_shares(shares), colour, name)
        for shares, name, colour in ((whole, names[0], QUIET_COLOUR), (damaged, names[1], FOR_COLOUR))
    ]
    figure = figure_by_digit(traces, title)
    figure.update_layout(showlegend=True, legend=legend(1.02, 1), barmode="group", bargap=0.3)
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
    line = go.Scatter(
        x=places,
        y=heights,
        customdata=places,
        mode="lines+markers",
        line={"color": FOR_COLOUR, "width": 2.5},
        marker={"size": 6, "color": FOR_COLOUR},
        hovertext=[f"{place}{words.unit}: {percent(height, 1)}" for place, height in points],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    marker = {"size": 15, "symbol": "diamond", "color": AGAINST_COLOUR, "line": {"color": WHITE, "width": 2}}
    mark = go.Scatter(x=[now[0]], y=[now[1]], mode="markers", marker=marker, hoverinfo="skip", cliponaxis=False)
    figure = plain_figure([line, mark], margin={"l": 64, "r": 16, "b": 52})
    _mark_chance_and_cliffs(figure, "center" if span[0] < 0 else "left", cliffs, words)
    figure.update_xaxes(
        range=[end + side * (span[1] - span[0]) for end, side in zip(span, (-0.02, 0.02), strict=True)],
        ticksuffix=words.unit,
        nticks=7,
        title=axis_title(words.damage),
        fixedrange=True,
        zeroline=False,
        tickangle=0,
    )
    figure.update_yaxes(range=[0, 1.04], title=axis_title(words.accuracy), fixedrange=True)
    figure.update_yaxes(tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%")
    figure.update_layout(hovermode="closest")
    return figure


def _mark_chance_and_cliffs(figure: go.Figure, beside: str, cliffs: Sequence[Fall], words: DamageWords) -> None:
    """Chance as a dotted line, whose words stand ``beside`` zero (left edge or center), and each cliff as a grey band."""
    figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=CHANCE, y1=CHANCE, line=dict(QUIET_DOTS), layer="below")
    told = {"showarrow": False, "font": {"size": 12}}
    figure.add_annotation(x=0, y=CHANCE, text=words.chance, yanchor="top", xanchor=beside, **told)
    for cliff in cliffs:
        ends = sorted((cliff.start, cliff.end))
        figure.add_vrect(*ends, fillcolor=QUIET_COLOUR, opacity=0.25, line={"width": 0}, layer="below")
        figure.add_annotation(x=sum(ends) / 2, y=1.02, text=words.cliff, yanchor="top", **told)


def mistake_bars(missed: FloatArray, wrongly_named: FloatArray, title: str, names: tuple[str, str]) -> go.Figure:
    """For each digit the share it misses and the share it names wrongly, (10,) each, from zero up; nan where it never names one."""
    traces = [
        digit_bars(np.nan_to_num(shares).round(5), told_shares(shares), colour, name)
        for shares, name, colour in ((missed, names[0], FOR_COLOUR), (wrongly_named, names[1], AGAINST_COLOUR))
    ]
    figure = figure_by_digit(traces, title)
    figure.update_layout(showlegend=True, legend=legend(-0.14, 0), barmode="group", bargap=0.3)
    most = max(float(np.nanmax(missed, initial=0)), float(np.nanmax(wrongly_named, initial=0)), 0.005)
    figure.update_yaxes(range=[0, 1.08 * most], tickformat=".1%", nticks=5, fixedrange=True)
    return figure


def reliability_diagram(found: Calibration, title: str, axes: tuple[str, str], hover: str) -> go.Figure:
    """How often a network is right, by how sure it is: a dot a band with its 95 % interval, beside the line where both are equal.

    ``hover`` has places for ``sure``, ``right`` and ``count``.
    """
    equal = go.Scatter(x=[0, 1], y=[0, 1], mode="lines", line=dict(QUIET_DOTS), hoverinfo="skip")
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
    figure = plain_figure([equal, dots], title, {"l": 64, "b": 52})
    figure.update_xaxes(range=[0, 1.03], tickformat=".0%", title=axis_title(axes[0]), fixedrange=True)
    figure.update_yaxes(range=[0, 1.03], tickformat=".0%", title=axis_title(axes[1]), fixedrange=True)
    return figure
