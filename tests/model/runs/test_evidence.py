"""Evidence: hidden units that say the same to every image, counted in networks made by hand."""

from typing import Any

import numpy as np

from model.network import Network
from model.runs.evidence import silent_units


def test_silent_units_are_counted_in_a_network_made_by_hand() -> None:
    first = np.zeros((784, 5), np.float32)
    first[400] = [1, -1, 1, 1, 1]
    bias = np.array([0, 0, -9, 9, 0], np.float32)
    # Of five ReLU units, the second and the third never fire: their sums are never above zero.
    last = (np.zeros((5, 10), np.float32), np.zeros(10, np.float32))
    assert silent_units(Network("relu", ((first, bias), last))) == (2, 5)
    # Stuck at its upper end, a sigmoid unit says one to everything.
    stuck = np.array([0, 0, 40, -40, 0], np.float32)
    assert silent_units(Network("sigmoid", ((first, stuck), last))) == (2, 5)
    assert silent_units(Network("relu", (last_of_pixels(),))) == (0, 0)


def last_of_pixels() -> tuple[Any, Any]:
    return np.zeros((784, 10), np.float32), np.zeros(10, np.float32)
