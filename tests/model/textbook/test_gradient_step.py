"""The paper's step on a real network, against Keras and TensorFlow's automatic differentiation."""

import numpy as np
import pytest
import tensorflow as tf

from model.activations import ACTIVATIONS
from model.data.mnist import Mnist
from model.network import Network, evaluate, predict
from model.textbook.backpropagation import LOSSES, Layers, as_layers, mean_loss, updated
from model.textbook.gradient_step import as_columns, as_paper, step_on_batch, step_on_digit
from model.training.keras_network import build_keras
from tests.model.networks import random_network


def keras_gradients(network: Network, images: np.ndarray, labels: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    keras_network = build_keras([b.shape[0] for _, b in network.weights[:-1]], network.activation, seed=0)
    keras_network.set_weights([part for pair in network.weights for part in pair])
    loss_function = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        scores = keras_network(tf.constant(images.reshape(-1, 784).astype(np.float32) / 255))
        loss = loss_function(labels, scores)
    flat = [np.asarray(part) for part in tape.gradient(loss, keras_network.trainable_variables)]
    return list(zip(flat[::2], flat[1::2], strict=True))


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize("hidden", [(), (64, 64), (20, 15, 10)], ids=str)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_norms_and_shapes_of_every_layers_gradient_are_those_of_keras(
    activation: str, hidden: tuple[int, ...], rng: np.random.Generator, mnist: Mnist
) -> None:
    network = random_network(activation, hidden, rng)
    image, label = mnist.validation_images[0], int(mnist.validation_labels[0])
    found = step_on_digit(network, image, label, 0.1)
    expected = keras_gradients(network, image[None], np.array([label]))
    assert len(found.layers) == len(expected)
    for layer, (by_weight, by_bias) in zip(found.layers, expected, strict=True):
        assert layer.stored_shape == by_weight.shape == layer.shape[::-1]
        assert layer.gradient_norm == pytest.approx(np.linalg.norm(by_weight), rel=1e-4, abs=1e-6)
        assert layer.bias_gradient_norm == pytest.approx(np.linalg.norm(by_bias), rel=1e-4, abs=1e-6)
        assert layer.delta_norm == pytest.approx(layer.bias_gradient_norm)
        assert layer.silent == (by_bias == 0).sum()
    np.testing.assert_allclose(found.before, predict(network, image[None])[0], atol=1e-5)


@pytest.mark.usefixtures("tensorflow")
def test_one_batch_moves_the_loss_as_a_step_of_keras_sgd_does(rng: np.random.Generator, mnist: Mnist) -> None:
    network = random_network("relu", (64, 64), rng)
    images, labels = mnist.training_images[:128], mnist.training_labels[:128]
    held_out = mnist.validation_images[:200], mnist.validation_labels[:200]
    found = step_on_batch(network, images, labels, 0.05, *held_out)
    gradients = keras_gradients(network, images, labels)
    keras_network = build_keras((64, 64), "relu", seed=0)
    keras_network.set_weights([part for pair in network.weights for part in pair])
    tf.keras.optimizers.SGD(0.05).apply(
        [part for pair in gradients for part in pair], keras_network.trainable_variables
    )
    flat = keras_network.get_weights()
    stepped = Network("relu", tuple(zip(flat[::2], flat[1::2], strict=True)))
    assert found.loss == pytest.approx(evaluate(network, images, labels).loss, abs=1e-5)
    assert found.next_loss == pytest.approx(evaluate(stepped, images, labels).loss, abs=1e-5)
    assert found.next_validation_loss == pytest.approx(evaluate(stepped, *held_out).loss, abs=1e-5)
    norm = np.sqrt(sum((part**2).sum() for pair in gradients for part in pair))
    assert found.gradient_norm == pytest.approx(norm, rel=1e-4)


def test_a_short_step_moves_the_loss_as_far_as_the_slope_foretells(rng: np.random.Generator, mnist: Mnist) -> None:
    network = random_network("tanh", (30,), rng)
    batch = mnist.training_images[:64], mnist.training_labels[:64]
    found = step_on_batch(network, *batch, 1e-5, *batch)
    assert found.next_loss - found.loss == pytest.approx(found.first_order_prediction, rel=1e-2)
    assert found.next_validation_loss == found.next_loss


def test_one_step_raises_the_probability_of_the_right_digit(rng: np.random.Generator, mnist: Mnist) -> None:
    network = random_network("relu", (64, 64), rng)
    image, label = mnist.validation_images[1], int(mnist.validation_labels[1])
    found = step_on_digit(network, image, label, 0.01)
    assert found.after[label] > found.before[label]
    assert found.next_loss < found.loss


def test_the_gradient_of_a_batch_agrees_with_finite_differences_to_a_millionth(
    rng: np.random.Generator, mnist: Mnist
) -> None:
    network = random_network("gelu", (12,), rng)
    layers = as_paper(network)
    inputs, targets = as_columns(mnist.training_images[:20], mnist.training_labels[:20])
    from model.textbook.backpropagation import backward, forward

    passed = forward(layers, inputs, "gelu", "cross_entropy")
    gradients = backward(layers, passed, targets, "gelu", "cross_entropy").gradients

    def moved(change: float, layer: int, part: int, place: tuple[int, ...]) -> Layers:
        pairs = [[array.copy() for array in pair] for pair in layers]
        pairs[layer][part][place] += change
        return as_layers(pairs)

    for layer, part, place in [(0, 0, (3, 400)), (0, 1, (5, 0)), (1, 0, (7, 2)), (1, 1, (9, 0))]:
        up, down = (
            mean_loss(moved(change, layer, part, place), inputs, targets, "gelu", "cross_entropy")
            for change in (1e-5, -1e-5)
        )
        assert gradients[layer][part][place] == pytest.approx((up - down) / 2e-5, abs=1e-6)


def test_no_step_at_all_changes_nothing(rng: np.random.Generator, mnist: Mnist) -> None:
    layers = as_paper(random_network("relu", (8,), rng))
    assert set(LOSSES) == {"squared_error", "cross_entropy"}
    for before, after in zip(layers, updated(layers, layers, 0.0), strict=True):
        np.testing.assert_array_equal(before[0], after[0])
