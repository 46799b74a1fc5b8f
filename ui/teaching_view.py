"""Teach the network one's own handwriting: name a drawing, keep a set, teach it, see what was gained and what was lost."""

import base64
import binascii
from typing import Final

import streamlit as st

from model.handwriting import FILE_BYTES_MOST, FileError, from_file, read_right, to_file
from model.network import FloatArray
from model.registry import RegistryFull
from model.runs import RUNS, Run, RunView, Status
from model.training import OWN_DIGITS_MOST
from ui import session
from ui.controls import refusal_message
from ui.language import t
from ui.live_chart import file_picker
from ui.picture_buttons import PictureButton, picture_buttons

FEWEST: Final = 3


def show_naming(picture: FloatArray) -> None:
    """Ten keys: that is a ..."""
    st.caption(t("teach.that_is"))
    with st.container(horizontal=True, key="naming", gap="small"):
        for digit in range(10):
            st.button(str(digit), key=f"teach_{digit}", on_click=session.name_drawing, args=(picture, digit))


def show_teaching(run: Run | None) -> None:
    """The visitor's own digits, what can be done with them, and how the last teaching went."""
    own = session.visitor().own_digits
    if run is not None:
        _show_report(run.view())
    with st.container(border=True, key="teaching"):
        st.subheader(t("teach.title", count=len(own)), anchor=False)
        if not own:
            st.markdown(t("teach.empty"))
        else:
            _show_digits()
            _show_teach_button(run)
            st.download_button(
                t("teach.save"), to_file(own), "digits.zip", "application/zip", key="save_digits", on_click="ignore"
            )
            st.button(t("teach.remove_all"), key="remove_all", on_click=session.forget_own_digits)
        _take_file(file_picker(t("teach.load"), ".zip", FILE_BYTES_MOST, key="load_digits"))
        st.caption(t("teach.private"))


def _show_digits() -> None:
    st.caption(t("teach.digits"))
    buttons = [
        PictureButton(f"own_{number}", digit.picture, t("teach.remove", digit=digit.label), (number,))
        for number, digit in enumerate(session.visitor().own_digits)
    ]
    picture_buttons("own", buttons, session.forget_own_digit)


def _show_teach_button(run: Run | None) -> None:
    own = session.visitor().own_digits
    if run is None:
        return
    view = run.view()
    layers = len(view.config.hidden_sizes)
    st.selectbox(
        t("teach.frozen"),
        range(layers + 1),
        key="frozen_layers",
        format_func=lambda count: t("teach.frozen_none") if count == 0 else t("teach.frozen_some", count=count),
        placeholder=t("frame.choose_one"),
        filter_mode=None,
    )
    st.caption(t("teach.frozen_help"))
    if len(own) < FEWEST:
        st.info(t("teach.too_few", fewest=FEWEST, count=len(own)))
    ready = len(own) >= FEWEST and view.score is not None and view.status != Status.TRAINING
    st.button(t("teach.teach"), key="teach", type="primary", disabled=not ready, on_click=_teach, args=(run,))
    if len(own) >= FEWEST and not ready:
        st.caption(t("teach.not_ready"))


def _teach(run: Run) -> None:
    view = run.view()
    frozen = min(int(session.knob("frozen_layers") or 0), len(view.config.hidden_sizes))
    try:
        session.open_run(RUNS.teach(run, session.visitor().own_digits, frozen))
    except RegistryFull as error:
        session.say(refusal_message(error))


def _show_report(view: RunView) -> None:
    if view.parent is None or view.network is None or view.score is None:
        return
    rows = []
    for name, digits in (("taught", view.parent.taught), ("held_back", view.parent.held_back)):
        if digits:
            before, after = read_right(view.parent.network, digits), read_right(view.network, digits)
            rows.append((name, f"{before} / {len(digits)}", f"{after} / {len(digits)}"))
    rows.append(("mnist", f"{view.parent.score.accuracy:.2%}", f"{view.score.accuracy:.2%}"))
    with st.container(border=True, key="teaching_report"):
        st.subheader(t("teach.report"), anchor=False)
        columns = (t("teach.measured_on"), t("teach.before"), t("teach.after"))
        st.table([dict(zip(columns, (t(f"teach.on_{name}"), *values), strict=True)) for name, *values in rows])
        change = view.score.correct - view.parent.score.correct
        st.markdown(t("teach.forgot" if change < 0 else "teach.forgot_nothing", count=f"{abs(change):,}"))
        if RUNS.find(view.parent.token) is not None:
            st.button(t("teach.back"), key="back_to_parent", on_click=session.open_token, args=(view.parent.token,))


def _take_file(picked: dict[str, object] | None) -> None:
    """Add the digits of a file the visitor chose, once, or say what is wrong with it."""
    if picked is None:
        return
    own = session.visitor().own_digits
    content = picked.get("content")
    try:
        if not isinstance(content, str):
            raise FileError("size", str(picked.get("bytes")))
        digits = from_file(base64.b64decode(content, validate=True))
    except binascii.Error:
        st.error(t("teach.error_kind"))
        return
    except FileError as error:
        st.error(
            t(f"teach.error_{error.reason}", detail=error.detail, most=OWN_DIGITS_MOST, bytes=f"{FILE_BYTES_MOST:,}")
        )
        return
    if len(own) + len(digits) > OWN_DIGITS_MOST:
        st.error(t("teach.error_count", detail=len(own) + len(digits), most=OWN_DIGITS_MOST))
        return
    own.extend(digits)
    st.rerun()
