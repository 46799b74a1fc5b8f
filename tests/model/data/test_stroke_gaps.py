"""When a brush was too wide for a digit: never at a usual size, and always where loops were filled."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as arrays

from model.data.rasterizer import Stroke, draw
from model.data.stroke_gaps import holes, with_thinner_brush
from model.data.synthetic_digits import generate_strokes
from model.drawing import to_mnist

RING = np.column_stack([np.cos(np.linspace(0, 2 * np.pi, 60)), np.sin(np.linspace(0, 2 * np.pi, 60))])
EIGHT = np.concatenate([RING[::-1] + np.array([0, -1]), RING[::-1] * np.array([1, -1]) + np.array([0, 1])])


def strokes(points: np.ndarray, size: float, width: float) -> list[Stroke]:
    return [Stroke(points * size / 4 + 140.0, width)]


def test_holes_are_counted_however_they_lie():
    picture = np.zeros((28, 28), np.float32)
    assert holes(picture) == 0
    picture[2:9, 2:9], picture[4:7, 4:7] = 1, 0
    picture[12:20, 0:9], picture[14:18, 2:7] = 1, 0
    assert holes(picture) == 2
    picture[15, 0:3] = 0  # a way out to the border
    assert holes(picture) == 1
    picture[5, 5] = 0.4
    assert holes(picture) == 1
    assert holes(np.ones((28, 28), np.float32)) == 0


@settings(max_examples=60, deadline=None)
@given(arrays.arrays(np.bool_, (28, 28)))
def test_counting_holes_ends_for_every_picture(ink):
    count = holes(ink.astype(np.float32))
    assert 0 <= count <= 28 * 28 / 2
    assert holes(np.pad(ink, 3).astype(np.float32)) >= count


@pytest.mark.parametrize(
    ("size", "width", "filled"), [(200, 20, 0), (120, 20, 0), (60, 20, 0), (40, 20, 2), (75, 36, 2)]
)
def test_an_eight_whose_loops_the_brush_filled_is_known_by_them(size, width, filled):
    drawn = strokes(EIGHT, size, width)
    thinner = with_thinner_brush(drawn, 280)
    seen = to_mnist(draw(drawn, 280))
    if filled == 0:
        assert thinner is None or holes(thinner) == holes(seen)
    else:
        assert holes(thinner) - holes(seen) == filled


def test_no_digit_of_usual_size_is_said_to_be_filled():
    drawings, _ = generate_strokes(60, seed=5)
    for drawing in drawings:
        usual = [Stroke((np.asarray(line, float) - 0.5) * 180 + 140, 20) for line in drawing]
        assert with_thinner_brush(usual, 280) is None


def test_a_dot_has_no_gaps():
    thinner = with_thinner_brush([Stroke(np.array([[140.0, 140.0]]), 20)], 280)
    assert holes(thinner) == 0
