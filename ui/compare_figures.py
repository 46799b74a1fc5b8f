"""Curves of several runs in one chart, as Plotly figures; imports no Streamlit and takes every word it shows as an argument."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import plotly.graph_objects as go

from model.runs import RunView
from ui.figures import accuracy_close_look, loss_top, plain_figure, thinned

# After Okabe and Ito 2008, "Color Universal Design", darkened where a line would be too faint on white; the dashes tell the same.
COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#A67C00", "#6F7F8C")
DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
# The same dashes as SVG writes them, in pixels at a line 2 wide.
DASH_LENGTHS: Final = ("", "7 5", "2 4", "7 4 2 4", "13 6", "13 5 2 5")


@dataclass(frozen=True, eq=False)
class Series:
    """The curves of one variant: its ``title``, its ``place`` among those shown (0 to 5), and its runs, one a seed."""

    title: str
    place: int
    views: tuple[RunView, ...]


@dataclass(frozen=True)
class OverlayWords:
    """The words of one chart, in the visitor's language."""

    title: str
    across: str


def overlaid(series: Sequence[Series], value: str, by_seconds: bool, words: OverlayWords) -> go.Figure:
    """One value of each run over epochs or seconds; runs of further seeds as thin lines of the same colour.

    Args:
        value: a field of ``Point``: loss, accuracy, validation_loss or validation_accuracy.
    """
    traces = [
        _line(one, view, value, by_seconds, words, thin=seed > 0)
        for one in series
        for seed, view in enumerate(one.views)
    ]
    figure = plain_figure(traces, words.title)
    figure.update_xaxes(title={"text": words.across, "standoff": 4}, range=[0, _width(series, traces, by_seconds)])
    if "accuracy" in value:
        figure.update_yaxes(range=[0, 1], tickformat=".0~%")
    else:
        figure.update_yaxes(range=[0, loss_top(height for trace in traces for height in trace.y.tolist())])
    legend = {"orientation": "h", "x": 0, "y": -0.24, "yanchor": "top"}
    # Another axis or another value is another picture: only then is the zoom forgotten.
    figure.update_layout(showlegend=True, legend=legend, uirevision=f"{value} {by_seconds}", margin={"b": 90})
    return figure


def close_look(series: Sequence[Series], value: str) -> tuple[float, float] | None:
    """The heights between which the accuracies of these runs lie but for their beginnings; None where nothing is known yet."""
    return accuracy_close_look(getattr(point, value) for one in series for view in one.views for point in view.points)


def _width(series: Sequence[Series], traces: Sequence[go.Scatter], by_seconds: bool) -> float:
    """Where the axis ends: at the epochs set, or at the last second so far."""
    ends = [float(trace.x[-1]) for trace in traces if trace.x.size]
    if not by_seconds:
        ends += [view.config.epochs for one in series for view in one.views]
    return max(ends, default=1.0) or 1.0


def numbers(view: RunView, value: str, by_seconds: bool) -> tuple[list[float], list[float]]:
    """Epochs or seconds, and the value there, of every point that has one."""
    across, up = [], []
    for point, seconds in zip(view.points, view.seconds, strict=True):
        height = getattr(point, value)
        if height is not None:
            across.append(seconds if by_seconds else point.step / view.config.steps_per_epoch)
            up.append(height)
    return across, up


def _line(one: Series, view: RunView, value: str, by_seconds: bool, words: OverlayWords, thin: bool) -> go.Scatter:
    across, up = numbers(view, value, by_seconds)
    shown = thinned(len(up))
    held_out = value.startswith("validation") and not thin
    number = ":.1%" if "accuracy" in value else ":.4f"
    return go.Scatter(
        x=np.asarray(across, np.float32)[shown],
        y=np.asarray(up, np.float32)[shown],
        uid=f"{view.token[:8]}{value}",
        name=html.escape(one.title, quote=False),
        legendgroup=str(one.place),
        showlegend=not thin,
        mode="lines+markers" if held_out else "lines",
        line={"color": COLOURS[one.place], "dash": DASHES[one.place], "width": 1 if thin else 2.25},
        marker={"size": 5},
        opacity=0.6 if thin else 1,
        hovertemplate=f"{words.across} %{{x:.1f}}: %{{y{number}}}<extra>%{{fullData.name}}</extra>",
    )
