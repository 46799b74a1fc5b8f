"""A network small enough for paper, 3 inputs, 4 hidden neurons, 2 outputs, and one training step of it in steps; knows no screen."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from model.activations import ACTIVATIONS
from model.config import ConfigError, Limit, read_number
from model.textbook.backpropagation import (
    LOSSES,
    Backward,
    Forward,
    Layers,
    Matrix,
    backward,
    finite_differences,
    forward,
    mean_loss,
    updated,
)

FITS_WITHIN: Final = 0.05
STEPS_MOST: Final = 5_000
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

    def changed(self, **values: Any) -> "Sheet":
        """The same sheet with some fields replaced, checked again."""
        return replace(self, **values)

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
        return cls(**{name: read_field(name, mapping[key]) for name, key in QUERY_NAMES.items() if key in mapping})


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
SHEET_DEFAULTS: Final[Mapping[str, Any]] = MappingProxyType({item.name: item.default for item in fields(Sheet)})


def read_field(name: str, text: str) -> Any:
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


class Phase(StrEnum):
    """The four parts of a training step."""

    FORWARD = "forward"
    LOSS = "loss"
    BACKWARD = "backward"
    UPDATE = "update"


@dataclass(frozen=True, eq=False)
class Step:
    """One step of the computation: which matrices go in and which come out.

    Attributes:
        name: which step, one of ``STEP_NAMES``.
        phase: the part of the training step it belongs to.
        formula: the name of its formula; more than one step may use the same, and one step has another for another choice.
        operands: what goes in, symbol -> matrix; a single number is a matrix of shape (1, 1).
        results: what comes out, symbol -> matrix.
    """

    name: str
    phase: Phase
    formula: str
    operands: Mapping[str, Matrix] = field(repr=False)
    results: Mapping[str, Matrix] = field(repr=False)


# The formula of a step through an activation ends with its name.
CHAIN_RULE: Final = "chain_rule_"
# name: (phase, formula, operands, results); "{activation}" and "{loss}" stand for the choice on the sheet.
_STEPS: Final[Mapping[str, tuple[Phase, str, tuple[str, ...], tuple[str, ...]]]] = MappingProxyType(
    {
        "hidden_sum": (Phase.FORWARD, "weighted_sum", ("W1", "x", "b1"), ("z1",)),
        "hidden_output": (Phase.FORWARD, "{activation}", ("z1",), ("a1",)),
        "output_sum": (Phase.FORWARD, "weighted_sum", ("W2", "a1", "b2"), ("z2",)),
        "output": (Phase.FORWARD, "output_{loss}", ("z2",), ("a2",)),
        "loss": (Phase.LOSS, "{loss}", ("a2", "y"), ("L",)),
        "output_delta": (Phase.BACKWARD, "delta_{loss}", ("a2", "y"), ("d2",)),
        "hidden_delta": (Phase.BACKWARD, CHAIN_RULE + "{activation}", ("W2", "d2", "z1", "a1", "s1"), ("d1",)),
        "output_gradient": (Phase.BACKWARD, "gradient", ("d2", "a1"), ("GW2", "Gb2")),
        "hidden_gradient": (Phase.BACKWARD, "gradient", ("d1", "x"), ("GW1", "Gb1")),
        "output_update": (Phase.UPDATE, "descent", ("W2", "b2", "GW2", "Gb2", "eta"), ("NW2", "Nb2")),
        "hidden_update": (Phase.UPDATE, "descent", ("W1", "b1", "GW1", "Gb1", "eta"), ("NW1", "Nb1")),
    }
)
STEP_NAMES: Final = tuple(_STEPS)


@dataclass(frozen=True, eq=False)
class TrainingStep:
    """One whole training step of a sheet.

    Attributes:
        matrices: every matrix by symbol: ``x y W1 b1 z1 a1 s1 W2 b2 z2 a2 L d2 d1 GW2 Gb2 GW1 Gb1 eta NW2 Nb2 NW1 Nb1``,
            where d is a delta, s a slope of the activation, G a gradient and N the new value.
        steps: the steps in the order a textbook uses.
        next_loss: the loss after the update.
    """

    matrices: Mapping[str, Matrix]
    steps: tuple[Step, ...]
    next_loss: float

    @property
    def loss(self) -> float:
        """The loss before the update."""
        return float(self.matrices["L"][0, 0])


def training_step(sheet: Sheet) -> TrainingStep:
    """Forward, loss, backward and update of a sheet, every number kept."""
    passed, back = _passes(sheet)
    layers = updated(sheet.layers, back.gradients, sheet.learning_rate)
    inputs, targets = sheet.matrix("inputs"), sheet.matrix("targets")
    matrices: dict[str, Matrix] = {"x": inputs, "y": targets, "eta": np.array([[sheet.learning_rate]])}
    for number, (now, gradient, new) in enumerate(zip(sheet.layers, back.gradients, layers, strict=True), 1):
        for symbol, pair in (("", now), ("G", gradient), ("N", new)):
            matrices |= {f"{symbol}W{number}": pair[0], f"{symbol}b{number}": pair[1]}
        index = number - 1
        matrices |= {f"z{number}": passed.sums[index], f"a{number}": passed.outputs[index]}
        matrices[f"d{number}"] = back.deltas[index]
    matrices["s1"] = ACTIVATIONS[sheet.activation].derivative(passed.sums[0])
    matrices["L"] = np.array([[LOSSES[sheet.loss].value(passed.sums[-1], targets)]])
    steps = tuple(
        Step(
            name,
            phase,
            formula.format(activation=sheet.activation, loss=sheet.loss),
            {symbol: matrices[symbol] for symbol in operands},
            {symbol: matrices[symbol] for symbol in results},
        )
        for name, (phase, formula, operands, results) in _STEPS.items()
    )
    return TrainingStep(matrices, steps, mean_loss(layers, inputs, targets, sheet.activation, sheet.loss))


def sheet_gradients(sheet: Sheet) -> Layers:
    """The gradient of the loss by every weight and bias, by the formulas."""
    return _passes(sheet)[1].gradients


def sheet_differences(sheet: Sheet) -> Layers:
    """The same gradients by finite differences, without the formulas."""
    return finite_differences(
        sheet.layers, sheet.matrix("inputs"), sheet.matrix("targets"), sheet.activation, sheet.loss
    )


def near_kink(sheet: Sheet) -> bool:
    """Whether a hidden neuron with a kinked activation stands so near its kink that a nudge crosses it: there the loss has no one slope."""
    return ACTIVATIONS[sheet.activation].kinked and bool((np.abs(_passes(sheet)[0].sums[0]) < 2e-4).any())


class Ending(StrEnum):
    """Why training stopped."""

    DONE = "done"
    FITS = "fits"
    STUCK = "stuck"
    RAN_OFF = "ran_off"


@dataclass(frozen=True)
class Trained:
    """A sheet after training: the loss after each step taken, and why it stopped; ``sheet`` is the last good one."""

    sheet: Sheet
    losses: tuple[float, ...]
    ending: Ending


def train_by_hand(sheet: Sheet, steps: int) -> Trained:
    """``steps`` training steps, fewer when a weight would leave its limits."""
    losses: list[float] = []
    for _ in range(steps):
        following = _stepped(sheet)
        if following is None:
            return Trained(sheet, tuple(losses), Ending.RAN_OFF)
        sheet = following
        losses.append(sheet_loss(sheet))
    return Trained(sheet, tuple(losses), Ending.DONE)


def train_until_it_fits(sheet: Sheet, most: int = STEPS_MOST) -> Trained:
    """Training steps until every output is within ``FITS_WITHIN`` of its target, at most ``most``."""
    losses: list[float] = []
    while not fits(sheet):
        if len(losses) == most:
            return Trained(sheet, tuple(losses), Ending.STUCK)
        taken = train_by_hand(sheet, 1)
        if taken.ending == Ending.RAN_OFF:
            return Trained(sheet, tuple(losses), Ending.RAN_OFF)
        sheet = taken.sheet
        losses += taken.losses
    return Trained(sheet, tuple(losses), Ending.FITS)


def fits(sheet: Sheet) -> bool:
    """Whether every output is within ``FITS_WITHIN`` of its target."""
    passed, _ = _passes(sheet)
    return bool((np.abs(passed.outputs[-1] - sheet.matrix("targets")) <= FITS_WITHIN).all())


def sheet_loss(sheet: Sheet) -> float:
    """The loss of a sheet as it stands."""
    return mean_loss(sheet.layers, sheet.matrix("inputs"), sheet.matrix("targets"), sheet.activation, sheet.loss)


def with_loss(sheet: Sheet, loss: str) -> Sheet:
    """The same sheet with another loss; its targets become shares of one where cross-entropy needs that.

    Raises:
        ConfigError: for a loss that is not in ``LOSSES``.
    """
    if loss != "cross_entropy":
        return sheet.changed(loss=loss)
    first, second = sheet.targets
    share = first / (first + second) if first + second else 1.0
    return sheet.changed(loss=loss, targets=(share, 1 - share))


def shaken(sheet: Sheet, seed: int) -> Sheet:
    """New weights by chance, uniform within the limits of Glorot and Bengio 2010, two decimals; biases zero. Same seed, same weights."""
    chance = np.random.default_rng(seed)
    layers = []
    for weight, bias in sheet.layers:
        reach = math.sqrt(6 / sum(weight.shape))
        layers.append((chance.uniform(-reach, reach, weight.shape).round(2), np.zeros_like(bias)))
    return sheet.with_layers(tuple(layers))


def _passes(sheet: Sheet) -> tuple[Forward, Backward]:
    passed = forward(sheet.layers, sheet.matrix("inputs"), sheet.activation, sheet.loss)
    return passed, backward(sheet.layers, passed, sheet.matrix("targets"), sheet.activation, sheet.loss)


def _stepped(sheet: Sheet) -> Sheet | None:
    layers = updated(sheet.layers, sheet_gradients(sheet), sheet.learning_rate)
    try:
        return sheet.with_layers(layers)
    except ConfigError:
        return None


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
