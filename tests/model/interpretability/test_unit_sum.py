"""The sum of one unit, against the forward pass of the network."""

import numpy as np
import pytest

from model.interpretability.activation_trace import pass_through
from model.interpretability.unit_sum import TERMS_SHOWN, bands, pixel_terms, unit_sum
from model.network import ACTIVATIONS, layer_outputs, predict
from tests.model.networks import random_network


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden", [(), (3,), (40, 9)], ids=str)
def test_the_terms_add_up_to_what_the_unit_says(few_images, activation, hidden):
    network = random_network(activation, hidden)
    passed = pass_through(network, few_images[4])
    outputs = layer_outputs(network, few_images[4:5])
    shares = predict(network, few_images[4:5])[0]
    for layer, (_, biases) in enumerate(network.weights):
        for unit in range(len(biases)):
            found = unit_sum(network, passed, layer, unit)
            assert found.terms.sum() + found.others + found.bias == pytest.approx(found.total, abs=1e-9)
            assert np.allclose(found.terms, found.outputs * found.weights)
            assert found.others_count + len(found.inputs) == len(passed.inputs[layer])
            last = layer == len(hidden)
            said = found.total if last else ACTIVATIONS[activation].function(np.float32(found.total))
            assert float(said) == pytest.approx(float(outputs[layer][0, unit]), abs=1e-4)
            assert found.answer == pytest.approx(float(shares[unit] if last else said), abs=1e-5)


def test_the_terms_shown_are_the_largest(few_images):
    network = random_network("tanh", (40, 9))
    passed = pass_through(network, few_images[4])
    found = unit_sum(network, passed, 1, 2)
    every = np.abs(passed.inputs[1] * network.weights[1][0][:, 2])
    assert np.allclose(np.abs(found.terms), np.sort(every)[::-1][:TERMS_SHOWN])


def test_bands_of_pixels_add_up_and_those_without_ink_are_left_out(few_images):
    network = random_network("relu", (4,))
    passed = pass_through(network, few_images[4])
    found = bands(pixel_terms(network, passed, 3))
    sums = unit_sum(network, passed, 0, 3)
    assert sum(band for _, _, band in found) + sums.bias == pytest.approx(sums.total, abs=1e-9)
    inked = few_images[4].any(axis=1)
    assert [(first, last) for first, last, _ in found] == [
        (row, row + 3) for row in range(0, 28, 4) if inked[row : row + 4].any()
    ]


def test_a_unit_that_is_off_has_its_sum_but_says_nothing(few_images):
    network = random_network("sigmoid", (4,))
    passed = pass_through(network, few_images[4], (np.arange(4) == 3,))
    found = unit_sum(network, passed, 0, 3)
    assert found.off and found.answer == 0 and found.total != 0
    assert not unit_sum(network, passed, 0, 2).off
