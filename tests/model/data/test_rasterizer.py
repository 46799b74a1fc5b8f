"""Strokes drawn as the browser draws them: their area, their place, and nothing beyond the canvas."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from model.data.rasterizer import Stroke, draw

places = some.floats(-60, 340)
QUICK = settings(max_examples=25, deadline=None)


def ink(*strokes: Stroke) -> np.ndarray:
    return draw(strokes, 280)[..., 0] / 255


@pytest.mark.parametrize("width", [8, 20, 36])
def test_a_dot_is_a_disc_and_a_line_a_capsule(width):
    disc, length = np.pi * width**2 / 4, 90.5
    assert ink(Stroke(np.array([[100.3, 140.7]]), width)).sum() == pytest.approx(disc, rel=0.01)
    line = Stroke(np.array([[80.0, 140.2], [80.0 + length, 140.2]]), width)
    assert ink(line).sum() == pytest.approx(disc + length * width, rel=0.01)


def test_the_middle_of_ink_is_the_middle_of_the_stroke():
    found = ink(Stroke(np.array([[60.25, 70.5], [200.75, 190.0]]), 14))
    rows, columns = np.indices(found.shape) + 0.5
    assert (found * columns).sum() / found.sum() == pytest.approx(130.5, abs=0.02)
    assert (found * rows).sum() / found.sum() == pytest.approx(130.25, abs=0.02)


def test_a_stroke_over_itself_or_another_adds_no_ink_beyond_full():
    line = Stroke(np.array([[60.0, 140.0], [200.0, 140.0]]), 20)
    back_and_forth = Stroke(np.array([[60.0, 140.0], [200.0, 140.0], [60.0, 140.0]]), 20)
    assert np.abs(ink(back_and_forth) - ink(line)).max() < 0.02
    assert (ink(line, line) >= ink(line)).all()
    assert ink(line, line).max() == 1


@QUICK
@given(points=some.lists(some.tuples(places, places), min_size=1, max_size=12), width=some.floats(1, 40))
def test_any_stroke_inside_or_outside_is_drawn_where_it_is_on_the_canvas(points, width):
    stroke = Stroke(np.array(points, float), width)
    drawn = draw([stroke], 280)
    assert drawn.shape == (280, 280, 4)
    assert drawn.dtype == np.uint8
    assert (drawn[..., 3] == 255).all()
    rows, columns = np.nonzero(drawn[..., 0])
    low, high = stroke.points.min(axis=0) - width / 2 - 2, stroke.points.max(axis=0) + width / 2 + 2
    assert ((columns >= low[0] - 1) & (columns <= high[0]) & (rows >= low[1] - 1) & (rows <= high[1])).all()


def test_a_whole_pixels_move_moves_every_pixel():
    points = np.array([[60.2, 60.9], [120.4, 99.1], [90.0, 150.0]])
    here, there = ink(Stroke(points, 20)), ink(Stroke(points + np.array([17, 40]), 20))
    assert np.abs(np.roll(here, (40, 17), (0, 1)) - there).max() < 0.01
