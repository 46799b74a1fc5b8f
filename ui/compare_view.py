"""The Compare page's parts: the visitor's runs in a table, their curves in one chart, one run close up; starts no race itself."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import streamlit as st

from model.config import PRESETS
from model.race import MOST, PRESET_RACES
from model.runs import RUNS, Run, RunView
from ui import session
from ui.compare_figures import OverlayWords, Series, close_look, overlaid
from ui.hints_view import show_hints
from ui.language import t
from ui.links import go_to
from ui.live_chart import Chart, live_charts
from ui.race_view import latest_race, show_lanes, show_race_buttons, start_race_button
from ui.report_view import show_comparison_downloads, show_run_downloads
from ui.run_table import Row, run_table
from ui.run_words import lane_title, number_words, run_title, settings_of, siblings, status_words
from ui.training_view import poll_seconds, start_button
from ui.visitors import RUNS_MOST

NAME_LENGTH: Final = 40
KINDS: Final = ("validation", "training")
AXES: Final = ("epochs", "seconds")


def show_nothing_yet() -> None:
    """No run yet: what this page is for, and two buttons that give it something to show."""
    st.info(t("compare.empty"))
    start_race_button(PRESET_RACES["learning_rates"], key="first_race", label=t("compare.first_race"))
    start_button(PRESETS["standard"], key="first_run", label="draw.train_standard")


def show_comparison() -> None:
    """The latest race, the curves of the chosen runs and the table; looks again by itself while a run trains."""
    busy = _busy()
    st.fragment(_watch, run_every=poll_seconds() if any(busy) else None)(busy)


def _choice(key: str, options: Sequence[str], label: str) -> str:
    session.give_if_missing(key, options[0])
    names = {option: t(f"compare.{option}") for option in options}
    chosen = st.segmented_control(
        label, options, key=key, required=True, format_func=names.__getitem__, persist_state="session"
    )
    return chosen or options[0]


def _choose_shown() -> list[str]:
    """Which runs the curves show, at most six; a run that is new here is shown, the first of too many leaves."""
    there = [run.token for run in reversed(session.own_runs())]
    chosen = [token for token in session.knob(session.SHOWN_RUNS) or () if token in there]
    fresh = [token for token in session.take_unlisted() if token not in chosen]
    session.give(session.SHOWN_RUNS, [*chosen, *fresh][-MOST:])
    return st.multiselect(
        t("compare.shown", most=MOST),
        there,
        key=session.SHOWN_RUNS,
        format_func=_titles(there).__getitem__,
        persist_state="session",
        placeholder=t("frame.choose_some"),
        select_all=False,
    )


def _titles(tokens: Sequence[str]) -> dict[str, str]:
    """Titles made once: two runs may have the same one, and then tell their numbers too."""
    plain = {token: run_title(token) for token in tokens}
    twice = {title for title, count in Counter(plain.values()).items() if count > 1}
    numbers = session.visitor().run_numbers
    return {token: f"{title} ({numbers[token]})" if title in twice else title for token, title in plain.items()}


def _busy() -> tuple[bool, ...]:
    return tuple(run.view().busy for run in session.own_runs())


def _watch(busy: tuple[bool, ...]) -> None:
    # Containers that are always there: what stands below keeps its place, and the curves their zoom.
    with st.container(key="race"):
        entry = latest_race()
        if entry is not None:
            show_lanes(entry)
            show_race_buttons(entry)
    shown = _choose_shown()
    with st.container(horizontal=True, key="curve_choices"):
        kind = _choice("curve_kind", KINDS, t("compare.kind"))
        axis = _choice("curve_axis", AXES, t("compare.axis"))
    series = _series(shown)
    _show_curves(series, kind, axis == "seconds")
    if not any(busy):
        show_comparison_downloads(series)
    with st.container(key="runs"):
        _show_table(shown)
    if _busy() != busy or session.message_waits():
        st.rerun()


def _series(shown: Sequence[str]) -> list[Series]:
    found = []
    for place, token in enumerate(shown):
        run = RUNS.find(token)
        if run is not None:
            others = [RUNS.find(other) for other in siblings(run) if other != token and other not in shown]
            views = [run.view(), *(other.view() for other in others if other is not None)]
            title = lane_title(token) if len(views) > 1 else run_title(token)
            found.append(Series(title, place, tuple(views)))
    return found


def _show_curves(series: Sequence[Series], kind: str, by_seconds: bool) -> None:
    across = t("compare.across_seconds") if by_seconds else t("train.epoch")
    charts = []
    for name in ("loss", "accuracy"):
        value = f"validation_{name}" if kind == "validation" else name
        words = OverlayWords(f"{t(f'compare.{name}')} ({t(f'train.{kind}')})", across)
        closer = close_look(series, value) if name == "accuracy" else None
        figure = overlaid(series, value, by_seconds, words)
        charts.append(Chart(figure, curves_in_words(series, name, kind), 380, close_look=closer))
    live_charts(charts, key="curves", failed=t("frame.plotly_failed"))


def curves_in_words(series: Sequence[Series], name: str, kind: str) -> str:
    """What a chart of overlaid curves shows, for those who cannot see it: where each curve stands."""
    value = f"validation_{name}" if kind == "validation" else name
    form = "{:.1%}" if name == "accuracy" else "{:.3f}"
    told = []
    for one in series:
        numbers = [getattr(point, value) for point in one.views[0].points if getattr(point, value) is not None]
        told.append(f"{one.title}: {form.format(numbers[-1]) if numbers else '–'}")
    return t("compare.curves_words", name=t(f"compare.{name}"), kind=t(f"train.{kind}"), runs="; ".join(told))


def _show_table(shown: Sequence[str]) -> None:
    views = [run.view() for run in session.own_runs()]
    rows = [
        _row(view, views[index - 1] if index else None, shown.index(view.token) if view.token in shown else None)
        for index, view in enumerate(views)
    ]
    if not rows:
        return
    st.subheader(t("compare.table", count=len(rows), most=RUNS_MOST), anchor=False)
    columns = (t("compare.column_run"), t("compare.column_settings"))
    st.html(run_table(rows[::-1], columns, t("compare.table_label"), t("compare.changed"), t("compare.comma")))
    st.caption(t("compare.table_help"))


def _row(view: RunView, before: RunView | None, place: int | None) -> Row:
    settings = settings_of(view.config, before.config if before else None)
    return Row(run_title(view.token), status_words(view), place, settings, number_words(view))


def show_one_run() -> None:
    """One run close up: its name, what can be done with it, why it went as it did, its report."""
    tokens = [run.token for run in reversed(session.own_runs())]
    if session.knob("chosen_run") not in tokens:
        current = session.current_run()
        session.give("chosen_run", current.token if current and current.token in tokens else tokens[0])
    st.subheader(t("compare.one_title"), anchor=False)
    token = st.selectbox(
        t("compare.one_choose"),
        tokens,
        key="chosen_run",
        format_func=_titles(tokens).__getitem__,
        persist_state="session",
        placeholder=t("frame.choose_one"),
        filter_mode=None,
    )
    run = RUNS.find(token)
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


def _show_name(run: Run) -> None:
    key = f"name_{run.token}"
    session.give(key, session.visitor().run_names.get(run.token, ""))
    st.text_input(
        t("compare.name"),
        key=key,
        max_chars=NAME_LENGTH,
        placeholder=run_title(run.token),
        on_change=lambda: session.name_run(run.token, session.chosen(key)),
    )


def _show_actions(run: Run) -> None:
    with st.container(horizontal=True, key="run_actions"):
        if st.button(t("compare.open"), key="open_run"):
            session.open_token(run.token)
            session.set_knobs_for_train(run.view().config)
            go_to("train")
        if st.button(t("compare.load_knobs"), key="load_knobs"):
            session.set_knobs_for_train(run.view().config)
            go_to("train")
        with st.popover(t("compare.delete")):
            st.markdown(t("compare.delete_sure", title=run_title(run.token)))
            st.button(t("compare.delete_yes"), key="delete_run", on_click=session.delete_run, args=(run.token,))
