"""Try to break it: damage the network or the images, and see at once how much of its reading is left; all of it can be undone."""

import functools
from typing import Final

import numpy as np
import numpy.typing as npt
import streamlit as st

from model.confusion import confusion_matrix, recall
from model.damage import BLOCKS, ImageDamage, answers_to_damaged, damaged_images
from model.data import load_mnist
from model.network import Network, predict
from ui import inspecting
from ui.choices import choose, choose_several
from ui.flow_view import show_switched_off
from ui.gallery import Item, gallery
from ui.inside_figures import recall_bars
from ui.inspecting import Examined
from ui.language import listed, t, told_of
from ui.live_chart import Chart, live_charts
from ui.pictures import picture_sheet

SAMPLES: Final = 16


def show_breaking(examined: Examined) -> None:
    """The sliders on one side, what is left on the other."""
    image_damage = inspecting.image_damage_now()
    answers = _answers(examined.network, image_damage, examined.on_test)
    with st.container(key="breaking"):
        with st.container(key="broken_accuracy"):
            _show_accuracy(examined, answers)
        with st.container(key="breaking_sliders"):
            _network_sliders(examined)
            _image_sliders()
        with st.container(key="breaking_result"):
            _show_samples(examined, image_damage)
            _show_digits(examined, answers)


def _network_sliders(examined: Examined) -> None:
    st.subheader(t("break.network"), anchor=False)
    _slider("damage_noise", 0, 300, 10, "%d %%")
    _slider("damage_share", 0, 95, 5, "%d %%")
    layers = list(range(len(examined.network.weights)))
    choose_several(
        t("break.damage_biases"),
        layers,
        "damage_biases",
        lambda layer: t("flow.digits") if layer == layers[-1] else t("train.hidden_name", layer=layer + 1),
        look="pills",
    )
    show_switched_off(examined)
    st.caption(t("break.click_neuron"))
    st.button(t("inside.repair"), key="repair_network", on_click=inspecting.repair_network)


def _image_sliders() -> None:
    st.subheader(t("break.images"), anchor=False)
    _slider("image_noise", 0, 100, 5, "%d %%")
    _slider("image_rotation", -180, 180, 5, "%d°")
    _slider("image_right", -10, 10, 1, "%d px")
    _slider("image_down", -10, 10, 1, "%d px")
    _slider("image_blocked", 0, 20, 1, "%d px")
    choose(
        t("break.image_place"),
        list(BLOCKS),
        "image_place",
        lambda place: t(f"break.place_{place}"),
        look="bar",
    )
    st.button(t("break.repair_images"), key="repair_images", on_click=inspecting.repair_images)


def _slider(key: str, low: int, high: int, step: int, unit: str) -> None:
    st.slider(t(f"break.{key}"), low, high, step=step, key=key, format=unit, persist_state="session")


def _show_accuracy(examined: Examined, answers: npt.NDArray[np.intp]) -> None:
    right = int((answers == examined.labels).sum())
    before = int((examined.intact_inspection.answers == examined.labels).sum())
    count = len(answers)
    on = t("break.test" if examined.on_test else "break.validation", count=f"{count:,}")
    change = t("break.change", points=f"{100 * (right - before) / count:+.1f}") if right != before else None
    st.metric(t("break.accuracy", on=on), f"{right / count:.1%}", change)
    st.markdown(t("break.left", right=round(100 * right / count), before=round(100 * before / count)))


def _show_digits(examined: Examined, answers: npt.NDArray[np.intp]) -> None:
    """How much of each digit is left."""
    whole = recall(confusion_matrix(examined.labels, examined.intact_inspection.answers))
    left = recall(confusion_matrix(examined.labels, answers))
    figure = recall_bars(
        whole.astype(np.float32), left.astype(np.float32), t("break.by_digit"), (t("break.before"), t("break.now"))
    )
    shares = listed(told_of(str(digit), f"{share:.0%}") for digit, share in enumerate(left.tolist()))
    label = t("break.by_digit_words", shares=shares)
    live_charts([Chart(figure, label, 260)], key="broken_digits", failed=t("frame.plotly_failed"))
    st.caption(t("break.how"))


def _show_samples(examined: Examined, image_damage: ImageDamage) -> None:
    """Some of the images as the network gets them, and what it says."""
    pictures = damaged_images(examined.images[:SAMPLES], image_damage)
    probabilities = predict(examined.network, pictures)
    items = []
    for image, (label, told) in enumerate(zip(examined.labels[:SAMPLES].tolist(), probabilities, strict=True)):
        answer, share = int(told.argmax()), f"{told.max():.0%}"
        state = "right" if answer == label else "wrong"
        words = t(f"train.strip_{state}", label=label, answer=answer, share=share)
        items.append(Item(image, f"{answer} {share}", words, "" if state == "right" else state))
    label = t("break.samples", count=SAMPLES)
    st.caption(label)
    gallery(picture_sheet(pictures), items, label, "broken_samples", inspecting.send_through, side=52)


@functools.lru_cache(maxsize=64)
def _answers(network: Network, damage: ImageDamage, on_test: bool) -> npt.NDArray[np.intp]:
    mnist = load_mnist()
    return answers_to_damaged(network, mnist.test_images if on_test else mnist.validation_images, damage)
