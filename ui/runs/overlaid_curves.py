"""Curves of several runs in one chart, and seeds as dots, as Plotly figures; imports no Streamlit, its words are arguments."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import plotly.graph_objects as go

from model.runs.race import Lane, log_odds
from model.runs.run import RunView
from ui.elements.axis_ticks import log_odds_of, odds_ticks, rounded_up
from ui.elements.figure_style import (
    QUIET_COLOUR,
    TOLD_ANYWHERE,
    accuracy_close_look,
    axis_title,
    curve_end,
    curve_numbers,
    legend,
    loss_top,
    name_curves,
    plain_figure,
    thinned,
)
from ui.elements.numerals import percent
from ui.state.looks import colour, dash

ACROSS: Final = ("epochs", "steps", "seconds")
ROW_PIXELS: Final = 46
# Pixels of the chart, of its margins, and letters of a name at a curve's end.
HEIGHT: Final = 380
TOP, BOTTOM, RIGHT = 18, 90, 170
NAME_LENGTH: Final = 22
# More marks than these are a band.
POINTS_MARKED: Final = 40


@dataclass(frozen=True, eq=False)
class Series:
    """The curves of one variant: its ``title``, its ``look`` (see ``ui.state.looks``), and its runs, one a seed."""

    title: str
    look: int
    views: tuple[RunView, ...]


@dataclass(frozen=True)
class OverlayWords:
    """The words of one chart, in the visitor's language."""

    title: str
    across: str


@dataclass(frozen=True)
class DotRow:
    """One variant of a race among the dots: its ``title``, its ``look``, and how its seeds did; ``lane`` is None before any is known."""

    title: str
    look: int
    lane: Lane | None


def overlaid(series: Sequence[Series], value: str, across: str, words: OverlayWords) -> go.Figure:
    """One value of each run over epochs, steps or seconds; runs of further seeds as thin lines of the same colour.

    The browser shows the names at the curves' ends, or the legend below where a chart so narrow has no room for them.

    Args:
        value: a field of ``Point``: loss, accuracy, validation_loss or validation_accuracy.
        across: a member of ``ACROSS``.
    """
    lines = [
        (one, _line(one, view, value, across, words, thin=seed > 0))
        for one in series
        for seed, view in enumerate(one.views)
    ]
    traces = [line for _, line in lines]
    figure = plain_figure(traces, words.title)
    views = [view for one in series for view in one.views]
    end = max((_end(view, across) for view in views), default=1)
    figure.update_xaxes(title=axis_title(words.across), range=[0, rounded_up(end)])
    if "accuracy" in value:
        figure.update_yaxes(tickformat=".0~%", range=[0, 1])
    else:
        highest = loss_top(height for trace in traces for height in trace.y.tolist())
        figure.update_yaxes(range=[0, rounded_up(highest)])
    # Another axis or another value is another picture: only then is the zoom forgotten.
    figure.update_layout(
        showlegend=True,
        legend=legend(-0.24, 0),
        uirevision=f"{value} {across}",
        margin={"t": TOP, "b": BOTTOM, "r": RIGHT},
        **TOLD_ANYWHERE,
    )
    ends = [curve_end(line, value, _short(one.title)) for one, line in lines if line.showlegend and len(line.x)]
    name_curves(figure, ends, HEIGHT - TOP - BOTTOM)
    return figure


def close_look(series: Sequence[Series], value: str) -> tuple[float, float] | None:
    """The heights between which the accuracies of these runs lie but for their beginnings; None where nothing is known yet."""
    return accuracy_close_look(getattr(point, value) for one in series for view in one.views for point in view.points)


