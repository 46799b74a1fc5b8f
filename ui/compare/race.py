"""A race under way on the screen: how far each variant is, each seed as a dot, and what the numbers say at the end."""

import html
from collections.abc import Sequence
from statistics import fmean

import streamlit as st

from model.runs.driver import Run
from model.runs.race import SEEDS
from model.runs.run import RunView, Status
from model.runs.store import RUNS
from ui.compare.judgement import Judgement, judgement, lane_views, scored_lanes
from ui.compare.race_start import start_seeds
from ui.elements.numerals import percent
from ui.elements.plotly_chart import Chart, live_charts
from ui.runs.overlaid_curves import DotRow, dots_height, seed_dots
from ui.runs.run_names import last_accuracy, race_goes_on, setting_text, status_words
from ui.runs.run_table import swatch
from ui.state.language import listed, listed_apart, t
from ui.state.own_runs import command
from ui.state.visitor import current_visitor
from ui.state.visitors import RaceEntry


def _repeat(entry: RaceEntry) -> None:
    done = len(entry.tokens)
    start_seeds(entry.race, entry.race.seeds(SEEDS - done, first=done), entry)


def latest_race() -> RaceEntry | None:
    """The visitor's latest race, if each of its variants still has a run."""
    races = current_visitor().races
    if not races or not all(any(map(RUNS.look, lane)) for lane in races[-1].lanes):
        return None
    return races[-1]


def show_race(entry: RaceEntry) -> None:
    """How far each variant is, each seed as a dot, and the buttons; when all have ended, what the numbers show."""
    lanes = lane_views(entry)
    rows = "".join(_lane(entry, place, views) for place, views in enumerate(lanes))
    st.html(f'<ol class="lanes">{rows}</ol>')
    with st.container(key="verdict_place"):
        if race_goes_on(entry):
            st.caption(t("race.verdict_later"))
        else:
            _show_judgement(judgement(entry))
    _show_dots(entry)
    _show_buttons(entry)


def _show_judgement(told: Judgement) -> None:
    with st.container(key="verdict"):
        (st.success if told.decided else st.info)(told.sentence)
        for note in told.notes:
            st.caption(note)


def _show_dots(entry: RaceEntry) -> None:
    rows, title, label, about = dots_of(entry)
    live_charts([Chart(seed_dots(rows, title), label, dots_height(len(rows)))], "seed_dots", t("frame.plotly_failed"))
    st.caption(about)


def dots_of(entry: RaceEntry) -> tuple[list[DotRow], str, str, str]:
    """The seeds of a race as dots: the rows, their title, what they show in words, and how to read them."""
    rows = _dot_rows(entry, lane_views(entry))
    about = t("race.dots_one_help") if len(entry.tokens) == 1 else t("race.dots_help")
    return rows, t("race.dots_title"), t("race.dots_words", lanes=listed_apart(map(_dots_in_words, rows))), about


def _dot_rows(entry: RaceEntry, lanes: Sequence[Sequence[RunView]]) -> list[DotRow]:
    """The variants of a race as rows of a chart of dots."""
    looks = current_visitor().looks
    return [
        DotRow(setting_text(entry.race.knob, lane.value), looks[views[0].token], lane if lane.scores else None)
        for lane, views in zip(scored_lanes(entry, lanes), lanes, strict=True)
    ]


def _dots_in_words(row: DotRow) -> str:
    if row.lane is None:
        return t("race.dots_none", title=row.title)
    low, high = (percent(share, 1) for share in row.lane.interval)
    seeds = listed(percent(score.accuracy, 1) for score in row.lane.scores)
    return t("race.dots_lane", title=row.title, seeds=seeds, low=low, high=high)


def _show_buttons(entry: RaceEntry) -> None:
    """Stop while it goes on; afterwards, repeat with further seeds where it had one."""
    runs = [run for run in map(RUNS.look, entry.all_tokens) if run is not None]
    if any(run.view().status in (Status.TRAINING, Status.PAUSED) for run in runs):
        st.button(t("race.stop"), key="stop_race", on_click=_stop, args=(entry,))
    elif len(entry.tokens) < SEEDS:
        st.button(t("race.repeat", count=SEEDS), key="repeat_race", on_click=_repeat, args=(entry,))
        st.caption(t("race.repeat_help"))


def _stop(entry: RaceEntry) -> None:
    for token in entry.all_tokens:
        command(token, Run.stop)


def _lane(entry: RaceEntry, place: int, views: Sequence[RunView]) -> str:
    title = html.escape(setting_text(entry.race.knob, entry.race.values[place]))
    share = sum(min(1.0, view.step / view.config.total_steps) for view in views) / len(views)
    bar = f'<progress value="{share:.3f}" max="1" aria-label="{title}"></progress>'
    look = current_visitor().looks[views[0].token]
    return f"<li><strong>{swatch(look)}{title}</strong>{bar}<span>{html.escape(_lane_words(views))}</span></li>"


def _lane_words(views: Sequence[RunView]) -> str:
    """What the runs of one variant read right so far, or in the end; before anything is known, that they get ready."""
    latest = [last_accuracy(view) for view in views]
    training = [accuracy for accuracy, _ in latest if accuracy is not None]
    validation = [accuracy for _, accuracy in latest if accuracy is not None]
    if not all(view.ended for view in views):
        if validation:
            return t("race.lane_validation", accuracy=percent(fmean(validation), 1))
        return t("race.lane_training", accuracy=percent(fmean(training), 1)) if training else t("race.lane_waiting")
    ends = sorted({status_words(view) for view in views if view.status != Status.FINISHED})
    if not validation:
        return " · ".join(ends) or t("race.lane_unchecked")
    mean, low, high = (percent(share, 1) for share in (fmean(validation), min(validation), max(validation)))
    several = len(validation) > 1
    said = t("race.lane_spread", accuracy=mean, low=low, high=high) if several else t("race.lane_end", accuracy=mean)
    return " · ".join([said, *ends])
