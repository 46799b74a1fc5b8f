"""What the hidden units of a trained network do: what they fire at, how much they matter, which never fire; knows no screen."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from model.activations import ACTIVATIONS
from model.network import Array, FloatArray, Network, affine, forward, softmax, trace
from model.one_thread import one_thread
from model.sizes import DIGITS

EXTREMES: Final = 10
RARELY_ACTIVE_SHARE: Final = 0.01
# A unit that is never silent fires where its answer differs from its usual one by so much.
LEAST_MOVE: Final = np.float32(0.05)

Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class LayerInspection:
    """The units of one hidden layer over N images; every array has one row a unit.

    Attributes:
        mean, spread: mean and standard deviation of the activation, (U,) float32.
        firing_rate: share of the images on which the unit fires, (U,) float32; see ``firing_rates``.
        importance: the spread times the length of the outgoing weights, (U,) float32: how far the unit moves what comes after.
        by_digit: mean activation for the images of each digit, (U, 10) float32.
        most, least: the images with the highest (lowest) input sums, the most extreme first, (U, 10) indices.
    """

    mean: FloatArray
    spread: FloatArray
    firing_rate: FloatArray
    importance: FloatArray
    by_digit: FloatArray
    most: Indices
    least: Indices

    @property
    def dead(self) -> Indices:
        """The units that never fire."""
        return np.flatnonzero(self.firing_rate == 0)

    @property
    def rarely_active(self) -> Indices:
        """The units that fire, but on fewer than one image in a hundred."""
        return np.flatnonzero((self.firing_rate > 0) & (self.firing_rate < RARELY_ACTIVE_SHARE))


@dataclass(frozen=True, eq=False)
class Inspection:
    """What a network does with N labelled images: its hidden ``layers`` from the input up, and ``probabilities`` (N, 10)."""

    layers: tuple[LayerInspection, ...]
    probabilities: FloatArray

    @property
    def answers(self) -> Indices:
        """The digit the network says of each image, (N,)."""
        return np.asarray(self.probabilities.argmax(axis=1))


@one_thread()
def inspect_network(network: Network, images: Array, labels: Array) -> Inspection:
    """Look at every hidden unit over labelled images.

    Args:
        network: the network.
        images: (N, 28, 28), uint8 0..255 or float 0..1.
        labels: (N,) 0..9.
    """
    members = np.eye(DIGITS, dtype=np.float32)[np.asarray(labels)]
    members /= np.maximum(members.sum(axis=0), 1)
    passed = trace(network, images)
    outgoing = [weight for weight, _ in network.weights[1:]]
    layers = tuple(
        _inspect_layer(network.activation, sums, outputs, members, weight)
        for sums, outputs, weight in zip(passed.sums[:-1], passed.outputs, outgoing, strict=True)
    )
    return Inspection(layers, softmax(passed.sums[-1]))


def _inspect_layer(
    activation: str, sums: FloatArray, outputs: FloatArray, members: FloatArray, outgoing: FloatArray
) -> LayerInspection:
    spread = outputs.std(axis=0)
    most, least = extremes(sums)
    return LayerInspection(
        mean=outputs.mean(axis=0),
        spread=spread,
        firing_rate=firing_rates(activation, sums, outputs),
        importance=np.asarray(spread * np.linalg.norm(outgoing, axis=1), np.float32),
        by_digit=outputs.T @ members,
        most=most,
        least=least,
    )


def firing_rates(activation: str, sums: FloatArray, outputs: FloatArray) -> FloatArray:
    """The share of images on which each unit fires, (U,) float32; ``sums`` before and ``outputs`` after the activation are (N, U).

    A unit that is silent below zero (ReLU, GELU) fires where its sum is above zero. One of another kind always answers something,
    so it counts as firing where its answer differs from its mean answer by more than 0.05.
    """
    fires = (
        sums > 0 if ACTIVATIONS[activation].silent_below_zero else np.abs(outputs - outputs.mean(axis=0)) > LEAST_MOVE
    )
    return np.asarray(fires.mean(axis=0, dtype=np.float32), np.float32)


def extremes(values: FloatArray, count: int = EXTREMES) -> tuple[Indices, Indices]:
    """The rows with the highest and with the lowest value in each column, the most extreme first: each (columns, count).

    Input sums rather than activations are ranked, because below zero a ReLU makes all alike.
    """
    columns = np.ascontiguousarray(values.T)
    count = min(count, columns.shape[1])
    parted = np.argpartition(columns, (count - 1, columns.shape[1] - count), axis=1)
    lowest, highest = parted[:, :count], parted[:, columns.shape[1] - count :]
    by_value = np.take_along_axis(columns, lowest, 1).argsort(axis=1, kind="stable")
    least = np.take_along_axis(lowest, by_value, 1)
    by_value = (-np.take_along_axis(columns, highest, 1)).argsort(axis=1, kind="stable")
    return np.take_along_axis(highest, by_value, 1), least


@one_thread()
def effect_on_scores(network: Network, images: Array, layer: int, unit: int) -> FloatArray:
    """How much a hidden unit raises the score of each digit, (10,) float32, in logits, less the mean of the ten.

    Measured by switching it off: the scores with it less the scores with its output at zero, in the mean over the images. What all ten
    scores share does not matter to the answer and is taken out.

    Args:
        network: the network.
        images: (N, 28, 28), uint8 0..255 or float 0..1.
        layer: which hidden layer, 0 next to the pixels.
        unit: which of its units.

    Raises:
        ValueError: for a layer or unit that the network does not have.
    """
    check_unit(network, layer, unit)
    with_it = trace(network, images)
    outputs = with_it.outputs[layer].copy()
    outputs[:, unit] = 0
    without = forward(affine(network.weights[layer + 1 :]), network.activation, outputs)
    effect = (with_it.sums[-1] - without.sums[-1]).mean(axis=0)
    return np.asarray(effect - effect.mean(), np.float32)


def check_unit(network: Network, layer: int, unit: int) -> None:
    """Refuse a unit that the network does not have.

    Raises:
        ValueError: naming what there is.
    """
    hidden = len(network.weights) - 1
    if layer not in range(hidden):
        raise ValueError(f"hidden layer {layer} of a network with {hidden}; expected 0 to {hidden - 1}")
    units = network.weights[layer][1].shape[0]
    if unit not in range(units):
        raise ValueError(f"unit {unit} of hidden layer {layer}, which has {units}; expected 0 to {units - 1}")


def smoothed(pictures: FloatArray, sigma: float = 1.0) -> FloatArray:
    """Pictures (N, 28, 28) of signed numbers, each pixel the mean of its neighbours under a Gaussian of ``sigma`` pixels; for the eye.

    At the edge the mean is over the pixels there are (normalised convolution, Knutsson and Westin 1993), so that nothing fades there.
    """
    places = np.arange(pictures.shape[1])
    weights = np.exp(-((places[:, None] - places[None]) ** 2) / (2 * sigma**2))
    mean = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return np.asarray(mean @ pictures @ mean.T, np.float32)
