"""What is said of a neuron: its facts and marks come from the undamaged network, the effect of damage from the images."""

import numpy as np
import pytest

from model.interpretability.ablation import Damage, damaged
from model.network import Network
from tests.model.networks import random_network
from ui.inside.examined_network import Examined
from ui.inside.layer_units import unit_item
from ui.inside.unit import damage_in_words


@pytest.fixture(scope="module")
def examined():
    """A network with unit 2 dead and unit 5 switched off."""
    network = random_network()
    (weight, bias), outgoing = network.weights
    bias = bias.copy()
    bias[2] = -1_000
    intact = Network("relu", ((weight, bias), outgoing))
    damage = Damage(noise=0.5, off=frozenset({(0, 5)}))
    return Examined(intact, damaged(intact, damage), damage, False, 1.0)


def test_switched_off_and_dead_have_two_marks_and_two_words(examined):
    items = [unit_item(examined, examined.intact_inspection.layers[0], 0, unit, 1) for unit in (2, 5, 7)]
    assert [(item.state, item.text) for item in items] == [("dead", "3 dead"), ("off", "6 off"), ("", "8")]
    assert len({item.label.split(", ", 2)[2] for item in items}) == 3


def test_the_effect_of_damage_names_the_digit_that_changes_most():
    labels = np.repeat(np.arange(10), 10)
    now = labels.copy()
    now[70:73] = 1
    now[20] = 3
    words = damage_in_words(labels, labels, now)
    assert "**96 of 100**" in words and "undamaged it reads 100" in words
    assert "Most changed is the share of 7: 100.0% found undamaged, 70.0% now" in words


def test_damage_that_changes_nothing_names_no_digit():
    labels = np.repeat(np.arange(10), 10)
    assert "Most changed" not in damage_in_words(labels, labels, labels)
