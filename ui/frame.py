"""The frame every page opens with: page settings, styles, navigation bar, language switch; knows nothing of what pages do."""

from pathlib import Path
from typing import Final

import streamlit as st

from model.data import DataError, load_mnist
from model.registry import IDLE_SECONDS
from model.runs import RUNS
from ui import doubting, session
from ui.choices import choose
from ui.language import t
from ui.lesson_panel import show_lesson
from ui.lesson_place import follow_link
from ui.links import PAGES, link_to
from ui.live_chart import document_settings
from ui.number_field import watch_number_fields
from ui.run_words import run_titles
from ui.terms import words_of_page
from ui.visitors import RUNS_MOST

ASSETS: Final = Path(__file__).resolve().parent.parent / "assets"
STYLES: Final = ASSETS / "styles.css"
ICON: Final = ASSETS / "icon.png"
LARGE_TYPE: Final = "<style>html { font-size: 130% !important }</style>"


def open_page(name: str) -> None:
    """Start a page: title, styles, navigation; stops it with a clear message when the data cannot be read."""
    st.set_page_config(page_title=f"{t(f'{name}.title')} · {t('product')}", page_icon=str(ICON), layout="wide")
    st.html(STYLES)
    RUNS.workers.start()
    doubting.prepare(RUNS.workers)
    visitor = session.visitor()
    document_settings(
        session.language(),
        session.COOKIE,
        visitor.token,
        int(IDLE_SECONDS),
        told=session.forgetful(),
        on_forgetful=session.browser_forgets,
    )
    watch_number_fields()
    follow_link()
    if session.presenting():
        st.html(LARGE_TYPE)
    _navigation(name)
    show_lesson()
    if name != "home":
        st.title(t(f"{name}.title"), anchor=False)
    _check_data()
    _show_messages()


def _navigation(current: str) -> None:
    with st.container(key="navigation", horizontal=True, vertical_alignment="center"):
        for name in PAGES:
            with st.container(key=f"navigate_{name}" + ("_current" if name == current else ""), width="content"):
                link_to(name, t(f"{name}.link"))
        words_of_page()
        if session.presenting():
            st.button(t("lesson.normal_type"), key="normal_type", on_click=session.stop_presenting)
        key = f"language_{session.language()}"
        session.give(key, session.language())
        choose(
            t("frame.language"),
            list(session.LANGUAGES),
            key,
            session.LANGUAGES.__getitem__,
            look="bar",
            label_visibility="collapsed",
            on_change=_language_chosen,
            args=(key,),
            width="content",
        )


def _language_chosen(key: str) -> None:
    session.set_language(session.chosen(key))


def _check_data() -> None:
    try:
        load_mnist()
    except DataError as error:
        missing = error.found_size is None
        st.error(
            t(
                "frame.data_missing" if missing else "frame.data_damaged",
                file=error.path.name,
                found_size=f"{error.found_size or 0:,}",
                found_checksum=error.found_checksum,
                size=f"{error.expected_size:,}",
                checksum=error.expected_checksum,
            )
        )
        st.stop()


def _show_messages() -> None:
    session.current_run()
    if session.take_lost_run():
        st.warning(t("frame.lost_run"))
    other = session.take_other_run()
    if other is not None:
        st.info(t("frame.other_run", title=run_titles().get(other, t("run.unnamed"))))
    removed = session.take_removed()
    if removed:
        st.info(t("compare.removed", count=removed, most=RUNS_MOST))
    if session.take_forgetful_news():
        st.toast(t("frame.forgetful"), duration="infinite")
    message = session.take_message()
    if message:
        st.error(message)
