"""A multilayer perceptron as a plain NumPy value, and what it makes of images; knows no screen."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from model.activations import ACTIVATIONS
from model.one_thread import one_thread
from model.sizes import PIXELS

Array = npt.NDArray[Any]
FloatArray = npt.NDArray[np.float32]
Weights = tuple[tuple[FloatArray, FloatArray], ...]


@dataclass(frozen=True, eq=False)
class Network:
    """A trained network as a plain value.

    Attributes:
        activation: a key of ``model.activations.ACTIVATIONS``, used in every hidden layer.
        weights: ``((W, b), ...)`` from the input up, W of shape (in, out) and b of shape (out,), float32.
    """

    activation: str
    weights: Weights


def as_pixels(images: Array) -> FloatArray:
    """Images (N, 28, 28) or (N, 784), uint8 0..255 or float 0..1, as (N, 784) float32 in [0, 1].

    Raises:
        ValueError: for any other shape.
    """
    images = np.asarray(images)
    if images.ndim not in (2, 3) or images[:1].size not in (0, PIXELS):
        raise ValueError(f"images have shape {images.shape}; expected (N, 28, 28) or (N, 784)")
    flat = images.reshape(len(images), PIXELS)
    return flat * np.float32(1 / 255) if images.dtype == np.uint8 else flat.astype(np.float32, copy=False)


@dataclass(frozen=True, eq=False)
class Trace:
    """What happens in a network on the way from its inputs to its last sums.

    Attributes:
        sums: z of every layer from the input up; the last are what the loss or softmax takes.
        outputs: the activation of every layer but the last, of the same shapes.
    """

    sums: tuple[Array, ...]
    outputs: tuple[Array, ...]


def forward(layers: Sequence[Callable[[Array], Array]], activation: str, inputs: Array) -> Trace:
    """The forward pass, wherever one is made: each layer's sum of what is below, and the activation of all but the last.

    Args:
        layers: each takes the outputs below and gives its sums z; whether examples stand in rows or columns is theirs to say.
        activation: a key of ``model.activations.ACTIVATIONS``.
        inputs: what the first layer takes.
    """
    function = ACTIVATIONS[activation].function
    sums: list[Array] = []
    outputs: list[Array] = []
    below = inputs
    for layer in layers:
        if sums:
            outputs.append(function(sums[-1]))
            below = outputs[-1]
        sums.append(layer(below))
    return Trace(tuple(sums), tuple(outputs))


def affine(weights: Sequence[tuple[Array, Array]]) -> list[Callable[[Array], Array]]:
    """The layers of weights W (in, out) and b (out,) for ``forward``, which then takes examples in rows, (N, in)."""
    return [functools.partial(_affine, weight, bias) for weight, bias in weights]


def _affine(weight: Array, bias: Array, below: Array) -> Array:
    return np.asarray(below @ weight + bias)


@one_thread()
def trace(network: Network, images: Array) -> Trace:
    """Every layer's sums and outputs for each image, (N, units of the layer) float32; ``images`` as for ``predict``."""
    return forward(affine(network.weights), network.activation, as_pixels(images))


def layer_outputs(network: Network, images: Array) -> list[FloatArray]:
    """What every layer gives for each image: hidden activations from the input up, then the ten logits.

    ``images`` as for ``predict``; the i-th result has shape (N, units of layer i), float32.
    """
    passed = trace(network, images)
    return [*passed.outputs, passed.sums[-1]]


def logits(network: Network, images: Array) -> FloatArray:
    """The ten scores before softmax, (N, 10) float32; ``images`` as for ``predict``."""
    return layer_outputs(network, images)[-1]


def softmax(scores: Array, axis: int = -1) -> Array:
    """Scores as probabilities that add up to one along ``axis``; of any shape and float dtype, which it keeps."""
    exponentials = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=axis, keepdims=True), scores.dtype)


def log_sum_exp(scores: Array, axis: int = -1) -> tuple[Array, Array]:
    """The logarithm of the sum of the exponentials along ``axis`` in two parts, which add up to it and never overflow.

    The first is the highest score, the second what the others add to it; both keep the axis. Cross-entropy is their sum less the score
    of the right class; in parts, because next to a large score a small loss would drown in rounding.
    """
    highest = scores.max(axis=axis, keepdims=True)
    return highest, np.log(np.exp(scores - highest).sum(axis=axis, keepdims=True))


def predict(network: Network, images: Array) -> FloatArray:
    """Probabilities of the ten digits, (N, 10) float32, computed with NumPy alone.

    Args:
        network: the network.
        images: (N, 28, 28), uint8 0..255 or float 0..1, white ink on black.

    Raises:
        ValueError: for images of another shape.
    """
    return softmax(logits(network, images))


@dataclass(frozen=True)
class Score:
    """How a network does on labelled images: mean cross-entropy in nats, and how many of ``count`` it reads right."""

    loss: float
    correct: int
    count: int

    @property
    def accuracy(self) -> float:
        """Share read right, 0 to 1."""
        return self.correct / self.count


@one_thread()
def evaluate(network: Network, images: Array, labels: npt.NDArray[np.uint8]) -> Score:
    """Loss and accuracy on ``images`` (N, 28, 28) or (N, 784) with ``labels`` (N,) 0..9, a thousand at a time.

    The same to the last bit on any number of cores, as everything is that goes through ``layer_outputs``.
    """
    loss, correct = 0.0, 0
    for start in range(0, len(images), 1000):
        scores = logits(network, images[start : start + 1000])
        target = labels[start : start + 1000]
        highest, rest = log_sum_exp(scores)
        log_total = (rest + highest)[:, 0]
        loss += float((log_total - scores[np.arange(len(target)), target]).sum(dtype=np.float64))
        correct += int((scores.argmax(axis=1) == target).sum())
    return Score(loss / len(images), correct, len(images))
