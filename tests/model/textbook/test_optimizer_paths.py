"""Optimisers against Keras's own, their paths, and what is counted on them."""

from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf

from model.data.mnist import Mnist
from model.network import evaluate
from model.textbook.loss_landscape import (
    CLASSIC_LANDSCAPES,
    GRID,
    PLANE_IMAGES,
    plane_images,
)
from model.textbook.optimizer_paths import (
    COUNTED,
    LARGE,
    OTHER_RATES,
    PATH_OPTIMIZERS,
    PLANE_STEPS,
    optimizer_path,
    survey,
    survey_network,
)
from tests.model.networks import random_network

KERAS: dict[str, Callable[[float], tf.keras.optimizers.Optimizer]] = {
    "descent": lambda rate: tf.keras.optimizers.SGD(rate),
    "momentum": lambda rate: tf.keras.optimizers.SGD(rate, momentum=0.9),
    "rmsprop": lambda rate: tf.keras.optimizers.RMSprop(rate),
    "adam": lambda rate: tf.keras.optimizers.Adam(rate),
}


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize("surface", CLASSIC_LANDSCAPES)
@pytest.mark.parametrize("name", KERAS)
def test_each_optimiser_walks_as_kerass_own(name: str, surface: str) -> None:
    landscape = CLASSIC_LANDSCAPES[surface]()
    found = optimizer_path(landscape, name, landscape.start, landscape.rates[name], 40)
    position = tf.Variable(np.array(landscape.start), dtype="float64")
    optimizer = KERAS[name](landscape.rates[name])
    optimizer.build([position])
    expected = [position.numpy()]
    for _ in range(40):
        optimizer.apply([tf.constant(landscape.gradient(position.numpy(), None))])
        expected.append(position.numpy())
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("surface", CLASSIC_LANDSCAPES)
@pytest.mark.parametrize("name", PATH_OPTIMIZERS)
def test_with_the_rates_it_opens_with_every_optimiser_gets_well_below_the_start(name: str, surface: str) -> None:
    landscape = CLASSIC_LANDSCAPES[surface]()
    places = optimizer_path(landscape, name, landscape.start, landscape.rates[name], 200)
    assert len(places) == 201
    lowest = landscape.grid(200)[2].min()
    assert landscape.height(places[-1]) - lowest < 0.6 * (landscape.height(places[0]) - lowest)


def test_in_the_ravine_momentum_and_adam_gain_over_plain_descent() -> None:
    landscape = CLASSIC_LANDSCAPES["ravine"]()
    found = survey(landscape, landscape.start, landscape.rates, 200, 3)
    for name in ("momentum", "adam"):
        assert (found.path_losses[name][20:] < found.path_losses["descent"][20:]).all()
        assert (found.path_losses[name][50:] < found.path_losses["descent"][50:] / 8).all()
    assert COUNTED["ravine"](found.paths["descent"]) == 200
    rates = np.linspace(0.001, 0.0199, 40)
    best = min(landscape.height(optimizer_path(landscape, "descent", landscape.start, rate, 200)[-1]) for rate in rates)
    assert best > 1e3 * max(found.path_losses[name][-1] for name in ("momentum", "adam"))


def test_what_is_counted_on_each_surface_is_what_a_hand_made_walk_did() -> None:
    swinging = np.array([(0, 1.0), (0, -1), (0, 0), (0, -1), (0, 2), (0, 2)])
    assert COUNTED["ravine"](swinging) == 2
    bent = np.array([(1.0, 1.0), (1, 1.05), (2, 4.2), (-1, 0.95)])
    assert COUNTED["rosenbrock"](bent) == 2
    leaving = np.array([(0.0, 0.0), (0.2, 0.1), (0.3, 0.3), (0, -0.29)])
    assert COUNTED["saddle"](leaving) == 2
    assert [COUNTED[surface](swinging[:1]) for surface in CLASSIC_LANDSCAPES] == [0, 0, 0]


@pytest.mark.parametrize("surface", CLASSIC_LANDSCAPES)
def test_a_formulas_survey_tells_what_a_tenth_and_ten_times_each_rate_do(surface: str) -> None:
    landscape = CLASSIC_LANDSCAPES[surface]()
    found = survey(landscape, landscape.start, landscape.rates, 60, 3)
    for factor in OTHER_RATES:
        for name, rate in landscape.rates.items():
            places = optimizer_path(landscape, name, landscape.start, factor * rate, 60)
            np.testing.assert_array_equal(
                found.other_heights[factor][name], landscape.heights(places[:, 0], places[:, 1])
            )


def test_the_noise_of_a_stochastic_walk_is_decided_by_its_seed() -> None:
    landscape = CLASSIC_LANDSCAPES["ravine"]()
    paths = [optimizer_path(landscape, "stochastic", landscape.start, 0.05, 10, seed) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(paths[0], paths[1])
    assert not np.array_equal(paths[0], paths[2])
    assert not np.array_equal(paths[0], optimizer_path(landscape, "descent", landscape.start, 0.05, 10))


def test_a_walk_that_runs_off_ends_and_stays_finite() -> None:
    landscape = CLASSIC_LANDSCAPES["rosenbrock"]()
    places = optimizer_path(landscape, "descent", landscape.start, 1.0, 50)
    assert len(places) < 51 and np.isfinite(places).all()


def test_a_survey_of_a_network_says_on_how_many_images(rng: np.random.Generator, mnist: Mnist) -> None:
    network = random_network("relu", (16,), rng)
    count = plane_images(network)
    assert count == PLANE_IMAGES
    images, labels = mnist.validation_images[:count], mnist.validation_labels[:count]
    found = survey_network(network, images, labels, (0.9, -0.9), {"descent": 0.05, "adam": 0.1}, seed=0)
    assert (found.images, found.heights.shape, set(found.paths)) == (count, (GRID, GRID), {"descent", "adam"})
    assert len(found.paths["adam"]) == PLANE_STEPS + 1
    middle = GRID // 2
    assert found.heights[middle, middle] == pytest.approx(evaluate(network, images, labels).loss, rel=1e-4)
    assert found.path_losses["adam"][0] == found.path_losses["descent"][0]


def test_a_large_network_is_surveyed_on_fewer_images_and_places(rng: np.random.Generator, mnist: Mnist) -> None:
    network = random_network("relu", (16, 16000), rng)
    assert sum(weight.size for weight, _ in network.weights[1:]) > LARGE
    assert plane_images(network) == 32
    found = survey_network(
        network, mnist.validation_images[:32], mnist.validation_labels[:32], (0.5, 0.5), {"adam": 0.1}, seed=0
    )
    assert len(found.xs) < GRID and found.most_steps < PLANE_STEPS


def test_a_survey_without_optimisers_is_a_landscape_alone() -> None:
    found = survey(CLASSIC_LANDSCAPES["saddle"](), (1.0, 0.0), {}, 10)
    assert found.paths == {} and np.isfinite(found.heights).all()
