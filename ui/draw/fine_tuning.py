"""Teach the network one's own handwriting: name a drawing, keep a set, teach it, see what was gained and what was lost."""

import base64
import binascii
import math
from typing import Final

import numpy as np
import streamlit as st

from model.network import Network, predict
from model.runs.look import RunLook
from model.runs.run import Parent, RunView, Status
from model.runs.store import RUNS
from model.runs.token_registry import RegistryFull
from model.training.digits_file import FILE_BYTES_MOST, FileError, from_file, to_file
from model.training.fine_tuning import OWN_DIGITS_MOST, read_right
from ui.elements.choices import choose
from ui.elements.images import picture_url
from ui.elements.numerals import percent
from ui.elements.picture_buttons import PictureButton, picture_buttons
from ui.elements.plotly_chart import file_picker
from ui.prediction.network_input import NetworkInput
from ui.runs.setting_words import refusal_message
from ui.runs.start_button import poll_seconds
from ui.state.kept_pictures import forget_own_digit, forget_own_digits, kept_as, name_drawing
from ui.state.language import t
from ui.state.messages import redraw, say
from ui.state.own_runs import fine_tune, look_at, owns
from ui.state.values import Value
from ui.state.visitor import current_visitor

FEWEST: Final = 3
# Digits whose answers before and after are shown one by one.
SHOWN_MOST: Final = 24

FROZEN_LAYERS: Final = Value("frozen_layers", 0)


def show_naming(network_input: NetworkInput | None) -> None:
    """Ten keys: that is a ...; and above them, until the next stroke, as what the last drawing was kept."""
    own, kept = current_visitor().own_digits, kept_as()
    if len(own) >= OWN_DIGITS_MOST:
        says = t("teach.full", most=OWN_DIGITS_MOST)
    elif kept is not None:
        says = t("teach.kept", digit=kept, count=len(own))
    else:
        says = t("teach.that_is" if network_input is not None else "teach.draw_first")
    with st.container(key="named"):
        st.markdown(says)
    with st.container(horizontal=True, key="naming", gap="small"):
        for digit in range(10):
            st.button(
                str(digit),
                key=f"teach_{digit}",
                on_click=name_drawing,
                args=(None if network_input is None else network_input.picture, digit),
                disabled=network_input is None or len(own) >= OWN_DIGITS_MOST,
                width="stretch",
            )


def show_fine_tuning(run: RunLook | None) -> None:
    """The visitor's own digits, what can be done with them, and how teaching goes and went."""
    own = current_visitor().own_digits
    with st.container(border=True, key="teaching"):
        st.subheader(t("teach.title", count=len(own)), anchor=False)
        if not own:
            st.markdown(t("teach.empty"))
        else:
            _show_digits()
            with st.container(horizontal=True):
                content = to_file(own)
                st.download_button(
                    t("teach.save"), content, "digits.zip", "application/zip", key="save_digits", on_click="ignore"
                )
                st.button(t("teach.remove_all"), key="remove_all", on_click=forget_own_digits)
        _take_file(file_picker(t("teach.load"), ".zip", FILE_BYTES_MOST, key="load_digits"))
        st.caption(t("teach.private"))
        if own:
            _show_fine_tune_button(run)
        if run is not None and run.view().parent is not None:
            st.fragment(_watch_fine_tuning, run_every=poll_seconds() if run.view().busy else None)(run, run.view().busy)


def _show_digits() -> None:
    st.caption(t("teach.digits"))
    buttons = [
        PictureButton(
            f"own_{number}", digit.picture, t("teach.remove", digit=digit.label), (number,), badge=str(digit.label)
        )
        for number, digit in enumerate(current_visitor().own_digits)
    ]
    picture_buttons("own", buttons, forget_own_digit)


def _show_fine_tune_button(run: RunLook | None) -> None:
    own = current_visitor().own_digits
    view = None if run is None else run.view()
    if view is not None:
        layers = len(view.config.hidden_sizes)
        choose(
            t("teach.frozen"),
            range(layers + 1),
            FROZEN_LAYERS.key,
            lambda count: t("teach.frozen_none") if count == 0 else t("teach.frozen_some", count=count),
        )
        st.caption(t("teach.frozen_help"))
    obstacle = what_keeps_from_fine_tuning(view, len(own))
    st.button(
        t("teach.teach"), key="teach", type="primary", disabled=obstacle is not None, on_click=_fine_tune, args=(run,)
    )
    if obstacle != "under_way":  # then its progress stands in this place
        with st.container(key="teach_state"):
            ready = t("teach.ready", count=len(own))
            st.caption(ready if obstacle is None else t(f"teach.{obstacle}", fewest=FEWEST, count=len(own)))


