"""What a curve does: curves made by hand, of which anybody would say what the shape says, and properties that hold of all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.runs.curve_shape import CurveShape, curve_shape

FINITE = st.floats(0, 100, allow_nan=False)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_epochs_have_no_shape(count: int) -> None:
    assert curve_shape([1.0] * count, falls=True) is None


def test_fast_then_flat() -> None:
    shape = curve_shape([2.0, 0.5, 0.3, 0.29, 0.29, 0.285, 0.285, 0.284, 0.284], falls=True)
    assert shape == CurveShape(level=False, fast_until=2, best_at=8, turned=False, still_moving=False)


def test_still_falling_at_the_end() -> None:
    shape = curve_shape([2.0, 1.8, 1.6, 1.4, 1.2, 1.0], falls=True)
    assert shape is not None
    assert (shape.still_moving, shape.turned, shape.best_at) == (True, False, 6)


def test_overfitting_turns_up() -> None:
    shape = curve_shape([0.30, 0.15, 0.10, 0.09, 0.10, 0.12, 0.15], falls=True)
    assert shape is not None
    assert (shape.turned, shape.best_at, shape.still_moving) == (True, 4, False)


def test_worse_from_the_start() -> None:
    shape = curve_shape([0.2, 0.3, 0.4, 0.5], falls=True)
    assert shape is not None
    assert (shape.best_at, shape.turned) == (1, True)


def test_a_level_line_is_level_and_its_noise_is_no_turn() -> None:
    shape = curve_shape([0.980, 0.981, 0.979, 0.980], falls=False)
    assert shape is not None
    assert shape.level


def test_rising_is_falling_upside_down() -> None:
    falling = [2.0, 0.9, 0.5, 0.4, 0.6]
    assert curve_shape(falling, falls=True) == curve_shape([-height for height in falling], falls=False)


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused(broken: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        curve_shape([1.0, broken, 0.5], falls=True)


@given(st.lists(FINITE, min_size=3, max_size=60), st.booleans())
def test_every_epoch_named_is_one_of_the_curve_and_the_best_is_the_best(heights: list[float], falls: bool) -> None:
    shape = curve_shape(heights, falls)
    assert shape is not None
    assert 1 <= shape.fast_until <= shape.best_at <= len(heights) or shape.level
    assert heights[shape.best_at - 1] == (min(heights) if falls else max(heights)) or shape.level
    assert not (shape.turned and shape.still_moving)


@given(st.lists(st.integers(0, 6_400), min_size=3, max_size=60), st.sampled_from([0.25, 2.0, 1024.0]))
def test_the_unit_of_a_curve_does_not_matter(heights: list[int], unit: float) -> None:
    assert curve_shape(heights, falls=True) == curve_shape([unit * height for height in heights], falls=True)
