"""What units do, against Keras's activations, brute force, and networks made by hand."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from model.interpretability.unit_statistics import effect_on_scores, extremes, inspect_network, smoothed
from model.network import Network, layer_outputs, logits, predict
from tests.model.networks import random_network


@pytest.fixture(scope="module")
def images(mnist):
    return mnist.test_images[:600]


@pytest.fixture(scope="module")
def labels(mnist):
    return mnist.test_labels[:600]


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_means_and_spreads_are_those_of_what_the_layers_give(activation, images, labels):
    network = random_network(activation, (12, 8))
    found = inspect_network(network, images, labels)
    assert np.allclose(found.probabilities, predict(network, images), atol=1e-6)
    for layer, outputs in zip(found.layers, layer_outputs(network, images), strict=False):
        assert np.allclose(layer.mean, outputs.mean(axis=0), atol=1e-4)
        assert np.allclose(layer.spread, outputs.std(axis=0), atol=1e-4)
        for digit in range(10):
            assert np.allclose(layer.by_digit[:, digit], outputs[labels == digit].mean(axis=0), atol=1e-4)


def test_the_images_that_excite_most_and_least_are_the_extremes_of_the_input_sum(images, labels):
    network = random_network("relu", (12,))
    found = inspect_network(network, images, labels).layers[0]
    sums = images.reshape(-1, 784) / 255 @ network.weights[0][0]
    for unit in range(12):
        ranked = sums[:, unit].argsort()
        assert np.allclose(np.sort(sums[found.most[unit], unit])[::-1], sums[ranked[::-1][:10], unit], atol=1e-4)
        assert np.allclose(sums[found.least[unit], unit], sums[ranked[:10], unit], atol=1e-4)


def test_extremes_of_fewer_rows_than_asked_for_are_all_rows():
    most, least = extremes(np.array([[3.0], [1.0], [2.0]], np.float32))
    assert most.tolist() == [[0, 2, 1]]
    assert least.tolist() == [[1, 2, 0]]


def silenced(network, units, bias):
    weight, old = network.weights[0]
    new = old.copy()
    new[units] = bias
    return Network(network.activation, ((weight, new), *network.weights[1:]))


@pytest.mark.parametrize(("activation", "bias"), [("relu", -1e3), ("gelu", -1e3), ("tanh", 1e3), ("sigmoid", -1e3)])
def test_units_that_cannot_answer_are_dead_and_no_others_are(activation, bias, images, labels):
    network = silenced(random_network(activation, (20,)), [2, 5, 11], bias)
    assert inspect_network(network, images, labels).layers[0].dead.tolist() == [2, 5, 11]


def test_a_unit_that_fires_for_a_single_image_is_sleepy(images, labels):
    network = random_network("relu", (4,))
    sums = images.reshape(-1, 784) / 255 @ network.weights[0][0]
    ranked = np.sort(sums[:, 1])
    network = silenced(network, [1], -float(ranked[-1] + ranked[-2]) / 2)
    found = inspect_network(network, images, labels).layers[0]
    assert found.firing_rate[1] == pytest.approx(1 / 600)
    assert found.rarely_active.tolist() == [1]
    assert not found.dead.size


def test_a_unit_nobody_listens_to_is_of_no_importance(images, labels):
    network = random_network("relu", (6, 5))
    outgoing = network.weights[1][0].copy()
    outgoing[3] = 0
    deaf = Network("relu", (network.weights[0], (outgoing, network.weights[1][1]), network.weights[2]))
    importance = inspect_network(deaf, images, labels).layers[0].importance
    assert importance[3] == 0
    assert (np.delete(importance, 3) > 0).all()


def test_without_hidden_layers_there_is_nothing_to_inspect_but_the_answers(images, labels):
    network = random_network("relu", ())
    found = inspect_network(network, images, labels)
    assert found.layers == ()
    assert np.array_equal(found.answers, predict(network, images).argmax(axis=1))


def test_the_effect_of_a_unit_is_what_the_scores_lose_without_it(images):
    network = random_network("tanh", (8, 7))
    outgoing = network.weights[1][0].copy()
    outgoing[4] = 0
    without = Network("tanh", (network.weights[0], (outgoing, network.weights[1][1]), network.weights[2]))
    lost = (logits(network, images) - logits(without, images)).mean(axis=0)
    assert np.allclose(effect_on_scores(network, images, 0, 4), lost - lost.mean(), atol=1e-4)


def test_the_effect_of_a_unit_of_the_last_layer_is_its_outgoing_weights_times_its_mean(images):
    network = random_network("relu", (8,))
    expected = network.weights[1][0][2] * layer_outputs(network, images)[0][:, 2].mean()
    assert np.allclose(effect_on_scores(network, images, 0, 2), expected - expected.mean(), atol=1e-4)


@pytest.mark.parametrize(("layer", "unit"), [(1, 0), (-1, 0), (0, 8), (0, -1)])
def test_a_unit_that_is_not_there_is_refused(layer, unit, images):
    with pytest.raises(ValueError, match="expected 0 to"):
        effect_on_scores(random_network("relu", (8,)), images, layer, unit)


def test_smoothing_is_a_gaussian_mean_that_does_not_fade_at_the_edge(rng):
    pictures = rng.normal(0, 1, (3, 28, 28)).astype(np.float32)
    found = smoothed(pictures, 1.5)
    for picture, smooth in zip(pictures, found, strict=True):
        options = {"sigma": 1.5, "mode": "constant", "truncate": 8}
        assert np.allclose(
            smooth, gaussian_filter(picture, **options) / gaussian_filter(np.ones((28, 28)), **options), atol=1e-5
        )
    assert np.allclose(smoothed(np.full((1, 28, 28), 0.7, np.float32)), 0.7)
