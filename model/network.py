"""A multilayer perceptron twice over: as a NumPy value that reads images, and as the Keras network that trains; knows no screen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from model.one_thread import one_thread

Array = npt.NDArray[Any]
FloatArray = npt.NDArray[np.float32]
Weights = tuple[tuple[FloatArray, FloatArray], ...]


def relu(z: FloatArray) -> FloatArray:
    """max(0, z)."""
    return np.asarray(np.maximum(z, np.float32(0)), np.float32)


def sigmoid(z: FloatArray) -> FloatArray:
    """1 / (1 + exp(-z)), written with tanh so that no z overflows."""
    return np.asarray(np.float32(0.5) * (np.tanh(np.float32(0.5) * z) + np.float32(1)), np.float32)


def gelu(z: FloatArray) -> FloatArray:
    """z times the normal distribution function of z (Hendrycks and Gimpel 2016), exact to 2e-7.

    The error function is the rational approximation 7.1.26 of Abramowitz and Stegun, "Handbook of Mathematical Functions".
    """
    x = np.abs(z) * np.float32(np.sqrt(0.5))
    t = 1 / (1 + np.float32(0.3275911) * x)
    coefficients = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
    polynomial = np.zeros_like(t)
    for coefficient in coefficients:
        polynomial = (polynomial + np.float32(coefficient)) * t
    error_function = np.sign(z) * (1 - polynomial * np.exp(-x * x))
    return np.asarray(np.float32(0.5) * z * (1 + error_function), np.float32)


def linear(z: FloatArray) -> FloatArray:
    """z itself: without a bend, any number of layers is one layer."""
    return z


def tanh(z: FloatArray) -> FloatArray:
    """The hyperbolic tangent."""
    return np.tanh(z)


# A key is also Keras's own name of the activation.
ACTIVATIONS: Final[Mapping[str, Callable[[FloatArray], FloatArray]]] = MappingProxyType(
    {"relu": relu, "tanh": tanh, "sigmoid": sigmoid, "gelu": gelu, "linear": linear}
)


@dataclass(frozen=True, eq=False)
class Network:
    """A trained network as a plain value.

    Attributes:
        activation: a key of ``ACTIVATIONS``, used in every hidden layer.
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
    if images.ndim not in (2, 3) or images[:1].size not in (0, 784):
        raise ValueError(f"images have shape {images.shape}; expected (N, 28, 28) or (N, 784)")
    flat = images.reshape(len(images), 784)
    return flat * np.float32(1 / 255) if images.dtype == np.uint8 else flat.astype(np.float32, copy=False)


@one_thread()
def layer_outputs(network: Network, images: Array) -> list[FloatArray]:
    """What every layer gives for each image: hidden activations from the input up, then the ten logits.

    ``images`` as for ``predict``; the i-th result has shape (N, units of layer i), float32.
    """
    bend = ACTIVATIONS[network.activation]
    outputs: list[FloatArray] = []
    below = as_pixels(images)
    for index, (weight, bias) in enumerate(network.weights):
        z = below @ weight + bias
        below = bend(z) if index < len(network.weights) - 1 else z
        outputs.append(below)
    return outputs


def logits(network: Network, images: Array) -> FloatArray:
    """The ten scores before softmax, (N, 10) float32; ``images`` as for ``predict``."""
    return layer_outputs(network, images)[-1]


def softmax(scores: FloatArray) -> FloatArray:
    """Scores (N, 10) as probabilities (N, 10) that add up to one."""
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=-1, keepdims=True), np.float32)


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
        highest = scores.max(axis=1, keepdims=True)
        log_total = np.log(np.exp(scores - highest).sum(axis=1)) + highest[:, 0]
        loss += float((log_total - scores[np.arange(len(target)), target]).sum(dtype=np.float64))
        correct += int((scores.argmax(axis=1) == target).sum())
    return Score(loss / len(images), correct, len(images))


def build_keras(
    hidden_sizes: Sequence[int],
    activation: str,
    seed: int,
    hidden_layer_end: Callable[[int], Any] | None = None,
    **dense: Any,
) -> Any:
    """The untrained Keras Sequential network with ten logits at its end. Imports Keras.

    Args:
        hidden_sizes: units of each hidden layer.
        activation: a key of ``ACTIVATIONS``.
        seed: decides the starting weights; layer i depends on (seed, i) alone, so equal shapes start equal.
        hidden_layer_end: makes a layer to put after hidden layer i, such as dropout.
        dense: further arguments of every Dense layer, such as a regulariser.
    """
    import keras

    layers = [keras.Input((784,), name="pixels")]
    for index, size in enumerate((*hidden_sizes, 10)):
        hidden = index < len(hidden_sizes)
        start = keras.initializers.GlorotUniform(seed=starting_seed(seed, index))
        name = f"hidden_{index + 1}" if hidden else "digits"
        bend = activation if hidden else None
        layers.append(keras.layers.Dense(size, activation=bend, kernel_initializer=start, name=name, **dense))
        if hidden and hidden_layer_end:
            layers.append(hidden_layer_end(index))
    return keras.Sequential(layers, name="digit_network")


def starting_seed(seed: int, layer: int) -> int:
    """The seed of the starting weights of one layer, 0 to 2**31 - 1."""
    return int(np.random.SeedSequence((seed, layer)).generate_state(1)[0] >> 1)


def to_keras(network: Network) -> Any:
    """The same network as a Keras model that takes (N, 784) floats 0..1 and gives ten probabilities. Imports Keras."""
    import keras

    hidden_sizes = [bias.shape[0] for _, bias in network.weights[:-1]]
    keras_network = build_keras(hidden_sizes, network.activation, seed=0)
    keras_network.set_weights([array for pair in network.weights for array in pair])
    return keras.Sequential(
        [keras.Input((784,), name="pixels"), *keras_network.layers, keras.layers.Softmax(name="probabilities")],
        name="digit_network",
    )
