"""A network with parts of it damaged or off, to see how much it bears; makes new networks and leaves the old; knows no screen."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from model.interpretability.unit_statistics import check_unit
from model.network import Network

SEED: Final = 2027


@dataclass(frozen=True)
class Damage:
    """What is wrong with a network.

    Attributes:
        noise: random values added to every connection weight, in standard deviations of its layer's weights, 0 or more.
        share_off: share of each hidden layer's units that are off, 0 to 1; a larger share holds every smaller one.
        without_bias: the layers whose biases are zero, 0 next to the pixels.
        off: single units that are off, as (hidden layer, unit).
    """

    noise: float = 0.0
    share_off: float = 0.0
    without_bias: frozenset[int] = frozenset()
    off: frozenset[tuple[int, int]] = frozenset()


def damaged(network: Network, damage: Damage) -> Network:
    """A damaged copy of the network; the network itself where nothing is wrong. Equal damage gives equal copies.

    A unit that is off still has its incoming weights, but nothing it says is heard: its outgoing weights are zero.

    Raises:
        ValueError: for a unit or layer that the network does not have, or a share or noise outside its limits.
    """
    if damage == Damage():
        return network
    _check(network, damage)
    rng = np.random.default_rng(SEED)
    weights = []
    off = units_off(network, damage)
    for index, (weight, bias) in enumerate(network.weights):
        noise = rng.standard_normal(weight.shape, np.float32)
        noisy = weight + np.float32(damage.noise) * weight.std() * noise if damage.noise else weight.copy()
        if index > 0:
            noisy[off[index - 1]] = 0
        weights.append((noisy, np.zeros_like(bias) if index in damage.without_bias else bias))
    return Network(network.activation, tuple(weights))


def units_off(network: Network, damage: Damage) -> tuple[npt.NDArray[np.bool_], ...]:
    """Which units are off, for each hidden layer, (units,)."""
    off = []
    for layer, (_, bias) in enumerate(network.weights[:-1]):
        units = bias.shape[0]
        silent = np.zeros(units, np.bool_)
        order = np.random.default_rng((SEED, layer)).permutation(units)
        silent[order[: round(damage.share_off * units)]] = True
        silent[[unit for at, unit in damage.off if at == layer]] = True
        off.append(silent)
    return tuple(off)


def _check(network: Network, damage: Damage) -> None:
    if not 0 <= damage.share_off <= 1 or not damage.noise >= 0:
        raise ValueError(f"share_off = {damage.share_off}, noise = {damage.noise}; expected 0 to 1, and 0 or more")
    if damage.without_bias - set(range(len(network.weights))):
        raise ValueError(
            f"without_bias = {sorted(damage.without_bias)}; the layers are 0 to {len(network.weights) - 1}"
        )
    for layer, unit in damage.off:
        check_unit(network, layer, unit)
