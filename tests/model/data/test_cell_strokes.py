"""Strokes through chosen cells: as a hand would draw them, each line once, nothing left out."""

import itertools

import numpy as np
import pytest

from model.data.cell_strokes import COLUMNS, PITCH, ROWS, cell_strokes

SIDE = 280


def cells_of(picture: str) -> list[int]:
    """The cells of a hand-made picture, whose first line is its first row."""
    rows = picture.strip("\n").splitlines()
    return [row * COLUMNS + column for row, line in enumerate(rows) for column, mark in enumerate(line) if mark == "#"]


def places(strokes: list[np.ndarray]) -> list[list[tuple[int, int]]]:
    """Strokes as rows and columns of the cells they go through."""
    left, top = SIDE / 2 - PITCH * (COLUMNS - 1) / 2, SIDE / 2 - PITCH * (ROWS - 1) / 2
    return [[(round((y - top) / PITCH), round((x - left) / PITCH)) for x, y in stroke] for stroke in strokes]


def lines(strokes: list[np.ndarray]) -> list[frozenset[tuple[int, int]]]:
    return [frozenset(pair) for trail in places(strokes) for pair in itertools.pairwise(trail)]


def test_a_line_of_cells_is_one_stroke() -> None:
    assert places(cell_strokes(cells_of("#\n#\n#"), SIDE)) == [[(0, 0), (1, 0), (2, 0)]]


def test_a_seven_is_one_stroke_with_its_corner() -> None:
    seven = cells_of("####\n   #\n  #\n  #")
    (trail,) = places(cell_strokes(seven, SIDE))
    assert trail == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 3), (2, 2), (3, 2)]


def test_a_ring_is_closed_and_a_cross_has_every_arm() -> None:
    (ring,) = places(cell_strokes(cells_of("###\n# #\n###"), SIDE))
    assert ring[0] == ring[-1] and len(ring) == 9
    cross = lines(cell_strokes(cells_of(" #\n###\n #"), SIDE))
    assert sorted(map(sorted, cross)) == [[(0, 1), (1, 1)], [(1, 0), (1, 1)], [(1, 1), (1, 2)], [(1, 1), (2, 1)]]


def test_a_cell_alone_is_a_dot_and_no_cell_is_nothing() -> None:
    assert places(cell_strokes([10], SIDE)) == [[(1, 3)]]
    assert cell_strokes([], SIDE) == []


def test_corners_that_other_cells_join_are_not_joined_once_more() -> None:
    assert frozenset({(0, 0), (1, 1)}) not in lines(cell_strokes(cells_of("##\n ##"), SIDE))


@pytest.mark.parametrize("seed", range(8))
def test_every_chosen_cell_is_gone_through_and_no_line_twice(seed: int) -> None:
    chosen = np.flatnonzero(np.random.default_rng(seed).random(ROWS * COLUMNS) < 0.5).tolist()
    strokes = cell_strokes(chosen, SIDE)
    assert {row * COLUMNS + column for trail in places(strokes) for row, column in trail} == set(chosen)
    drawn = lines(strokes)
    assert len(drawn) == len(set(drawn))
    assert all(stroke.min() >= 0 and stroke.max() <= SIDE for stroke in strokes)


def test_a_cell_outside_the_grid_is_named() -> None:
    with pytest.raises(ValueError, match="expected numbers from 0 to 62"):
        cell_strokes([63], SIDE)
