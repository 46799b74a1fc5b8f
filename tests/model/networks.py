"""Untrained networks for tests that ask nothing of what a network has learned."""

from itertools import pairwise

import numpy as np

from model.network import Network


def random_network(activation: str = "relu", hidden: tuple[int, ...] = (16,), seed: int = 0) -> Network:
    chance = np.random.default_rng(seed)
    weights = tuple(
        (
            chance.normal(0, np.sqrt(2 / below), (below, above)).astype(np.float32),
            chance.normal(0, 0.1, above).astype(np.float32),
        )
        for below, above in pairwise((784, *hidden, 10))
    )
    return Network(activation, weights)
