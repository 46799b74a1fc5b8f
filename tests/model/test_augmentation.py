"""Random changes to digits: none when there should be none, within their bounds when there should be some."""

import functools
from typing import Any

import numpy as np
import pytest

from model.augmentation import AUGMENTATIONS, Augmentation, augment
from model.data.mnist import Mnist

pytestmark = pytest.mark.usefixtures("tensorflow")


def changed(pixels: np.ndarray, augmentation: Augmentation, key: tuple[int, int] = (0, 0)) -> np.ndarray:
    """What the compiled loop makes of pictures (N, 784) uint8: float32 in [0, 1]."""
    import tensorflow as tf

    return np.asarray(compiled(augmentation)(tf.constant(pixels), tf.constant(key)))


@functools.cache
def compiled(augmentation: Augmentation) -> Any:
    """As the training loop has it: the random numbers outside XLA are others, and want another key."""
    import tensorflow as tf

    return tf.function(lambda pixels, key: augment(pixels, augmentation, key), jit_compile=True)


def centres(pixels: np.ndarray) -> np.ndarray:
    """Centre of mass of each picture, (N, 2): row and column."""
    pictures = pixels.reshape(-1, 28, 28).astype(np.float64)
    mass = pictures.sum(axis=(1, 2))
    rows = (pictures.sum(axis=2) * np.arange(28)).sum(axis=1) / mass
    columns = (pictures.sum(axis=1) * np.arange(28)).sum(axis=1) / mass
    return np.stack([rows, columns], axis=1)


def spread(pixels: np.ndarray) -> np.ndarray:
    """Mean squared distance of the ink from its centre, (N, 2): rows and columns."""
    pictures = pixels.reshape(-1, 28, 28).astype(np.float64)
    mass = pictures.sum(axis=(1, 2))
    places = np.arange(28) - centres(pixels)[..., None]
    rows = (pictures.sum(axis=2) * places[:, 0] ** 2).sum(axis=1) / mass
    columns = (pictures.sum(axis=1) * places[:, 1] ** 2).sum(axis=1) / mass
    return np.stack([rows, columns], axis=1)


def spots(brightness: np.ndarray) -> np.ndarray:
    """One picture (28, 28) 0..1 four hundred times, (400, 784) uint8."""
    return np.repeat(np.rint(255 * brightness).astype(np.uint8).reshape(1, 784), 400, axis=0)


@pytest.fixture(scope="module")
def pixels(mnist: Mnist) -> np.ndarray:
    return mnist.training_images[:200].reshape(-1, 784)


@pytest.fixture(scope="module")
def blobs() -> np.ndarray:
    """A soft spot in the middle of an otherwise black picture, so that no ink is lost at the edge."""
    rows, columns = np.mgrid[:28, :28] - 13.5
    return spots(np.exp(-(rows**2 + columns**2) / 18))


def test_off_means_no_augmentation_at_all() -> None:
    assert AUGMENTATIONS["off"] is None
    assert list(AUGMENTATIONS) == ["off", "gentle", "strong"]


def test_zero_amounts_leave_every_picture_as_it_is(pixels: np.ndarray) -> None:
    # Half a percent: the last row and column are read a thousandth of a pixel inside.
    np.testing.assert_allclose(changed(pixels, Augmentation()), pixels / 255, atol=5e-3)


@pytest.mark.parametrize("name", ["gentle", "strong"])
def test_equal_keys_give_equal_changes_and_others_others(name: str, pixels: np.ndarray) -> None:
    augmentation: Any = AUGMENTATIONS[name]
    once = changed(pixels, augmentation, (3, 8))
    np.testing.assert_array_equal(changed(pixels, augmentation, (3, 8)), once)
    assert np.abs(changed(pixels, augmentation, (3, 16)) - once).max() > 0.5
    assert np.abs(changed(pixels, augmentation, (4, 8)) - once).max() > 0.5


