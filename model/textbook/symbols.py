"""The letters of the worked example as values: which quantity, of which layer, in which form, and which number of it; writes none down."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """A quantity of a network; its value is the letter people know it by."""

    INPUTS = "x"
    TARGETS = "y"
    LOSS = "L"
    RATE = "eta"
    WEIGHTS = "W"
    BIASES = "b"
    SUMS = "z"
    OUTPUTS = "a"
    SLOPES = "s"
    DELTAS = "d"


class Form(StrEnum):
    """Whether a symbol stands for a value as it is, for the gradient of the loss by it, or for its new value."""

    NOW = ""
    GRADIENT = "G"
    NEW = "N"


@dataclass(frozen=True)
class Symbol:
    """A matrix by name.

    Attributes:
        kind: which quantity.
        layer: 1 the hidden layer, 2 the output layer, 0 for what belongs to none.
        form: the quantity itself, its gradient or its new value.
        is_transposed: whether rows and columns are exchanged.
    """

    kind: Kind
    layer: int = 0
    form: Form = Form.NOW
    is_transposed: bool = False

    def __str__(self) -> str:
        return f"{self.form}{self.kind}{self.layer or ''}{'T' if self.is_transposed else ''}"

    @property
    def gradient(self) -> "Symbol":
        """The gradient of the loss by this."""
        return replace(self, form=Form.GRADIENT)

    @property
    def new(self) -> "Symbol":
        """This after the update."""
        return replace(self, form=Form.NEW)

    @property
    def now(self) -> "Symbol":
        """The quantity itself: what it was before the update, what the gradient is taken by."""
        return replace(self, form=Form.NOW)

    @property
    def transposed(self) -> "Symbol":
        """The same with rows and columns exchanged."""
        return replace(self, is_transposed=not self.is_transposed)

    @property
    def has_columns(self) -> bool:
        """Whether a number of it has two indices: only weights have more than one column."""
        return self.kind is Kind.WEIGHTS

    def at(self, row: int, column: int = 0) -> "Entry":
        """One number of it, counted from 0."""
        return Entry(self, row, column)


@dataclass(frozen=True)
class Entry:
    """One number of a matrix, ``row`` and ``column`` counted from 0."""

    symbol: Symbol
    row: int
    column: int = 0


def weights(layer: int) -> Symbol:
    """W of a layer."""
    return Symbol(Kind.WEIGHTS, layer)


def biases(layer: int) -> Symbol:
    """b of a layer."""
    return Symbol(Kind.BIASES, layer)


def outputs(layer: int) -> Symbol:
    """a of a layer, and of the zeroth x: what the first layer reads."""
    return Symbol(Kind.OUTPUTS, layer) if layer else X


def deltas(layer: int) -> Symbol:
    """δ of a layer."""
    return Symbol(Kind.DELTAS, layer)


X: Final = Symbol(Kind.INPUTS)
Y: Final = Symbol(Kind.TARGETS)
LOSS: Final = Symbol(Kind.LOSS)
RATE: Final = Symbol(Kind.RATE)
W1, W2 = weights(1), weights(2)
B1, B2 = biases(1), biases(2)
Z1, Z2 = Symbol(Kind.SUMS, 1), Symbol(Kind.SUMS, 2)
A1, A2 = outputs(1), outputs(2)
D1, D2 = deltas(1), deltas(2)
S1: Final = Symbol(Kind.SLOPES, 1)
TRAINED: Final = (W1, B1, W2, B2)
