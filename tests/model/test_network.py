"""The NumPy network against Keras, which is the truth here."""

import itertools
import math

import numpy as np
import pytest

from model.activations import ACTIVATIONS
from model.data.mnist import Mnist
from model.network import (
    Network,
    as_pixels,
    evaluate,
    layer_outputs,
    logits,
    predict,
    softmax,
)
from model.training.keras_network import build_keras, starting_seed, to_keras

HIDDEN_SIZES = [(), (64,), (64, 64), (30, 1, 20), (17, 16, 15, 14)]


def random_network(activation: str, hidden_sizes: tuple[int, ...], rng: np.random.Generator) -> Network:
    """Biases are not zero, and weights large enough that every activation bends."""
    sizes = (784, *hidden_sizes, 10)
    return Network(
        activation,
        tuple(
            (
                (rng.normal(size=(below, above)) * 2 / math.sqrt(below)).astype(np.float32),
                rng.normal(size=above).astype(np.float32),
            )
            for below, above in itertools.pairwise(sizes)
        ),
    )


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize("hidden_sizes", HIDDEN_SIZES, ids=str)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_numpy_predicts_what_keras_predicts(
    activation: str, hidden_sizes: tuple[int, ...], rng: np.random.Generator, few_images: np.ndarray
) -> None:
    network = random_network(activation, hidden_sizes, rng)
    keras_network = to_keras(network)
    expected = np.asarray(keras_network(few_images.reshape(-1, 784).astype(np.float32) / 255))
    found = predict(network, few_images)
    assert (found.shape, found.dtype) == ((50, 10), np.float32)
    np.testing.assert_allclose(found, expected, atol=2e-5)
    # Keras's own activation is asked for by name, so that a wrong formula cannot be wrong on both sides.
    assert [layer.activation.__name__ for layer in keras_network.layers[:-1]] == [activation] * len(hidden_sizes) + [
        "linear"
    ]


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_an_activation_bends_as_the_one_of_keras(activation: str) -> None:
    import keras

    z = np.concatenate([np.linspace(-8, 8, 2001), [-1e4, -100, 100, 1e4]]).astype(np.float32)
    found = ACTIVATIONS[activation].function(z)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, np.asarray(keras.activations.get(activation)(z)), atol=2e-6)


def test_gelu_is_z_times_the_normal_distribution_function() -> None:
    z = np.linspace(-5, 5, 501)
    expected = [value * 0.5 * (1 + math.erf(value / math.sqrt(2))) for value in z]
    np.testing.assert_allclose(ACTIVATIONS["gelu"].function(z.astype(np.float32)), expected, atol=1e-6)


def test_bytes_and_floats_of_the_same_picture_are_read_the_same(
    rng: np.random.Generator, few_images: np.ndarray
) -> None:
    network = random_network("relu", (20,), rng)
    from_bytes = predict(network, few_images)
    for dtype in (np.float32, np.float64):
        np.testing.assert_allclose(predict(network, few_images.astype(dtype) / 255), from_bytes, atol=1e-5)
    np.testing.assert_array_equal(predict(network, few_images.reshape(-1, 784)), from_bytes)


def test_bytes_become_floats_from_zero_to_one() -> None:
    pixels = as_pixels(np.full((2, 28, 28), 255, np.uint8))
    assert (pixels.shape, pixels.dtype) == ((2, 784), np.float32)
    np.testing.assert_allclose(pixels, 1)


@pytest.mark.parametrize(
    "shape", [(28, 28), (784,), (3, 28), (2, 28, 27), (2, 785), (1, 28, 28, 1), (2, 3, 4, 5), ()], ids=str
)
def test_images_of_another_shape_are_refused_with_their_shape(shape: tuple[int, ...], rng: np.random.Generator) -> None:
    network = random_network("relu", (4,), rng)
    with pytest.raises(ValueError, match=r"28, 28") as caught:
        predict(network, np.zeros(shape, np.float32))
    assert str(shape) in str(caught.value)


def test_no_images_give_no_predictions(rng: np.random.Generator) -> None:
    assert predict(random_network("relu", (4,), rng), np.zeros((0, 28, 28), np.uint8)).shape == (0, 10)


