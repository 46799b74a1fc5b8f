"""One image on its way through a network: the most active units of each layer and the strongest connections; knows no screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from model.network import Array, FloatArray, Network, as_pixels, layer_outputs, softmax

UNITS_SHOWN: Final = 16
LINKS_SHOWN: Final = 36

Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class ActiveUnits:
    """The most active units of one hidden layer, in the order of their numbers.

    Attributes:
        units: their numbers, (k,).
        activations: what they say, (k,) float32.
        size: how many units the layer has.
    """

    units: Indices
    activations: FloatArray
    size: int


@dataclass(frozen=True, eq=False)
class Links:
    """The strongest connections from one layer to the next, strongest first.

    Attributes:
        sources, targets: numbers of pixels or units, (k,).
        weights: of the connections, (k,) float32.
        carried: weight times the activation of the source, (k,) float32, what the connection adds to the target's sum.
    """

    sources: Indices
    targets: Indices
    weights: FloatArray
    carried: FloatArray


@dataclass(frozen=True, eq=False)
class Flow:
    """An image on its way: the ``pixels`` (784,), the ``layers``, the ``links`` below each layer and below the ten digits, and the
    ``probabilities`` (10,)."""

    pixels: FloatArray
    layers: tuple[ActiveUnits, ...]
    links: tuple[Links, ...]
    probabilities: FloatArray


def flow_through(
    network: Network,
    image: Array,
    silent: Sequence[npt.NDArray[np.bool_]] = (),
    kept: tuple[int, int] | None = None,
) -> Flow:
    """Follow one image (28, 28) through the network.

    Args:
        network: the network.
        image: uint8 0..255 or float 0..1.
        silent: for each hidden layer, the units that are off; they count as saying nothing.
        kept: a (hidden layer, unit) that is shown however active it is.
    """
    outputs = layer_outputs(network, np.asarray(image)[None])
    below, carried_by = as_pixels(np.asarray(image)[None])[0], np.arange(784)
    pixels = below
    layers, links = [], []
    for layer, output in enumerate(outputs[:-1]):
        said = output[0].copy()
        if silent:
            said[silent[layer]] = 0
        shown = most_active(said, kept[1] if kept and kept[0] == layer else None)
        links.append(_strongest(network.weights[layer][0], below, carried_by, shown))
        layers.append(ActiveUnits(shown, said[shown], len(said)))
        below, carried_by = said, shown
    links.append(_strongest(network.weights[-1][0], below, carried_by, np.arange(10)))
    return Flow(pixels, tuple(layers), tuple(links), softmax(outputs[-1])[0])


def most_active(said: FloatArray, kept: int | None = None, count: int = UNITS_SHOWN) -> Indices:
    """The units with the largest activations by size, at most ``count`` of them, in the order of their numbers."""
    order = (-np.abs(said)).argsort(kind="stable")
    if kept is not None:
        order = np.concatenate([[kept], order[order != kept]])
    return np.sort(order[:count])


def _strongest(weight: FloatArray, said: FloatArray, sources: Indices, targets: Indices) -> Links:
    carried = said[sources, None] * weight[np.ix_(sources, targets)]
    order = (-np.abs(carried)).ravel().argsort(kind="stable")[:LINKS_SHOWN]
    order = order[carried.ravel()[order] != 0]
    rows, columns = np.unravel_index(order, carried.shape)
    return Links(sources[rows], targets[columns], weight[sources[rows], targets[columns]], carried[rows, columns])
