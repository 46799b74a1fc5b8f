"""Explanations against TensorFlow's gradients, their own axiom, and networks made by hand."""

from itertools import pairwise

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from model.data import load_mnist
from model.explanation import explain, strongest_regions
from model.network import ACTIVATIONS, Network, logits, to_keras


def random_network(activation: str, hidden: tuple[int, ...], seed: int) -> Network:
    chance = np.random.default_rng(seed)
    sizes = (784, *hidden, 10)
    weights = tuple(
        (
            chance.normal(0, np.sqrt(2 / below), (below, above)).astype(np.float32),
            chance.normal(0, 0.1, above).astype(np.float32),
        )
        for below, above in pairwise(sizes)
    )
    return Network(activation, weights)


@settings(max_examples=15, deadline=None)
@given(
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    hidden=st.sampled_from([(), (16,), (32, 32), (16, 16, 16)]),
    image=st.integers(0, 4_999),
    digits=st.permutations(range(10)),
)
def test_contributions_add_up_to_the_score_difference_within_one_percent(activation, hidden, image, digits):
    network = random_network(activation, hidden, seed=image)
    picture = load_mnist().validation_images[image]
    found = explain(network, picture, digits[0], digits[1])
    scores = logits(network, np.stack([picture, np.zeros_like(picture)]))
    differences = scores[:, digits[0]] - scores[:, digits[1]]
    explained = float(differences[0] - differences[1])
    assert float(found.contributions.sum()) == pytest.approx(explained, rel=0.01, abs=2e-3)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "gelu"])
def test_contributions_are_tensorflows_integrated_gradients(activation):
    network = random_network(activation, (24, 12), seed=1)
    picture = load_mnist().validation_images[7]
    keras_network = to_keras(network)
    pixels = picture.reshape(1, 784).astype(np.float32) / 255
    shares = ((np.arange(200) + 0.5) / 200).astype(np.float32)[:, None]
    inputs = tf.constant(shares * pixels)
    body = tf.keras.Sequential(keras_network.layers[:-1])
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        scores = body(inputs)
        difference = scores[:, 3] - (tf.reduce_sum(scores, axis=1) - scores[:, 3]) / 9
    expected = tape.gradient(difference, inputs).numpy().mean(axis=0) * pixels[0]
    found = explain(network, picture, 3).contributions.reshape(784)
    assert np.abs(found - expected).max() < 0.01 * np.abs(expected).max()


def test_where_there_is_no_ink_nothing_speaks():
    picture = load_mnist().validation_images[3]
    found = explain(random_network("relu", (32,), 0), picture, 1, 7)
    assert not found.contributions[picture == 0].any()


def test_the_two_directions_of_a_comparison_are_opposite():
    network, picture = random_network("relu", (32,), 0), load_mnist().validation_images[3]
    one, other = explain(network, picture, 1, 7), explain(network, picture, 7, 1)
    assert np.allclose(one.contributions, -other.contributions, atol=1e-5)


def test_the_strongest_places_are_where_the_weights_say():
    weight = np.zeros((28, 28, 10), np.float32)
    weight[:10, 18:, 7] = 1
    weight[18:, :10, 7] = -0.5
    network = Network("relu", ((weight.reshape(784, 10), np.zeros(10, np.float32)),))
    found = explain(network, np.ones((28, 28), np.float32), 7, 1)
    assert strongest_regions(found) == ((0, 2), (2, 0))


def test_a_picture_without_ink_names_no_place():
    found = explain(random_network("relu", (8,), 0), np.zeros((28, 28), np.float32), 0)
    assert strongest_regions(found) == (None, None)


@pytest.mark.parametrize(("digit", "other"), [(10, None), (-1, 3), (3, 3), (3, 12)])
def test_a_comparison_that_makes_no_sense_is_refused(digit, other):
    with pytest.raises(ValueError, match="digit"):
        explain(random_network("relu", (), 0), np.zeros((28, 28), np.float32), digit, other)
