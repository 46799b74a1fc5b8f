"""Untrained networks for tests that ask nothing of what a network has learned, and digits as a visitor would draw them."""

from itertools import pairwise

import numpy as np

from model.data.mnist import load_mnist
from model.network import Network
from model.training.fine_tuning import OwnDigit


def random_network(
    activation: str = "relu", hidden: tuple[int, ...] = (16,), seed: int | np.random.Generator = 0
) -> Network:
    rng = np.random.default_rng(seed)
    weights = tuple(
        (
            rng.normal(0, np.sqrt(2 / below), (below, above)).astype(np.float32),
            rng.normal(0, 0.1, above).astype(np.float32),
        )
        for below, above in pairwise((784, *hidden, 10))
    )
    return Network(activation, weights)


def own_digits(count: int) -> list[OwnDigit]:
    """Validation images as if they had been drawn, each called the next digit: nobody knows them but the visitor."""
    mnist = load_mnist()
    return [OwnDigit(mnist.validation_images[i], (int(mnist.validation_labels[i]) + 1) % 10) for i in range(count)]
