"""Pen-drawn digits without end, from hand-written templates varied by a seed; knows no network and no screen."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from model.data.rasterizer import pictures
from model.data.stroke_templates import DRAWN_TEMPLATES, TRAINING_TEMPLATES, Template, Templates
from model.one_thread import one_thread
from model.sizes import SIDE

Array = npt.NDArray[np.float32]
Images = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.uint8]
Drawing = tuple[Array, ...]

POINTS: Final = 80
FINE: Final = 24
POOL_SIZE: Final = 30_000
POOL_SEED: Final = 11
DRAWN_SIZE: Final = 1_000
DRAWN_SEED: Final = 9_973


@dataclass(frozen=True)
class StyleVariation:
    """How much hands differ from the template; standard deviations unless said otherwise, lengths in heights of the digit.

    Attributes:
        wobble: highest movement of a single point; each drawing draws its own from 0.2 times this to this.
        stroke_shift: movement of a whole stroke.
        reach: a stroke's ends may be up to this share of their last piece longer or shorter.
        slant: x moved a height.
        proportion: natural logarithm of width to height.
        rotation: degrees.
        warp: smooth warping of the plane, movement at the edge.
        thin, thick: least and greatest width of the pen as a share of the drawing's longer side.
    """

    wobble: float = 0.05
    stroke_shift: float = 0.03
    reach: float = 0.25
    slant: float = 0.22
    proportion: float = 0.22
    rotation: float = 7.0
    warp: float = 0.05
    thin: float = 0.05
    thick: float = 0.22


@dataclass(frozen=True, eq=False)
class Curves:
    """The strokes of one template as two linear maps from its points: with sharp corners, and with all corners rounded.

    Attributes:
        sharp, rounded: (K, P) float32, the K points along the strokes from the P points of the template.
        ends: (K,) int, for each stroke the index after its last point along the curve.
    """

    sharp: Array
    rounded: Array
    ends: tuple[int, ...]


@one_thread()
def generate(
    count: int, seed: int, templates: Templates = TRAINING_TEMPLATES, style: StyleVariation = StyleVariation()
) -> tuple[Images, Labels]:
    """Pen-drawn digits prepared as ``to_mnist`` would; equal arguments give equal images.

    Args:
        count: how many.
        seed: decides templates, hands and pens.
        templates: the styles to draw from; each label comes equally often, each of its styles too.
        style: how much they vary.

    Returns:
        Images (count, 28, 28) uint8 and labels (count,) uint8 0..9 (for templates of digits).
    """
    images = np.empty((count, SIDE, SIDE), np.uint8)
    chosen = _choose(count, seed, templates)
    for index in range(len(templates)):
        members = np.flatnonzero(chosen == index)
        if members.size:
            rng = np.random.default_rng((seed, 1, index))
            points, lengths, _ = _points(templates[index], members.size, rng, style)
            images[members] = pictures(points, lengths, _pens(members.size, rng, style))
    return images, _labels(templates)[chosen]


def generate_strokes(
    count: int, seed: int, templates: Templates = TRAINING_TEMPLATES, style: StyleVariation = StyleVariation()
) -> tuple[list[Drawing], Labels]:
    """The same digits as strokes: each drawing a tuple of (P, 2) float32 arrays in the unit square, longer side 1, y down."""
    drawings: list[Drawing] = [()] * count
    chosen = _choose(count, seed, templates)
    for index in range(len(templates)):
        members = np.flatnonzero(chosen == index)
        if members.size:
            points, _, ends = _points(templates[index], members.size, np.random.default_rng((seed, 1, index)), style)
            for member, line in zip(members.tolist(), to_unit_square(points), strict=True):
                drawings[member] = tuple(np.split(line, ends[:-1]))
    return drawings, _labels(templates)[chosen]


@functools.lru_cache(maxsize=1)
def training_pool() -> tuple[Images, Labels]:
    """The pen-drawn digits that training mixes in: (30000, 28, 28) and (30000,) uint8, made once a process in 2 s."""
    return _frozen(generate(POOL_SIZE, POOL_SEED, TRAINING_TEMPLATES))


@functools.lru_cache(maxsize=1)
def drawn_set() -> tuple[Images, Labels]:
    """The fixed set of the drawn score, (1000, 28, 28) and (1000,) uint8; its templates and seed are never trained on."""
    return _frozen(generate(DRAWN_SIZE, DRAWN_SEED, DRAWN_TEMPLATES))


def to_unit_square(points: Array) -> Array:
    """Drawings (N, K, 2) scaled so that the longer side of each is 1, centred in the unit square."""
    low, high = points.min(axis=1, keepdims=True), points.max(axis=1, keepdims=True)
    return np.asarray((points - (low + high) / 2) / (high - low).max(axis=2, keepdims=True) + 0.5, np.float32)


def resampled(knots: Array, count: int, straight: bool) -> Array:
    """Lines (N, count, 2) through knots (N, P, 2), smooth or straight from knot to knot."""
    matrix = _spline(np.full(knots.shape[1], straight), np.linspace(0, knots.shape[1] - 1, count))
    return np.asarray(np.einsum("kp,npc->nkc", matrix, knots), np.float32)


def _frozen(arrays: tuple[Images, Labels]) -> tuple[Images, Labels]:
    for array in arrays:
        array.flags.writeable = False
    return arrays


def _labels(templates: Templates) -> Labels:
    return np.array([int(template.label) if template.label.isdigit() else 255 for template in templates], np.uint8)


def _choose(count: int, seed: int, templates: Templates) -> npt.NDArray[np.intp]:
    """A template's index for each of ``count`` drawings: every label in turn, its styles in turn, then shuffled."""
    rng = np.random.default_rng((seed, 0))
    labels = [template.label for template in templates]
    styles = [[i for i, label in enumerate(labels) if label == kind] for kind in dict.fromkeys(labels)]
    turn = np.arange(count)
    chosen = np.array([styles[i % len(styles)][i // len(styles) % len(styles[i % len(styles)])] for i in turn], np.intp)
    return np.asarray(rng.permutation(chosen))


def _pens(count: int, rng: np.random.Generator, style: StyleVariation) -> Array:
    """Widths of pens as shares of the drawing's longer side, (count,), spread evenly over their logarithm."""
    return np.exp(rng.uniform(np.log(style.thin), np.log(style.thick), count)).astype(np.float32)


def _points(
    template: Template, count: int, rng: np.random.Generator, style: StyleVariation
) -> tuple[Array, Array, tuple[int, ...]]:
    """Points along the strokes of ``count`` drawings (N, K, 2), the length each stands for (N, K), and the strokes' ends."""
    curves = curves_of(template)
    knots = _moved_knots(template, count, rng, style)
    rounding = rng.uniform(0, 1, (count, 1, 1)).astype(np.float32) ** 2
    sharp, rounded = (
        np.einsum("kp,npc->nkc", matrix, knots, optimize=True) for matrix in (curves.sharp, curves.rounded)
    )
    points = _in_style(sharp + rounding * (rounded - sharp), rng, style)
    return points, _lengths(points, curves.ends), curves.ends


def _moved_knots(template: Template, count: int, rng: np.random.Generator, style: StyleVariation) -> Array:
    """The template's points as ``count`` hands would place them, (N, P, 2)."""
    knots = np.concatenate([stroke.points for stroke in template.strokes])
    wobble = rng.uniform(0.2, 1.0, (count, 1, 1)) * style.wobble
    moved = knots + wobble * rng.standard_normal((count, *knots.shape))
    start = 0
    for stroke in template.strokes:
        end = start + len(stroke.points)
        moved[:, start:end] += style.stroke_shift * rng.standard_normal((count, 1, 2)) * (len(template.strokes) > 1)
        reach = rng.uniform(-style.reach, style.reach, (2, count, 1))
        first, last = moved[:, start] - moved[:, start + 1], moved[:, end - 1] - moved[:, end - 2]
        moved[:, start] += reach[0] * first
        moved[:, end - 1] += reach[1] * last
        start = end
    return moved.astype(np.float32)


def _in_style(points: Array, rng: np.random.Generator, style: StyleVariation) -> Array:
    """Slant, proportions, rotation and a smooth warp of the whole drawing, each drawing its own."""
    count = len(points)
    x, y = (points - np.float32(0.5)).transpose(2, 0, 1)
    slant, proportion, angle = (
        rng.standard_normal((3, count, 1)) * [[[style.slant]], [[style.proportion]], [[style.rotation]]]
    ).astype(np.float32)
    warp = (rng.standard_normal((2, 6, count, 1)) * style.warp * 4).astype(np.float32)
    terms = (x * x, x * y, y * y, x * x * y, x * y * y, y * y * y)
    x = x + sum(factor * term for factor, term in zip(warp[0], terms, strict=True))
    y = y + sum(factor * term for factor, term in zip(warp[1], terms, strict=True))
    x, y = x * np.exp(proportion / 2) - slant * y, y * np.exp(-proportion / 2)
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return np.stack([x * cosine - y * sine, x * sine + y * cosine], axis=2).astype(np.float32)


def _lengths(points: Array, ends: Sequence[int]) -> Array:
    """How much line each point stands for: half the way to its neighbours in its stroke, (N, K)."""
    steps = np.linalg.norm(np.diff(points, axis=1), axis=2)
    steps[:, [end - 1 for end in ends[:-1]]] = 0
    lengths = np.zeros(points.shape[:2], np.float32)
    lengths[:, :-1] += steps / 2
    lengths[:, 1:] += steps / 2
    return lengths


@functools.lru_cache(maxsize=512)
def curves_of(template: Template) -> Curves:
    """The template's curves, sampled at about equal distances, ``POINTS`` in all."""
    sharp = [_sampling(stroke.corners, FINE) for stroke in template.strokes]
    fine = [matrix @ stroke.points for matrix, stroke in zip(sharp, template.strokes, strict=True)]
    travelled = [np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))]) for line in fine]
    counts = _shares([float(way[-1]) for way in travelled])
    blocks: tuple[list[Array], list[Array]] = ([], [])
    for stroke, way, count in zip(template.strokes, travelled, counts, strict=True):
        place = np.interp(np.linspace(0, way[-1], count), way, np.linspace(0, len(stroke.points) - 1, len(way)))
        blocks[0].append(_spline(stroke.corners, place))
        blocks[1].append(_spline(np.zeros_like(stroke.corners), place))
    return Curves(_block_diagonal(blocks[0]), _block_diagonal(blocks[1]), tuple(np.cumsum(counts).tolist()))


