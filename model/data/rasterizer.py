"""Draws strokes with a round pen, slowly on a canvas or fast straight into MNIST's 28x28; knows no digits, networks or screens."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from model.drawing import BOX, CENTRE
from model.sizes import SIDE

Array = npt.NDArray[np.float32]

OVERSAMPLING: Final = 2
CHUNK: Final = 500
# Width in pixels of the bumps whose sum stands for the distance to a line; wider than the gaps between points, thinner than a line.
BUMP: Final = 0.65
FULL: Final = np.float32(np.sqrt(2 * np.pi) * BUMP)
# How far, in pixels, the edge of a row of round dots may lie within the edge of the line that they stand for.
DOTS_FLATNESS: Final = 0.004


@dataclass(frozen=True, eq=False)
class Stroke:
    """One stroke of a pen ``width`` pixels wide along ``points`` (P, 2) x, y in pixels, y down, P at least 1, joined by straight lines."""

    points: npt.NDArray[np.float64]
    width: float


def draw(strokes: Sequence[Stroke], side: int) -> npt.NDArray[np.uint8]:
    """Strokes in white on black, one over the other, as the browser's canvas draws them: (side, side, 4) uint8, opaque.

    Within 0.3 grey levels of Chromium on average; single pixels of round ends, which a browser flattens, differ by up to 90.
    """
    paper = np.zeros((side, side), np.float32)
    for stroke in strokes:
        paper += (1 - paper) * _covered(stroke, side)
    grey = np.asarray((paper * 255).round(), np.uint8)
    return np.dstack([grey, grey, grey, np.full_like(grey, 255)])


def _covered(stroke: Stroke, side: int) -> Array:
    """How much of each pixel a stroke covers, (side, side), 0 to 1.

    A browser draws a stroke on a paper of its own, whose corner is the stroke's, and lays that on the canvas where it belongs: at a
    fraction of a pixel, which softens its edges. The same is done here.
    """
    corner = (stroke.points.min(axis=0) - stroke.width / 2) % 1
    alone = np.zeros((side + 1, side + 1), np.float32)
    alone[1:, 1:] = np.clip(stroke.width / 2 - _distances(stroke, corner, side) + 0.5, 0, 1)
    right, down = corner.astype(np.float32)
    across = (1 - right) * alone[:, 1:] + right * alone[:, :-1]
    return np.asarray((1 - down) * across[1:] + down * across[:-1], np.float32)


def _distances(stroke: Stroke, corner: npt.NDArray[np.float64], side: int) -> Array:
    """Distance in pixels from each pixel's middle to the stroke's line moved by minus ``corner``; far ones are only known to be far."""
    reach = int(np.ceil(stroke.width / 2)) + 2
    dots = _dots(stroke) - corner
    dots = dots[((dots > -reach) & (dots < side + reach)).all(axis=1)].astype(np.float32)
    around = np.arange(-reach, reach + 1)
    framed = side + 4 * reach
    squares = np.full(framed * framed, np.float32(reach * reach))
    for start in range(0, len(dots), CHUNK):
        part = dots[start : start + CHUNK]
        pixels = np.floor(part).astype(np.intp)[:, :, None] + around
        apart = (pixels + np.float32(0.5) - part[:, :, None]) ** 2
        places = (pixels[:, 1, :, None] + 2 * reach) * framed + pixels[:, 0, None, :] + 2 * reach
        np.minimum.at(squares, places.ravel(), (apart[:, 1, :, None] + apart[:, 0, None, :]).ravel().astype(np.float32))
    inner = slice(2 * reach, 2 * reach + side)
    return np.asarray(np.sqrt(squares.reshape(framed, framed)[inner, inner]), np.float32)


def _dots(stroke: Stroke) -> npt.NDArray[np.float64]:
    """Points along a stroke, (D, 2), so dense that round dots on them have nearly the straight edges of the line."""
    steps = np.hypot(*np.diff(stroke.points, axis=0).T)
    along = np.concatenate([[0.0], steps.cumsum()])
    gap = float(np.sqrt(4 * stroke.width * DOTS_FLATNESS))
    places = np.union1d(along, np.linspace(0, along[-1], int(np.ceil(along[-1] / gap)) + 1))
    return np.column_stack([np.interp(places, along, stroke.points[:, axis]) for axis in (0, 1)])


def render(
    strokes: Sequence[npt.ArrayLike], size: int = 280, brush: float = 20, span: float = 200
) -> npt.NDArray[np.uint8]:
    """A drawing canvas with black strokes on white paper.

    Args:
        strokes: each (P, 2) points (x, y) in the unit square, y down, joined by lines with round ends.
        size: side of the canvas in pixels.
        brush: width of the pen in pixels.
        span: side in pixels of the unit square, whose middle lies in the middle of the canvas.

    Returns:
        (size, size, 4) uint8, opaque, anti-aliased.
    """
    paper = Image.new("L", (size * OVERSAMPLING, size * OVERSAMPLING))
    pen = ImageDraw.Draw(paper)
    radius = brush * OVERSAMPLING / 2
    for stroke in strokes:
        points = ((np.asarray(stroke, float) - 0.5) * span + size / 2) * OVERSAMPLING
        path = [(float(x), float(y)) for x, y in points]
        pen.line(path, fill=255, width=round(2 * radius), joint="curve")
        for x, y in (path[0], path[-1]):
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    canvas = np.full((size, size, 4), 255, np.uint8)
    canvas[..., :3] = 255 - np.asarray(paper.resize((size, size), Image.Resampling.BOX))[..., None]
    return canvas


def pictures(points: Array, lengths: Array, ratios: Array) -> npt.NDArray[np.uint8]:
    """Many drawings at once as ``to_mnist`` would prepare them, without a canvas; about 15,000 a second.

    Args:
        points: (N, K, 2) x, y along each drawing's strokes, in any unit, K dense enough that no gap exceeds a pixel in the end.
        lengths: (N, K) how much line each point stands for, in the same unit.
        ratios: (N,) width of the pen as a share of the longer side of the box around the points.

    Returns:
        (N, 28, 28) uint8, white ink on black.
    """
    made = np.empty((len(points), SIDE, SIDE), np.uint8)
    for start in range(0, len(points), CHUNK):
        part = slice(start, start + CHUNK)
        made[part] = _pictures(points[part], lengths[part], ratios[part])
    return made


def _pictures(points: Array, lengths: Array, ratios: Array) -> npt.NDArray[np.uint8]:
    placed, scale, radii = _place(points, lengths, ratios)
    pixel = np.arange(SIDE, dtype=np.float32) + np.float32(0.5)
    bumps = np.exp((placed[:, :, :, None] - pixel) ** 2 * np.float32(-0.5 / BUMP**2))
    rows = (bumps[:, :, 1] * (lengths * scale[:, None] / FULL)[:, :, None]).transpose(0, 2, 1)
    density = np.maximum(rows @ bumps[:, :, 0], np.float32(1e-12))
    distance = np.sqrt(np.maximum(np.log(density) * np.float32(-2 * BUMP**2), 0))
    radii = radii[:, None, None]
    ink = _below(radii - distance) - _below(-radii - distance)
    return (ink * np.float32(255) + np.float32(0.5)).astype(np.uint8)


def _place(points: Array, lengths: Array, ratios: Array) -> tuple[Array, Array, Array]:
    """Points in pixels of the 28x28 picture, pixels a unit, and the pen's radius in pixels, as ``to_mnist`` scales and centres."""
    low, high = points.min(axis=1), points.max(axis=1)
    longer = (high - low).max(axis=1)
    scale = np.float32(BOX) / (longer * (1 + ratios))
    radii = scale * longer * ratios / 2
    placed = (points - low[:, None]) * scale[:, None, None] + radii[:, None, None]
    sides = (high - low) * scale[:, None] + 2 * radii[:, None]
    share = lengths / lengths.sum(axis=1, keepdims=True)
    mass = (placed * share[:, :, None]).sum(axis=1) - np.float32(0.5)
    corner = np.clip(np.rint(np.float32(CENTRE) - mass), 0, np.floor(SIDE - sides))
    return placed + corner[:, None], scale, radii


def _below(distance: Array) -> Array:
    """How much of a pixel, weighted by a triangle as wide as two pixels, lies within a straight edge that far away."""
    inside = np.clip(distance, -1, 1)
    return np.float32(0.5) + inside - np.sign(inside) * inside * inside * np.float32(0.5)
