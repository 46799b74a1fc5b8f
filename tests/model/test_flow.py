"""One image on its way, against the forward pass and networks made by hand."""

import numpy as np
import pytest

from model.flow import LINKS_SHOWN, UNITS_SHOWN, flow_through, most_active
from model.network import layer_outputs, predict
from tests.model.networks import random_network


def test_probabilities_and_activations_are_those_of_the_forward_pass(few_images):
    network = random_network("relu", (12, 40))
    flow = flow_through(network, few_images[3])
    outputs = layer_outputs(network, few_images[3:4])
    assert np.allclose(flow.probabilities, predict(network, few_images[3:4])[0], atol=1e-6)
    for layer, output in zip(flow.layers, outputs, strict=False):
        assert layer.size == output.shape[1]
        assert np.allclose(layer.activations, output[0, layer.units])


def test_the_units_shown_are_the_most_active_in_the_order_of_their_numbers(few_images):
    network = random_network("tanh", (100,))
    layer = flow_through(network, few_images[0]).layers[0]
    said = np.abs(layer_outputs(network, few_images[:1])[0][0])
    assert len(layer.units) == UNITS_SHOWN
    assert (np.diff(layer.units) > 0).all()
    assert said[layer.units].min() >= np.delete(said, layer.units).max()


def test_a_unit_can_be_kept_however_quiet_it_is():
    said = np.arange(50, dtype=np.float32)
    assert 0 not in most_active(said)
    assert 0 in most_active(said, kept=0)
    assert len(most_active(said, kept=0)) == UNITS_SHOWN


def test_a_link_carries_weight_times_activation_and_the_strongest_come_first(few_images):
    network = random_network("relu", (30, 20))
    flow = flow_through(network, few_images[7])
    below = few_images[7].reshape(784) / 255
    for links, (weight, _), output in zip(
        flow.links, network.weights, layer_outputs(network, few_images[7:8]), strict=True
    ):
        assert np.allclose(links.weights, weight[links.sources, links.targets])
        assert np.allclose(links.carried, links.weights * below[links.sources], atol=1e-5)
        assert (np.diff(np.abs(links.carried)) <= 1e-6).all()
        assert 0 < len(links.carried) <= LINKS_SHOWN
        below = output[0]


def test_no_link_of_the_shown_units_is_stronger_than_those_drawn(few_images):
    network = random_network("relu", (30,))
    flow = flow_through(network, few_images[7])
    carried = flow.pixels[:, None] * network.weights[0][0][:, flow.layers[0].units]
    assert np.sort(np.abs(carried).ravel())[-LINKS_SHOWN] == pytest.approx(float(np.abs(flow.links[0].carried).min()))


def test_a_silent_unit_says_nothing_and_carries_nothing(few_images):
    network = random_network("sigmoid", (5,))
    silent = (np.array([False, True, False, False, False]),)
    flow = flow_through(network, few_images[0], silent)
    assert flow.layers[0].activations[1] == 0
    assert 1 not in flow.links[1].sources


def test_a_blank_picture_carries_nothing_from_the_pixels():
    flow = flow_through(random_network("relu", (5,)), np.zeros((28, 28), np.float32))
    assert not len(flow.links[0].carried)


def test_without_hidden_layers_pixels_lead_to_digits(few_images):
    flow = flow_through(random_network("relu", ()), few_images[0])
    assert flow.layers == () and len(flow.links) == 1
