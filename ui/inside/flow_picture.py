"""The picture of what feeds an answer, and the sum of the neuron that was chosen, as one element; decides nothing."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Final

import numpy as np

from model.interpretability.activation_trace import FeedingUnits, Flow
from model.interpretability.unit_sum import pixel_terms, unit_sum
from model.network import Network
from model.sizes import SIDE
from ui.elements.images import picture_url, signed_sheet
from ui.elements.numerals import decimal, percent, signed
from ui.elements.plotly_chart import OwnElement, last_sent
from ui.inside.sum_steps import SumStep, digit_end, hundredths, neuron_end, pixel_steps, signed_hundredths, unit_steps
from ui.state.language import t
from ui.state.told import is_whole

FLOW: Final = OwnElement("flow", '<div class="flow"></div>')
# How much wider than what they show the axes of bars are.
AIR: Final = 1.04
# What carries less is no line: a neuron that is pointed at has no more than what shows in hundredths.
UNSEEN: Final = 0.005

Unit = tuple[int, int]


def flow_picture(
    network: Network, flow: Flow, label: str, key: str, shown: Unit, choose: Callable[[int, int], None]
) -> None:
    """Draw a flow, with the sum of the unit or digit ``shown``; ``choose`` is called with the (layer, unit) that was pressed.

    The layer after the last hidden one is that of the ten digits.
    """

    def chosen() -> None:
        pressed = last_sent(key, "chosen")
        if (
            isinstance(pressed, list)
            and len(pressed) == 2
            and all(map(is_whole, pressed))
            and _is_there(flow, *pressed)
        ):
            choose(*pressed)

    FLOW(key=key, data=flow_data(network, flow, label, shown), on_chosen_change=chosen)


def _is_there(flow: Flow, layer: int, unit: int) -> bool:
    """Whether a unit of a hidden layer is in the picture; the layer after them is that of the ten digits."""
    if layer == len(flow.layers):
        return unit in range(10)
    return layer in range(len(flow.layers)) and unit in flow.layers[layer].units.tolist()


def flow_data(network: Network, flow: Flow, label: str, shown: Unit) -> dict[str, object]:
    """What the browser is told of a flow; every text and number it shows is in it."""
    last = len(flow.layers)
    return {
        "label": label,
        "picture": {"url": picture_url(flow.passed.inputs[0].reshape(SIDE, SIDE)), "label": t("flow.picture")},
        "heat": _heat(network, flow),
        "heads": [
            t("flow.pixels"),
            *(_head(index, layer) for index, layer in enumerate(flow.layers, 1)),
            t("flow.scores"),
        ],
        "layers": [_units(flow, index) for index in range(last)],
        "digits": _digits(flow),
        "zero": _axis(flow.passed.scores.tolist())[0],
        "lines": _lines(flow),
        "answer": _key(last, flow.answer),
        "shown": _key(*shown),
        "sums": _sums(network, flow),
        "words": {
            **{name: t(f"flow.{name}") for name in ("hint", "again", "next_step", "heat")},
            "columns": [t(f"flow.sum_column_{name}") for name in ("from", "product", "adds", "total")] + [""],
        },
    }


def _key(layer: int, unit: int) -> str:
    return f"{layer}-{unit}"


def _head(index: int, layer: FeedingUnits) -> str:
    return t("flow.layer", layer=index, size=f"{layer.size:,}")


def _heat(network: Network, flow: Flow) -> dict[str, object]:
    """Pixel times weight of every unit that looks at the pixels, as a sheet of pictures."""
    units = flow.layers[0].units.tolist() if flow.layers else list(range(10))
    terms = np.stack([pixel_terms(network, flow.passed, unit) for unit in units])
    sheet = signed_sheet(np.asarray(terms, np.float32))
    return {**asdict(sheet), "keys": [_key(0, unit) for unit in units]}


def _units(flow: Flow, index: int) -> list[dict[str, object]]:
    layer = flow.layers[index]
    largest = max(float(np.abs(layer.outputs).max()), 1e-9)
    return [
        {
            "key": _key(index, unit),
            "number": str(unit + 1),
            "said": round(activation / largest, 3),
            "given": 0 if abs(given) < UNSEEN else given,
            "off": bool(flow.passed.silent[index][unit]),
            "label": unit_in_words(index, unit, activation)
            + " · "
            + (t("flow.is_off") if flow.passed.silent[index][unit] else given_in_words(given, flow.answer)),
        }
        for unit, activation, given in zip(
            layer.units.tolist(), layer.outputs.tolist(), layer.given.tolist(), strict=True
        )
    ]


def unit_in_words(layer: int, unit: int, activation: float) -> str:
    """A unit and what it says, both counted from 0."""
    return t("flow.unit", layer=layer + 1, unit=unit + 1, activation=decimal(activation))


def given_in_words(given: float, answer: int) -> str:
    """How much a unit gives to the score of the answer or takes from it."""
    return t("flow.gives", given=signed(given), digit=answer)


def _digits(flow: Flow) -> list[dict[str, object]]:
    scores, shares = flow.passed.scores.tolist(), flow.passed.probabilities.tolist()
    zero, scale = _axis(scores)
    ranked = flow.passed.scores.argsort()[::-1].tolist()
    ranks = {ranked[0]: t("flow.first"), ranked[1]: t("flow.second_mark")}
    last = len(flow.layers)
    return [
        {
            "key": _key(last, digit),
            "digit": str(digit),
            "score": decimal(score),
            "share": percent(share, 1),
            "short": percent(share),
            "rank": ranks.get(digit, ""),
            "from": zero + min(0.0, score * scale),
            "length": abs(score * scale),
            "label": t("flow.digit", digit=digit, score=decimal(score), share=percent(share, 1)),
        }
        for digit, (score, share) in enumerate(zip(scores, shares, strict=True))
    ]


def _axis(values: Sequence[float]) -> tuple[float, float]:
    """Where zero lies on an axis that holds all values, in percent of it, and how many percent one is."""
    low, high = min(0.0, *values), max(0.0, *values)
    scale = 100 / max(AIR * (high - low), 1e-9)
    return round(-low * scale, 2), scale


def _lines(flow: Flow) -> list[list[object]]:
    last = len(flow.layers)
    columns = [["p"], *([_key(at, unit) for unit in layer.units.tolist()] for at, layer in enumerate(flow.layers))]
    columns.append([_key(last, digit) for digit in range(10)])
    found = []
    for sources, targets, lines in zip(columns[:-1], columns[1:], flow.lines, strict=True):
        for place, carried in np.ndenumerate(lines.carried):
            if lines.drawn[place] or abs(carried) >= UNSEEN:
                source, target = sources[place[0]], targets[place[1]]
                found.append([source, target, round(carried, 3), bool(lines.drawn[place])])
    return found


def _sums(network: Network, flow: Flow) -> dict[str, object]:
    last = len(flow.layers)
    units = [(at, unit) for at, layer in enumerate(flow.layers) for unit in layer.units.tolist()]
    return {_key(*place): _sum(network, flow, *place) for place in [*units, *((last, digit) for digit in range(10))]}


def _sum(network: Network, flow: Flow, layer: int, unit: int) -> dict[str, object]:
    steps = steps_of(network, flow, layer, unit)
    zero, scale = _axis([step.total / 100 for step in steps])
    return {
        "title": title_of(flow, layer, unit),
        "steps": [_step(step, zero, scale / 100) for step in steps],
        "bands": [step.last_row for step in steps],
        "end": end_of(network, flow, layer, unit),
        "heat": layer == 0,
        "zero": zero,
    }


def _step(step: SumStep, zero: float, scale: float) -> list[object]:
    start = zero + scale * min(step.total, step.total - step.added)
    return [
        step.name,
        step.product,
        signed_hundredths(step.added),
        hundredths(step.total),
        None if step.source is None else _key(*step.source),
        round(start, 2),
        round(scale * abs(step.added), 2),
        step.added < 0,
    ]


def steps_of(network: Network, flow: Flow, layer: int, unit: int) -> list[SumStep]:
    """The sum of a unit or digit, line by line."""
    found = unit_sum(network, flow.passed, layer, unit)
    if layer == 0:
        return pixel_steps(found, pixel_terms(network, flow.passed, unit))
    return unit_steps(found, layer - 1)


def title_of(flow: Flow, layer: int, unit: int) -> str:
    """Whose sum it is."""
    if layer == len(flow.layers):
        return t("flow.sum_digit", digit=unit)
    return t("flow.sum_neuron", layer=layer + 1, unit=unit + 1)


def end_of(network: Network, flow: Flow, layer: int, unit: int) -> str:
    """What becomes of the sum."""
    found = unit_sum(network, flow.passed, layer, unit)
    return digit_end(found, unit) if layer == len(flow.layers) else neuron_end(found, network.activation)
