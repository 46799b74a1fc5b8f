"""What ``to_mnist`` promises, for any drawing at all."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from hypothesis.extra import numpy as arrays
from PIL import Image

from model.data.mnist import load_mnist
from model.data.rasterizer import render
from model.data.synthetic_digits import generate_strokes
from model.drawing import BOX, CENTRE, resize_only, to_mnist

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
DRAWINGS, _ = generate_strokes(200, seed=31)
indices = some.integers(0, len(DRAWINGS) - 1)


def prepared(index: int, **pen: float) -> np.ndarray:
    picture = to_mnist(render(DRAWINGS[index], **pen))
    assert picture is not None
    return picture


def on_paper(canvas: np.ndarray, height: int, width: int, top: int, left: int) -> np.ndarray:
    paper = np.full((height, width, 4), 255, np.uint8)
    paper[top : top + canvas.shape[0], left : left + canvas.shape[1]] = canvas
    return paper


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """Mean difference of two pictures over the ink of the fainter, at the best place within a pixel."""
    places = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return float(
        min(np.abs(np.roll(one, place, (0, 1)) - other).sum() for place in places) / min(one.sum(), other.sum())
    )


@QUICK
@given(arrays.arrays(np.uint8, some.tuples(some.integers(1, 40), some.integers(1, 40), some.just(4))))
def test_any_array_of_pixels_gives_a_picture_or_none(rgba):
    picture = to_mnist(rgba)
    if picture is not None:
        assert picture.shape == (28, 28)
        assert picture.dtype == np.float32
        assert np.isfinite(picture).all()
        assert picture.min() >= 0
        assert 0 < picture.max() <= 1


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (7, 3), (3000, 2000)])
@pytest.mark.parametrize(
    "colour", [(255, 255, 255, 255), (0, 0, 0, 0), (255, 255, 255, 0), (0, 0, 0, 255), (18, 200, 77, 128)]
)
def test_one_colour_is_a_blank_drawing(shape, colour):
    rgba = np.empty((*shape, 4), np.uint8)
    rgba[:] = colour
    assert to_mnist(rgba) is None
    assert resize_only(rgba) is None


@QUICK
@given(index=indices, top=some.integers(0, 150), left=some.integers(0, 90))
def test_where_one_draws_changes_nothing_at_all(index, top, left):
    canvas = render(DRAWINGS[index], size=120, brush=9, span=90)
    moved = to_mnist(on_paper(canvas, 270, 210, top, left))
    assert np.array_equal(moved, to_mnist(canvas))


@QUICK
@given(index=indices, factor=some.floats(0.4, 2.0))
def test_how_large_one_draws_changes_little(index, factor):
    size = 420
    picture = prepared(index, size=size, brush=18, span=180)
    assert apart(prepared(index, size=size, brush=18 * factor, span=180 * factor), picture) < 0.3


@QUICK
@given(index=indices)
def test_the_picture_is_placed_as_mnist_places(index):
    picture = prepared(index)
    rows, columns = (np.flatnonzero(picture.max(axis=axis) > 0.02) for axis in (1, 0))
    sides = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
    assert BOX - 1 <= max(sides) <= BOX
    for axis, side in ((1, sides[0]), (0, sides[1])):
        centre = picture.sum(axis=axis) @ np.arange(28) / picture.sum()
        room = (28 - side) / 2
        assert abs(centre - CENTRE) <= 0.5 + 1e-4 or room < 1.5 or abs(centre - CENTRE) <= BOX / 2 - room


def test_ink_may_be_any_colour_on_any_paper_or_none():
    canvas = render(DRAWINGS[0])
    ink = 255 - canvas[..., 0]
    white_on_black = np.dstack([ink, ink, ink, np.full_like(ink, 255)])
    on_nothing = np.dstack([np.zeros_like(ink)] * 3 + [ink])
    for other in (white_on_black, on_nothing):
        assert np.abs(to_mnist(other) - to_mnist(canvas)).max() < 0.01


def test_an_mnist_digit_drawn_large_comes_back_as_it_was():
    images = load_mnist().test_images[:200]
    differences = []
    for image in images:
        large = np.asarray(Image.fromarray(image).resize((280, 280), Image.Resampling.BICUBIC))
        differences.append(apart(to_mnist(np.dstack([255 - large] * 3 + [np.full_like(large, 255)])), image / 255))
    assert np.median(differences) < 0.25
    assert np.mean(differences) < 0.3


@pytest.mark.parametrize("shape", [(28, 28), (0, 5, 4), (5, 5, 3), (5, 5, 4, 1)])
def test_another_shape_is_refused_by_name(shape):
    with pytest.raises(ValueError, match="height, width, 4"):
        to_mnist(np.zeros(shape, np.uint8))
