"""A digit on its way through the network: which digit, the picture, and the neuron that was clicked; trains nothing."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from model.confusion import mistakes
from model.damage import units_off
from model.flow import Flow, flow_through
from model.network import Array
from ui import inspecting, session
from ui.choices import choose
from ui.inside_figures import FlowWords, flow_figure
from ui.inspecting import Examined
from ui.language import listed, t
from ui.live_chart import Chart, live_charts
from ui.neuron_view import show_neuron
from ui.number_field import number_field
from ui.reading_view import show_vote
from ui.voting import choose_voters, show_gain

SOURCES = ("drawing", "images", "mistakes")


@dataclass(frozen=True, eq=False)
class Shown:
    """The digit being followed: its ``picture`` (28, 28) and, unless the visitor drew it, its ``label``."""

    picture: Array
    label: int | None


def show_flow(examined: Examined) -> None:
    """Choose a digit, see it flow, click a neuron."""
    shown = _choose(examined)
    if shown is None:
        return
    chosen = inspecting.chosen_unit(examined)
    silent = units_off(examined.intact, examined.damage)
    flow = flow_through(examined.network, shown.picture, silent, chosen)
    st.markdown(_answer_in_words(flow, shown.label))
    figure = flow_figure(flow, _words(examined), chosen)
    with st.container(key="flow_area"):
        live_charts(
            [Chart(figure, _flow_in_words(flow), 460)], "flow", t("frame.plotly_failed"), on_click=_unit_clicked
        )
    st.caption(" ".join([t("flow.how"), *_not_shown(flow)]))
    _choose_neuron(flow, chosen)
    show_switched_off(examined)
    if chosen is not None:
        show_neuron(examined, *chosen)
    _show_table(flow)
    voting = choose_voters()
    if voting:
        show_vote(voting, shown.picture)
        show_gain(voting)


def _choose(examined: Examined) -> Shown | None:
    drawn = session.last_picture()
    with st.container(horizontal=True, vertical_alignment="bottom", key="flow_choice"):
        source = choose(t("flow.source"), SOURCES, "flow_source", lambda name: t(f"flow.{name}"), look="bar")
        if source == "drawing":
            if drawn is None:
                st.info(t("flow.no_drawing"))
                return None
            return Shown(drawn, None)
        found = mistakes(examined.labels, examined.inspection.probabilities) if source == "mistakes" else None
        if found is not None and not len(found):
            st.success(t("flow.no_mistakes"))
            return None
        number = _number(
            "flow_mistake" if found is not None else "flow_image", len(examined.labels if found is None else found)
        )
    image = number - 1 if found is None else int(found[number - 1])
    return Shown(examined.images[image], int(examined.labels[image]))


def _number(key: str, most: int) -> int:
    """Which image, from 1 to ``most``, with a button each way."""
    session.give(key, min(max(1, session.knob(key) or 1), most))
    number = number_field(t(f"flow.{key}", most=f"{most:,}"), 1, most, 1, key, persist_state="session", width=190)
    st.button(t("flow.next"), key="flow_next", on_click=_go, args=(key, number % most + 1))
    return number


def _go(key: str, number: int) -> None:
    session.give(key, number)


def _unit_clicked(point: object) -> None:
    if isinstance(point, list) and len(point) == 2:
        inspecting.choose_unit((int(point[0]), int(point[1])))


def _choose_neuron(flow: Flow, chosen: tuple[int, int] | None) -> None:
    """The same choice as a click, for the keyboard."""
    options: list[tuple[int, int] | None] = [None]
    said: dict[tuple[int, int], float] = {}
    for index, layer in enumerate(flow.layers):
        for unit, activation in zip(layer.units.tolist(), layer.activations.tolist(), strict=True):
            options.append((index, unit))
            said[(index, unit)] = activation
    if len(options) == 1:
        return
    session.give("flow_neuron", chosen if chosen in options else None)
    choose(
        t("flow.neuron"),
        options,
        "flow_neuron",
        lambda unit: (
            t("flow.none")
            if unit is None
            else t("flow.unit", layer=unit[0] + 1, unit=unit[1] + 1, activation=f"{said.get(unit, 0.0):.2f}")
        ),
        on_change=_neuron_selected,
        width=420,
    )


def _neuron_selected() -> None:
    inspecting.choose_unit(session.chosen("flow_neuron"))


def show_switched_off(examined: Examined) -> None:
    """Every single neuron that is off, each with its way back."""
    off = sorted(examined.damage.off)
    if not off:
        return
    st.caption(t("flow.off"))
    with st.container(horizontal=True, key="switched_off", gap="small"):
        for layer, unit in off:
            st.button(
                t("flow.on_again", unit=unit + 1, layer=layer + 1),
                key=f"on_{layer}_{unit}",
                on_click=inspecting.switch,
                args=(layer, unit),
            )


def _words(examined: Examined) -> FlowWords:
    hidden = [t("flow.column", layer=index, size=f"{size:,}") for index, size in enumerate(examined.hidden_sizes, 1)]
    unit = t("flow.unit", layer="{layer}", unit="{unit}", activation="{activation}")
    link = t("flow.link", weight="{weight}", carried="{carried}")
    digit = t("flow.digit", digit="{digit}", share="{share}")
    return FlowWords((t("flow.pixels"), *hidden, t("flow.digits")), unit, link, digit)


def _answer_in_words(flow: Flow, label: int | None) -> str:
    answer = int(flow.probabilities.argmax())
    share = f"{flow.probabilities[answer]:.0%}"
    if label is None:
        return t("flow.reads_drawing", answer=answer, share=share)
    return t("flow.right" if answer == label else "flow.wrong", answer=answer, share=share, label=label)


def _flow_in_words(flow: Flow) -> str:
    parts = []
    for index, layer in enumerate(flow.layers, 1):
        order = np.abs(layer.activations).argsort()[::-1][:3]
        units = listed(str(int(layer.units[place]) + 1) for place in order)
        parts.append(t("flow.most_active", layer=index, units=units))
    answer = int(flow.probabilities.argmax())
    return " ".join(
        [t("flow.words"), *parts, t("flow.words_end", answer=answer, share=f"{flow.probabilities[answer]:.0%}")]
    )


def _not_shown(flow: Flow) -> list[str]:
    return [
        t(
            "flow.not_shown",
            layer=index,
            shown=len(layer.units),
            size=f"{layer.size:,}",
            rest=f"{layer.size - len(layer.units):,}",
        )
        for index, layer in enumerate(flow.layers, 1)
        if layer.size > len(layer.units)
    ]


def _show_table(flow: Flow) -> None:
    with st.expander(t("flow.table"), key="flow_table"):
        rows = [
            {t("flow.column_layer"): index, t("flow.column_unit"): unit + 1, t("flow.column_activation"): f"{said:.3f}"}
            for index, layer in enumerate(flow.layers, 1)
            for unit, said in zip(layer.units.tolist(), layer.activations.tolist(), strict=True)
        ]
        if rows:
            st.table(rows)
        st.table(
            {
                t("flow.column_digit"): range(10),
                t("flow.column_share"): [f"{share:.1%}" for share in flow.probabilities],
            }
        )