def _shares(lengths: Sequence[float]) -> list[int]:
    """``POINTS`` dealt to strokes in proportion to their lengths, at least 4 each."""
    counts = [max(4, round(POINTS * length / sum(lengths))) for length in lengths]
    counts[int(np.argmax(counts))] += POINTS - sum(counts)
    return counts


def _sampling(corners: npt.NDArray[np.bool_], per_piece: int) -> Array:
    return _spline(corners, np.linspace(0, len(corners) - 1, (len(corners) - 1) * per_piece + 1))


def _spline(corners: npt.NDArray[np.bool_], places: npt.NDArray[np.float64]) -> Array:
    """The linear map (K, P) from P points to a curve through them at ``places`` 0..P-1.

    Catmull and Rom 1974, "A Class of Local Interpolating Splines": each piece is the cubic whose slope at a point is half the way
    between its neighbours; at corners and ends the piece runs straight towards its other point.
    """
    count = len(corners)
    matrix = np.zeros((len(places), count), np.float32)
    piece = np.minimum(places.astype(int), count - 2)
    t = places - piece
    value = (1 - 3 * t**2 + 2 * t**3, 3 * t**2 - 2 * t**3)
    slope = (t - 2 * t**2 + t**3, t**3 - t**2)
    rows = np.arange(len(places))
    for end in (0, 1):
        point = piece + end
        np.add.at(matrix, (rows, point), value[end])
        broken = corners[point] | (point == 0) | (point == count - 1)
        before = np.where(broken, piece, point - 1)
        after = np.where(broken, piece + 1, np.minimum(point + 1, count - 1))
        weight = slope[end] / np.where(broken, 1, 2)
        np.add.at(matrix, (rows, after), weight)
        np.add.at(matrix, (rows, before), -weight)
    return matrix


def _block_diagonal(blocks: Sequence[Array]) -> Array:
    whole = np.zeros((sum(len(block) for block in blocks), sum(block.shape[1] for block in blocks)), np.float32)
    row = column = 0
    for block in blocks:
        whole[row : row + block.shape[0], column : column + block.shape[1]] = block
        row, column = row + block.shape[0], column + block.shape[1]
    return whole
