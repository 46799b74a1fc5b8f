"""A run's way back: its network at a few moments, close together at the beginning, in half precision and within so many bytes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from model.network import Network, Weights

SNAPSHOTS_MOST: Final = 40
# Forty of the standard network; of a larger one fewer.
SNAPSHOT_BYTES: Final = 4_500_000
# Of all runs together; when there are more, the runs nobody has looked at for longest lose their way back.
ALL_SNAPSHOT_BYTES: Final = 600_000_000
LEAST: Final = 3

HalfWeights = tuple[tuple[npt.NDArray[np.float16], npt.NDArray[np.float16]], ...]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A network after ``step`` batches.

    Attributes:
        activation: as in ``Network``.
        weights: as in ``Network``, but float16: what is larger than 65,504 is infinite, so such a network has no snapshot.
    """

    step: int
    activation: str
    weights: HalfWeights

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return sum(array.nbytes for pair in self.weights for array in pair)

    def network(self) -> Network:
        """The network, float32 again: each weight within a two-thousandth of itself, or within 3e-8. A new one at every call."""
        return Network(self.activation, tuple((_whole(weight), _whole(bias)) for weight, bias in self.weights))


def with_snapshot(kept: Sequence[Snapshot], step: int, network: Network) -> tuple[Snapshot, ...]:
    """``kept``, oldest first, and the network after ``step`` batches.

    Where that is more than ``SNAPSHOTS_MOST``, or more bytes than ``SNAPSHOT_BYTES``, those go that stand closest to their neighbours;
    closeness is that of the logarithms of steps, so that the beginning, where most changes, stays dense. The first and the last
    stay. A network of which fewer than three find room has none.
    """
    most = min(SNAPSHOTS_MOST, SNAPSHOT_BYTES // half_bytes(network))
    half = _half(network.weights) if most >= LEAST else None
    if half is None:
        return tuple(kept)
    taken = [*(one for one in kept if one.step < step), Snapshot(step, network.activation, half)]
    while len(taken) > most:
        del taken[_closest(taken)]
    return tuple(taken)


def half_bytes(network: Network) -> int:
    """How many bytes its weights take in half precision."""
    return sum(2 * array.size for pair in network.weights for array in pair)


def nearest(kept: Sequence[Snapshot], step: int) -> Snapshot | None:
    """The snapshot closest to ``step``; None where there is none."""
    return min(kept, key=lambda one: abs(one.step - step), default=None)


def _closest(kept: Sequence[Snapshot]) -> int:
    """Which of three or more leaves the smallest gap when it goes; neither the first nor the last."""
    places = [math.log(1 + one.step) for one in kept]
    return min(range(1, len(kept) - 1), key=lambda number: places[number + 1] - places[number - 1])


def _half(weights: Weights) -> HalfWeights | None:
    """The weights in half precision; None where they do not fit into it."""
    with np.errstate(over="ignore", under="ignore"):
        half = tuple((weight.astype(np.float16), bias.astype(np.float16)) for weight, bias in weights)
    return half if all(np.isfinite(array).all() for pair in half for array in pair) else None


def _whole(array: npt.NDArray[np.float16]) -> npt.NDArray[np.float32]:
    return array.astype(np.float32)
