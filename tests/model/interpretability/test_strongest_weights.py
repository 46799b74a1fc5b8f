"""The strongest weights of a network, against sorting all of them."""

import itertools

import numpy as np
import pytest

from model.interpretability.strongest_weights import strongest_weights
from model.network import Network


def network(*sizes: int, seed: int = 0) -> Network:
    rng = np.random.default_rng(seed)
    pairs = itertools.pairwise(sizes)
    return Network(
        "relu", tuple((rng.normal(size=pair).astype(np.float32), np.zeros(pair[1], np.float32)) for pair in pairs)
    )


@pytest.mark.parametrize("count", [1, 5, 48])
def test_they_are_those_that_sorting_all_finds_the_strongest_first(count: int) -> None:
    found = network(784, 33, 10)
    layers = strongest_weights(found, count)
    assert len(layers) == 2
    for (matrix, _), layer in zip(found.weights, layers, strict=True):
        assert np.abs(layer.weights).tolist() == sorted(np.abs(matrix).ravel().tolist(), reverse=True)[:count]
        assert matrix[layer.below, layer.above].tolist() == layer.weights.tolist()


def test_a_small_layer_gives_all_and_equal_weights_stand_in_the_order_of_their_units() -> None:
    matrix = np.full((2, 3), -0.5, np.float32)
    (layer,) = strongest_weights(Network("relu", ((matrix, np.zeros(3, np.float32)),)), 48)
    assert layer.below.tolist() == [0, 0, 0, 1, 1, 1] and layer.above.tolist() == [0, 1, 2, 0, 1, 2]
    (few,) = strongest_weights(Network("relu", ((matrix, np.zeros(3, np.float32)),)), 2)
    assert few.below.tolist() == [0, 0] and few.above.tolist() == [0, 1]
