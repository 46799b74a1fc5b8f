"""What feeds an answer, against the forward pass, numeric gradients, units switched off and networks made by hand."""

import numpy as np
import pytest

from model.activations import ACTIVATIONS
from model.interpretability.activation_trace import (
    LINES_SHOWN,
    UNITS_SHOWN,
    flow_to,
    most_giving,
    pass_through,
    reaches,
    secants,
)
from model.interpretability.attribution import explain
from model.network import Network, layer_outputs, predict
from tests.model.networks import random_network

EVERY = pytest.mark.parametrize("activation", ACTIVATIONS)


@EVERY
def test_an_image_passes_as_in_the_forward_pass(few_images, activation):
    network = random_network(activation, (12, 40))
    passed = pass_through(network, few_images[3])
    outputs = layer_outputs(network, few_images[3:4])
    for said, output in zip((*passed.inputs[1:], passed.scores), outputs, strict=True):
        assert np.allclose(said, output[0], atol=1e-4)
    assert np.allclose(passed.probabilities, predict(network, few_images[3:4])[0], atol=1e-5)


@EVERY
def test_in_the_last_hidden_layer_a_contribution_is_what_switching_the_unit_off_costs(few_images, activation):
    network = random_network(activation, (9,))
    whole = pass_through(network, few_images[5])
    layer = flow_to(network, whole, 4).layers[0]
    for unit, given in zip(layer.units.tolist(), layer.given.tolist(), strict=True):
        without = pass_through(network, few_images[5], [np.arange(9) == unit])
        assert given == pytest.approx(whole.scores[4] - without.scores[4], abs=1e-9)


@EVERY
@pytest.mark.parametrize("hidden", [(), (1,), (20,), (20, 7, 15, 3)], ids=str)
def test_contributions_and_biases_add_up_to_the_score_at_every_layer(few_images, activation, hidden):
    network = random_network(activation, hidden)
    passed = pass_through(network, few_images[2])
    reach = reaches(network, passed, 7)
    at_zero = float(ACTIVATIONS[activation].function(np.zeros(1))[0])
    for layer, (said, arrives) in enumerate(zip(passed.inputs, reach, strict=True)):
        biases = float(network.weights[-1][1][7])
        for above in range(layer, len(hidden)):
            # What the layer above says of a sum of zero, and its bias by its secant, both as far as they arrive.
            kept = at_zero + network.weights[above][1].astype(float) * passed.secants[above]
            biases += float(kept @ reach[above + 1])
        assert float(said @ arrives) + biases == pytest.approx(float(passed.scores[7]), abs=1e-8)
        if layer:
            assert flow_to(network, passed, 7).layers[layer - 1].biases == pytest.approx(biases, abs=1e-8)


@pytest.mark.parametrize("activation", ["relu", "linear"])
def test_without_curves_the_reach_is_the_gradient(few_images, activation):
    network = random_network(activation, (20, 11))
    passed = pass_through(network, few_images[2])
    nudge, layer = 1e-6, 1
    (weight, bias), (outgoing, last) = network.weights[1:]
    for unit in range(20):
        said = passed.inputs[layer].copy()
        said[unit] += nudge
        score = (ACTIVATIONS[activation].function(said @ weight + bias) @ outgoing + last)[3]
        slope = (score - passed.scores[3]) / nudge
        assert reaches(network, passed, 3)[layer][unit] == pytest.approx(slope, abs=1e-4)


def test_pixels_of_a_network_without_hidden_layers_give_what_the_explanation_says(few_images):
    network = random_network("relu", ())
    passed = pass_through(network, few_images[1])
    two, nine = (reaches(network, passed, digit)[0] for digit in (2, 9))
    explained = explain(network, few_images[1], 2, 9).contributions.ravel()
    assert np.allclose(passed.inputs[0] * (two - nine), explained, atol=1e-5)


