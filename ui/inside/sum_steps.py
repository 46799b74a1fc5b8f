"""The sum of a neuron as lines that one can add up by hand: rounded to hundredths so that they add up on the screen; draws nothing."""

from dataclasses import dataclass
from typing import Final

from model.interpretability.activation_trace import Matrix
from model.interpretability.unit_sum import UnitSum, bands
from ui.elements.numerals import decimal, percent, signed
from ui.runs.setting_words import activation_name
from ui.state.language import t

HUNDREDTHS: Final = 100


@dataclass(frozen=True)
class SumStep:
    """One line of a sum.

    Attributes:
        name: what is added.
        product: how it comes about, such as ``0.831 × 1.242``; empty where there is nothing to say.
        added: how much it is, in hundredths.
        total: the sum so far, in hundredths.
        source: the (layer, unit) it comes from, None where it is none of the units.
        last_row: the last row of pixels it takes in, counted from 1; None where it takes in none.
    """

    name: str
    product: str
    added: int
    total: int
    source: tuple[int, int] | None = None
    last_row: int | None = None


Part = tuple[str, str, int, tuple[int, int] | None, int | None]


def unit_steps(found: UnitSum, below: int) -> list[SumStep]:
    """The sum of a unit whose inputs are the units of the hidden layer ``below``."""
    parts: list[Part] = [
        (t("flow.sum_unit", unit=unit + 1), f"{activation:.3f} × {weight:.3f}", _hundredths(term), (below, unit), None)
        for unit, activation, weight, term in zip(
            found.inputs.tolist(), found.outputs.tolist(), found.weights.tolist(), found.terms.tolist(), strict=True
        )
    ]
    return _added_up(parts, found)


def pixel_steps(found: UnitSum, terms: Matrix) -> list[SumStep]:
    """The sum of a unit that looks at the pixels, band by band; ``terms`` (28, 28) are pixel times weight."""
    parts: list[Part] = [
        (t("flow.sum_rows", first=first + 1, last=last + 1), t("flow.sum_pixels"), _hundredths(band), None, last + 1)
        for first, last, band in bands(terms)
    ]
    return _added_up(parts, found, pixels=True)


def _added_up(parts: list[Part], found: UnitSum, pixels: bool = False) -> list[SumStep]:
    """The parts, what is left with what rounding lost, and the bias, each with the sum so far."""
    total, bias = _hundredths(found.total), _hundredths(found.bias)
    left = total - bias - sum(part[2] for part in parts)
    if found.others_count and not pixels:
        parts = [*parts, (t("flow.sum_others", count=found.others_count), "", left, None, None)]
    elif left:
        parts = [*parts, (t("flow.sum_rounding"), "", left, None, None)]
    steps, so_far = [], 0
    for name, product, added, source, last_row in [*parts, (t("flow.sum_bias"), "", bias, None, None)]:
        so_far += added
        steps.append(SumStep(name, product, added, so_far, source, last_row))
    return steps


def _hundredths(value: float) -> int:
    return round(HUNDREDTHS * value)


def hundredths(count: int) -> str:
    """So many hundredths as a number."""
    return decimal(count / HUNDREDTHS)


def signed_hundredths(count: int) -> str:
    """So many hundredths as a number that is added."""
    return signed(count / HUNDREDTHS)


def neuron_end(found: UnitSum, activation: str) -> str:
    """What becomes of the sum of a hidden unit."""
    if found.off:
        return t("flow.end_off", total=decimal(found.total))
    if activation == "linear":
        return t("flow.end_linear", total=decimal(found.total))
    return t(
        "flow.end_bend",
        bend=activation_name(activation),
        total=decimal(found.total),
        answer=decimal(found.answer),
    )


def digit_end(found: UnitSum, digit: int) -> str:
    """What becomes of the score of a digit."""
    return t("flow.end_digit", digit=digit, total=decimal(found.total), share=percent(found.answer, 1))
