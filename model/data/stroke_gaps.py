"""Whether a brush was too wide for what was drawn with it: what a thinner one would have left open; knows no network and no screen."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from model.data.rasterizer import Stroke, draw
from model.drawing import to_mnist
from model.network import FloatArray

# Widths as shares of the longer side of the strokes. Of 150 pen-drawn digits each at twelve sizes and widths, none wider apart than the
# first was helped by a thinner pen; of those misread beyond it, 53 to 98 % were told to be, and with the second width 94 % were read right.
WIDE: Final = 0.18
THIN: Final = 0.125
PAPER_BELOW: Final = 0.5
SMALLEST_HOLE: Final = 2


def with_thinner_brush(strokes: Sequence[Stroke], side: int) -> FloatArray | None:
    """The picture ``to_mnist`` would make had the strokes been drawn with a thin pen, (28, 28); None when theirs is no wide one."""
    points = np.concatenate([stroke.points for stroke in strokes])
    size = float((points.max(axis=0) - points.min(axis=0)).max())
    if all(stroke.width <= WIDE * size for stroke in strokes):
        return None
    return to_mnist(draw([Stroke(stroke.points, max(1.0, min(stroke.width, THIN * size))) for stroke in strokes], side))


def holes(picture: FloatArray) -> int:
    """How many places of a picture (H, W), 0 to 1, are paper and enclosed by ink."""
    left = np.pad(picture < PAPER_BELOW, 1, constant_values=True)
    left &= ~_connected(left)  # everything that reaches the border
    count = 0
    while left.any():
        hole = _connected(left)
        left &= ~hole
        count += int(hole.sum()) >= SMALLEST_HOLE
    return count


def _connected(free: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """What is reached from the first free place by steps up, down, left and right over free ones; ``free`` has at least one."""
    reached = np.zeros_like(free)
    reached.ravel()[free.argmax()] = True
    while True:
        grown = reached.copy()
        grown[1:] |= reached[:-1]
        grown[:-1] |= reached[1:]
        grown[:, 1:] |= reached[:, :-1]
        grown[:, :-1] |= reached[:, 1:]
        grown &= free
        if (grown == reached).all():
            return grown
        reached = grown
