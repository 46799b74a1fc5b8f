"""The map of the digits and the curve of damage: which image each dot is, how it was read, and what is marked."""

import numpy as np
import pytest

from model.evaluation.damage_curve import Fall
from ui.inside.figures import DamageWords, damage_curve
from ui.inside.map_figures import MapPoints, MapWords, digit_map, small_map

MAP_WORDS = MapWords("{label} right", "{label} as {answer}", "mine")


def random_points(rng, mistakes_alone=False):
    labels, answers = rng.integers(0, 10, (2, 200))
    answers = np.where(rng.random(200) < 0.8, labels, answers)
    places = rng.normal(size=(200, 2)).astype(np.float32)
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
