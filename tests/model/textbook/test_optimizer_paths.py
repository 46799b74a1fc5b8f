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
    SLICE_IMAGES,
    slice_images,
)
from model.textbook.optimizer_paths import (
    COUNTED,
    LARGE,
    OTHER_RATES,
    PATH_OPTIMIZERS,
    SLICE_STEPS,
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
    hill = CLASSIC_LANDSCAPES[surface]()
    found = optimizer_path(hill, name, hill.start, hill.rates[name], 40)
    position = tf.Variable(np.array(hill.start), dtype="float64")
    optimizer = KERAS[name](hill.rates[name])
    optimizer.build([position])
    expected = [position.numpy()]
    for _ in range(40):
        optimizer.apply([tf.constant(hill.gradient(position.numpy(), None))])
        expected.append(position.numpy())
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("surface", CLASSIC_LANDSCAPES)
@pytest.mark.parametrize("name", PATH_OPTIMIZERS)
def test_with_the_rates_it_opens_with_every_walker_gets_well_below_the_start(name: str, surface: str) -> None:
    hill = CLASSIC_LANDSCAPES[surface]()
    places = optimizer_path(hill, name, hill.start, hill.rates[name], 200)
    assert len(places) == 201
    lowest = hill.grid(200)[2].min()
    assert hill.height(places[-1]) - lowest < 0.6 * (hill.height(places[0]) - lowest)


def test_in_the_ravine_momentum_and_adam_gain_over_plain_descent() -> None:
    hill = CLASSIC_LANDSCAPES["ravine"]()
    found = survey(hill, hill.start, hill.rates, 200, 3)
    for name in ("momentum", "adam"):
        assert (found.path_losses[name][20:] < found.path_losses["descent"][20:]).all()
        assert (found.path_losses[name][50:] < found.path_losses["descent"][50:] / 8).all()
    assert COUNTED["ravine"](found.paths["descent"]) == 200
    rates = np.linspace(0.001, 0.0199, 40)
    best = min(hill.height(optimizer_path(hill, "descent", hill.start, rate, 200)[-1]) for rate in rates)
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
    hill = CLASSIC_LANDSCAPES[surface]()
    found = survey(hill, hill.start, hill.rates, 60, 3)
    for factor in OTHER_RATES:
        for name, rate in hill.rates.items():
            places = optimizer_path(hill, name, hill.start, factor * rate, 60)
            np.testing.assert_array_equal(found.other_heights[factor][name], hill.heights(places[:, 0], places[:, 1]))


def test_the_noise_of_a_stochastic_walk_is_decided_by_its_seed() -> None:
    hill = CLASSIC_LANDSCAPES["ravine"]()
    walks = [optimizer_path(hill, "stochastic", hill.start, 0.05, 10, seed) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(walks[0], walks[1])
    assert not np.array_equal(walks[0], walks[2])
    assert not np.array_equal(walks[0], optimizer_path(hill, "descent", hill.start, 0.05, 10))


def test_a_walk_that_runs_off_ends_and_stays_finite() -> None:
    hill = CLASSIC_LANDSCAPES["rosenbrock"]()
    places = optimizer_path(hill, "descent", hill.start, 1.0, 50)
    assert len(places) < 51 and np.isfinite(places).all()


def test_a_survey_of_a_network_says_on_how_many_images(rng: np.random.Generator, mnist: Mnist) -> None:
    network = random_network("relu", (16,), rng)
    count = slice_images(network)
    assert count == SLICE_IMAGES
    images, labels = mnist.validation_images[:count], mnist.validation_labels[:count]
    found = survey_network(network, images, labels, (0.9, -0.9), {"descent": 0.05, "adam": 0.1}, seed=0)
    assert (found.images, found.heights.shape, set(found.paths)) == (count, (GRID, GRID), {"descent", "adam"})
    assert len(found.paths["adam"]) == SLICE_STEPS + 1
    middle = GRID // 2
    assert found.heights[middle, middle] == pytest.approx(evaluate(network, images, labels).loss, rel=1e-4)
    assert found.path_losses["adam"][0] == found.path_losses["descent"][0]


def test_a_large_network_is_surveyed_on_fewer_images_and_places(rng: np.random.Generator, mnist: Mnist) -> None:
    network = random_network("relu", (16, 16000), rng)
    assert sum(weight.size for weight, _ in network.weights[1:]) > LARGE
    assert slice_images(network) == 32
    found = survey_network(
        network, mnist.validation_images[:32], mnist.validation_labels[:32], (0.5, 0.5), {"adam": 0.1}, seed=0
    )
    assert len(found.xs) < GRID and found.most_steps < SLICE_STEPS


def test_a_survey_without_walkers_is_a_landscape_alone() -> None:
    found = survey(CLASSIC_LANDSCAPES["saddle"](), (1.0, 0.0), {}, 10)
    assert found.paths == {} and np.isfinite(found.heights).all()