def test_layer_outputs_are_the_hidden_activations_and_then_the_logits(
    rng: np.random.Generator, few_images: np.ndarray
) -> None:
    network = random_network("relu", (9, 8), rng)
    first, second, scores = layer_outputs(network, few_images)
    assert (first.shape, second.shape, scores.shape) == ((50, 9), (50, 8), (50, 10))
    assert first.min() == 0 and second.min() == 0 and scores.min() < 0
    np.testing.assert_array_equal(scores, logits(network, few_images))


def test_softmax_adds_up_to_one_and_keeps_the_order(rng: np.random.Generator) -> None:
    scores = rng.normal(size=(20, 10)).astype(np.float32) * 5
    probabilities = softmax(scores)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_array_equal(probabilities.argsort(axis=1), scores.argsort(axis=1))
    np.testing.assert_allclose(softmax(scores + np.float32(3)), probabilities, atol=1e-5)


@pytest.mark.filterwarnings("error")
def test_softmax_of_huge_scores_is_still_a_probability() -> None:
    scores = np.zeros((3, 10), np.float32)
    scores[0, 3] = 1e30
    scores[1, 3] = -1e30
    scores[2] = 1e30
    probabilities = softmax(scores)
    np.testing.assert_allclose(probabilities[0], np.eye(10)[3], atol=1e-7)
    np.testing.assert_allclose(probabilities[1], (1 - np.eye(10)[3]) / 9, atol=1e-7)
    np.testing.assert_allclose(probabilities[2], np.full(10, 0.1), atol=1e-7)


@pytest.mark.usefixtures("tensorflow")
def test_evaluate_agrees_with_the_loss_and_accuracy_of_keras(rng: np.random.Generator, mnist: Mnist) -> None:
    import keras

    network = random_network("tanh", (30,), rng)
    images, labels = mnist.test_images[:2_345], mnist.test_labels[:2_345]  # the last thousand is not full
    scores = logits(network, images)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, scores)
    correct = keras.metrics.sparse_categorical_accuracy(labels, scores)
    score = evaluate(network, images, labels)
    assert score.loss == pytest.approx(float(loss), rel=1e-5)
    assert (score.correct, score.count) == (int(np.sum(correct)), 2_345)
    assert score.accuracy == score.correct / 2_345


@pytest.mark.filterwarnings("error")
def test_evaluate_does_not_overflow(mnist: Mnist) -> None:
    weights = np.zeros((784, 10), np.float32), np.array([1e6] + [0] * 9, np.float32)
    labels = mnist.test_labels[:100]
    score = evaluate(Network("relu", (weights,)), mnist.test_images[:100], labels)
    assert score.loss == pytest.approx(1e6 * np.mean(labels != 0), rel=1e-6)
    assert score.correct == np.sum(labels == 0)


@pytest.mark.usefixtures("tensorflow")
def test_starting_weights_depend_on_the_seed_and_the_layer_alone() -> None:
    def start(hidden_sizes: tuple[int, ...], seed: int) -> list[np.ndarray]:
        return build_keras(hidden_sizes, "relu", seed).get_weights()  # type: ignore[no-any-return]

    one, same, other = start((20, 20), 1), start((20, 20), 1), start((20, 20), 2)
    assert all(np.array_equal(a, b) for a, b in zip(one, same, strict=True))
    assert not np.array_equal(one[0], other[0])
    assert not np.array_equal(one[2][:10, :10], one[4][:10, :10])
    np.testing.assert_array_equal(start((20,), 1)[0], one[0])
    seeds = {starting_seed(seed, layer) for seed in range(50) for layer in range(5)}
    assert len(seeds) == 250 and min(seeds) >= 0 and max(seeds) < 2**31


@pytest.mark.usefixtures("tensorflow")
def test_starting_weights_are_glorot_uniform_and_biases_zero() -> None:
    weight, bias, *_ = build_keras((64,), "relu", seed=0).get_weights()
    bound = math.sqrt(6 / (784 + 64))
    assert 0.99 * bound < np.abs(weight).max() <= bound
    assert weight.std() == pytest.approx(bound / math.sqrt(3), rel=0.02)
    assert not bias.any()
