"""What feeds one answer of a network: how much each neuron adds to its score, and along which lines; knows no screen."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from model.activations import ACTIVATIONS
from model.network import Array, FloatArray, Network, as_pixels, forward, softmax
from model.one_thread import one_thread

UNITS_SHOWN: Final = 12
LINES_SHOWN: Final = 20
# A line that carries less than this share of what the strongest beside it carries is not drawn.
FAINT: Final = 0.03
# Nearer to zero than this a sum's secant is its slope.
NEAR_ZERO: Final = 1e-6

Matrix = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Passed:
    """One image gone through a network, layer by layer from the pixels up, in float64.

    Attributes:
        inputs: what each layer is given, the (784,) pixels first.
        sums: of each layer before its activation; last the ten scores (logits).
        secants: for each hidden layer, the factor from a sum to the output, (units,); see ``secants``.
        silent: for each hidden layer, the units that are off.
    """

    inputs: tuple[Matrix, ...]
    sums: tuple[Matrix, ...]
    secants: tuple[Matrix, ...]
    silent: tuple[Mask, ...]

    @property
    def scores(self) -> Matrix:
        """The ten logits, (10,)."""
        return self.sums[-1]

    @property
    def probabilities(self) -> FloatArray:
        """The softmax of the scores, (10,)."""
        return np.asarray(softmax(np.asarray(self.scores[None], np.float32))[0])


@dataclass(frozen=True, eq=False)
class FeedingUnits:
    """The units of one hidden layer that give the answer most, from the strongest for it to the strongest against it.

    Attributes:
        units: their numbers, (k,).
        outputs: their activations, (k,).
        given: what each adds to the answer's score, (k,), in logits.
        size: how many units the layer has.
        others: what the units that are not shown add to it together.
        biases: what the biases of the layers above add to it; a sigmoid's answer to a sum of zero, one half, counts among them.
    """

    units: Indices
    outputs: Matrix
    given: Matrix
    size: int
    others: float
    biases: float


@dataclass(frozen=True, eq=False)
class Lines:
    """What flows into one layer.

    Attributes:
        carried: (sources, targets) by their places among the units shown, in logits of the answer; those into a digit in logits of that
            digit. The pixels are one source, the whole picture.
        drawn: which of them are strong enough to be drawn, the same shape.
        share: of all that flows here into the answer, for and against it and counted without sign, the share on the lines drawn, 0 to 1.
    """

    carried: Matrix
    drawn: Mask
    share: float


@dataclass(frozen=True, eq=False)
class Flow:
    """What feeds the ``answer``, 0 to 9: the hidden ``layers``, and the ``lines`` into each of them and into the ten digits."""

    answer: int
    passed: Passed
    layers: tuple[FeedingUnits, ...]
    lines: tuple[Lines, ...]


@one_thread()
def pass_through(network: Network, image: Array, silent: Sequence[Mask] = ()) -> Passed:
    """Follow one image (28, 28), uint8 0..255 or float 0..1; units that are ``silent``, a mask a hidden layer, say nothing."""
    pixels = as_pixels(np.asarray(image)[None])[0].astype(np.float64)
    off = tuple(silent) or tuple(np.zeros(bias.shape, np.bool_) for _, bias in network.weights[:-1])
    layers = [
        functools.partial(_sum, weight.astype(np.float64), bias, mask)
        for (weight, bias), mask in zip(network.weights, (np.zeros(pixels.shape, np.bool_), *off), strict=True)
    ]
    passed = forward(layers, network.activation, pixels)
    outputs = [np.where(mask, 0.0, output) for mask, output in zip(off, passed.outputs, strict=True)]
    factors = [np.where(mask, 0.0, secants(network.activation, z)) for mask, z in zip(off, passed.sums, strict=False)]
    return Passed((pixels, *outputs), passed.sums, tuple(factors), off)


def _sum(weight: Matrix, bias: FloatArray, silent: Mask, below: Matrix) -> Matrix:
    return np.asarray(np.where(silent, 0.0, below) @ weight + bias)


def secants(activation: str, sums: Matrix) -> Matrix:
    """(f(z) - f(0)) / z for each sum z: the factor that an activation f puts on what comes in; its slope where z is zero.

    1 or 0 for ReLU, as its slope; the normal distribution function for GELU.
    """
    kind = ACTIVATIONS[activation]
    near = np.abs(sums) < NEAR_ZERO
    risen = kind.function(sums) - kind.function(np.zeros_like(sums))
    return np.asarray(np.where(near, kind.derivative(sums), risen / np.where(near, 1.0, sums)))


@one_thread()
def reaches(network: Network, passed: Passed, digit: int) -> tuple[Matrix, ...]:
    """How much of what each pixel and unit says arrives in the score of a digit, layer by layer from the pixels up.

    What a unit says times its reach is its contribution: the sum over every way to the score of activation times weights times the
    secants passed. This is the rule of Bach et al. 2015, "On Pixel-Wise Explanations for Non-Linear Classifier Decisions by Layer-Wise
    Relevance Propagation" (equation 56, no stabiliser), with the biases kept apart. In the last hidden layer it is activation times
    weight; with ReLU and with the identity it is activation times gradient. With any activation the contributions of a layer and the biases
    above it add up to the score.
    """
    reach = network.weights[-1][0][:, digit].astype(np.float64)
    found = [reach]
    for (weight, _), factor in zip(reversed(network.weights[:-1]), reversed(passed.secants), strict=True):
        reach = weight.astype(np.float64) @ (factor * reach)
        found.insert(0, reach)
    return tuple(found)


@one_thread()
def flow_to(network: Network, passed: Passed, answer: int, kept: tuple[int, int] | None = None) -> Flow:
    """What of an image that has ``passed`` feeds the score of ``answer``.

    Args:
        network: the network it passed.
        passed: from ``pass_through``.
        answer: 0 to 9.
        kept: a (hidden layer, unit) that is shown however little it gives.

    Raises:
        ValueError: for another answer.
    """
    if answer not in range(10):
        raise ValueError(f"answer = {answer!r}; expected 0 to 9")
    reach = reaches(network, passed, answer)
    layers = []
    for layer, (outputs, arrives) in enumerate(zip(passed.inputs[1:], reach[1:], strict=True)):
        given = outputs * arrives
        shown = most_giving(given, kept[1] if kept and kept[0] == layer else None)
        hidden = float(given.sum() - given[shown].sum())
        biases = float(passed.scores[answer] - given.sum())
        layers.append(FeedingUnits(shown, outputs[shown], given[shown], len(outputs), hidden, biases))
    return Flow(answer, passed, tuple(layers), tuple(_all_lines(network, passed, reach, layers, answer)))


def most_giving(given: Matrix, kept: int | None = None, count: int = UNITS_SHOWN) -> Indices:
    """The units that give most by size, at most ``count`` of them, from the most for the answer to the most against it."""
    order = (-np.abs(given)).argsort(kind="stable")
    if kept is not None:
        order = np.concatenate([[kept], order[order != kept]])
    shown = order[:count]
    return np.asarray(shown[(-given[shown]).argsort(kind="stable")])


def _all_lines(
    network: Network, passed: Passed, reach: Sequence[Matrix], layers: Sequence[FeedingUnits], answer: int
) -> list[Lines]:
    found = []
    for layer, (weight, bias) in enumerate(network.weights):
        outputs, last = passed.inputs[layer], layer == len(layers)
        # What a sum's parts are worth in the score; each digit's own score counts one to one.
        worth = np.ones(10) if last else passed.secants[layer] * reach[layer + 1]
        targets = np.arange(10) if last else layers[layer].units
        counted = np.eye(10)[answer] if last else np.abs(worth)
        if layer == 0:
            whole = (passed.sums[0] - bias) * worth
            carried, all_flow = whole[None, targets], float(np.abs(whole) @ (counted > 0))
        else:
            sources = layers[layer - 1].units
            carried = outputs[sources, None] * weight[np.ix_(sources, targets)] * worth[targets]
            all_flow = float(np.abs(outputs) @ np.abs(weight) @ counted)
        aims = np.arange(carried.shape[1]) == answer if last else np.ones(carried.shape[1], np.bool_)
        found.append(_strongest(carried, aims, all_flow))
    return found


def _strongest(carried: Matrix, aims: Mask, all_flow: float) -> Lines:
    """The lines drawn are the strongest of those into what ``aims`` at the answer."""
    size = (np.abs(carried) * aims).ravel()
    order = (-size).argsort(kind="stable")[:LINES_SHOWN]
    drawn = np.zeros(size.shape, np.bool_)
    drawn[order[(size[order] > FAINT * size.max())]] = True
    return Lines(carried, drawn.reshape(carried.shape), float(size[drawn].sum()) / all_flow if all_flow else 1.0)
