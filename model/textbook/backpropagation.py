"""Forward, loss, backward and update of a network of dense layers, in float64 NumPy as a textbook writes them; knows no screen."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from model.activations import ACTIVATIONS, sigmoid, sigmoid_derivative
from model.network import forward as network_forward
from model.network import log_sum_exp, softmax

Matrix = npt.NDArray[np.float64]
Layer = tuple[Matrix, Matrix]
Layers = tuple[Layer, ...]

NUDGE: Final = 1e-5


@dataclass(frozen=True)
class Loss:
    """What the last layer does with its sums, how wrong that is, and the slope of that.

    Attributes:
        output: (n, N) sums z of the last layer -> its (n, N) outputs a.
        value: (z, targets), both (n, N) -> the mean loss over the N examples.
        delta: (z, targets), both (n, N) -> the gradient of that mean by z, (n, N).
    """

    output: Callable[[Matrix], Matrix]
    value: Callable[[Matrix, Matrix], float]
    delta: Callable[[Matrix, Matrix], Matrix]


@dataclass(frozen=True, eq=False)
class Forward:
    """Every layer's sums z (out, N) and outputs a (out, N) from the input up; ``inputs`` is (in, N)."""

    inputs: Matrix
    sums: tuple[Matrix, ...]
    outputs: tuple[Matrix, ...]


@dataclass(frozen=True, eq=False)
class Backward:
    """Every layer's delta, the gradient of the loss by its sums (out, N), and its gradients by W (out, in) and b (out, 1)."""

    deltas: tuple[Matrix, ...]
    gradients: Layers


def squared_error(z: Matrix, targets: Matrix) -> float:
    """The mean of (a - y) squared over outputs and examples, with a the sigmoid of z."""
    return float(np.mean((sigmoid(z) - targets) ** 2))


def squared_error_delta(z: Matrix, targets: Matrix) -> Matrix:
    """2/n (a - y) a (1 - a), over the number of examples: the chain rule through the sigmoid."""
    return 2 / z.size * (sigmoid(z) - targets) * sigmoid_derivative(z)


def cross_entropy(z: Matrix, targets: Matrix) -> float:
    """Minus the sum of y ln a, with a the softmax of z; the mean over examples."""
    highest, rest = log_sum_exp(z, axis=0)
    logarithms = z - highest - rest
    return float((targets * -logarithms).sum() / z.shape[1]) + 0.0


def cross_entropy_delta(z: Matrix, targets: Matrix) -> Matrix:
    """A - y, over the number of examples; right when the targets of each example add up to one."""
    return np.asarray((softmax(z, axis=0) - targets) / z.shape[1])


def _softmax(z: Matrix) -> Matrix:
    return softmax(z, axis=0)


LOSSES: Final[Mapping[str, Loss]] = MappingProxyType(
    {
        "squared_error": Loss(sigmoid, squared_error, squared_error_delta),
        "cross_entropy": Loss(_softmax, cross_entropy, cross_entropy_delta),
    }
)


def forward(layers: Layers, inputs: Matrix, activation: str, loss: str) -> Forward:
    """z = W a + b and a = f(z), layer by layer; the last layer's f belongs to the loss.

    Args:
        layers: ``((W, b), ...)`` from the input up, W of shape (out, in) and b of shape (out, 1).
        inputs: (in, N), one example a column.
        activation: a key of ``model.activations.ACTIVATIONS``, for the hidden layers.
        loss: a key of ``LOSSES``.
    """
    passed = network_forward([functools.partial(_affine, *layer) for layer in layers], activation, inputs)
    last = LOSSES[loss].output(passed.sums[-1])
    return Forward(inputs, passed.sums, (*passed.outputs, last))


def _affine(weight: Matrix, bias: Matrix, below: Matrix) -> Matrix:
    return np.asarray(weight @ below + bias)


def backward(layers: Layers, passed: Forward, targets: Matrix, activation: str, loss: str) -> Backward:
    """The gradient of the mean loss by every sum, weight and bias, by the chain rule from the output down.

    Rumelhart, Hinton and Williams 1986, "Learning representations by back-propagating errors"; in the notation of Nielsen,
    "Neural Networks and Deep Learning", chapter 2, equations BP1 to BP4. ``targets`` is (out, N).
    """
    delta = LOSSES[loss].delta(passed.sums[-1], targets)
    deltas = [delta]
    for index in range(len(layers) - 2, -1, -1):
        delta = (layers[index + 1][0].T @ delta) * ACTIVATIONS[activation].derivative(passed.sums[index])
        deltas.insert(0, delta)
    below = (passed.inputs, *passed.outputs[:-1])
    gradients = tuple((d @ a.T, d.sum(axis=1, keepdims=True)) for d, a in zip(deltas, below, strict=True))
    return Backward(tuple(deltas), gradients)


def updated(layers: Layers, gradients: Layers, learning_rate: float) -> Layers:
    """One step of gradient descent: W - rate times its gradient, and b alike."""
    return tuple(
        (weight - learning_rate * by_weight, bias - learning_rate * by_bias)
        for (weight, bias), (by_weight, by_bias) in zip(layers, gradients, strict=True)
    )


def mean_loss(layers: Layers, inputs: Matrix, targets: Matrix, activation: str, loss: str) -> float:
    """The mean loss over the examples, one a column of ``inputs`` and ``targets``."""
    return LOSSES[loss].value(forward(layers, inputs, activation, loss).sums[-1], targets)


def finite_differences(layers: Layers, inputs: Matrix, targets: Matrix, activation: str, loss: str) -> Layers:
    """Every gradient without any formula for it: nudge one value up and down and see how the loss moves.

    Central differences (L(w + h) - L(w - h)) / 2h with h = 1e-5: off by about 1e-9 where the loss is smooth.
    """

    def slope(layer: int, part: int, place: tuple[int, ...]) -> float:
        losses = []
        for change in (NUDGE, -NUDGE):
            nudged = [list(pair) for pair in layers]
            nudged[layer][part] = nudged[layer][part].copy()
            nudged[layer][part][place] += change
            losses.append(mean_loss(as_layers(nudged), inputs, targets, activation, loss))
        return (losses[0] - losses[1]) / (2 * NUDGE)

    def slopes(layer: int, part: int) -> Matrix:
        shape = layers[layer][part].shape
        return np.array([slope(layer, part, place) for place in np.ndindex(shape)]).reshape(shape)

    return tuple((slopes(layer, 0), slopes(layer, 1)) for layer in range(len(layers)))


def as_layers(pairs: Sequence[Sequence[Matrix]]) -> Layers:
    """Pairs of W and b as layers."""
    return tuple((weight, bias) for weight, bias in pairs)
