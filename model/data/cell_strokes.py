"""Strokes through the cells of a coarse grid, for those who draw by choosing cells."""

from collections.abc import Collection, Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

COLUMNS: Final = 7
ROWS: Final = 9
PITCH: Final = 24  # pixels of the canvas from one cell's middle to the next

Cell = tuple[int, int]
Edge = frozenset[Cell]


def cell_strokes(cells: Collection[int], side: int) -> list[npt.NDArray[np.float64]]:
    """The strokes that go through chosen cells, each (P, 2) x, y in pixels of a canvas of ``side`` pixels, in whose middle the grid lies.

    Neighbours are joined; cells that touch at a corner alone only where no other cell joins them. A cell without neighbours is a dot.

    Args:
        cells: numbers from 0 to 62, row by row of seven.

    Raises:
        ValueError: for a number outside of them.
    """
    if any(not 0 <= cell < ROWS * COLUMNS for cell in cells):
        raise ValueError(f"cells {sorted(cells)}; expected numbers from 0 to {ROWS * COLUMNS - 1}")
    chosen = sorted({divmod(cell, COLUMNS) for cell in cells})
    edges = set(_edges(chosen))
    alone = [[cell] for cell in chosen if not any(cell in edge for edge in edges)]
    return [_points(trail, side) for trail in (*_trails(edges), *alone)]


def _edges(chosen: list[Cell]) -> Iterator[Edge]:
    there = set(chosen)
    for row, column in chosen:
        for neighbour in ((row, column + 1), (row + 1, column)):
            if neighbour in there:
                yield frozenset({(row, column), neighbour})
        for step in (-1, 1):
            between = {(row, column + step), (row + 1, column)}
            if (row + 1, column + step) in there and not between & there:
                yield frozenset({(row, column), (row + 1, column + step)})


def _trails(edges: set[Edge]) -> Iterator[list[Cell]]:
    """Ways along edges that go over each once: from ends and forks first, then round what is left."""
    left = set(edges)
    while left:
        cells = sorted({cell for edge in left for cell in edge})
        trail = [min(cells, key=lambda cell: (_degree(cell, left) % 2 == 0, cells.index(cell)))]
        while onward := sorted(_onward(trail, left), key=lambda cell: not _straight(trail, cell)):
            left.remove(frozenset({trail[-1], onward[0]}))
            trail.append(onward[0])
        yield trail


def _degree(cell: Cell, edges: set[Edge]) -> int:
    return sum(cell in edge for edge in edges)


def _onward(trail: list[Cell], edges: set[Edge]) -> list[Cell]:
    return sorted(next(iter(edge - {trail[-1]})) for edge in edges if trail[-1] in edge)


def _straight(trail: list[Cell], cell: Cell) -> bool:
    """Whether a trail goes on in its direction."""
    if len(trail) < 2:
        return True
    (row, column), (last_row, last_column) = trail[-2:]
    return (cell[0] - last_row, cell[1] - last_column) == (last_row - row, last_column - column)


def _points(trail: list[Cell], side: int) -> npt.NDArray[np.float64]:
    middle = np.array([(COLUMNS - 1) / 2, (ROWS - 1) / 2])
    return np.asarray(side / 2 + PITCH * (np.array([(column, row) for row, column in trail], float) - middle))
