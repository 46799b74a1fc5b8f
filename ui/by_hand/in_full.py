"""One number of a matrix as one would compute it on paper, in LaTeX: in symbols and with the numbers in it; knows no Streamlit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from model.activations import ACTIVATIONS
from model.textbook.backpropagation import Matrix
from model.textbook.symbols import (
    A2,
    D2,
    RATE,
    S1,
    W2,
    Z1,
    Z2,
    Entry,
    Kind,
    Symbol,
    Y,
    biases,
    deltas,
    outputs,
    weights,
)
from model.textbook.worked_example import Rule, Step
from ui.by_hand.notation import bracketed_number, latex_entry, latex_number, latex_symbol

# The right side of an equation, in symbols and in numbers, each with its sign.
Both = tuple[str, str]
TERMS_A_LINE: Final = 2


@dataclass(frozen=True)
class InFull:
    """How one number of a result is computed: in symbols, and with the numbers in it."""

    symbols: str
    numbers: str
    value: float


def in_full(step: Step, matrices: Mapping[Symbol, Matrix], entry: Entry) -> InFull:
    """How one number of a result of a step is computed; ``matrices`` are those of the whole training step."""
    reader = _Reader(step, matrices)
    symbols, numbers = _IN_FULL[step.rule](reader, entry)
    return InFull(f"{latex_entry(entry)} {symbols}", numbers, reader.number(entry))


@dataclass(frozen=True)
class _Reader:
    """Reads single numbers of a step's matrices."""

    step: Step
    matrices: Mapping[Symbol, Matrix]

    def number(self, entry: Entry) -> float:
        return float(self.matrices[entry.symbol][entry.row, entry.column])

    def bare(self, entry: Entry) -> str:
        return latex_number(self.number(entry))

    def factor(self, entry: Entry) -> str:
        return bracketed_number(self.number(entry))

    def products(self, pairs: Sequence[tuple[Entry, Entry]]) -> list[str]:
        return [rf"{self.factor(left)} \cdot {self.factor(right)}" for left, right in pairs]


def _products(pairs: Sequence[tuple[Entry, Entry]]) -> list[str]:
    return [rf"{latex_entry(left)} \, {latex_entry(right)}" for left, right in pairs]


def _weighted_sum(reader: _Reader, entry: Entry) -> Both:
    """With numbers it stands on two lines, for a telephone."""
    layer, row = entry.symbol.layer, entry.row
    below, bias = outputs(layer - 1), biases(layer).at(row)
    pairs = [(weights(layer).at(row, index), below.at(index)) for index in range(len(reader.matrices[below]))]
    numbers = [*reader.products(pairs), reader.factor(bias)]
    lines = [" + ".join(terms) for terms in (numbers[:TERMS_A_LINE], numbers[TERMS_A_LINE:])]
    return (
        "= " + " + ".join([*_products(pairs), latex_entry(bias)]),
        rf"\begin{{aligned}} = \; & {lines[0]} \\ & + {lines[1]} \end{{aligned}}",
    )


def _activation(reader: _Reader, entry: Entry) -> Both:
    summed = Z1.at(entry.row)
    symbol, value = latex_entry(summed), reader.bare(summed)
    bracketed = f"({value})" if reader.number(summed) < 0 else value
    form = "= " + ACTIVATIONS[reader.step.activation].applied
    return form.format(z=symbol, bare=symbol), form.format(z=bracketed, bare=value)


def _output(reader: _Reader, entry: Entry) -> Both:
    own = Z2.at(entry.row)
    if reader.step.loss == "squared_error":
        form = r"= \frac{{1}}{{1 + e^{{-{0}}}}}"
        return form.format(latex_entry(own)), form.format(reader.factor(own))
    form, sums = r"= \frac{{e^{{{0}}}}}{{e^{{{1}}} + e^{{{2}}}}}", (own, Z2.at(0), Z2.at(1))
    return form.format(*map(latex_entry, sums)), form.format(*map(reader.bare, sums))


def _output_delta(reader: _Reader, entry: Entry) -> Both:
    product = r"= \left({0} - {1}\right) \cdot {0} \cdot \left(1 - {0}\right)"
    form = product if reader.step.loss == "squared_error" else "= {0} - {1}"
    both = A2.at(entry.row), Y.at(entry.row)
    return form.format(*map(latex_entry, both)), form.format(*map(reader.factor, both))


def _chain_rule(reader: _Reader, entry: Entry) -> Both:
    pairs = [(W2.at(index, entry.row), D2.at(index)) for index in range(len(reader.matrices[D2]))]
    form, slope = r"= \left( {0} \right) \cdot {1}", S1.at(entry.row)
    return (
        form.format(" + ".join(_products(pairs)), latex_entry(slope)),
        form.format(" + ".join(reader.products(pairs)), reader.factor(slope)),
    )


def _gradient(reader: _Reader, entry: Entry) -> Both:
    layer = entry.symbol.layer
    delta = deltas(layer).at(entry.row)
    if entry.symbol.kind is Kind.BIASES:
        return f"= {latex_entry(delta)}", f"= {reader.factor(delta)}"
    pairs = [(delta, outputs(layer - 1).at(entry.column))]
    return f"= {_products(pairs)[0]}", f"= {reader.products(pairs)[0]}"


def _descent(reader: _Reader, entry: Entry) -> Both:
    now, gradient = (symbol.at(entry.row, entry.column) for symbol in (entry.symbol.now, entry.symbol.gradient))
    return (
        rf"\leftarrow {latex_entry(now)} - {latex_symbol(RATE)} \cdot {latex_entry(gradient)}",
        rf"= {reader.factor(now)} - {reader.factor(RATE.at(0))} \cdot {reader.factor(gradient)}",
    )


_IN_FULL: Final[Mapping[Rule, Callable[[_Reader, Entry], Both]]] = MappingProxyType(
    {
        Rule.WEIGHTED_SUM: _weighted_sum,
        Rule.ACTIVATION: _activation,
        Rule.OUTPUT: _output,
        Rule.OUTPUT_DELTA: _output_delta,
        Rule.CHAIN_RULE: _chain_rule,
        Rule.GRADIENT: _gradient,
        Rule.DESCENT: _descent,
    }
)
