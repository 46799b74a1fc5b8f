"""A digit on its way through the network: which digit and which answer, what feeds it, and the neuron looked at; trains nothing."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import streamlit as st

from model.evaluation.confusion import mistakes
from model.interpretability.ablation import units_off
from model.interpretability.activation_trace import Flow, Passed, flow_to, pass_through
from model.network import Array, Network
from ui.elements.choices import choose
from ui.elements.number_field import number_field
from ui.elements.numerals import decimal, percent, signed
from ui.inside import examined_network
from ui.inside.examined_network import FLOW_IMAGE, FLOW_MISTAKE, FLOW_SOURCE, Examined
from ui.inside.flow_picture import end_of, flow_picture, steps_of, title_of, unit_in_words
from ui.inside.sum_steps import SumStep, hundredths, signed_hundredths
from ui.inside.unit import show_neuron
from ui.prediction.ensemble_choice import choose_voters, show_gain
from ui.prediction.prediction import show_vote
from ui.state.drawing import last_picture
from ui.state.language import listed, t
from ui.state.values import Value

SOURCES = ("drawing", "images", "mistakes")
# The choice of the answer that the network reads, whichever that is.
READ: Final = -1
FLOW_ANSWER: Final = Value("flow_answer", READ)
FLOW_NEURON: Final = Value[tuple[int, int] | None]("flow_neuron", None)


@dataclass(frozen=True, eq=False)
class Shown:
    """The digit being followed: its ``picture`` (28, 28) and, unless the visitor drew it, its ``label``."""

    picture: Array
    label: int | None


def show_flow(examined: Examined) -> None:
    """Choose a digit and an answer, see what feeds it, click a neuron."""
    shown = _choose(examined)
    if shown is None:
        return
    chosen = examined_network.chosen_unit(examined)
    passed = pass_through(examined.network, shown.picture, units_off(examined.intact, examined.damage))
    st.markdown(_answer_in_words(passed, shown.label))
    flow = flow_to(examined.network, passed, _choose_answer(passed), chosen)
    seen = chosen or (len(flow.layers), flow.answer)
    with st.container(key="flow_area"):
        flow_picture(examined.network, flow, _flow_in_words(flow), "flow", seen, functools.partial(_pressed, flow))
    st.caption(t("flow.how", answer=flow.answer))
    st.caption("  \n".join(_left_out(flow)))
    _choose_neuron(flow, chosen)
    show_switched_off(examined)
    if chosen is not None:
        show_neuron(examined, *chosen)
    _show_tables(examined.network, flow, *seen)
    voting = choose_voters()
    if voting:
        show_vote(voting, shown.picture)
        show_gain(voting)


def _choose_answer(passed: Passed) -> int:
    """The digit whose score is followed: the one that is read, until the visitor asks for another."""
    read = int(passed.scores.argmax())
    asked = choose(
        t("flow.answer"),
        (READ, *range(10)),
        FLOW_ANSWER.key,
        lambda digit: t("flow.answer_read", digit=read) if digit == READ else t("flow.answer_digit", digit=digit),
        width=420,
    )
    return read if asked == READ else asked


def _pressed(flow: Flow, layer: int, unit: int) -> None:
    """A neuron becomes the one looked at; a digit the answer whose score is followed."""
    if layer < len(flow.layers):
        examined_network.choose_unit((layer, unit))
        return
    examined_network.choose_unit(None)
    FLOW_ANSWER.give(READ if unit == int(flow.passed.scores.argmax()) else unit)


def _choose(examined: Examined) -> Shown | None:
    drawn = last_picture()
    with st.container(horizontal=True, vertical_alignment="bottom", key="flow_choice"):
        source = choose(t("flow.source"), SOURCES, FLOW_SOURCE.key, lambda name: t(f"flow.{name}"), look="bar")
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
            FLOW_MISTAKE if found is not None else FLOW_IMAGE, len(examined.labels if found is None else found)
        )
    image = number - 1 if found is None else int(found[number - 1])
    return Shown(examined.images[image], int(examined.labels[image]))


def _number(place: Value[int], most: int) -> int:
    """Which image, from 1 to ``most``, with a button each way."""
    place.give(min(max(1, place.get() or 1), most))
    number = number_field(
        t(f"flow.{place.key}", most=f"{most:,}"), 1, most, 1, place.key, persist_state="session", width=190
    )
    st.button(t("flow.next"), key="flow_next", on_click=place.give, args=(number % most + 1,))
    return number


def _choose_neuron(flow: Flow, chosen: tuple[int, int] | None) -> None:
    """The same choice as a click, for the keyboard."""
    options: list[tuple[int, int] | None] = [None]
    activations: dict[tuple[int, int], float] = {}
    for index, layer in enumerate(flow.layers):
        for unit, activation in zip(layer.units.tolist(), layer.outputs.tolist(), strict=True):
            options.append((index, unit))
            activations[(index, unit)] = activation
    if len(options) == 1:
        return
    FLOW_NEURON.give(chosen if chosen in options else None)
    choose(
        t("flow.neuron"),
        options,
        FLOW_NEURON.key,
        lambda unit: t("flow.none") if unit is None else unit_in_words(*unit, activations.get(unit, 0.0)),
        on_change=_neuron_selected,
        width=420,
    )


def _neuron_selected() -> None:
    examined_network.choose_unit(FLOW_NEURON.get())


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
                on_click=examined_network.switch,
                args=(layer, unit),
            )


def _answer_in_words(passed: Passed, label: int | None) -> str:
    second, answer = (int(digit) for digit in passed.scores.argsort()[-2:])
    share = percent(passed.probabilities[answer])
    if label is None:
        read = t("flow.reads_drawing", answer=answer, share=share)
    else:
        read = t("flow.right" if answer == label else "flow.wrong", answer=answer, share=share, label=label)
    second_choice = t("flow.second", digit=second, share=percent(passed.probabilities[second], 1))
    return f"{read}  \n{second_choice}"


def _flow_in_words(flow: Flow) -> str:
    parts = []
    for index, layer in enumerate(flow.layers, 1):
        order = np.abs(layer.given).argsort()[::-1][:3]
        units = listed(str(int(layer.units[place]) + 1) for place in order)
        parts.append(t("flow.gives_most", layer=index, units=units, answer=flow.answer))
    read = int(flow.passed.scores.argmax())
    share = percent(flow.passed.probabilities[read])
    return " ".join([t("flow.words", answer=flow.answer), *parts, t("flow.words_end", answer=read, share=share)])


def _left_out(flow: Flow) -> list[str]:
    """How much of the whole the lines drawn carry, and how the score adds up at each hidden layer."""
    targets = [t("flow.the_layer", layer=at) for at in range(1, len(flow.layers) + 1)] + [t("flow.the_digits")]
    shares = [
        t("flow.share", target=target, share=percent(lines.share))
        for target, lines in zip(targets, flow.lines, strict=True)
    ]
    told = [t("flow.shares", shares=listed(shares))] if flow.layers else []
    return told + [_adds_up(flow, index) for index in range(len(flow.layers))]


def _adds_up(flow: Flow, index: int) -> str:
    """The score as a sum in hundredths that adds up as it stands there."""
    layer = flow.layers[index]
    rest = layer.size - len(layer.units)
    score, given = (round(100 * value) for value in (flow.passed.scores[flow.answer], layer.given.sum()))
    others = round(100 * layer.others) if rest else 0
    return t(
        "flow.adds_up" if rest else "flow.adds_up_all",
        layer=index + 1,
        shown=len(layer.units),
        rest=f"{rest:,}",
        given=signed_hundredths(given),
        others=signed_hundredths(others),
        biases=signed_hundredths(score - given - others),
        score=hundredths(score),
        answer=flow.answer,
    )


def _show_tables(network: Network, flow: Flow, layer: int, unit: int) -> None:
    """Everything the picture shows, as numbers."""
    with st.expander(t("flow.table"), key="flow_table"):
        if flow.layers:
            st.table(_unit_rows(flow))
        st.table(
            {
                t("flow.column_digit"): range(10),
                t("flow.column_score"): [decimal(score) for score in flow.passed.scores],
                t("flow.column_share"): [percent(share, 1) for share in flow.passed.probabilities],
            }
        )
        st.markdown(f"**{title_of(flow, layer, unit)}**")
        st.table(_sum_rows(steps_of(network, flow, layer, unit)))
        st.markdown(end_of(network, flow, layer, unit))


def _unit_rows(flow: Flow) -> list[dict[str, str | int]]:
    return [
        {
            t("flow.column_layer"): index,
            t("flow.column_unit"): number + 1,
            t("flow.column_activation"): decimal(activation, 3),
            t("flow.column_gives", answer=flow.answer): signed(given, 3),
        }
        for index, units in enumerate(flow.layers, 1)
        for number, activation, given in zip(
            units.units.tolist(), units.outputs.tolist(), units.given.tolist(), strict=True
        )
    ]


def _sum_rows(steps: Sequence[SumStep]) -> list[dict[str, str]]:
    return [
        {
            t("flow.sum_column_from"): step.name,
            t("flow.sum_column_product"): step.product,
            t("flow.sum_column_adds"): signed_hundredths(step.added),
            t("flow.sum_column_total"): hundredths(step.total),
        }
        for step in steps
    ]
