"""Explanations against TensorFlow's gradients, their own axiom, and networks made by hand."""

import itertools

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from model.activations import ACTIVATIONS
from model.config import TrainingConfig
from model.data.mnist import load_mnist
from model.interpretability.attribution import TOLERANCE, explain, strongest_regions
from model.network import Network, logits, predict
from model.training.keras_network import to_keras
from model.training.loop import train_steps
from model.training.state import network_of
from tests.model.networks import random_network


@settings(max_examples=15, deadline=None)
@given(
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    hidden=st.sampled_from([(), (16,), (32, 32), (16, 16, 16)]),
    image=st.integers(0, 4_999),
    digits=st.permutations(range(10)),
)
def test_contributions_add_up_to_the_score_difference_within_half_a_percent(activation, hidden, image, digits):
    network = random_network(activation, hidden, seed=image)
    picture = load_mnist().validation_images[image]
    found = explain(network, picture, digits[0], digits[1])
    scores = logits(network, np.stack([picture, np.zeros_like(picture)]))
    differences = scores[:, digits[0]] - scores[:, digits[1]]
    explained = float(differences[0] - differences[1])
    assert float(found.contributions.sum()) == pytest.approx(explained, rel=TOLERANCE, abs=1e-4)
    assert found.residual <= TOLERANCE


def after(steps):
    """The standard network after so many steps of training."""
    config = TrainingConfig()
    return network_of(config, train_steps(config, None, steps)[0])


def barely_begun(activation):
    """A network with weights as training starts from, and biases that have hardly moved."""
    rng = np.random.default_rng(5)
    sizes = itertools.pairwise((784, 64, 64, 10))
    weights = [
        (rng.uniform(-1, 1, (below, above)) * np.sqrt(6 / (below + above)), rng.normal(0, 1e-3, above))
        for below, above in sizes
    ]
    return Network(activation, tuple((w.astype(np.float32), b.astype(np.float32)) for w, b in weights))


def largest_residual(network, images, others):
    answers = predict(network, images).argmax(axis=1).tolist()
    return max(
        explain(network, image, answer, other if other is None else (answer + other) % 10).residual
        for image, answer in zip(images, answers, strict=True)
        for other in others
    )


def test_half_a_percent_holds_for_600_test_images(mnist, tensorflow):
    assert largest_residual(after(430), mnist.test_images[:600], [None, 1]) <= TOLERANCE


def test_half_a_percent_holds_after_a_single_step_of_training(mnist, tensorflow):
    assert largest_residual(after(1), mnist.test_images[:60], [None, 1]) <= TOLERANCE


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_half_a_percent_holds_for_a_network_that_has_hardly_begun(activation, mnist):
    assert largest_residual(barely_begun(activation), mnist.test_images[:60], [None, 1]) <= TOLERANCE


def numeric_integral(network, picture, digit, other, steps=6_000):
    """The mean gradient along the way by TensorFlow in float64, at many places, times the pixels."""
    pixels = tf.constant(picture.reshape(784) / 255, tf.float64)
    total = np.zeros(784)
    for shares in np.array_split((np.arange(steps) + 0.5) / steps, 6):
        inputs = tf.constant(shares[:, None]) * pixels
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            below = inputs
            for index, (weight, bias) in enumerate(network.weights):
                sums = below @ tf.constant(weight, tf.float64) + tf.constant(bias, tf.float64)
                below = getattr(tf.nn, network.activation)(sums) if index < len(network.weights) - 1 else sums
            difference = below[:, digit] - below[:, other]
        total += tape.gradient(difference, inputs).numpy().sum(axis=0)
    return total / steps * pixels.numpy()


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh"])
def test_contributions_are_the_integral_of_the_gradient(activation, mnist):
    for network, image in ((barely_begun(activation), 0), (random_network(activation, (32, 24)), 1)):
        picture = mnist.validation_images[image]
        expected = numeric_integral(network, picture, 3, 5)
        found = explain(network, picture, 3, 5).contributions.reshape(784)
        assert np.abs(found - expected).max() < 0.003 * np.abs(expected).max()


def test_what_is_left_unexplained_is_told(monkeypatch, mnist):
    network = random_network("tanh", (32, 32))
    steep = Network("tanh", tuple((50 * weight, bias) for weight, bias in network.weights))
    monkeypatch.setattr("model.interpretability.attribution.STRETCHES_MOST", 8)
    assert explain(steep, mnist.test_images[0], 3).residual > TOLERANCE


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
