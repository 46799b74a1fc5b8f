"""Loss landscapes against their formulas, and the plane against the network it goes through."""

import numpy as np
import pytest

from model.activations import ACTIVATIONS
from model.data.mnist import Mnist
from model.network import Network, evaluate
from model.textbook.loss_landscape import (
    CLASSIC_LANDSCAPES,
    LossLandscape,
    WeightPlane,
    landscape_of,
    random_plane,
)
from tests.model.networks import random_network


def a_plane(mnist: Mnist, network: Network, count: int = 40) -> WeightPlane:
    return random_plane(network, mnist.validation_images[:count], mnist.validation_labels[:count], seed=1)


@pytest.mark.parametrize("surface", CLASSIC_LANDSCAPES)
def test_each_formulas_gradient_is_the_slope_of_its_heights(surface: str, rng: np.random.Generator) -> None:
    landscape = CLASSIC_LANDSCAPES[surface]()
    for place in rng.uniform(-2, 2, (20, 2)):
        np.testing.assert_allclose(landscape.gradient(place, None), nudged(landscape, place), rtol=1e-6, atol=1e-6)


def nudged(landscape: LossLandscape, place: np.ndarray, width: float = 1e-5) -> np.ndarray:
    return np.array(
        [(landscape.height(place + step) - landscape.height(place - step)) / (2 * width) for step in np.eye(2) * width]
    )


@pytest.mark.parametrize(
    ("surface", "lowest"), [("ravine", (0, 0)), ("rosenbrock", (1, 1)), ("saddle", (0, np.sqrt(2)))]
)
def test_each_formula_is_flat_and_lowest_where_it_is_said_to_be(surface: str, lowest: tuple[float, float]) -> None:
    landscape = CLASSIC_LANDSCAPES[surface]()
    np.testing.assert_allclose(landscape.gradient(np.array(lowest, float), None), 0, atol=1e-12)
    assert landscape.grid()[2].min() >= landscape.height(np.array(lowest, float)) - 1e-12


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden", [(), (20,), (16, 12)], ids=str)
def test_the_plane_is_the_loss_of_the_network_whose_weights_were_moved(
    activation: str, hidden: tuple[int, ...], rng: np.random.Generator, mnist: Mnist
) -> None:
    network = random_network(activation, hidden, rng)
    plane = a_plane(mnist, network)
    for x, y in [(0.0, 0.0), (0.7, -0.4)]:
        moved = tuple(
            ((weight + x * first + y * second).T.astype(np.float32), bias[:, 0].astype(np.float32))
            for weight, first, second, bias in plane.layers
        )
        score = evaluate(Network(activation, moved), mnist.validation_images[:40], mnist.validation_labels[:40])
        assert plane.loss(x, y) == pytest.approx(score.loss, rel=1e-4)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden", [(), (20,), (16, 12)], ids=str)
def test_the_planes_gradient_is_its_slope(
    activation: str, hidden: tuple[int, ...], rng: np.random.Generator, mnist: Mnist
) -> None:
    landscape = landscape_of(a_plane(mnist, random_network(activation, hidden, rng)))
    place = np.array([0.3, -0.5])
    tolerance = 1e-3 if activation == "relu" else 1e-6
    np.testing.assert_allclose(
        landscape.gradient(place, None), nudged(landscape, place), rtol=tolerance, atol=tolerance
    )


def test_directions_are_as_long_as_the_weights_of_each_neuron_and_biases_stay(
    rng: np.random.Generator, mnist: Mnist
) -> None:
    network = random_network("relu", (16, 12), rng)
    for (weight, first, second, bias), (own, own_bias) in zip(
        a_plane(mnist, network).layers, network.weights, strict=True
    ):
        lengths = np.linalg.norm(own, axis=0)
        for direction in (first, second):
            np.testing.assert_allclose(np.linalg.norm(direction, axis=1), lengths, rtol=1e-6)
        np.testing.assert_allclose(bias[:, 0], own_bias)
        np.testing.assert_allclose(weight.T, own)
        assert abs((first * second).sum()) < 0.5 * (first**2).sum()


def test_few_images_give_a_gradient_that_is_right_on_average(rng: np.random.Generator, mnist: Mnist) -> None:
    plane = a_plane(mnist, random_network("tanh", (16,), rng))
    halves = [plane.gradient(0.2, 0.1, np.arange(start, start + 20)) for start in (0, 20)]
    np.testing.assert_allclose(np.mean(halves, axis=0), plane.gradient(0.2, 0.1), atol=1e-9)
    assert not np.allclose(halves[0], halves[1])
