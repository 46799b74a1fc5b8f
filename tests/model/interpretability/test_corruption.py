"""Corrupted images against NumPy and brute force: they are what was asked, come back the same, and leave the originals alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.data.mnist import load_mnist
from model.interpretability.corruption import BLOCKS, ImageDamage, answers_to_damaged, damaged_images, pixel_map
from model.network import predict
from tests.model.networks import random_network

IMAGE_DAMAGES = st.builds(
    ImageDamage,
    noise=st.sampled_from([0.0, 0.4]),
    rotation=st.integers(-180, 180),
    right=st.integers(-10, 10),
    down=st.integers(-10, 10),
    blocked=st.integers(0, 20),
    place=st.sampled_from(sorted(BLOCKS)),
)


def test_undamaged_images_are_the_images(few_images):
    assert np.allclose(damaged_images(few_images, ImageDamage()), few_images / 255, atol=1e-6)


@pytest.mark.parametrize(("quarters", "degrees"), [(1, 90), (2, 180), (3, -90)])
def test_turns_by_quarters_are_numpys_clockwise(quarters, degrees, few_images):
    expected = np.rot90(few_images / 255, -quarters, axes=(1, 2))
    assert np.allclose(damaged_images(few_images, ImageDamage(rotation=degrees)), expected, atol=1e-6)


def test_shifts_move_right_and_down_and_leave_black_behind(few_images):
    moved = damaged_images(few_images, ImageDamage(right=3, down=5))
    assert np.allclose(moved[:, 5:, 3:], few_images[:, :-5, :-3] / 255, atol=1e-6)
    assert not moved[:, :5].any() and not moved[:, :, :3].any()


def test_a_slanting_turn_keeps_the_ink_of_a_digit_in_the_middle(few_images):
    turned = damaged_images(few_images, ImageDamage(rotation=30))
    assert np.allclose(turned.sum(axis=(1, 2)), few_images.sum(axis=(1, 2)) / 255, rtol=0.1)


@pytest.mark.parametrize("place", BLOCKS)
def test_a_square_of_the_asked_size_is_black(place):
    white = np.ones((1, 28, 28), np.float32)
    black = np.argwhere(damaged_images(white, ImageDamage(blocked=9, place=place))[0] == 0)
    assert len(black) == 81
    assert (black.max(axis=0) - black.min(axis=0)).tolist() == [8, 8]


@settings(max_examples=15, deadline=None)
@given(damage=IMAGE_DAMAGES)
def test_answers_to_damaged_images_are_the_answers_to_the_damaged_images(damage):
    images = load_mnist().test_images[:1_200]
    network = random_network("relu", (12,), seed=3)
    expected = predict(network, damaged_images(images, damage))
    found = answers_to_damaged(network, images, damage)
    # The ways differ in rounding, so that only an image between two digits may be told apart.
    differ = np.flatnonzero(found != expected.argmax(axis=1))
    if not damage.noise:
        chosen = np.take_along_axis(expected[differ], found[differ, None], 1)[:, 0]
        assert np.allclose(chosen, expected[differ].max(axis=1), atol=1e-3)
    assert len(differ) <= 6


def test_noise_stays_within_black_and_white_and_differs_from_image_to_image(few_images):
    noisy = damaged_images(few_images, ImageDamage(noise=1.0))
    assert noisy.min() >= 0 and noisy.max() <= 1
    assert not np.allclose(noisy[0] - few_images[0] / 255, noisy[1] - few_images[1] / 255, atol=0.1)


@pytest.mark.parametrize(
    "damage", [ImageDamage(blocked=21), ImageDamage(blocked=-1), ImageDamage(place="above")], ids=str
)
def test_image_damage_that_makes_no_sense_is_refused(damage):
    with pytest.raises(ValueError, match="expected 0 to 20"):
        pixel_map(damage)
