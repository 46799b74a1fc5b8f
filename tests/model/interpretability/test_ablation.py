"""Damage against hand-made cases and brute force: it is what it says, comes back the same, and leaves the original alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.data.mnist import load_mnist
from model.interpretability.ablation import (
    BLOCKS,
    Damage,
    ImageDamage,
    answers_to_damaged,
    damaged,
    damaged_images,
    pixel_map,
    units_off,
)
from model.network import layer_outputs, logits, predict
from tests.model.networks import random_network

DAMAGES = st.builds(
    Damage,
    noise=st.sampled_from([0.0, 0.3, 2.0]),
    share_off=st.sampled_from([0.0, 0.25, 1.0]),
    without_bias=st.frozensets(st.integers(0, 2)),
    off=st.frozensets(st.tuples(st.integers(0, 1), st.integers(0, 7))),
)
IMAGE_DAMAGES = st.builds(
    ImageDamage,
    noise=st.sampled_from([0.0, 0.4]),
    rotation=st.integers(-180, 180),
    right=st.integers(-10, 10),
    down=st.integers(-10, 10),
    blocked=st.integers(0, 20),
    place=st.sampled_from(sorted(BLOCKS)),
)


def test_no_damage_is_the_network_itself():
    network = random_network("relu", (8, 8))
    assert damaged(network, Damage()) is network


@settings(max_examples=20, deadline=None)
@given(damage=DAMAGES)
def test_damage_is_the_same_every_time_and_leaves_the_network_as_it_was(damage):
    network = random_network("relu", (8, 8))
    before = [array.copy() for pair in network.weights for array in pair]
    one, other = damaged(network, damage), damaged(network, damage)
    for first, second in zip(one.weights, other.weights, strict=True):
        assert np.array_equal(first[0], second[0]) and np.array_equal(first[1], second[1])
    assert all(map(np.array_equal, before, [array for pair in network.weights for array in pair]))


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_a_unit_that_is_off_is_not_heard(activation, few_images):
    network = random_network(activation, (8, 6))
    hidden = layer_outputs(network, few_images)[0].copy()
    hidden[:, 3] = 0
    second = layer_outputs(random_network(activation, (8, 6)), few_images)[1]
    heard = layer_outputs(damaged(network, Damage(off=frozenset({(0, 3)}))), few_images)[1]
    sums = hidden @ network.weights[1][0] + network.weights[1][1]
    expected = np.maximum(sums, 0) if activation == "relu" else 1 / (1 + np.exp(-sums))
    assert np.allclose(heard, expected, atol=1e-5)
    assert not np.allclose(heard, second, atol=1e-3)


def test_a_larger_share_holds_every_smaller_one():
    network = random_network("relu", (40, 20))
    before = [np.zeros(40, bool), np.zeros(20, bool)]
    for share in np.linspace(0, 1, 11):
        off = units_off(network, Damage(share_off=float(share)))
        assert [int(units.sum()) for units in off] == [round(share * 40), round(share * 20)]
        assert all((later | earlier == later).all() for later, earlier in zip(off, before, strict=True))
        before = off


def test_with_every_unit_off_only_the_last_biases_speak(few_images):
    network = random_network("relu", (8, 6))
    found = logits(damaged(network, Damage(share_off=1.0)), few_images)
    assert np.allclose(found, network.weights[-1][1])


def test_noise_is_in_standard_deviations_of_each_layer():
    network = random_network("relu", (200, 100))
    noisy = damaged(network, Damage(noise=0.5))
    for (before, _), (after, _) in zip(network.weights, noisy.weights, strict=True):
        assert (after - before).std() == pytest.approx(0.5 * before.std(), rel=0.1)


def test_biases_go_only_where_asked():
    network = random_network("relu", (8, 6))
    found = damaged(network, Damage(without_bias=frozenset({1})))
    assert not found.weights[1][1].any()
    assert found.weights[0][1].any() and found.weights[2][1].any()


@pytest.mark.parametrize(
    "damage",
    [
        Damage(share_off=1.5),
        Damage(noise=-1),
        Damage(noise=float("nan")),
        Damage(without_bias=frozenset({3})),
        Damage(off=frozenset({(2, 0)})),
        Damage(off=frozenset({(0, 8)})),
    ],
    ids=str,
)
def test_damage_that_makes_no_sense_is_refused(damage):
    with pytest.raises(ValueError, match=r"expected|layers are"):
        damaged(random_network("relu", (8, 6)), damage)


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
