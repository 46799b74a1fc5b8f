"""The Compare page's parts: the visitor's runs in a table, their curves in one chart, one run close up; starts no race itself."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from model.runs.look import RunLook
from model.runs.race import MOST, PRESET_RACES
from model.runs.run import RunView
from model.runs.store import RUNS
from ui.compare.race import latest_race, show_race
from ui.compare.race_start import CURVE_AXIS, start_race_button
from ui.compare.report_downloads import show_comparison_downloads, show_run_downloads
from ui.elements.choices import choose, choose_several
from ui.elements.numerals import decimal, percent
from ui.elements.page_links import go_to
from ui.elements.plotly_chart import Chart, live_charts
from ui.runs.diagnosis import show_hints
from ui.runs.overlaid_curves import ACROSS, HEIGHT, OverlayWords, Series, close_look, overlaid
from ui.runs.run_names import Curve, latest_number, number_words, own_curves, run_titles, settings_of, status_words
from ui.runs.run_table import Row, run_table
from ui.runs.start_button import poll_seconds, standard_button
from ui.state.hyperparameters import set_knobs_for_train
from ui.state.language import listed, listed_apart, t, told_of
from ui.state.messages import message_waits, redraw
from ui.state.own_runs import (
    SHOWN_RUNS,
    current_run,
    delete_run,
    look_at,
    name_run,
    own_runs,
    own_views,
    show_runs,
    shown_runs,
    take_unlisted,
)
from ui.state.values import Value
from ui.state.visitor import current_visitor
from ui.state.visitors import RUNS_MOST

NAME_LENGTH: Final = 40
KINDS: Final = ("validation", "training")
CHOSEN_RUN: Final = Value[str | None]("chosen_run", None)


def show_nothing_yet() -> None:
    """No run yet: what this page is for, and two buttons that give it something to show."""
    st.info(t("compare.empty"))
    start_race_button(PRESET_RACES["learning_rates"], key="first_race", label=t("compare.first_race"))
    standard_button(key="first_run")


def show_comparison() -> None:
    """The latest race, the curves of the chosen runs and the table; looks again by itself while a run trains."""
    busy = _busy()
    st.fragment(_watch, run_every=poll_seconds() if any(busy) else None)(busy)


def _choice(key: str, options: Sequence[str], label: str) -> str:
    return choose(label, options, key, lambda option: t(f"compare.{option}"), look="bar")


def _choose_shown(curves: Sequence[Curve]) -> list[Curve]:
    """Which curves are shown, at most six; one that is new here is shown, the first of too many leaves."""
    by_head = {curve.head: curve for curve in reversed(curves)}
    heads = {token: curve.head for curve in curves for token in curve.ever}
    chosen = [heads[token] for token in shown_runs() if token in heads]
    fresh = [heads[token] for token in take_unlisted() if token in heads]
    show_runs(list(dict.fromkeys([*chosen, *fresh]))[-MOST:])
    shown = choose_several(
        t("compare.shown", most=MOST),
        list(by_head),
        SHOWN_RUNS.key,
        lambda head: by_head[head].title if head in by_head else "",
    )
    return [by_head[head] for head in shown if head in by_head]


def _busy() -> tuple[bool, ...]:
    return tuple(run.view().busy for run in own_runs())


def _watch(busy: tuple[bool, ...]) -> None:
    # Containers that are always there: what stands below keeps its place, and the curves their zoom.
    with st.container(key="race"):
        entry = latest_race()
        if entry is not None:
            show_race(entry)
    series = [_series(curve) for curve in _choose_shown(own_curves())]
    with st.container(horizontal=True, key="curve_choices"):
        kind = _choice("curve_kind", KINDS, t("compare.kind"))
        axis = _choice(CURVE_AXIS.key, ACROSS, t("compare.axis"))
    _show_curves(series, kind, axis)
    if not any(busy):
        show_comparison_downloads(series)
    with st.container(key="runs"):
        _show_table()
    if _busy() != busy or message_waits():
        redraw()


def _series(curve: Curve) -> Series:
    runs = [run for run in map(RUNS.look, curve.tokens) if run is not None]
    return Series(curve.title, curve.look, tuple(run.view() for run in runs))


def _show_curves(series: Sequence[Series], kind: str, across: str) -> None:
    charts = []
    for name in ("loss", "accuracy"):
        value = f"validation_{name}" if kind == "validation" else name
        title = t("compare.chart_title", name=t(f"compare.{name}"), kind=t(f"train.{kind}"))
        words = OverlayWords(title, t(f"compare.across_{across}"))
        closer = close_look(series, value) if name == "accuracy" else None
        figure = overlaid(series, value, across, words)
        charts.append(Chart(figure, curves_in_words(series, name, kind), HEIGHT, close_look=closer))
    live_charts(charts, key="curves", failed=t("frame.plotly_failed"))


def curves_in_words(series: Sequence[Series], name: str, kind: str) -> str:
    """What a chart of overlaid curves shows, for those who cannot see it: where each curve stands."""
    value = f"validation_{name}" if kind == "validation" else name
    told = []
    for one in series:
        latest = [number for view in one.views if (number := latest_number(view, value)) is not None]
        each = [percent(number, 1) if name == "accuracy" else decimal(number, 3) for number in latest]
        told.append(told_of(one.title, listed(each) or "–"))
    return t("compare.curves_words", name=t(f"compare.{name}"), kind=t(f"train.{kind}"), runs=listed_apart(told))


def _show_table() -> None:
    views, titles = own_views(), run_titles()
    rows = [_row(view, views[index - 1] if index else None, titles[view.token]) for index, view in enumerate(views)]
    if not rows:
        return
    st.subheader(t("compare.table", count=len(rows), most=RUNS_MOST), anchor=False)
    columns = (t("compare.column_run"), t("compare.column_settings"))
    st.html(run_table(rows[::-1], columns, t("compare.table_label"), t("compare.changed"), str(t("list.comma"))))
    st.caption(t("compare.table_help"))


def _row(view: RunView, before: RunView | None, title: str) -> Row:
    settings = settings_of(view.config, before.config if before else None)
    return Row(title, status_words(view), current_visitor().looks[view.token], settings, number_words(view))


def show_one_run() -> None:
    """One run close up: its name, what can be done with it, why it went as it did, its report."""
    tokens = [run.token for run in reversed(own_runs())]
    if CHOSEN_RUN.get() not in tokens:
        current = current_run()
        CHOSEN_RUN.give(current.token if current and current.token in tokens else tokens[0])
    st.subheader(t("compare.one_title"), anchor=False)
    titles = run_titles()
    token = choose(t("compare.one_choose"), tokens, CHOSEN_RUN.key, lambda one: titles.get(one, ""))
    run = RUNS.look(token)
    if run is None:
        return
    _show_name(run)
    _show_actions(run)
    view = run.view()
    show_hints(view, "compare")
    if view.ended and not view.busy:
        show_run_downloads(view)
    else:
        st.caption(t("compare.not_ended"))


def _name_field(token: str) -> Value[str]:
    return Value(f"name_{token}", "")


def _show_name(run: RunLook) -> None:
    field = _name_field(run.token)
    field.give(current_visitor().run_names.get(run.token, ""))
    st.text_input(
        t("compare.name"),
        key=field.key,
        max_chars=NAME_LENGTH,
        placeholder=run_titles()[run.token],
        on_change=lambda: name_run(run.token, field.get()),
    )


def _show_actions(run: RunLook) -> None:
    with st.container(horizontal=True, key="run_actions"):
        if st.button(t("compare.open"), key="open_run"):
            look_at(run.token)
            set_knobs_for_train(run.view().config)
            go_to("train")
        if st.button(t("compare.load_knobs"), key="load_knobs"):
            set_knobs_for_train(run.view().config)
            go_to("train")
        with st.popover(t("compare.delete")):
            st.markdown(t("compare.delete_sure", title=run_titles()[run.token]))
            st.button(t("compare.delete_yes"), key="delete_run", on_click=delete_run, args=(run.token,))
