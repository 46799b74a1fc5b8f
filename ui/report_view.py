"""The buttons that save a report or the curves; gathers the words while the page is drawn and makes the file when it is asked for."""

import time
from collections.abc import Sequence

import streamlit as st

from model.runs import RunView
from ui import session
from ui.compare_figures import Series
from ui.hints_view import explained, finding_words, found_for
from ui.language import t, texts
from ui.race_view import lane_views, latest_race, verdict_notes, verdict_words
from ui.report import ReportRun, ReportWords, curves_csv, report
from ui.run_words import number_words, run_title, settings_of, status_words


def show_run_downloads(view: RunView) -> None:
    """One run as a report, and its curves."""
    title = run_title(view.token)
    _downloads([Series(title, 0, (view,))], title, (), key="run")


def show_comparison_downloads(series: Sequence[Series]) -> None:
    """The runs shown together as one report, and their curves; nothing while one of them has not ended."""
    if len(series) < 2 or not all(view.ended for one in series for view in one.views):
        return
    entry = latest_race()
    told: list[str] = []
    if entry is not None and {one.views[0].token for one in series} == {entry.lane(i)[0] for i in range(len(series))}:
        lanes = lane_views(entry)
        told = [sentence for sentence in (verdict_words(entry, lanes), *verdict_notes(entry, lanes)) if sentence]
    _downloads(series, t("report.comparison", count=len(series)), told, key="comparison")


def _downloads(series: Sequence[Series], title: str, verdict: Sequence[str], key: str) -> None:
    words = _words(title)
    runs = [_report_run(one, series[index - 1].views[0] if index else None) for index, one in enumerate(series)]
    with st.container(horizontal=True, key=f"{key}_downloads"):
        st.download_button(
            t(f"report.save_{key}"),
            lambda: report(runs, words, verdict),
            "digit-lab.html",
            "text/html",
            key=f"save_{key}",
            on_click="ignore",
        )
        st.download_button(
            t("report.save_curves"),
            lambda: curves_csv(series),
            "digit-lab-curves.csv",
            "text/csv",
            key=f"csv_{key}",
            on_click="ignore",
        )


def _report_run(one: Series, before: RunView | None) -> ReportRun:
    view = one.views[0]
    hints = [" ".join(finding_words(finding)) for finding in (found_for(view) if explained(view) else ())]
    settings = settings_of(view.config, before.config if before else None)
    return ReportRun(one, status_words(view), settings, number_words(view), hints)


def _words(title: str) -> ReportWords:
    return ReportWords(
        language=session.language(),
        title=f"{t('product')}: {title}",
        made=t("report.made", date=time.strftime("%Y-%m-%d %H:%M")),
        settings=t("compare.column_settings"),
        numbers=t("report.numbers"),
        curves=t("report.curves"),
        epoch=t("train.epoch"),
        loss=t("compare.loss"),
        accuracy=t("compare.accuracy"),
        training=t("train.training"),
        validation=t("train.validation"),
        why=t("report.why"),
        mistakes=t("report.mistakes"),
        # Its values are put in when the file is made, outside of the page.
        mistake=texts(session.language())["report.mistake"],
        no_mistakes=t("report.no_mistakes"),
        run=t("compare.column_run"),
        comma=t("compare.comma"),
    )
