"""One training step of the network on a sheet, in steps, every number kept, and training by such steps; knows no screen."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import numpy as np

from model.activations import ACTIVATIONS
from model.config import ConfigError
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
from model.textbook.sheet import Sheet
from model.textbook.symbols import (
    A1,
    A2,
    B1,
    B2,
    D1,
    D2,
    LOSS,
    RATE,
    S1,
    W1,
    W2,
    Z1,
    Z2,
    Kind,
    Symbol,
    X,
    Y,
    biases,
    deltas,
    outputs,
    weights,
)

FITS_WITHIN: Final = 0.05
STEPS_MOST: Final = 5_000


class Phase(StrEnum):
    """The four parts of a training step."""

    FORWARD = "forward"
    LOSS = "loss"
    BACKWARD = "backward"
    UPDATE = "update"


class Rule(StrEnum):
    """What a step does; more than one step may do the same."""

    WEIGHTED_SUM = "weighted_sum"
    ACTIVATION = "activation"
    OUTPUT = "output"
    LOSS = "loss"
    OUTPUT_DELTA = "delta"
    CHAIN_RULE = "chain_rule"
    GRADIENT = "gradient"
    DESCENT = "descent"


@dataclass(frozen=True, eq=False)
class Step:
    """One step of the computation: which matrices go in and which come out.

    Attributes:
        name: which step, one of ``STEP_NAMES``.
        phase: the part of the training step it belongs to.
        rule: what it does.
        activation: that of the sheet.
        loss: that of the sheet.
        operands: what goes in; a single number is a matrix of shape (1, 1).
        results: what comes out.
    """

    name: str
    phase: Phase
    rule: Rule
    activation: str
    loss: str
    operands: Mapping[Symbol, Matrix] = field(repr=False)
    results: Mapping[Symbol, Matrix] = field(repr=False)

    @property
    def formula(self) -> str:
        """The name of its formula, which says as well what was chosen on the sheet where the formula depends on it."""
        if self.rule in (Rule.OUTPUT, Rule.OUTPUT_DELTA):
            return f"{self.rule}_{self.loss}"
        if self.rule is Rule.CHAIN_RULE:
            return f"{self.rule}_{self.activation}"
        return {Rule.ACTIVATION: self.activation, Rule.LOSS: self.loss}.get(self.rule, str(self.rule))


@dataclass(frozen=True)
class _Plan:
    """A step before there are numbers."""

    phase: Phase
    rule: Rule
    operands: tuple[Symbol, ...]
    results: tuple[Symbol, ...]


_STEPS: Final[Mapping[str, _Plan]] = MappingProxyType(
    {
        "hidden_sum": _Plan(Phase.FORWARD, Rule.WEIGHTED_SUM, (W1, X, B1), (Z1,)),
        "hidden_output": _Plan(Phase.FORWARD, Rule.ACTIVATION, (Z1,), (A1,)),
        "output_sum": _Plan(Phase.FORWARD, Rule.WEIGHTED_SUM, (W2, A1, B2), (Z2,)),
        "output": _Plan(Phase.FORWARD, Rule.OUTPUT, (Z2,), (A2,)),
        "loss": _Plan(Phase.LOSS, Rule.LOSS, (A2, Y), (LOSS,)),
        "output_delta": _Plan(Phase.BACKWARD, Rule.OUTPUT_DELTA, (A2, Y), (D2,)),
        "hidden_delta": _Plan(Phase.BACKWARD, Rule.CHAIN_RULE, (W2, D2, Z1, A1, S1), (D1,)),
        "output_gradient": _Plan(Phase.BACKWARD, Rule.GRADIENT, (D2, A1), (W2.gradient, B2.gradient)),
        "hidden_gradient": _Plan(Phase.BACKWARD, Rule.GRADIENT, (D1, X), (W1.gradient, B1.gradient)),
        "output_update": _Plan(Phase.UPDATE, Rule.DESCENT, (W2, B2, W2.gradient, B2.gradient, RATE), (W2.new, B2.new)),
        "hidden_update": _Plan(Phase.UPDATE, Rule.DESCENT, (W1, B1, W1.gradient, B1.gradient, RATE), (W1.new, B1.new)),
    }
)
STEP_NAMES: Final = tuple(_STEPS)


@dataclass(frozen=True, eq=False)
class TrainingStep:
    """One whole training step of a sheet.

    Attributes:
        matrices: every matrix by symbol: inputs, targets and the learning rate; of each layer W, b, their gradients and new values, z, a
            and δ; the slopes of the hidden layer; and the loss.
        steps: the steps in the order a textbook uses.
        next_loss: the loss after the update.
    """

    matrices: Mapping[Symbol, Matrix]
    steps: tuple[Step, ...]
    next_loss: float

    @property
    def loss(self) -> float:
        """The loss before the update."""
        return float(self.matrices[LOSS][0, 0])


def training_step(sheet: Sheet) -> TrainingStep:
    """Forward, loss, backward and update of a sheet, every number kept."""
    passed, back = _passes(sheet)
    layers = updated(sheet.layers, back.gradients, sheet.learning_rate)
    inputs, targets = sheet.matrix("inputs"), sheet.matrix("targets")
    matrices = _constants(sheet, passed) | _by_layer(sheet.layers, layers, passed, back)
    steps = tuple(
        Step(
            name,
            plan.phase,
            plan.rule,
            sheet.activation,
            sheet.loss,
            {symbol: matrices[symbol] for symbol in plan.operands},
            {symbol: matrices[symbol] for symbol in plan.results},
        )
        for name, plan in _STEPS.items()
    )
    return TrainingStep(matrices, steps, mean_loss(layers, inputs, targets, sheet.activation, sheet.loss))


def _constants(sheet: Sheet, passed: Forward) -> dict[Symbol, Matrix]:
    """What there is once: inputs, targets, rate, slopes and the loss."""
    targets = sheet.matrix("targets")
    return {
        X: sheet.matrix("inputs"),
        Y: targets,
        RATE: np.array([[sheet.learning_rate]]),
        S1: ACTIVATIONS[sheet.activation].derivative(passed.sums[0]),
        LOSS: np.array([[LOSSES[sheet.loss].value(passed.sums[-1], targets)]]),
    }


def _by_layer(before: Layers, after: Layers, passed: Forward, back: Backward) -> dict[Symbol, Matrix]:
    """What there is of each layer: W, b, their gradients and new values, z, a and δ."""
    found: dict[Symbol, Matrix] = {}
    for layer, (now, gradient, new) in enumerate(zip(before, back.gradients, after, strict=True), 1):
        for trained, place in ((weights(layer), 0), (biases(layer), 1)):
            found |= {trained: now[place], trained.gradient: gradient[place], trained.new: new[place]}
        sums, answers, delta = passed.sums[layer - 1], passed.outputs[layer - 1], back.deltas[layer - 1]
        found |= {Symbol(Kind.SUMS, layer): sums, outputs(layer): answers, deltas(layer): delta}
    return found


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
    rng = np.random.default_rng(seed)
    layers = []
    for weight, bias in sheet.layers:
        reach = math.sqrt(6 / sum(weight.shape))
        layers.append((rng.uniform(-reach, reach, weight.shape).round(2), np.zeros_like(bias)))
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
