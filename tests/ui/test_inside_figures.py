"""The picture of a flow: what can be clicked and pointed at, and what colours and widths say."""

import numpy as np
import pytest

from model.flow import flow_through
from tests.model.networks import random_network
from ui.inside_figures import AGAINST_COLOUR, FOR_COLOUR, FlowWords, MapPoints, digit_map, flow_figure

WORDS = FlowWords(
    ("pixels", "one", "two", "digits"), "{layer} {unit} {activation}", "{weight} {carried}", "{digit} {share}"
)


@pytest.fixture(scope="module")
def flow():
    picture = np.zeros((28, 28), np.float32)
    picture[5:23, 12:16] = 1
    return flow_through(random_network("relu", (40, 6)), picture)


def test_every_neuron_shown_can_be_clicked_and_tells_its_numbers(flow):
    figure = flow_figure(flow, WORDS, (1, 2))
    clickable = [trace for trace in figure.data if trace.type == "scatter" and trace.customdata is not None]
    found = [tuple(point) for trace in clickable for point in trace.customdata]
    assert found == [(layer, unit) for layer, shown in enumerate(flow.layers) for unit in shown.units.tolist()]
    assert clickable[1].text[2] == f"2 3 {flow.layers[1].activations[2]:.2f}"


def test_the_chosen_neuron_is_larger_than_the_others(flow):
    sizes = [trace.marker.size for trace in flow_figure(flow, WORDS, (1, 2)).data if trace.customdata is not None]
    assert len(set(sizes[0])) == 1
    assert int(np.argmax(sizes[1])) == 2 and len(set(sizes[1])) == 2


def test_lines_are_blue_where_they_push_up_and_orange_where_they_hold_down(flow):
    lines = [trace for trace in flow_figure(flow, WORDS, None).data if getattr(trace, "mode", "") == "lines"]
    drawn = {FOR_COLOUR: 0, AGAINST_COLOUR: 0}
    for trace in lines:
        drawn[trace.line.color] += sum(x is None for x in trace.x)
    carried = np.concatenate([links.carried for links in flow.links])
    assert drawn == {FOR_COLOUR: int((carried > 0).sum()), AGAINST_COLOUR: int((carried < 0).sum())}


def test_a_flow_without_hidden_layers_can_be_drawn():
    flow = flow_through(random_network("relu", ()), np.ones((28, 28), np.float32))
    figure = flow_figure(flow, FlowWords(("pixels", "digits"), "", "", ""), None)
    assert not [trace for trace in figure.data if trace.customdata is not None]


def test_every_point_of_the_map_says_which_image_it_is():
    chance = np.random.default_rng(3)
    labels, answers = chance.integers(0, 10, (2, 200))
    points = MapPoints(chance.normal(size=(200, 2)).astype(np.float32), labels, answers, [str(n) for n in range(200)])
    figure = digit_map(points, np.zeros(2, np.float32), "mine", {"url": "x", "columns": 1, "rows": 1})
    for digit in range(10):
        trace = figure.data[digit]
        for number, x, symbol in zip(trace.customdata, trace.x, trace.marker.symbol, strict=True):
            assert labels[number] == digit
            assert x == pytest.approx(points.places[number, 0], abs=0.01)
            assert symbol == ("circle" if answers[number] == digit else "x")
    assert figure.data[10].name == "mine"
