"""Forward, loss, backward and update of a network of dense layers, in float64 NumPy as a textbook writes them; knows no screen."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
Layer = tuple[Matrix, Matrix]
Layers = tuple[Layer, ...]

NUDGE: Final = 1e-5


@dataclass(frozen=True)
class Bend:
    """An activation: the ``function`` itself and its ``slope`` (derivative), both taken number by number."""

    function: Callable[[Matrix], Matrix]
    slope: Callable[[Matrix], Matrix]


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


def sigmoid(z: Matrix) -> Matrix:
    """1 / (1 + exp(-z)), written with tanh so that no z overflows."""
    return 0.5 * (np.tanh(0.5 * z) + 1)


def sigmoid_slope(z: Matrix) -> Matrix:
    """a (1 - a), where a is the sigmoid of z."""
    a = sigmoid(z)
    return a * (1 - a)


def tanh_slope(z: Matrix) -> Matrix:
    """1 - a squared, where a is the hyperbolic tangent of z."""
    return np.asarray(1 - np.tanh(z) ** 2)


def relu(z: Matrix) -> Matrix:
    """max(0, z)."""
    return np.maximum(z, 0)


def relu_slope(z: Matrix) -> Matrix:
    """1 where z is positive, else 0; at the kink itself 0, as TensorFlow takes it."""
    return (z > 0).astype(z.dtype)


def normal_share(z: Matrix) -> Matrix:
    """The normal distribution function of z."""
    return np.asarray(0.5 * (1 + _error_function(z * math.sqrt(0.5))), z.dtype)


def gelu(z: Matrix) -> Matrix:
    """z times the normal distribution function of z (Hendrycks and Gimpel 2016)."""
    return z * normal_share(z)


def gelu_slope(z: Matrix) -> Matrix:
    """The normal distribution function of z plus z times its density."""
    return normal_share(z) + z * np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)


def linear(z: Matrix) -> Matrix:
    """z itself."""
    return z


def linear_slope(z: Matrix) -> Matrix:
    """1 everywhere."""
    return np.ones_like(z)


def softmax(z: Matrix) -> Matrix:
    """Each column (n,) of sums as shares that add up to one."""
    exponentials = np.exp(z - z.max(axis=0))
    return np.asarray(exponentials / exponentials.sum(axis=0))


def squared_error(z: Matrix, targets: Matrix) -> float:
    """The mean of (a - y) squared over outputs and examples, with a the sigmoid of z."""
    return float(np.mean((sigmoid(z) - targets) ** 2))


def squared_error_delta(z: Matrix, targets: Matrix) -> Matrix:
    """2/n (a - y) a (1 - a), over the number of examples: the chain rule through the sigmoid."""
    return 2 / z.size * (sigmoid(z) - targets) * sigmoid_slope(z)


def cross_entropy(z: Matrix, targets: Matrix) -> float:
    """Minus the sum of y ln a, with a the softmax of z; the mean over examples."""
    highest = z.max(axis=0)
    logarithms = z - highest - np.log(np.exp(z - highest).sum(axis=0))
    return float((targets * -logarithms).sum() / z.shape[1]) + 0.0


def cross_entropy_delta(z: Matrix, targets: Matrix) -> Matrix:
    """A - y, over the number of examples; right when the targets of each example add up to one."""
    return np.asarray((softmax(z) - targets) / z.shape[1])


# The same names as in model.network.ACTIVATIONS, which knows no slopes and computes in float32.
BENDS: Final[Mapping[str, Bend]] = MappingProxyType(
    {
        "sigmoid": Bend(sigmoid, sigmoid_slope),
        "tanh": Bend(np.tanh, tanh_slope),
        "relu": Bend(relu, relu_slope),
        "gelu": Bend(gelu, gelu_slope),
        "linear": Bend(linear, linear_slope),
    }
)
LOSSES: Final[Mapping[str, Loss]] = MappingProxyType(
    {
        "squared_error": Loss(sigmoid, squared_error, squared_error_delta),
        "cross_entropy": Loss(softmax, cross_entropy, cross_entropy_delta),
    }
)


def forward(layers: Layers, inputs: Matrix, activation: str, loss: str) -> Forward:
    """z = W a + b and a = f(z), layer by layer; the last layer's f belongs to the loss.

    Args:
        layers: ``((W, b), ...)`` from the input up, W of shape (out, in) and b of shape (out, 1).
        inputs: (in, N), one example a column.
        activation: a key of ``BENDS``, for the hidden layers.
        loss: a key of ``LOSSES``.
    """
    sums: list[Matrix] = []
    outputs: list[Matrix] = []
    below = inputs
    for index, (weight, bias) in enumerate(layers):
        z = weight @ below + bias
        below = LOSSES[loss].output(z) if index == len(layers) - 1 else BENDS[activation].function(z)
        sums.append(z)
        outputs.append(below)
    return Forward(inputs, tuple(sums), tuple(outputs))


def backward(layers: Layers, passed: Forward, targets: Matrix, activation: str, loss: str) -> Backward:
    """The gradient of the mean loss by every sum, weight and bias, by the chain rule from the output down.

    Rumelhart, Hinton and Williams 1986, "Learning representations by back-propagating errors"; in the notation of Nielsen,
    "Neural Networks and Deep Learning", chapter 2, equations BP1 to BP4. ``targets`` is (out, N).
    """
    delta = LOSSES[loss].delta(passed.sums[-1], targets)
    deltas = [delta]
    for index in range(len(layers) - 2, -1, -1):
        delta = (layers[index + 1][0].T @ delta) * BENDS[activation].slope(passed.sums[index])
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


def as_layers(pairs: Sequence[Sequence[Any]]) -> Layers:
    """Pairs of W and b as layers."""
    return tuple((weight, bias) for weight, bias in pairs)


def _error_function(z: Matrix) -> Matrix:
    return np.fromiter(map(math.erf, z.ravel().tolist()), np.float64, z.size).reshape(z.shape)
