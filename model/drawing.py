"""From the pixels of a drawing to the 28x28 picture MNIST would have made of it; knows no canvas, no network and no screen."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from model.network import FloatArray
from model.sizes import SIDE

BOX: Final = 20
CENTRE: Final = 14.0
INK_THRESHOLD: Final = 0.1


def to_mnist(rgba: npt.NDArray[np.uint8]) -> FloatArray | None:
    """Prepare a drawing as MNIST was prepared.

    Crop to the ink, scale the longer side to 20 pixels keeping the aspect ratio with anti-aliasing, and place it in 28x28
    with its centre of mass in the middle, at whole pixels: LeCun, Cortes and Burges, "The MNIST database", and LeCun et al.
    1998, "Gradient-based learning applied to document recognition", section III.A.

    Args:
        rgba: (H, W, 4) uint8, any H and W from 1 up. Ink is what differs from the paper, the commonest colour of the border.

    Returns:
        (28, 28) float32 in [0, 1], white ink on black; None for a blank drawing.

    Raises:
        ValueError: for an array of another shape.
    """
    prepared = prepare(rgba)
    return None if prepared is None else prepared[0]


@dataclass(frozen=True)
class Placement:
    """Where a prepared picture lies on its drawing.

    Attributes:
        shape: height and width of the drawing.
        top, left: the drawing's first inked row and column.
        scale: pixels of the drawing to one of the picture.
        row, column: where those lie in the 28 x 28 picture.
    """

    shape: tuple[int, int]
    top: int
    left: int
    scale: float
    row: int
    column: int

    def enlarged(self, picture: FloatArray) -> FloatArray:
        """Values of a (28, 28) picture at every pixel of the drawing, of ``shape``; zero beyond the picture."""
        rows = np.floor((np.arange(self.shape[0]) - self.top) / self.scale).astype(int) + self.row
        columns = np.floor((np.arange(self.shape[1]) - self.left) / self.scale).astype(int) + self.column
        inside = ((rows >= 0) & (rows < SIDE))[:, None] & ((columns >= 0) & (columns < SIDE))[None]
        values = picture[np.clip(rows, 0, SIDE - 1)][:, np.clip(columns, 0, SIDE - 1)]
        return np.where(inside, values, np.float32(0))


def prepare(rgba: npt.NDArray[np.uint8]) -> tuple[FloatArray, Placement] | None:
    """What ``to_mnist`` gives, and where it lies on the drawing; None for a blank drawing."""
    ink = find_ink(rgba)
    box = ink_box(ink)
    if box is None:
        return None
    top, bottom, left, right = box
    scaled = scale_to_box(ink[top:bottom, left:right])
    row, column = _corner_of(scaled)
    placed = np.zeros((SIDE, SIDE), np.float32)
    placed[row : row + scaled.shape[0], column : column + scaled.shape[1]] = scaled
    scale = max(bottom - top, right - left) / BOX
    return placed, Placement((ink.shape[0], ink.shape[1]), top, left, scale, row, column)


def resize_only(rgba: npt.NDArray[np.uint8]) -> FloatArray | None:
    """The whole drawing scaled to 28x28 with no other preparation, to compare with; arguments and result as ``to_mnist``."""
    ink = find_ink(rgba)
    return None if ink_box(ink) is None else _resized(ink, SIDE, SIDE)


def find_ink(rgba: npt.NDArray[np.uint8]) -> FloatArray:
    """How much ink each pixel holds, (H, W) float32 in [0, 1]: its difference from the paper in colour or in opacity."""
    if rgba.ndim != 3 or rgba.shape[2] != 4 or 0 in rgba.shape:
        raise ValueError(f"rgba has shape {rgba.shape}; expected (height, width, 4) with both at least 1")
    alpha = rgba[..., 3:].astype(np.float32) / 255
    seen = np.concatenate([rgba[..., :3].astype(np.float32) / 255 * alpha, alpha], axis=2)
    border = np.concatenate([seen[0], seen[-1], seen[:, 0], seen[:, -1]])
    paper = np.median(border, axis=0)
    return np.asarray(np.abs(seen - paper).max(axis=2), np.float32)


def ink_box(ink: FloatArray) -> tuple[int, int, int, int] | None:
    """The smallest box (top, bottom, left, right) around all ink, ends excluded; None where there is none."""
    inked = ink > INK_THRESHOLD
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    if rows.size == 0:
        return None
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def scale_to_box(ink: FloatArray) -> FloatArray:
    """The longer side scaled to 20 pixels, the other by the same factor to the last fraction of a pixel, anti-aliased.

    The shorter side gets as many whole pixels as it needs, the last one partly empty; rounding it instead would make a narrow digit
    up to a tenth wider or narrower when it is drawn a little larger.
    """
    longer = max(ink.shape)
    height, width = (math.ceil(side * BOX / longer) for side in ink.shape)
    bottom, right = height * longer / BOX, width * longer / BOX
    framed = np.pad(ink, ((0, math.ceil(bottom) - ink.shape[0]), (0, math.ceil(right) - ink.shape[1])))
    return _resized(framed, height, width, (0, 0, right, bottom))


def _corner_of(picture: FloatArray) -> tuple[int, int]:
    """Row and column at which a picture (at most 28x28) has its centre of mass within half a pixel of the middle of 28x28."""
    height, width = picture.shape
    mass = picture.sum()
    row = (picture.sum(axis=1) @ np.arange(height)) / mass
    column = (picture.sum(axis=0) @ np.arange(width)) / mass
    return int(np.clip(round(CENTRE - row), 0, SIDE - height)), int(np.clip(round(CENTRE - column), 0, SIDE - width))


def _resized(
    ink: FloatArray, height: int, width: int, box: tuple[float, float, float, float] | None = None
) -> FloatArray:
    """The part of ``ink`` in ``box`` (left, top, right, bottom), or all of it, at another size."""
    resized = Image.fromarray(ink).resize((width, height), Image.Resampling.BILINEAR, box)
    return np.clip(np.asarray(resized, np.float32), 0, 1)