@pytest.mark.parametrize("name", ["gentle", "strong"])
def test_a_pixel_stays_between_black_and_white(name: str, pixels: np.ndarray) -> None:
    augmentation: Any = AUGMENTATIONS[name]
    found = changed(pixels, augmentation)
    assert found.shape == pixels.shape and found.dtype == np.float32
    assert found.min() >= 0 and found.max() <= 1 + 1e-6
    assert 0.8 < found.sum() / (pixels / 255).sum() < 1.25


def test_a_shift_moves_the_centre_of_mass_within_its_bound_both_ways(blobs: np.ndarray) -> None:
    moved = centres(changed(blobs, Augmentation(shift=2.0))) - centres(blobs)
    assert np.abs(moved).max() <= 2.02
    assert (moved.max(axis=0) > 1.8).all() and (moved.min(axis=0) < -1.8).all()
    assert np.abs(moved.mean(axis=0)).max() < 0.2
    assert abs(np.corrcoef(moved.T)[0, 1]) < 0.2  # rows and columns are drawn apart
    np.testing.assert_allclose(spread(changed(blobs, Augmentation(shift=2.0))), spread(blobs), atol=0.6)


def test_pictures_of_one_batch_are_changed_differently(blobs: np.ndarray) -> None:
    moved = centres(changed(blobs, Augmentation(shift=2.0)))
    assert len(np.unique(moved.round(3), axis=0)) > 350


def test_scale_makes_a_picture_larger_and_smaller_by_its_bound(blobs: np.ndarray) -> None:
    factors = np.sqrt(spread(changed(blobs, Augmentation(scale=0.12))) / spread(blobs))
    assert 0.86 < factors.min() < 0.91 and 1.10 < factors.max() < 1.15
    np.testing.assert_allclose(factors[:, 0], factors[:, 1], atol=0.02)


def test_proportion_changes_width_and_height_apart(blobs: np.ndarray) -> None:
    factors = np.sqrt(spread(changed(blobs, Augmentation(proportion=0.12))) / spread(blobs))
    assert abs(np.corrcoef(factors.T)[0, 1]) < 0.2


def test_rotation_turns_an_off_centre_spot_within_its_bound() -> None:
    rows, columns = np.mgrid[:28, :28] - 13.5
    spot = np.exp(-((rows + 7) ** 2 + columns**2) / 4)
    places = centres(changed(spots(spot), Augmentation(rotation=12))) - 13.5
    angles = np.degrees(np.arctan2(places[:, 1], -places[:, 0]))
    assert 11 < angles.max() < 12.3 and -12.3 < angles.min() < -11
    np.testing.assert_allclose(np.hypot(*places.T), 7, atol=0.1)


def test_slant_moves_the_top_against_the_bottom_and_leaves_heights(blobs: np.ndarray) -> None:
    rows, columns = np.mgrid[:28, :28] - 13.5
    spot = np.exp(-((rows + 7) ** 2 + columns**2) / 4)
    places = centres(changed(spots(spot), Augmentation(slant=0.25))) - 13.5
    np.testing.assert_allclose(places[:, 0], -7, atol=0.05)
    assert 1.6 < places[:, 1].max() < 1.8 and -1.8 < places[:, 1].min() < -1.6


def test_a_warp_bends_smoothly_and_only_a_little(pixels: np.ndarray) -> None:
    bent = changed(pixels, Augmentation(warp=1.0))
    assert np.abs(bent - pixels / 255).mean() > 0.005
    moved = np.abs(centres(bent) - centres(pixels))
    assert moved.mean() < 0.4 and moved.max() < 1.5  # a stroke that is bent is also stretched, which moves its weight


def test_a_digit_stays_the_same_digit_to_its_nearest_neighbour(pixels: np.ndarray) -> None:
    found = changed(pixels, Augmentation(rotation=4, scale=0.04, warp=0.2))
    distances = ((found[:, None] - pixels[None] / 255) ** 2).sum(axis=2)
    assert (distances.argmin(axis=1) == np.arange(len(pixels))).mean() > 0.98
