"""The picture of a flow: what can be clicked and pointed at, and what colours and widths say."""

import numpy as np
import pytest

from model.damage_curve import Fall
from model.flow import flow_through
from tests.model.networks import random_network
from ui.inside_figures import (
    AGAINST_COLOUR,
    FOR_COLOUR,
    DamageWords,
    FlowWords,
    MapPoints,
    MapWords,
    damage_curve,
    digit_map,
    flow_figure,
    small_map,
)

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


MAP_WORDS = MapWords("{label} right", "{label} as {answer}", "mine")


def random_points(chance, mistakes_alone=False):
    labels, answers = chance.integers(0, 10, (2, 200))
    answers = np.where(chance.random(200) < 0.8, labels, answers)
    places = chance.normal(size=(200, 2)).astype(np.float32)
    return MapPoints(places, labels, answers, np.arange(200), mistakes_alone)


@pytest.mark.parametrize("small", [False, True])
def test_every_point_of_a_map_says_which_image_it_is_and_how_it_was_read(small):
    points = random_points(np.random.default_rng(3))
    none, own, meta = points.some(np.array([], int)), np.zeros(2, np.float32), {"url": "x", "columns": 1, "rows": 1}
    figure = (
        small_map(points, none, own, MAP_WORDS, "pixels", meta)
        if small
        else digit_map(points, none, own, MAP_WORDS, meta)
    )
    seen = []
    for trace in figure.data[:-1]:
        for place, number in enumerate(trace.customdata.tolist()):
            label, answer = points.labels[number], points.answers[number]
            assert trace.name == str(label)
            assert trace.x[place] == pytest.approx(points.places[number, 0], abs=0.01)
            assert trace.marker.symbol == ("circle" if answer == label else "x")
            told = trace.hovertemplate if trace.text is None else trace.text[place]
            assert told.removesuffix("<extra></extra>") == (
                f"{label} right" if answer == label else f"{label} as {answer}"
            )
            seen.append(number)
    assert sorted(seen) == list(range(200))
    assert figure.data[-1].name == "mine"


def test_chosen_images_have_a_ring_where_they_lie():
    points = random_points(np.random.default_rng(4))
    marked = points.some(np.array([3, 90]))
    rings = [
        trace for trace in digit_map(points, marked, None, MAP_WORDS, {}).data if trace.marker.symbol == "circle-open"
    ]
    assert len(rings) == 2 and len({trace.marker.color for trace in rings}) == 2
    for trace in rings:
        assert np.allclose(np.stack([trace.x, trace.y], axis=1), points.places[[3, 90]])


def test_what_was_read_right_stands_back_where_mistakes_stand_out():
    figure = digit_map(
        random_points(np.random.default_rng(5), True), random_points(np.random.default_rng(5)), None, MAP_WORDS, {}
    )
    for trace in figure.data[:12]:
        assert (trace.marker.opacity < 0.3) == (trace.marker.symbol == "circle")


def test_a_curve_of_damage_shows_all_of_its_range_the_present_place_chance_and_cliffs():
    words = DamageWords("turn", "right", "guessing", "cliff", "°")
    figure = damage_curve({-40: 0.1, 0: 0.9, 40: 0.4}, (-40, 40), (15, 0.8), [Fall(0, -40, 0.9, 0.1)], words)
    line, mark = figure.data
    assert list(zip(line.x, line.y, strict=True)) == [(-40, 0.1), (0, 0.9), (15, 0.8), (40, 0.4)]
    assert (mark.x, mark.y) == ((15,), (0.8,))
    low, high = figure.layout.xaxis.range
    assert -45 < low < -40 and 40 < high < 45
    assert figure.layout.yaxis.range[0] == 0 and figure.layout.yaxis.range[1] >= 1
    assert [note.text for note in figure.layout.annotations] == ["guessing", "cliff"]
    chance, cliff = figure.layout.shapes
    assert chance.y0 == chance.y1 == 0.1 and (cliff.x0, cliff.x1) == (-40, 0)
