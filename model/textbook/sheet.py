"""A sheet of paper with a network small enough for it, 3 inputs, 4 hidden neurons, 2 outputs: its numbers, checked; computes nothing."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from model.activations import ACTIVATIONS
from model.config import ConfigError, Limit, read_number
from model.textbook.backpropagation import LOSSES, Layers, Matrix

WEIGHT_MOST: Final = 1_000.0


@dataclass(frozen=True)
class Numbers(Limit):
    """``count`` numbers, each from ``low`` to ``high``; and where there is a ``total``, they add up to it."""

    count: int = 1
    total: float | None = None

    def __str__(self) -> str:
        sum_to = "" if self.total is None else f", adding up to {self.total:g}"
        return f"{self.count} numbers, each {self.low:g} to {self.high:g}{sum_to}"


SHAPES: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {
        "inputs": (3, 1),
        "targets": (2, 1),
        "hidden_weights": (4, 3),
        "hidden_biases": (4, 1),
        "output_weights": (2, 4),
        "output_biases": (2, 1),
    }
)
SHARES: Final = Numbers(0, 1, count=2, total=1)
SHEET_LIMITS: Final[Mapping[str, Limit]] = MappingProxyType(
    {
        "inputs": Numbers(-10, 10, count=3),
        "targets": Numbers(0, 1, count=2),
        "hidden_weights": Numbers(-WEIGHT_MOST, WEIGHT_MOST, count=12),
        "hidden_biases": Numbers(-WEIGHT_MOST, WEIGHT_MOST, count=4),
        "output_weights": Numbers(-WEIGHT_MOST, WEIGHT_MOST, count=8),
        "output_biases": Numbers(-WEIGHT_MOST, WEIGHT_MOST, count=2),
        "learning_rate": Limit(0, 100),
        "activation": Limit(choices=tuple(ACTIVATIONS)),
        "loss": Limit(choices=tuple(LOSSES)),
    }
)


@dataclass(frozen=True)
class Sheet:
    """Everything on the sheet of paper; equal sheets give equal numbers.

    Attributes:
        inputs: the three inputs x, -10 to 10.
        targets: what the two outputs should be, 0 to 1; under cross-entropy they add up to one.
        hidden_weights: W of the hidden layer, (4, 3), row by row: the three weights of the first neuron come first.
        hidden_biases: b of the hidden layer, (4,).
        output_weights: W of the output layer, (2, 4), row by row.
        output_biases: b of the output layer, (2,).
        learning_rate: how far each step goes, 0 to 100.
        activation: a key of ``model.activations.ACTIVATIONS``, of the hidden neurons.
        loss: a key of ``LOSSES``; it decides what the outputs do as well: sigmoid or softmax.

    Raises:
        ConfigError: (a ValueError) naming the first field outside its limits, its value and the limit.
    """

    inputs: tuple[float, ...] = (1.0, 0.5, -1.0)
    targets: tuple[float, ...] = (1.0, 0.0)
    hidden_weights: tuple[float, ...] = (0.5, -0.4, 0.3, -0.2, 0.6, 0.1, 0.8, 0.2, -0.5, -0.3, 0.4, -0.6)
    hidden_biases: tuple[float, ...] = (0.1, -0.1, 0.2, 0.0)
    output_weights: tuple[float, ...] = (0.4, -0.6, 0.2, 0.5, -0.3, 0.7, 0.6, -0.2)
    output_biases: tuple[float, ...] = (-0.2, 0.1)
    learning_rate: float = 0.5
    activation: str = "sigmoid"
    loss: str = "squared_error"

    def __post_init__(self) -> None:
        for name in SHAPES:
            object.__setattr__(self, name, _checked_numbers(name, getattr(self, name), SHEET_LIMITS[name]))
        if not _within(self.learning_rate, SHEET_LIMITS["learning_rate"]):
            raise ConfigError("learning_rate", self.learning_rate, SHEET_LIMITS["learning_rate"])
        for name in ("activation", "loss"):
            if getattr(self, name) not in SHEET_LIMITS[name].choices:
                raise ConfigError(name, getattr(self, name), SHEET_LIMITS[name])
        if self.loss == "cross_entropy" and not math.isclose(sum(self.targets), 1, abs_tol=1e-9):
            raise ConfigError("targets", self.targets, SHARES)

    def matrix(self, name: str) -> Matrix:
        """A field of numbers as a matrix of its shape in ``SHAPES``."""
        return np.array(getattr(self, name), np.float64).reshape(SHAPES[name])

    @property
    def layers(self) -> Layers:
        """((W, b), (W, b)): hidden layer, then output layer."""
        return (
            (self.matrix("hidden_weights"), self.matrix("hidden_biases")),
            (self.matrix("output_weights"), self.matrix("output_biases")),
        )

    def changed(self, **values: object) -> "Sheet":
        """The same sheet with some fields replaced, checked again."""
        unchecked: dict[str, Any] = values
        return replace(self, **unchecked)

    def with_layers(self, layers: Layers) -> "Sheet":
        """The same sheet with these weights and biases."""
        (hidden_weights, hidden_biases), (output_weights, output_biases) = layers
        return self.changed(
            hidden_weights=tuple(hidden_weights.ravel().tolist()),
            hidden_biases=tuple(hidden_biases.ravel().tolist()),
            output_weights=tuple(output_weights.ravel().tolist()),
            output_biases=tuple(output_biases.ravel().tolist()),
        )

    def to_query(self) -> dict[str, str]:
        """Every field as text for a URL, under the names of ``QUERY_NAMES``; ``from_query`` reads it back to an equal sheet."""
        return {QUERY_NAMES[name]: _to_text(getattr(self, name)) for name in QUERY_NAMES}

    @classmethod
    def from_query(cls, mapping: Mapping[str, str]) -> "Sheet":
        """The sheet a URL query describes; fields it lacks take their defaults, other keys are ignored.

        Raises:
            ConfigError: naming the field whose text cannot be read or is outside its limits.
        """
        return cls().changed(
            **{name: read_field(name, mapping[key]) for name, key in QUERY_NAMES.items() if key in mapping}
        )


QUERY_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "inputs": "hand_x",
        "targets": "hand_y",
        "hidden_weights": "hand_w1",
        "hidden_biases": "hand_b1",
        "output_weights": "hand_w2",
        "output_biases": "hand_b2",
        "learning_rate": "hand_rate",
        "activation": "hand_bend",
        "loss": "hand_loss",
    }
)


def read_field(name: str, text: str) -> tuple[float, ...] | float | str:
    """One field of a sheet from the text a URL holds.

    Raises:
        ConfigError: when the text cannot be read; whether it is within the limits is checked by ``Sheet``.
    """
    try:
        if name in SHAPES:
            return tuple(read_number(number, float) for number in text.split(","))
        return read_number(text, float) if name == "learning_rate" else text
    except ValueError:
        raise ConfigError(name, text, SHEET_LIMITS[name]) from None


def _checked_numbers(name: str, values: object, limit: Limit) -> tuple[float, ...]:
    if not isinstance(values, (tuple, list)) or not isinstance(limit, Numbers) or len(values) != limit.count:
        raise ConfigError(name, values, limit)
    if not all(_within(value, limit) for value in values):
        raise ConfigError(name, values, limit)
    return tuple(float(value) + 0.0 for value in values)  # so that no number is -0


def _within(value: object, limit: Limit) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and limit.low <= value <= limit.high


def _to_text(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(f"{number:.15g}" if float(f"{number:.15g}") == number else repr(number) for number in value)
    return repr(value) if isinstance(value, float) else str(value)
