"""What the neurons look for: a layer's neurons as tiles sorted by importance, and those that never or hardly fire."""

from typing import Final

import numpy as np
import streamlit as st

from model.activations import ACTIVATIONS
from model.interpretability.unit_statistics import Indices, LayerInspection, smoothed
from ui.elements.choices import choose
from ui.elements.gallery import Item, More, gallery
from ui.elements.images import Sheet, picture_sheet, signed_sheet
from ui.inside import examined_network
from ui.inside.examined_network import TILE_LAYER, TILES_WANTED, Examined
from ui.inside.unit import images_in_words, show_neuron
from ui.state.language import listed, t

SIDE: Final = 96
SMOOTHINGS: Final = ("plain", "smoothed")


def show_tiles(examined: Examined) -> None:
    """The tiles of a layer, the neuron that was chosen, and the dead and sleepy ones of all layers."""
    if not examined.hidden_sizes:
        _show_digit_tiles(examined)
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="tiles_choice"):
        layer = _layer(examined)
        smooth = layer == 0 and _smooths()
    _say_what(layer, smooth)
    order = (-examined.intact_inspection.layers[layer].importance).argsort(kind="stable")
    _show_layer(examined, layer, order, smooth)
    chosen = examined_network.chosen_unit(examined)
    if chosen is not None and chosen[0] == layer:
        show_neuron(examined, *chosen)
    show_silent(examined)


def _smooths() -> bool:
    """Whether the visitor wants weights drawn smoothed; a deeper layer's tiles are means of images, with nothing to smooth."""
    words = {name: t(f"tiles.{name}") for name in SMOOTHINGS}
    return choose(t("tiles.look"), SMOOTHINGS, "tiles_look", words.__getitem__, look="bar") == "smoothed"


def _say_what(layer: int, smooth: bool) -> None:
    st.markdown(t("tiles.first" if layer == 0 else "tiles.deeper"))
    if layer == 0:
        st.caption(t("tiles.as_smoothed" if smooth else "tiles.as_plain"))


def _show_layer(examined: Examined, layer: int, order: Indices, smooth: bool) -> None:
    """The first of a layer's units in ``order``, as many as the visitor asked for."""
    found = examined.intact_inspection.layers[layer]
    more = More(len(order), TILES_WANTED.get().get(layer, 0), lambda count: examined_network.want_tiles(layer, count))
    shown = order[: more.needed]
    chosen = examined_network.chosen_unit(examined)
    gallery(
        _sheet(examined, layer, shown, smooth),
        [unit_item(examined, found, layer, int(unit), rank) for rank, unit in enumerate(shown, 1)],
        t("tiles.label", layer=layer + 1),
        f"tiles_{layer}",
        lambda unit: examined_network.choose_unit((layer, unit)),
        chosen[1] if chosen and chosen[0] == layer else None,
        side=SIDE,
        more=more,
    )


def _layer(examined: Examined) -> int:
    layers = list(range(len(examined.hidden_sizes)))
    if len(layers) == 1:
        return 0
    return choose(
        t("tiles.layer"),
        layers,
        TILE_LAYER.key,
        lambda layer: t("flow.layer", layer=layer + 1, size=f"{examined.hidden_sizes[layer]:,}"),
        look="bar",
    )


def _sheet(examined: Examined, layer: int, units: Indices, smooth: bool) -> Sheet:
    """The first layer's weights; for a deeper layer the mean of the ten images that excite each unit most."""
    if layer == 0:
        weights = examined.intact.weights[0][0][:, units].T.reshape(-1, 28, 28)
        return signed_sheet(smoothed(weights) if smooth else weights)
    most = examined.intact_inspection.layers[layer].most[units]
    return picture_sheet(np.asarray(examined.images[most].mean(axis=1), np.uint8))


def unit_item(examined: Examined, found: LayerInspection, layer: int, unit: int, rank: int) -> Item:
    """The tile of one unit of a layer, the ``rank``-th shown."""
    off = examined.is_off(layer, unit)
    firing_rate = float(found.firing_rate[unit])
    favourite = int(found.by_digit[unit].argmax())
    if off:
        label = t("tiles.off_label", unit=unit + 1, rank=rank)
    elif firing_rate == 0:
        label = t("tiles.dead_label", unit=unit + 1, rank=rank)
    else:
        label = t("tiles.tile_label", unit=unit + 1, rank=rank, share=f"{100 * firing_rate:.3g}", digit=favourite)
    state = "off" if off else "dead" if firing_rate == 0 else ""
    return Item(unit, t(f"tiles.mark_{state}", unit=unit + 1) if state else str(unit + 1), label, state)


def _show_digit_tiles(examined: Examined) -> None:
    """Without a hidden layer the ten digits' own weights are the tiles."""
    smooth = _smooths()
    st.markdown(t("tiles.no_hidden"))
    st.caption(t("tiles.as_smoothed" if smooth else "tiles.as_plain"))
    weights = examined.intact.weights[0][0].T.reshape(10, 28, 28)
    items = [Item(digit, str(digit), t("tiles.digit_label", digit=digit)) for digit in range(10)]
    sheet = signed_sheet(smoothed(weights) if smooth else weights)
    gallery(sheet, items, t("tiles.digits"), "tiles_digits", lambda digit: None, side=SIDE)


def show_silent(examined: Examined) -> None:
    """Dead and sleepy neurons of the undamaged network by layer, what is known of them and what it may come from."""
    st.subheader(t("silent.title"), anchor=False)
    layers = examined.intact_inspection.layers
    fires = ACTIVATIONS[examined.intact.activation].silent_below_zero
    for index, found in enumerate(layers, 1):
        st.markdown(
            t(
                "silent.fires" if fires else "silent.moves",
                layer=index,
                dead=len(found.dead),
                sleepy=len(found.rarely_active),
                units=len(found.firing_rate),
            )
        )
    dead = sum(len(found.dead) for found in layers)
    why = "silent.why_none" if dead == 0 else "silent.why_fires" if fires else "silent.why_moves"
    st.caption(t(why, images=images_in_words(examined)))
    with st.expander(t("silent.table"), key="silent_table"):
        st.table(
            [
                {
                    t("flow.column_layer"): index,
                    t("silent.column_dead"): _numbers(found.dead.tolist()),
                    t("silent.column_sleepy"): _numbers(found.rarely_active.tolist()),
                }
                for index, found in enumerate(layers, 1)
            ]
        )


def _numbers(units: list[int]) -> str:
    return listed(str(unit + 1) for unit in units) or "–"
