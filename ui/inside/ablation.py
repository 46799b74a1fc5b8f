"""Try to break it: damage the network or the images, and see at once how much of its reading is left; all of it can be undone."""

from typing import Final

import numpy as np
import numpy.typing as npt
import streamlit as st

from model.data.mnist import load_mnist
from model.evaluation.confusion import confusion_matrix, recall
from model.evaluation.damage_curve import KINDS
from model.interpretability.corruption import BLOCKS, ImageDamage, answers_to_damaged, damaged_images
from model.network import Network, predict
from model.network_memory import remembered
from ui.elements.choices import choose, choose_several
from ui.elements.gallery import Item, gallery
from ui.elements.images import picture_sheet
from ui.elements.numerals import percent, signed
from ui.elements.plotly_chart import Chart, live_charts
from ui.inside import examined_network
from ui.inside.activation_trace import show_switched_off
from ui.inside.damage_curve import last_moved, show_curve
from ui.inside.examined_network import (
    BIASES,
    BLOCKED,
    DOWN,
    IMAGE_NOISE,
    IMAGE_PLACE,
    NOISE,
    RIGHT,
    ROTATION,
    SHARE,
    Examined,
)
from ui.inside.figures import recall_bars
from ui.state.language import listed, t, told_of
from ui.state.values import Value

SAMPLES: Final = 16


def show_breaking(examined: Examined) -> None:
    """The sliders on one side, what is left on the other."""
    image_damage = examined_network.image_damage_now()
    answers = _answers(examined.network, image_damage, examined.on_test)
    with st.container(key="breaking"):
        with st.container(key="broken_accuracy"):
            _show_accuracy(examined, answers)
        with st.container(key="breaking_sliders"):
            _network_sliders(examined)
            _image_sliders()
        with st.container(key="breaking_result"):
            show_curve(examined, int((answers == examined.labels).sum()))
            _show_samples(examined, image_damage)
            _show_digits(examined, answers)


def _network_sliders(examined: Examined) -> None:
    st.subheader(t("break.network"), anchor=False)
    _slider(NOISE)
    _slider(SHARE)
    layers = list(range(len(examined.network.weights)))
    choose_several(
        t("break.damage_biases"),
        layers,
        BIASES.key,
        lambda layer: t("flow.digits") if layer == layers[-1] else t("train.hidden_name", layer=layer + 1),
        look="pills",
    )
    show_switched_off(examined)
    st.caption(t("break.click_neuron"))
    st.button(t("inside.repair"), key="repair_network", on_click=examined_network.repair_network)


def _image_sliders() -> None:
    st.subheader(t("break.images"), anchor=False)
    _slider(IMAGE_NOISE)
    _slider(ROTATION)
    _slider(RIGHT)
    _slider(DOWN)
    _slider(BLOCKED)
    choose(
        t("break.image_place"),
        list(BLOCKS),
        IMAGE_PLACE.key,
        lambda place: t(f"break.place_{place}"),
        look="bar",
    )
    st.button(t("break.repair_images"), key="repair_images", on_click=examined_network.repair_images)


def _slider(strength: Value[int]) -> None:
    name = strength.key
    kind = KINDS[name]
    unit = t(f"break.unit.{name}")
    st.slider(
        t(f"break.{name}"),
        kind.low,
        kind.high,
        step=kind.step,
        key=name,
        format=f"%d{unit.replace('%', '%%')}",
        on_change=last_moved,
        args=(name,),
        persist_state="session",
    )


def _show_accuracy(examined: Examined, answers: npt.NDArray[np.intp]) -> None:
    right = int((answers == examined.labels).sum())
    before = int((examined.intact_inspection.answers == examined.labels).sum())
    count = len(answers)
    on = t("break.test" if examined.on_test else "break.validation", count=f"{count:,}")
    st.metric(t("break.accuracy", on=on), percent(right / count, 1), _change(100 * (right - before) / count))
    st.markdown(t("break.left", right=_of_hundred(right / count), before=_of_hundred(before / count)))


def _change(points: float) -> str | None:
    """What damage has changed, in percentage points; even one image of ten thousand is not nothing."""
    return t("break.change", points=signed(points, 1 if abs(points) >= 0.05 else 2)) if points else None


def _of_hundred(share: float) -> str:
    """So many of a hundred: never all while one is missing, and never none while one is left."""
    return percent(share).rstrip("%")


def _show_digits(examined: Examined, answers: npt.NDArray[np.intp]) -> None:
    """How much of each digit is left."""
    whole = recall(confusion_matrix(examined.labels, examined.intact_inspection.answers))
    left = recall(confusion_matrix(examined.labels, answers))
    figure = recall_bars(
        whole.astype(np.float32), left.astype(np.float32), t("break.by_digit"), (t("break.before"), t("break.now"))
    )
    shares = listed(told_of(str(digit), percent(share)) for digit, share in enumerate(left.tolist()))
    label = t("break.by_digit_words", shares=shares)
    live_charts([Chart(figure, label, 260)], key="broken_digits", failed=t("frame.plotly_failed"))
    st.caption(t("break.how"))


def _show_samples(examined: Examined, image_damage: ImageDamage) -> None:
    """Some of the images as the network gets them, and what it says."""
    pictures = damaged_images(examined.images[:SAMPLES], image_damage)
    probabilities = predict(examined.network, pictures)
    items = []
    for image, (label, shares) in enumerate(zip(examined.labels[:SAMPLES].tolist(), probabilities, strict=True)):
        answer, share = int(shares.argmax()), percent(float(shares.max()))
        state = "right" if answer == label else "wrong"
        words = t(f"train.strip_{state}", label=label, answer=answer, share=share)
        items.append(Item(image, f"{answer} {share}", words, "" if state == "right" else state))
    label = t("break.samples", count=SAMPLES)
    st.caption(label)
    gallery(picture_sheet(pictures), items, label, "broken_samples", examined_network.send_through, side=52)


@remembered(most_bytes=8_000_000)
def _answers(network: Network, damage: ImageDamage, on_test: bool) -> npt.NDArray[np.intp]:
    mnist = load_mnist()
    return answers_to_damaged(network, mnist.test_images if on_test else mnist.validation_images, damage)
