"""Optimisers against Keras's own, surfaces against their formulas, and the slice against the network it is cut from."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf

from model.activations import ACTIVATIONS
from model.data.mnist import Mnist
from model.network import Network, evaluate
from model.textbook.loss_landscape import (
    CLASSIC_HILLS,
    COUNTED,
    GRID,
    LARGE,
    OTHER_RATES,
    SLICE_IMAGES,
    SLICE_STEPS,
    WALKERS,
    Hill,
    Slice,
    cut,
    hill_of,
    slice_images,
    survey,
    survey_network,
    walk,
)

KERAS: dict[str, Callable[[float], tf.keras.optimizers.Optimizer]] = {
    "descent": lambda rate: tf.keras.optimizers.SGD(rate),
    "momentum": lambda rate: tf.keras.optimizers.SGD(rate, momentum=0.9),
    "rmsprop": lambda rate: tf.keras.optimizers.RMSprop(rate),
    "adam": lambda rate: tf.keras.optimizers.Adam(rate),
}


def random_network(activation: str, hidden: tuple[int, ...], chance: np.random.Generator) -> Network:
    weights = tuple(
        (
            chance.normal(0, np.sqrt(2 / below), (below, above)).astype(np.float32),
            chance.normal(0, 0.1, above).astype(np.float32),
        )
        for below, above in itertools.pairwise((784, *hidden, 10))
    )
    return Network(activation, weights)


def a_slice(mnist: Mnist, network: Network, count: int = 40) -> Slice:
    return cut(network, mnist.validation_images[:count], mnist.validation_labels[:count], seed=1)


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize("surface", CLASSIC_HILLS)
@pytest.mark.parametrize("name", KERAS)
def test_each_optimiser_walks_as_kerass_own(name: str, surface: str) -> None:
    hill = CLASSIC_HILLS[surface]()
    found = walk(hill, name, hill.start, hill.rates[name], 40)
    position = tf.Variable(np.array(hill.start), dtype="float64")
    optimizer = KERAS[name](hill.rates[name])
    optimizer.build([position])
    expected = [position.numpy()]
    for _ in range(40):
        optimizer.apply([tf.constant(hill.gradient(position.numpy(), None))])
        expected.append(position.numpy())
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("surface", CLASSIC_HILLS)
def test_each_formulas_gradient_is_the_slope_of_its_heights(surface: str, chance: np.random.Generator) -> None:
    hill = CLASSIC_HILLS[surface]()
    for place in chance.uniform(-2, 2, (20, 2)):
        np.testing.assert_allclose(hill.gradient(place, None), nudged(hill, place), rtol=1e-6, atol=1e-6)


def nudged(hill: Hill, place: np.ndarray, width: float = 1e-5) -> np.ndarray:
    return np.array(
        [(hill.height(place + step) - hill.height(place - step)) / (2 * width) for step in np.eye(2) * width]
    )


@pytest.mark.parametrize(
    ("surface", "lowest"), [("ravine", (0, 0)), ("rosenbrock", (1, 1)), ("saddle", (0, np.sqrt(2)))]
)
def test_each_formula_is_flat_and_lowest_where_it_is_said_to_be(surface: str, lowest: tuple[float, float]) -> None:
    hill = CLASSIC_HILLS[surface]()
    np.testing.assert_allclose(hill.gradient(np.array(lowest, float), None), 0, atol=1e-12)
    assert hill.grid()[2].min() >= hill.height(np.array(lowest, float)) - 1e-12


@pytest.mark.parametrize("surface", CLASSIC_HILLS)
@pytest.mark.parametrize("name", WALKERS)
def test_with_the_rates_it_opens_with_every_walker_gets_well_below_the_start(name: str, surface: str) -> None:
    hill = CLASSIC_HILLS[surface]()
    places = walk(hill, name, hill.start, hill.rates[name], 200)
    assert len(places) == 201
    lowest = hill.grid(200)[2].min()
    assert hill.height(places[-1]) - lowest < 0.6 * (hill.height(places[0]) - lowest)


def test_in_the_ravine_momentum_and_adam_gain_over_plain_descent() -> None:
    hill = CLASSIC_HILLS["ravine"]()
    found = survey(hill, hill.start, hill.rates, 200, 3)
    for name in ("momentum", "adam"):
        assert (found.walk_heights[name][20:] < found.walk_heights["descent"][20:]).all()
        assert (found.walk_heights[name][50:] < found.walk_heights["descent"][50:] / 8).all()
    assert COUNTED["ravine"](found.walks["descent"]) == 200
    rates = np.linspace(0.001, 0.0199, 40)
    best = min(hill.height(walk(hill, "descent", hill.start, rate, 200)[-1]) for rate in rates)
    assert best > 1e3 * max(found.walk_heights[name][-1] for name in ("momentum", "adam"))


def test_what_is_counted_on_each_surface_is_what_a_hand_made_walk_did() -> None:
    swinging = np.array([(0, 1.0), (0, -1), (0, 0), (0, -1), (0, 2), (0, 2)])
    assert COUNTED["ravine"](swinging) == 2
    bent = np.array([(1.0, 1.0), (1, 1.05), (2, 4.2), (-1, 0.95)])
    assert COUNTED["rosenbrock"](bent) == 2
    leaving = np.array([(0.0, 0.0), (0.2, 0.1), (0.3, 0.3), (0, -0.29)])
    assert COUNTED["saddle"](leaving) == 2
    assert [COUNTED[surface](swinging[:1]) for surface in CLASSIC_HILLS] == [0, 0, 0]


@pytest.mark.parametrize("surface", CLASSIC_HILLS)
def test_a_formulas_survey_tells_what_a_tenth_and_ten_times_each_rate_do(surface: str) -> None:
    hill = CLASSIC_HILLS[surface]()
    found = survey(hill, hill.start, hill.rates, 60, 3)
    for factor in OTHER_RATES:
        for name, rate in hill.rates.items():
            places = walk(hill, name, hill.start, factor * rate, 60)
            np.testing.assert_array_equal(found.other_heights[factor][name], hill.heights(places[:, 0], places[:, 1]))


def test_the_noise_of_a_stochastic_walk_is_decided_by_its_seed() -> None:
    hill = CLASSIC_HILLS["ravine"]()
    walks = [walk(hill, "stochastic", hill.start, 0.05, 10, seed) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(walks[0], walks[1])
    assert not np.array_equal(walks[0], walks[2])
    assert not np.array_equal(walks[0], walk(hill, "descent", hill.start, 0.05, 10))


def test_a_walk_that_runs_off_ends_and_stays_finite() -> None:
    hill = CLASSIC_HILLS["rosenbrock"]()
    places = walk(hill, "descent", hill.start, 1.0, 50)
    assert len(places) < 51 and np.isfinite(places).all()


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden", [(), (20,), (16, 12)], ids=str)
def test_the_slice_is_the_loss_of_the_network_whose_weights_were_moved(
    activation: str, hidden: tuple[int, ...], chance: np.random.Generator, mnist: Mnist
) -> None:
    network = random_network(activation, hidden, chance)
    plane = a_slice(mnist, network)
    for x, y in [(0.0, 0.0), (0.7, -0.4)]:
        moved = tuple(
            ((weight + x * first + y * second).T.astype(np.float32), bias[:, 0].astype(np.float32))
            for weight, first, second, bias in plane.layers
        )
        score = evaluate(Network(activation, moved), mnist.validation_images[:40], mnist.validation_labels[:40])
        assert plane.loss(x, y) == pytest.approx(score.loss, rel=1e-4)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden", [(), (20,), (16, 12)], ids=str)
def test_the_slices_gradient_is_its_slope(
    activation: str, hidden: tuple[int, ...], chance: np.random.Generator, mnist: Mnist
) -> None:
    hill = hill_of(a_slice(mnist, random_network(activation, hidden, chance)))
    place = np.array([0.3, -0.5])
    tolerance = 1e-3 if activation == "relu" else 1e-6
    np.testing.assert_allclose(hill.gradient(place, None), nudged(hill, place), rtol=tolerance, atol=tolerance)


def test_directions_are_as_long_as_the_weights_of_each_neuron_and_biases_stay(
    chance: np.random.Generator, mnist: Mnist
) -> None:
    network = random_network("relu", (16, 12), chance)
    for (weight, first, second, bias), (own, own_bias) in zip(
        a_slice(mnist, network).layers, network.weights, strict=True
    ):
        lengths = np.linalg.norm(own, axis=0)
        for direction in (first, second):
            np.testing.assert_allclose(np.linalg.norm(direction, axis=1), lengths, rtol=1e-6)
        np.testing.assert_allclose(bias[:, 0], own_bias)
        np.testing.assert_allclose(weight.T, own)
        assert abs((first * second).sum()) < 0.5 * (first**2).sum()


def test_few_images_give_a_gradient_that_is_right_on_average(chance: np.random.Generator, mnist: Mnist) -> None:
    plane = a_slice(mnist, random_network("tanh", (16,), chance))
    halves = [plane.gradient(0.2, 0.1, np.arange(start, start + 20)) for start in (0, 20)]
    np.testing.assert_allclose(np.mean(halves, axis=0), plane.gradient(0.2, 0.1), atol=1e-9)
    assert not np.allclose(halves[0], halves[1])


def test_a_survey_of_a_network_says_on_how_many_images(chance: np.random.Generator, mnist: Mnist) -> None:
    network = random_network("relu", (16,), chance)
    count = slice_images(network)
    assert count == SLICE_IMAGES
    images, labels = mnist.validation_images[:count], mnist.validation_labels[:count]
    found = survey_network(network, images, labels, (0.9, -0.9), {"descent": 0.05, "adam": 0.1}, seed=0)
    assert (found.images, found.heights.shape, set(found.walks)) == (count, (GRID, GRID), {"descent", "adam"})
    assert len(found.walks["adam"]) == SLICE_STEPS + 1
    middle = GRID // 2
    assert found.heights[middle, middle] == pytest.approx(evaluate(network, images, labels).loss, rel=1e-4)
    assert found.walk_heights["adam"][0] == found.walk_heights["descent"][0]


def test_a_large_network_is_surveyed_on_fewer_images_and_places(chance: np.random.Generator, mnist: Mnist) -> None:
    network = random_network("relu", (16, 16000), chance)
    assert sum(weight.size for weight, _ in network.weights[1:]) > LARGE
    assert slice_images(network) == 32
    found = survey_network(
        network, mnist.validation_images[:32], mnist.validation_labels[:32], (0.5, 0.5), {"adam": 0.1}, seed=0
    )
    assert len(found.xs) < GRID and found.most_steps < SLICE_STEPS


def test_a_survey_without_walkers_is_a_landscape_alone() -> None:
    found = survey(CLASSIC_HILLS["saddle"](), (1.0, 0.0), {}, 10)
    assert found.walks == {} and np.isfinite(found.heights).all()
