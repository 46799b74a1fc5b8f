"""What is remembered of networks: computed once, forgotten in order, gone with its network, and never more bytes than it may be."""

import gc
import weakref

import numpy as np

from model.interpretability.ablation import Damage
from model.network_memory import bytes_of, remembered
from tests.model.networks import random_network


def counted(most_bytes):
    asked = []

    @remembered(most_bytes)
    def units(network, factor):
        asked.append(factor)
        return factor * np.ones(100 * network.weights[0][1].shape[0], np.uint8)

    return units, asked


def test_an_answer_is_computed_once_for_each_network_and_value():
    units, asked = counted(10_000)
    one, other = random_network("relu", (3,)), random_network("relu", (5,))
    assert [len(units(*given)) for given in ((one, 1), (one, 1), (other, 1), (one, 2))] == [300, 300, 500, 300]
    assert asked == [1, 1, 2]


def test_the_answers_asked_for_longest_ago_are_forgotten_when_the_bytes_are_used_up():
    units, asked = counted(650)
    network = random_network("relu", (3,))
    for factor in (1, 2, 1, 3, 1, 2):
        units(network, factor)
    assert asked == [1, 2, 3, 2]


def test_the_bytes_are_those_of_all_networks_together():
    units, asked = counted(650)
    networks = [random_network("relu", (3,)) for _ in range(3)]
    for network in (*networks, networks[2], networks[0]):
        units(network, 1)
    assert len(asked) == 4


def test_an_answer_larger_than_everything_may_be_costs_none_of_the_others():
    units, asked = counted(350)
    small, large = random_network("relu", (3,)), random_network("relu", (4,))
    for network in (small, large, large, small):
        units(network, 1)
    assert len(asked) == 3


def test_a_network_that_nobody_else_holds_is_let_go_with_every_answer():
    units, _ = counted(10_000)
    network = random_network("relu", (3,))
    gone = [weakref.ref(network), weakref.ref(units(network, 1)), weakref.ref(units(network, 2))]
    del network
    gc.collect()
    assert [there() for there in gone] == [None] * 3


def test_an_answer_that_is_the_network_itself_does_not_keep_it_alive():
    same = remembered(10_000)(lambda network: network)
    network = random_network("relu", (3,))
    gone = weakref.ref(same(network))
    del network
    gc.collect()
    assert gone() is None


def test_bytes_are_counted_through_everything_that_holds_arrays():
    network = random_network("relu", (3,))
    arrays = sum(array.nbytes for layer in network.weights for array in layer)
    assert arrays <= bytes_of(network) < arrays + 1_000
    assert bytes_of({"all": [network, network]}) >= 2 * arrays
    assert bytes_of(Damage()) < 1_000
