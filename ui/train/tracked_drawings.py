"""The visitor's own drawings on the Train page: what the network says of each while it learns, and when it made up its mind."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import streamlit as st

from model.config import TrainingConfig
from model.network import FloatArray, predict
from model.runs.look import RunLook
from model.runs.run import RunView
from model.runs.tracked_drawings import Reading
from ui.elements.images import picture_url
from ui.elements.numerals import percent
from ui.elements.picture_buttons import PictureButton, picture_buttons
from ui.elements.plotly_chart import Chart, live_charts
from ui.prediction.network_input import NetworkInput
from ui.state.drawing import last_picture
from ui.state.kept_pictures import pin, pinned_as, unpin
from ui.state.language import t, told_of
from ui.state.own_runs import command, owns
from ui.state.visitor import current_visitor
from ui.train.figures import drawing_bars, mind_curve

LAST: Final = "last"
MIND_HEIGHT: Final = 200


def followed_pictures() -> dict[str, FloatArray]:
    """The last drawing of this tab and the visitor's pinned ones, by name, each once."""
    visitor, last = current_visitor(), last_picture()
    if last is None or pinned_as(last) is not None:
        return dict(visitor.pins)
    return {_last_name(last): last} | visitor.pins


def watched_pictures() -> dict[str, FloatArray]:
    """Everything any tab of this visitor follows, by name: a run watches for all of them at once."""
    visitor = current_visitor()
    pictures = {} if visitor.last_picture is None else {LAST: visitor.last_picture}
    others = [*visitor.tab_pictures.values(), *([] if (own := last_picture()) is None else [own])]
    return pictures | {_last_name(picture): picture for picture in others} | visitor.pins


def _last_name(picture: FloatArray) -> str:
    """What a tab's last drawing is called: another tab may have drawn since."""
    return LAST if picture is current_visitor().last_picture else f"{LAST} {id(picture)}"


def show_pins(network_input: NetworkInput | None) -> None:
    """The button that has this drawing followed, and the drawings followed so far, each of which can be let go."""
    followed = network_input is not None and pinned_as(network_input.picture) is not None
    st.button(
        t("draw.pinned" if followed else "draw.pin"),
        key="pin",
        on_click=pin,
        args=(None if network_input is None else network_input.picture,),
        disabled=network_input is None or followed,
    )
    pins = current_visitor().pins
    if pins:
        st.caption(t("follow.pins"))
        buttons = [
            PictureButton(f"unpin_{number}", picture, t("follow.unpin", number=number), (name,))
            for number, (name, picture) in enumerate(pins.items(), 1)
        ]
        picture_buttons("pins", buttons, unpin)


def show_followed(run: RunLook, view: RunView, then: RunView) -> None:
    """Each followed drawing with its ten bars, as they were ``then``; after the run, how its answer moved over training."""
    pictures = followed_pictures()
    if owns(run.token):
        command(run.token, lambda own: own.watch(current_visitor().token, watched_pictures()))
    if not pictures:
        st.caption(t("follow.empty"))
        return
    st.caption(t("follow.title"))
    charts = []
    for picture in pictures.values():
        probabilities = (
            predict(then.network, picture[None])[0] if then.network is not None else np.full(10, 0.1, np.float32)
        )
        label = t("follow.words", answer=int(probabilities.argmax()), share=percent(float(probabilities.max())))
        charts.append(Chart(drawing_bars(picture_url(picture), probabilities), label, 130, marks=True))
    live_charts(charts, key="followed", failed=t("frame.plotly_failed"))
    if view.ended:
        _show_minds(run, view, list(pictures))


def _show_minds(run: RunLook, view: RunView, names: Sequence[str]) -> None:
    readings_of = {name: run.readings(current_visitor().token, name) for name in names}
    moved = {name: readings for name, readings in readings_of.items() if len(readings) > 1}
    if not moved:
        st.caption(t("follow.not_followed"))
        return
    charts = []
    for number, (name, readings) in enumerate(moved.items(), 1):
        answer, epoch = made_up_its_mind(readings, view.config)
        title = t("follow.last") if name.startswith(LAST) else t("follow.pin", number=number)
        words = t("follow.mind", answer=answer, epoch=f"{epoch:.1f}")
        figure = mind_curve(readings, view.config, told_of(title, words), t("train.epoch"), MIND_HEIGHT)
        charts.append(Chart(figure, words, MIND_HEIGHT, marks=True))
    live_charts(charts, key="minds", failed=t("frame.plotly_failed"))


def made_up_its_mind(readings: Sequence[Reading], config: TrainingConfig) -> tuple[int, float]:
    """The last answer, and the epoch from which it never changed again."""
    answers = [int(reading.probabilities.argmax()) for reading in readings]
    since = len(answers) - 1
    while since and answers[since - 1] == answers[-1]:
        since -= 1
    return answers[-1], readings[since].step / config.steps_per_epoch
