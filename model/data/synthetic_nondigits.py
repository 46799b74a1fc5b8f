"""Drawings that are no digit: scribbles, letters, pairs of digits, dots and lines, by seed; knows no network and no screen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from model.data.rasterizer import pictures, render
from model.data.stroke_templates import DRAWN_TEMPLATES, MEASURED_LETTERS, TRAINING_TEMPLATES, TUNING_LETTERS, Templates
from model.data.synthetic_digits import Array, Images, generate, generate_strokes, resampled
from model.drawing import to_mnist
from model.sizes import SIDE

POINTS: Final = 200


@dataclass(frozen=True, eq=False)
class Source:
    """Where non-digits come from: the ``digits`` pairs are made of, the ``letters``, how it scribbles, and its own ``seed``."""

    digits: Templates
    letters: Templates
    scribble: Callable[[int, np.random.Generator], Array]
    seed: int


def scribbles(count: int, rng: np.random.Generator, source: Source) -> Images:
    """One line without a plan, as the source draws it, images (count, 28, 28) uint8."""
    return _drawn(source.scribble(count, rng), rng)


def wander(count: int, rng: np.random.Generator) -> Array:
    """A line through 10 to 24 random places, smooth or jagged, (count, POINTS, 2)."""
    wandered = np.empty((count, POINTS, 2), np.float32)
    knots = rng.integers(10, 25, count)
    for number in np.unique(knots):
        members = np.flatnonzero(knots == number)
        places = rng.uniform(0, 1, (members.size, number, 2)) * rng.uniform(0.5, 1, (members.size, 1, 2))
        jagged = rng.uniform(0, 1, (members.size, 1, 1)) < 0.5
        smooth, straight = (resampled(places.astype(np.float32), POINTS, corners) for corners in (False, True))
        wandered[members] = np.where(jagged, straight, smooth)
    return wandered


def hatch_or_coil(count: int, rng: np.random.Generator) -> Array:
    """A pen going to and fro, or round and round, 4 to 9 times while it drifts, (count, POINTS, 2)."""
    time = np.linspace(0, 1, POINTS)[None, :]
    turns, phase, drift, tilt = (
        rng.uniform(low, high, (count, 1)) for low, high in ((4, 9), (0, 6.28), (0.5, 2.5), (0, 6.28))
    )
    size = 0.5 + 0.3 * np.sin(time * rng.uniform(3, 12, (count, 1)) + phase)
    swing = 2 * np.pi * turns * time
    coil = rng.uniform(0, 1, (count, 1)) < 0.5
    across = size * np.where(coil, np.sin(swing), np.arcsin(np.sin(swing)) / 1.57)
    along = drift * time + np.where(coil, size * np.cos(swing), 0.05 * np.cos(swing))
    return np.stack(
        [along * np.cos(tilt) - across * np.sin(tilt), along * np.sin(tilt) + across * np.cos(tilt)], axis=2
    ).astype(np.float32)


def letters(count: int, rng: np.random.Generator, source: Source) -> Images:
    """Letters and signs no one takes for a digit, images (count, 28, 28) uint8."""
    return generate(count, int(rng.integers(2**31)), source.letters)[0]


def pairs(count: int, rng: np.random.Generator, source: Source) -> Images:
    """Two digits side by side, a gap or a touch between, images (count, 28, 28) uint8."""
    drawings, _ = generate_strokes(2 * count, int(rng.integers(2**31)), source.digits)
    lines = np.stack([np.concatenate(drawing) for drawing in drawings])
    left, right = lines[:count], lines[count:]
    right = right - right.min(axis=1, keepdims=True) * [1, 0] + left.max(axis=1, keepdims=True) * [1, 0]
    right[..., 0] += rng.uniform(0.0, 0.4, (count, 1))
    steps = [
        np.pad(np.linalg.norm(np.diff(line, axis=1), axis=2), ((0, 0), (0, 1)), mode="edge") for line in (left, right)
    ]
    lengths = np.minimum(np.concatenate(steps, axis=1), 0.06)
    return pictures(
        np.concatenate([left, right], axis=1).astype(np.float32), lengths.astype(np.float32), _pens(count, rng)
    )


def dots(count: int, rng: np.random.Generator, source: Source) -> Images:
    """A tap of the pen that hardly moved, images (count, 28, 28) uint8."""
    made = np.empty((count, SIDE, SIDE), np.uint8)
    for index, end in enumerate(rng.uniform(-0.4, 0.4, (count, 2))):
        picture = to_mnist(render([[[0.5, 0.5], 0.5 + end]], size=60, brush=16, span=20))
        assert picture is not None
        made[index] = np.rint(picture * 255)
    return made


def lines(count: int, rng: np.random.Generator, source: Source) -> Images:
    """A straight line within 35 degrees of level, which no 1 is, images (count, 28, 28) uint8."""
    angle = np.radians(rng.uniform(-35, 35, count))
    ends = np.stack([np.zeros((count, 2)), np.stack([np.cos(angle), np.sin(angle)], axis=1)], axis=1)
    return _drawn(resampled(ends.astype(np.float32), 60, True), rng)


# The rule of ``model.evaluation.out_of_distribution`` was chosen on the one source and is measured on the other, which shares none
# of its templates.
TUNING: Final = Source(TRAINING_TEMPLATES, TUNING_LETTERS, wander, 1)
MEASURED: Final = Source(DRAWN_TEMPLATES, MEASURED_LETTERS, hatch_or_coil, 2)

KINDS: Final[Mapping[str, Callable[[int, np.random.Generator, Source], Images]]] = MappingProxyType(
    {"scribble": scribbles, "letter": letters, "pair": pairs, "dot": dots, "line": lines}
)


def generate_nondigits(kind: str, count: int, source: Source, seed: int = 0) -> Images:
    """Drawings of one kind, prepared as ``to_mnist`` would; equal arguments give equal images.

    Args:
        kind: a key of ``KINDS``.
        count: how many.
        source: ``TUNING`` or ``MEASURED``.
        seed: decides the drawings, together with the source's own.

    Returns:
        (count, 28, 28) uint8, white ink on black.
    """
    rng = np.random.default_rng((source.seed, seed, list(KINDS).index(kind)))
    return KINDS[kind](count, rng, source)


def _pens(count: int, rng: np.random.Generator) -> Array:
    return np.exp(rng.uniform(np.log(0.05), np.log(0.2), count)).astype(np.float32)


def _drawn(points: Array, rng: np.random.Generator) -> Images:
    steps = np.linalg.norm(np.diff(points, axis=1), axis=2)
    lengths = np.pad(steps, ((0, 0), (0, 1)), mode="edge").astype(np.float32)
    return pictures(points.astype(np.float32), lengths, _pens(len(points), rng))