def seed_dots(rows: Sequence[DotRow], title: str) -> go.Figure:
    """A dot for the validation accuracy of each seed, a line for the interval, on one axis for all variants.

    The axis shows log odds under the names of shares: towards all and towards none it is stretched, as the judgement is.
    """
    known = [row.lane for row in rows if row.lane is not None]
    shown = [share for lane in known for share in (*lane.interval, *(score.accuracy for score in lane.scores))]
    ticks = odds_ticks(min(shown, default=0.5), max(shown, default=0.98))
    traces = [trace for place, row in enumerate(rows) if row.lane for trace in _dots(row, row.lane, place)]
    figure = plain_figure(traces, title)
    for place, row in enumerate(rows):
        figure.add_annotation(
            x=0, xref="paper", y=place, yshift=16, text=html.escape(row.title, quote=False), showarrow=False, xanchor="left"
        )  # fmt: skip
    figure.update_xaxes(
        range=[ticks[0][0], ticks[-1][0]],
        tickvals=[odds for odds, _ in ticks],
        ticktext=[percent(share, 2).replace(".00", "") for _, share in ticks],
        fixedrange=True,
        zeroline=False,
    )
    figure.update_yaxes(
        range=[len(rows) - 0.5, -0.8], showticklabels=False, showgrid=False, zeroline=False, fixedrange=True
    )
    figure.update_layout(uirevision="dots", margin={"l": 28, "r": 28})
    return figure


def dots_height(rows: int) -> int:
    """How high, in pixels, a chart of so many rows of dots is."""
    return 110 + ROW_PIXELS * rows


def numbers(view: RunView, value: str, across: str) -> tuple[list[float], list[float]]:
    """Epochs, steps or seconds, and the value there, of every point that has one."""
    along, up = [], []
    for point, seconds in zip(view.points, view.seconds, strict=True):
        height = getattr(point, value)
        if height is not None:
            along.append(
                {"epochs": point.step / view.config.steps_per_epoch, "steps": point.step, "seconds": seconds}[across]
            )
            up.append(height)
    return along, up


def _end(view: RunView, across: str) -> float:
    """Where a run will end; its seconds as it has gone until now."""
    if across == "epochs":
        return max(view.config.epochs, view.epoch)
    if across == "steps":
        return max(view.config.total_steps, view.step)
    if not view.seconds:
        return 1
    return view.seconds[-1] if view.ended else view.seconds[-1] * view.config.total_steps / view.points[-1].step


def _short(title: str) -> str:
    """A title that has room at a curve's end, as HTML."""
    short = title if len(title) <= NAME_LENGTH else title[: NAME_LENGTH - 1].rstrip() + "…"
    return html.escape(short, quote=False)


def _dots(row: DotRow, lane: Lane, place: int) -> list[go.Scatter]:
    ends = [log_odds_of(share) for share in lane.interval]
    interval = go.Scatter(
        x=ends, y=[place, place], mode="lines", hoverinfo="skip", line={"color": colour(row.look), "width": 6}, opacity=0.35
    )  # fmt: skip
    middle = go.Scatter(
        x=[lane.log_odds], y=[place], mode="markers", hoverinfo="skip",
        marker={"symbol": "line-ns-open", "size": 20, "color": colour(row.look), "line": {"width": 2}},
    )  # fmt: skip
    # Equal seeds would hide each other: each stands a little lower than the one before.
    steps = np.linspace(-0.1, 0.1, len(lane.scores)) if len(lane.scores) > 1 else np.zeros(1)
    dots = go.Scatter(
        x=[log_odds(score) for score in lane.scores],
        y=[place + step for step in steps],
        mode="markers",
        marker={"size": 10, "color": colour(row.look), "line": {"width": 1, "color": QUIET_COLOUR}},
        text=[percent(score.accuracy, 2) for score in lane.scores],
        hovertemplate=f"{html.escape(row.title, quote=False)}: %{{text}}<extra></extra>",
    )
    return [interval, *([middle] if len(lane.scores) > 1 else []), dots]


def _line(one: Series, view: RunView, value: str, across: str, words: OverlayWords, thin: bool) -> go.Scatter:
    along, up = numbers(view, value, across)
    shown = thinned(len(up))
    marked = value.startswith("validation") and not thin and len(up) <= POINTS_MARKED
    heights = np.asarray(up, np.float32)[shown]
    return go.Scatter(
        x=np.asarray(along, np.float32)[shown],
        y=heights,
        uid=f"{view.token[:8]}{value}",
        name=html.escape(one.title, quote=False),
        legendgroup=str(one.look),
        showlegend=not thin,
        mode="lines+markers" if marked else "lines",
        line={"color": colour(one.look), "dash": dash(one.look), "width": 1 if thin else 2.25},
        marker={"size": 5},
        opacity=0.6 if thin else 1,
        hovertext=curve_numbers(value, heights),
        hovertemplate=f"{words.across} %{{x:,.4~g}}: %{{hovertext}}<extra>%{{fullData.name}}</extra>",
    )
