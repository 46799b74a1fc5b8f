"""Damage against hand-made cases and brute force: it is what it says, comes back the same, and leaves the original alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.interpretability.ablation import Damage, damaged, units_off
from model.network import layer_outputs, logits
from tests.model.networks import random_network

DAMAGES = st.builds(
    Damage,
    noise=st.sampled_from([0.0, 0.3, 2.0]),
    share_off=st.sampled_from([0.0, 0.25, 1.0]),
    without_bias=st.frozensets(st.integers(0, 2)),
    off=st.frozensets(st.tuples(st.integers(0, 1), st.integers(0, 7))),
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
