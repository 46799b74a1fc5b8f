"""What is read on Home, before anything was trained too: by the visitor's own network, else by the one that comes with the app."""

import functools

import streamlit as st

from model.network import predict
from model.runs.ready import READY_PATH, TOKEN, ReadyError, unpacked
from model.runs.run import RunView
from model.runs.store import RUNS
from ui.asset_files import AssetError, asset_bytes
from ui.elements.numerals import percent
from ui.elements.plotly_chart import unreadable_message
from ui.prediction.network_input import NetworkInput
from ui.prediction.out_of_distribution import given_up, prepare
from ui.prediction.prediction import doubted_by, reader_in_words, show_answer, show_blank
from ui.runs.run_names import layers_in_words
from ui.state.language import t
from ui.state.own_runs import current_run


@functools.cache
def ready_view() -> RunView:
    """The run that comes with the app.

    Raises:
        AssetError: when its file cannot be read; the next call tries again.
    """
    try:
        return unpacked(asset_bytes(READY_PATH))
    except ReadyError as error:
        raise AssetError(READY_PATH, "damaged", str(error)) from error


def ready_or_none() -> RunView | None:
    """The same; None where it cannot be read."""
    try:
        return ready_view()
    except AssetError:
        return None


def reading_run() -> RunView | None:
    """The run that Home tells of and that reads there: the one looked at, once it has a network; else the one that comes with the app."""
    run = current_run()
    view = None if run is None else run.view()
    return view if view is not None and view.network is not None else ready_or_none()


def is_own(view: RunView) -> bool:
    """Whether a run is a visitor's, and not the one that comes with the app."""
    return view.token != TOKEN


def show_first_reading(network_input: NetworkInput | None) -> None:
    """The digit and the ten bars, and whose answer they are."""
    try:
        view = reading_run() or ready_view()
    except AssetError as error:
        st.error(unreadable_message(error))
        return
    own = is_own(view)
    heading = t("draw.answer" if own else "home.answer")
    if view.network is None or network_input is None:
        show_blank(t("draw.blank" if own else "home.blank"), heading)
    else:
        probabilities = predict(view.network, network_input.picture[None])[0]
        checked = not view.busy and prepare(RUNS.workers) and not given_up()
        doubted = doubted_by([view.network], network_input.picture) if checked else None
        remark = t("draw.unlike", answer=int(probabilities.argmax())) if doubted else ""
        show_answer(probabilities, network_input, doubted, remark, heading)
    st.caption(_who_reads(view, own))


def _who_reads(view: RunView, own: bool) -> str:
    if own:
        return reader_in_words(view)
    assert view.score is not None
    assert view.drawn_score is not None
    return t(
        "home.read_by_ready",
        layers=layers_in_words(view.config),
        test=percent(view.score.accuracy, 1),
        drawn=percent(view.drawn_score.accuracy, 1),
        count=f"{view.drawn_score.count:,}",
    )