@EVERY
def test_a_secant_leads_from_the_answer_at_zero_to_the_answer(activation):
    sums = np.array([-7.0, -0.3, 0.0, 1e-9, 0.2, 5.0])
    function = ACTIVATIONS[activation].function
    assert np.allclose(function(np.zeros(1)) + secants(activation, sums) * sums, function(sums), atol=1e-8)
    assert np.isfinite(secants(activation, sums)).all()


def test_those_that_give_most_are_shown_from_the_most_for_to_the_most_against(few_images):
    network = random_network("tanh", (100,))
    passed = pass_through(network, few_images[0])
    layer = flow_to(network, passed, 6).layers[0]
    given = passed.inputs[1] * network.weights[1][0][:, 6]
    assert len(layer.units) == UNITS_SHOWN and (np.diff(layer.given) <= 0).all()
    assert np.abs(layer.given).min() >= np.abs(np.delete(given, layer.units)).max()
    assert layer.given.sum() + layer.others == pytest.approx(given.sum())


def test_a_unit_can_be_kept_however_little_it_gives():
    given = np.arange(50.0)
    assert 0 not in most_giving(given)
    assert 0 in most_giving(given, kept=0) and len(most_giving(given, kept=0)) == UNITS_SHOWN


@EVERY
def test_what_leaves_a_unit_is_what_it_gives_and_what_enters_it_too_but_for_its_bias(few_images, activation):
    network = random_network(activation, (8, 10))
    passed = pass_through(network, few_images[7])
    flow = flow_to(network, passed, 5)
    first, second = flow.layers
    at_zero = float(ACTIVATIONS[activation].function(np.zeros(1))[0])
    assert np.allclose(flow.lines[1].carried.sum(axis=1), first.given)
    assert np.allclose(flow.lines[2].carried[:, 5], second.given)
    worth = reaches(network, passed, 5)[2][second.units]
    own = (network.weights[1][1][second.units] * passed.secants[1][second.units] + at_zero) * worth
    assert np.allclose(flow.lines[1].carried.sum(axis=0) + own, second.given)


def test_only_the_strongest_lines_into_the_answer_are_drawn_and_their_share_is_told(few_images):
    network = random_network("relu", (30, 40))
    passed = pass_through(network, few_images[7])
    flow = flow_to(network, passed, 1)
    middle, last = flow.lines[1:]
    assert middle.drawn.sum() <= LINES_SHOWN and not np.delete(last.drawn, 1, axis=1).any()
    assert np.abs(middle.carried[middle.drawn]).min() >= np.abs(middle.carried[~middle.drawn]).max() * 0.999
    reach = passed.secants[1] * network.weights[2][0][:, 1]
    everything = np.abs(passed.inputs[1][:, None] * network.weights[1][0] * reach)
    assert middle.share == pytest.approx(np.abs(middle.carried[middle.drawn]).sum() / everything.sum())
    assert 0 < last.share <= 1


def test_a_silent_unit_says_nothing_and_gives_nothing(few_images):
    network = random_network("sigmoid", (5,))
    passed = pass_through(network, few_images[0], (np.arange(5) == 1,))
    layer = flow_to(network, passed, 0).layers[0]
    place = layer.units.tolist().index(1)
    assert layer.outputs[place] == layer.given[place] == 0


def test_from_a_blank_picture_and_through_a_network_of_zeros_nothing_flows():
    blank = np.zeros((28, 28), np.float32)
    for network in (random_network("relu", (5,)), zeros(random_network("sigmoid", (5, 4)))):
        flow = flow_to(network, pass_through(network, blank), 0)
        assert not flow.lines[0].drawn.any() and flow.lines[0].share == 1


def zeros(network: Network) -> Network:
    return Network(network.activation, tuple((0 * weight, 0 * bias) for weight, bias in network.weights))


def test_an_answer_is_one_of_ten(few_images):
    network = random_network()
    with pytest.raises(ValueError, match="answer = 10"):
        flow_to(network, pass_through(network, few_images[0]), 10)
