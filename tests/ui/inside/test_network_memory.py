"""What is remembered of networks: computed once, forgotten in order, and no network lives for it."""

import gc
import weakref

from tests.model.networks import random_network
from ui.inside.network_memory import remembered


def counted(most):
    asked = []

    @remembered(most)
    def units(network, factor):
        asked.append(factor)
        return factor * network.weights[0][1].shape[0]

    return units, asked


def test_an_answer_is_computed_once_for_each_network_and_value():
    units, asked = counted(8)
    one, other = random_network("relu", (3,)), random_network("relu", (5,))
    assert [units(one, 1), units(one, 1), units(other, 1), units(one, 2)] == [3, 3, 5, 6]
    assert asked == [1, 1, 2]


def test_the_answers_asked_for_longest_ago_are_forgotten():
    units, asked = counted(2)
    network = random_network("relu", (3,))
    for factor in (1, 2, 3, 1):
        units(network, factor)
    assert asked == [1, 2, 3, 1]


def test_a_network_that_nobody_else_holds_is_let_go():
    units, _ = counted(8)
    network = random_network("relu", (3,))
    units(network, 1)
    there = weakref.ref(network)
    del network
    gc.collect()
    assert there() is None
