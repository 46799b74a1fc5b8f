"""One neuron: what it looks for, how often it fires, which digits it speaks for, and the switch that turns it off."""

from typing import Final

import numpy as np
import streamlit as st

from model.activations import ACTIVATIONS
from model.data.mnist import Labels, load_mnist
from model.evaluation.confusion import confusion_matrix, recall
from model.interpretability.unit_statistics import Indices, LayerInspection, effect_on_scores
from model.network import FloatArray, Network
from model.network_memory import remembered
from model.sizes import SIDE
from ui.elements.gallery import Item, gallery
from ui.elements.images import picture_sheet, signed_picture_url
from ui.elements.numerals import percent
from ui.elements.plotly_chart import Chart, live_charts
from ui.inside import examined_network
from ui.inside.examined_network import Examined
from ui.inside.figures import signed_bars
from ui.state.language import listed, t

MEASURED_ON: Final = 1_000
CLEAR_EFFECT: Final = 0.1


def show_neuron(examined: Examined, layer: int, unit: int) -> None:
    """Everything about one unit of a hidden layer, both counted from 0; its facts are those of the undamaged network."""
    found = examined.intact_inspection.layers[layer]
    with st.container(border=True, key="neuron"):
        st.subheader(t("neuron.title", unit=unit + 1, layer=layer + 1), anchor=False)
        _show_switch(examined, layer, unit)
        _show_damage(examined)
        st.markdown(_in_words(examined, found, unit))
        with st.container(horizontal=True, gap="large"):
            if layer == 0:
                _show_weights(examined.intact, unit)
            _show_effect(examined, layer, unit)
        for key, images in (("most", found.most[unit]), ("least", found.least[unit])):
            _show_images(examined, key, images.tolist())


def _show_switch(examined: Examined, layer: int, unit: int) -> None:
    alone = (layer, unit) in examined.damage.off
    if examined.is_off(layer, unit) and not alone:
        st.caption(t("neuron.off_by_share"))
        return
    st.button(
        t("neuron.switch_on" if alone else "neuron.switch_off"),
        key="switch",
        on_click=examined_network.switch,
        args=(layer, unit),
        type="primary" if alone else "secondary",
    )


def _in_words(examined: Examined, found: LayerInspection, unit: int) -> str:
    rank = int((found.importance > found.importance[unit]).sum()) + 1
    firing_rate = float(found.firing_rate[unit])
    fires = t("neuron.fires", share=f"{100 * firing_rate:.3g}") if firing_rate else _never(examined)
    return f"{fires} {t('neuron.rank', rank=rank, units=len(found.importance))}"


def _never(examined: Examined) -> str:
    fires = ACTIVATIONS[examined.intact.activation].silent_below_zero
    return t("neuron.never" if fires else "neuron.never_moves", images=images_in_words(examined))


def images_in_words(examined: Examined) -> str:
    """How many images the network is looked at with, and which."""
    return t("break.test" if examined.on_test else "break.validation", count=f"{len(examined.labels):,}")


def _show_damage(examined: Examined) -> None:
    """What all damage together does to the reading, beside facts that it does not touch."""
    if examined.network is not examined.intact:
        st.info(damage_in_words(examined.labels, examined.intact_inspection.answers, examined.inspection.answers))


def damage_in_words(labels: Labels, before: Indices, now: Indices) -> str:
    """How many images are read right before and after damage, and the digit whose share changed most; (N,) each."""
    right, kept = int((before == labels).sum()), int((now == labels).sum())
    words = t("neuron.facts_intact", before=f"{right:,}", now=f"{kept:,}", count=f"{len(labels):,}")
    whole, left = (recall(confusion_matrix(labels, answers)) for answers in (before, now))
    change = np.nan_to_num(left - whole)
    digit = int(np.abs(change).argmax())
    if change[digit] == 0:
        return words
    most = t("neuron.most_changed", digit=digit, before=percent(whole[digit], 1), now=percent(left[digit], 1))
    return f"{words} {most}"


def _show_weights(network: Network, unit: int) -> None:
    with st.container(width="content"):
        st.caption(t("neuron.weights"))
        weights = network.weights[0][0][:, unit].reshape(SIDE, SIDE)
        label = t("neuron.weights_words", unit=unit + 1)
        url = signed_picture_url(weights)
        st.html(f'<img class="seen" src="{url}" alt="{label}" width="196" height="196">')
        st.caption(t("neuron.weights_legend"))


def _show_effect(examined: Examined, layer: int, unit: int) -> None:
    effect = _effect(examined.intact, layer, unit)
    with st.container(width="stretch"):
        figure = signed_bars(effect, t("neuron.effect"))
        live_charts([Chart(figure, effect_in_words(effect), 230)], key="effect", failed=t("frame.plotly_failed"))
        st.markdown(effect_in_words(effect))
        st.caption(t("neuron.effect_how"))


def effect_in_words(effect: FloatArray) -> str:
    """Which digits a unit speaks for and against, the strongest first; ``effect`` (10,) in logits."""
    largest = float(np.abs(effect).max())
    if largest < CLEAR_EFFECT:
        return t("neuron.speaks_little")
    order = effect.argsort()[::-1].tolist()
    supports = [str(digit) for digit in order if effect[digit] > largest / 3][:3]
    opposes = [str(digit) for digit in reversed(order) if effect[digit] < -largest / 3][:3]
    if not opposes:
        return t("neuron.speaks_for", digits=listed(supports))
    if not supports:
        return t("neuron.speaks_against", digits=listed(opposes))
    return t("neuron.speaks", digits=listed(supports), others=listed(opposes))


def _show_images(examined: Examined, key: str, images: list[int]) -> None:
    st.caption(t(f"neuron.{key}"))
    answers = examined.intact_inspection.answers
    items = [
        Item(
            image, str(label := int(examined.labels[image])), t("neuron.image", label=label, answer=int(answers[image]))
        )
        for image in images
    ]
    gallery(
        picture_sheet(examined.images[images]),
        items,
        t(f"neuron.{key}"),
        f"images_{key}",
        examined_network.send_through,
    )


@remembered(most_bytes=1_000_000)
def _effect(network: Network, layer: int, unit: int) -> FloatArray:
    return effect_on_scores(network, load_mnist().validation_images[:MEASURED_ON], layer, unit)
