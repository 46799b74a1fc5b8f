"""The weights of a network that are farthest from zero, layer by layer."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from model.network import FloatArray, Network


@dataclass(frozen=True, eq=False)
class StrongWeights:
    """The strongest weights between two layers, the strongest first.

    Attributes:
        below: the unit (or pixel) each comes from, (n,) counted from 0.
        above: the unit it goes to, (n,) counted from 0.
        weights: the weights themselves, (n,) float32.
    """

    below: npt.NDArray[np.intp]
    above: npt.NDArray[np.intp]
    weights: FloatArray


def strongest_weights(network: Network, count: int) -> list[StrongWeights]:
    """The ``count`` weights farthest from zero between each layer and the next, from the input up; all where there are fewer.

    Weights that are equally strong stand in the order of their units.
    """
    return [_strongest(matrix, count) for matrix, _ in network.weights]


def _strongest(matrix: FloatArray, count: int) -> StrongWeights:
    strength = np.abs(matrix).ravel()
    count = min(count, strength.size)
    least = np.partition(strength, strength.size - count)[strength.size - count]
    candidates = np.flatnonzero(strength >= least)
    places = candidates[np.argsort(-strength[candidates], kind="stable")][:count]
    below, above = np.unravel_index(places, matrix.shape)
    return StrongWeights(below, above, matrix.ravel()[places])
