"""The rule that says "perhaps not a digit": lets digits pass, stops what is none, for any network."""

import itertools

import numpy as np
import pytest

from model.config import TrainingConfig
from model.data.mnist import load_mnist
from model.data.synthetic_digits import drawn_set
from model.data.synthetic_nondigits import MEASURED, TUNING, generate_nondigits
from model.evaluation.out_of_distribution import MADE_UP, detector_of, energy, margin, reference_set, stroke_directions
from model.network import Network, logits
from model.training.loop import train_steps
from model.training.state import network_of


@pytest.fixture(scope="module")
def network() -> Network:
    config = TrainingConfig(epochs=3)
    state, _ = train_steps(config, None, config.total_steps)
    return network_of(config, state)


@pytest.fixture(scope="module")
def doubt(network):
    return detector_of(network)


def test_at_most_three_of_a_hundred_real_digits_are_refused(doubt):
    assert doubt.exceeds(load_mnist().test_images[::4]).mean() <= 0.03
    assert doubt.exceeds(drawn_set()[0]).mean() <= 0.04


@pytest.mark.parametrize(
    ("kind", "least"), [("scribble", 0.75), ("letter", 0.72), ("pair", 0.95), ("dot", 0.95), ("line", 0.95)]
)
def test_what_is_no_digit_is_caught(doubt, kind, least):
    assert doubt.exceeds(generate_nondigits(kind, 200, MEASURED)).mean() >= least


@pytest.mark.parametrize("hidden_sizes", [(), (1,), (300, 20)])
def test_the_limit_fits_any_network_trained_or_not(hidden_sizes):
    rng = np.random.default_rng(0)
    sizes = (784, *hidden_sizes, 10)
    weights = tuple(
        (rng.normal(0, 5 / below, (below, above)).astype(np.float32), np.zeros(above, np.float32))
        for below, above in itertools.pairwise(sizes)
    )
    doubt = detector_of(Network("relu", weights))
    assert np.isfinite(doubt.limit)
    assert doubt.exceeds(load_mnist().test_images[:1000]).mean() <= 0.06
    assert doubt.exceeds(generate_nondigits("dot", 50, MEASURED)).mean() > 0.5


def test_energy_is_minus_the_log_of_the_summed_exponentials(network):
    images = load_mnist().test_images[:50]
    expected = -np.log(np.exp(logits(network, images).astype(np.float64)).sum(axis=1))
    assert np.allclose(energy(network, images), expected, atol=1e-4)


def test_stroke_directions_tell_upright_from_level_and_one_diagonal_from_the_other():
    pictures = np.zeros((4, 28, 28), np.float32)
    pictures[0, 4:24, 13:15] = 1
    pictures[1, 13:15, 4:24] = 1
    for at in range(4, 24):
        pictures[2, at, at : at + 2] = 1
        pictures[3, at, 26 - at : 28 - at] = 1
    directions = stroke_directions(pictures).reshape(4, 4, 49).sum(axis=2)
    assert directions.argmax(axis=1).tolist() == [0, 1, 3, 2]
    assert np.allclose(np.linalg.norm(stroke_directions(pictures), axis=1), 1, atol=1e-5)


def test_a_seen_digit_is_nearest_to_digits_and_a_seen_pair_to_non_digits():
    seen = load_mnist().training_images[:20]
    assert (margin(seen) < 0).all()
    assert (margin(generate_nondigits("pair", MADE_UP["pair"], TUNING)[:20]) > 0).all()


def test_one_image_is_judged_as_in_a_crowd(doubt):
    images = load_mnist().test_images[:40]
    alone = np.concatenate([doubt.score(image[None]) for image in images])
    assert np.allclose(alone, doubt.score(images), atol=1e-4)
    assert np.allclose(doubt.score(images / np.float32(255)), doubt.score(images), atol=1e-4)


def test_nothing_gives_nothing_and_a_blank_picture_an_answer(doubt):
    assert doubt.exceeds(np.zeros((0, 28, 28), np.uint8)).shape == (0,)
    assert np.isfinite(doubt.score(np.zeros((1, 28, 28), np.uint8))).all()


def test_limits_are_set_on_images_that_are_not_compared_with():
    known = reference_set()
    assert len(known.images) == len(known.margins)
    assert (known.margins > -1.5).all()
    training = {image.tobytes() for image in load_mnist().training_images}
    mnist_part = np.rint(known.images[: len(load_mnist().validation_images) // 2] * 255).astype(np.uint8)
    assert sum(image.tobytes() in training for image in mnist_part) == 0