def what_keeps_from_fine_tuning(view: RunView | None, count: int) -> str | None:
    """Why a network cannot be taught ``count`` digits as things stand now, as the name of a text; None when it can be."""
    if count < FEWEST:
        return "too_few"
    if view is None:
        return "no_network"
    if view.status == Status.TRAINING:
        return "not_ready" if view.parent is None else "under_way"
    if view.status in (Status.PAUSED, Status.FAILED, Status.DIVERGED):
        return str(view.status)
    if view.score is None:
        return "tested_now" if view.busy else "nothing_learned"
    return None


def _fine_tune(run: RunLook) -> None:
    view = run.view()
    frozen = min(FROZEN_LAYERS.get(), len(view.config.hidden_sizes))
    try:
        fine_tune(run, current_visitor().own_digits, frozen)
    except RegistryFull as error:
        say(refusal_message(error))


def _watch_fine_tuning(run: RunLook, busy: bool) -> None:
    """How far teaching has come, and what it has changed so far: before and after side by side."""
    view = run.view()
    if view.parent is None:
        return
    if view.score is None:
        with st.container(key="teaching_progress"):
            st.progress(min(1.0, view.step / view.config.total_steps), text=_progress_words(view))
    with st.container(border=True, key="teaching_report"):
        st.subheader(t("teach.report" if view.score is not None else "teach.report_so_far"), anchor=False)
        network = view.network or view.parent.network
        _show_measures(view, view.parent, network)
        _show_each_digit(view.parent, network)
        if view.score is not None:
            st.markdown(_net_change(view.score.correct - view.parent.score.correct))
        if owns(view.token) and RUNS.look(view.parent.token) is not None:
            st.button(t("teach.back"), key="back_to_parent", on_click=look_at, args=(view.parent.token,))
    if view.busy != busy:
        redraw()


def _progress_words(view: RunView) -> str:
    if view.status in (Status.PAUSED, Status.FAILED, Status.DIVERGED):
        return t(f"teach.progress_{view.status}")
    if view.status == Status.STOPPED or view.step >= view.config.total_steps:
        return t("teach.progress_testing")
    if view.seconds_left is None:
        return t("teach.progress_begins")
    share = percent(view.step / view.config.total_steps)
    return t("teach.progress_training", share=share, seconds=f"{math.ceil(view.seconds_left):,}")


def _show_measures(view: RunView, parent: Parent, network: Network) -> None:
    """How much was read right before and is now, in one table."""
    rows = []
    for name, digits in (("taught", parent.taught), ("held_back", parent.held_back)):
        if digits:
            before, after = read_right(parent.network, digits), read_right(network, digits)
            rows.append((name, f"{before} / {len(digits)}", f"{after} / {len(digits)}"))
    tested = t("teach.later") if view.score is None else percent(view.score.accuracy, 2)
    rows.append(("mnist", percent(parent.score.accuracy, 2), tested))
    columns = (t("teach.measured_on"), t("teach.before"), t("teach.after" if view.ended else "teach.now"))
    st.table([dict(zip(columns, (t(f"teach.on_{name}"), *values), strict=True)) for name, *values in rows])


def _show_each_digit(parent: Parent, network: Network) -> None:
    """Each digit with what it is called, and what the network read before and reads now."""
    digits = (*parent.taught, *parent.held_back)[:SHOWN_MOST]
    pictures = np.stack([digit.picture for digit in digits])
    before, after = (predict(reader, pictures).argmax(axis=1).tolist() for reader in (parent.network, network))
    items = []
    for digit, was, now in zip(digits, before, after, strict=True):
        words = t("teach.each", digit=digit.label, before=was, after=now)
        sign = "✓" if now == digit.label else "✗"
        items.append(
            f'<li><img class="seen" src="{picture_url(digit.picture)}" alt="{words}" width="42" height="42">'
            f'<span aria-hidden="true">{was} → <b>{now}</b> {sign}</span></li>'
        )
    st.html(f'<ul class="before_after">{"".join(items)}</ul>')


def _net_change(change: int) -> str:
    """How many more or fewer of the test digits are read right, in words that are true of that number."""
    if change == 0:
        return t("teach.forgot_as_many")
    return t("teach.forgot" if change < 0 else "teach.forgot_nothing", count=f"{abs(change):,}")


def _take_file(picked: dict[str, object] | None) -> None:
    """Add the digits of a file the visitor chose, once, or say what is wrong with it."""
    if picked is None:
        return
    own = current_visitor().own_digits
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
    redraw()
