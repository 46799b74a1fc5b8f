"""The buttons that save a report or the curves; gathers the words while the page is drawn and makes the file when it is asked for."""

import time
from collections.abc import Sequence

import streamlit as st

from model.runs.run import RunView
from ui.compare.curves_csv import curves_csv
from ui.compare.judgement import judgement
from ui.compare.race import dots_of, latest_race
from ui.compare.race_start import CURVE_AXIS
from ui.compare.report import ReportRun, ReportWords, RunNumbers, Story, report
from ui.runs.diagnosis import explained, finding_words, found_for
from ui.runs.overlaid_curves import Series
from ui.runs.run_names import every_setting, number_words, race_goes_on, run_titles, status_words
from ui.state.language import current_language, plain_words, readable_texts, t
from ui.state.visitor import current_visitor


def show_run_downloads(view: RunView) -> None:
    """One run as a report, and its curves."""
    title = run_titles()[view.token]
    series = Series(title, current_visitor().looks[view.token], (view,))
    _downloads([series], title, None, key="run", across="epochs")


def show_comparison_downloads(series: Sequence[Series]) -> None:
    """The curves shown together as one report, and as numbers; nothing while one of their runs has not ended."""
    if len(series) < 2 or not all(view.ended for one in series for view in one.views):
        return
    _downloads(series, t("report.comparison", count=len(series)), _story(series), "comparison", CURVE_AXIS.get())


def _story(series: Sequence[Series]) -> Story | None:
    """What the latest race shows, where each of its variants is among the curves; other curves may be there too."""
    entry = latest_race()
    shown = {view.token for one in series for view in one.views}
    if entry is None or race_goes_on(entry) or not all(shown & set(lane) for lane in entry.lanes):
        return None
    told = judgement(entry)
    return Story((told.sentence, *told.notes), *dots_of(entry))


def _downloads(series: Sequence[Series], title: str, story: Story | None, key: str, across: str) -> None:
    words = _words(title, across)
    runs = [_report_run(one) for one in series]
    with st.container(horizontal=True, key=f"{key}_downloads"):
        st.download_button(
            t(f"report.save_{key}"),
            lambda: report(runs, words, story, across),
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


def _report_run(one: Series) -> ReportRun:
    titles = run_titles()
    first = one.views[0]
    hints = [" ".join(finding_words(finding)) for finding in (found_for(first) if explained(first) else ())]
    seeds = [RunNumbers(titles[view.token], status_words(view), number_words(view)) for view in one.views]
    return ReportRun(one, every_setting([view.config for view in one.views]), seeds, hints)


def _words(title: str, across: str) -> ReportWords:
    return ReportWords(
        language=current_language(),
        title=plain_words(t("report.title", product=t("product"), title=title)),
        made=plain_words(t("report.made", date=time.strftime("%Y-%m-%d %H:%M"))),
        settings=t("report.settings"),
        numbers=t("report.numbers"),
        curves=t("report.curves"),
        across=t(f"compare.across_{across}"),
        loss=t("compare.loss"),
        accuracy=t("compare.accuracy"),
        held_out_loss=t("compare.chart_title", name=t("compare.loss"), kind=t("train.validation")),
        held_out_accuracy=t("compare.chart_title", name=t("compare.accuracy"), kind=t("train.validation")),
        training=t("train.training"),
        validation=t("train.validation"),
        why=t("report.why"),
        confusion=t("report.confusion"),
        confusion_about=t("report.confusion_about"),
        right=t("report.right"),
        mistakes=t("report.mistakes"),
        # Its values are put in when the file is made, outside of the page.
        mistake=readable_texts()["report.mistake"],
        no_mistakes=t("report.no_mistakes"),
        of_seed=readable_texts()["report.of_seed"],
        run=t("compare.column_run"),
        moments=t("report.moments"),
        moments_about=t("report.moments_about"),
        moment=readable_texts()["report.moment"],
    )
