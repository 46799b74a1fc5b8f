"""The frame every page opens with: page settings, styles, navigation bar, language switch; knows nothing of what pages do."""

import functools
from collections.abc import Callable, Iterator
from typing import Final

import streamlit as st

from model.data.mnist import DataError, load_mnist
from model.runs.store import RUNS
from model.runs.token_registry import IDLE_SECONDS, RegistryFull
from ui.asset_files import ASSETS, AssetError, asset_bytes, asset_text
from ui.elements.choices import choose
from ui.elements.icons import icon_styles
from ui.elements.number_field import watch_number_fields
from ui.elements.page_links import PAGES, link_to
from ui.elements.plotly_chart import document_settings, unreadable_message
from ui.glossary.glossary import glossary
from ui.glossary.term_highlighter import words_of_page
from ui.lessons.panel import show_lesson
from ui.lessons.progress import follow_link
from ui.prediction import out_of_distribution
from ui.runs.cluster_line import show_cluster
from ui.runs.run_names import shown_title
from ui.state.address import page_begins
from ui.state.choices import forget_choice
from ui.state.drawing import settle_drawing
from ui.state.language import LANGUAGES, current_language, set_language, settle_language, t, unread_texts
from ui.state.links import presenting, stop_presenting
from ui.state.messages import Told, browser_forgets, forgetful, take_forgetful_news, take_message, to_tell
from ui.state.own_runs import settle_runs, take_lost_run, take_other_run, take_removed
from ui.state.values import Value
from ui.state.visitor import cookie_name, current_visitor
from ui.state.visitors import RUNS_MOST, VISITORS_SETTING

# In this order: what stands later wins where two rules are equally exact.
STYLES: Final = tuple(
    ASSETS / "styles" / f"{name}.css"
    for name in (
        "colours", "icons", "frame", "elements", "prediction", "home", "train", "draw", "inside", "compare", "by_hand", "lessons",
        "forced_colours",
    )
)  # fmt: skip
# The list of words leads to the glossary.
IN_NAVIGATION: Final = tuple(name for name in PAGES if name != "glossary")
ICON: Final = ASSETS / "icon.png"
LARGE_TYPE: Final = "<style>html { font-size: 130% !important }</style>"


def open_page(name: str) -> None:
    """Start a page: title, styles, navigation; stops it with a clear message when the data cannot be read, or the server is full."""
    try:
        _settle()
    except RegistryFull as full:
        st.error(t("frame.full", count=f"{full.capacity:,}", setting=VISITORS_SETTING, more=2 * full.capacity))
        st.stop()
    unread = _prepare_page(name)
    RUNS.workers.start()
    out_of_distribution.prepare(RUNS.workers)
    visitor = current_visitor()
    document_settings(
        current_language(),
        cookie_name(),
        visitor.token,
        int(IDLE_SECONDS),
        told=forgetful(),
        remembered=visitor.remembered,
        on_forgetful=browser_forgets,
    )
    watch_number_fields()
    follow_link()
    if presenting():
        st.html(LARGE_TYPE)
    _navigation(name)
    show_cluster()
    show_lesson()
    if name != "home":
        st.title(t(f"{name}.title"), anchor=False)
    for error in unread:
        st.error(unreadable_message(error))
    _check_data()
    _show_messages()


def _settle() -> None:
    """What the URL, the cookie and the visitor's memory say is taken over, once a page; from then on it is only asked for."""
    page_begins()
    settle_language()
    settle_runs()
    settle_drawing()


def _prepare_page(name: str) -> list[AssetError]:
    """Title, icon and styles; the errors of files that cannot be read. Without any texts the page stops with the bare facts."""
    try:
        title = f"{t(f'{name}.title')} · {t('product')}"
    except AssetError as error:
        st.error(str(error))
        st.stop()
    icon = _unread(lambda: asset_bytes(ICON))
    st.set_page_config(page_title=title, page_icon=None if icon else str(ICON), layout="wide")
    unread = [unread_texts(), icon, *_put_styles(), _unread(lambda: glossary(current_language()))]
    return [error for error in unread if error is not None]


def _put_styles() -> list[AssetError]:
    """All styles that can be read, as one; the errors of the others."""
    sheets, unread = [], []
    readers: list[Callable[[], str]] = [icon_styles, *(functools.partial(asset_text, path) for path in STYLES)]
    for read in readers:
        try:
            sheets.append(read())
        except AssetError as error:
            unread.append(error)
    st.html(f"<style>{''.join(sheets)}</style>")
    return unread


def _unread(read: Callable[[], object]) -> AssetError | None:
    """Why a file cannot be read; None where it can."""
    try:
        read()
    except AssetError as error:
        return error
    return None


def _navigation(current: str) -> None:
    with st.container(key="navigation", horizontal=True, vertical_alignment="center"):
        for name in IN_NAVIGATION:
            with st.container(key=f"navigate_{name}" + ("_current" if name == current else ""), width="content"):
                link_to(name, t(f"{name}.link"))
        words_of_page(current)
        if presenting():
            st.button(t("lesson.normal_type"), key="normal_type", on_click=stop_presenting)
        switch = _language_switch(current_language())
        switch.reset()
        choose(
            t("frame.language"),
            list(LANGUAGES),
            switch.key,
            LANGUAGES.__getitem__,
            look="bar",
            label_visibility="collapsed",
            on_change=_language_chosen,
            args=(switch,),
            width="content",
        )


def _language_switch(language: str) -> Value[str]:
    """What the switch says that is drawn while the page speaks this language."""
    return Value(f"language_{language}", language)


def _language_chosen(switch: Value[str]) -> None:
    chosen = switch.get()
    forget_choice(switch.key)  # this choice leaves the page, and says its own language again whenever it comes back
    set_language(chosen)


def _check_data() -> None:
    try:
        load_mnist()
    except DataError as error:
        if error.unreadable is not None:
            st.error(t("frame.data_unreadable", file=error.path.name, reason=error.unreadable))
            st.stop()
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
    show = {"info": st.info, "warning": st.warning, "error": st.error}
    for tone, text in to_tell(list(_news())):
        show[tone](text)
    if take_forgetful_news():
        st.toast(t("frame.forgetful"), duration="infinite")


def _news() -> Iterator[Told]:
    if take_lost_run():
        yield "warning", t("frame.lost_run")
    other = take_other_run()
    if other is not None:
        yield "info", t("frame.other_run", title=shown_title(other))
    removed = take_removed()
    if removed:
        yield "info", t("compare.removed", count=removed, most=RUNS_MOST)
    message = take_message()
    if message:
        yield "error", message
