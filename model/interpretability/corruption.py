"""Corrupted images, to see how much a network bears: noise, a turn, a shift, a blocked part; makes new images and leaves the old."""

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from model.network import Array, FloatArray, Network, as_pixels, logits
from model.one_thread import one_thread
from model.sizes import PIXELS, SIDE

SEED: Final = 2027
NOISES_KEPT: Final = 1_009
CHUNK: Final = 1_000


BLOCKS: Final[Mapping[str, Callable[[int], tuple[int, int]]]] = MappingProxyType(
    {
        "middle": lambda side: ((SIDE - side) // 2, (SIDE - side) // 2),
        "top": lambda side: (4, (SIDE - side) // 2),
        "bottom": lambda side: (SIDE - 4 - side, (SIDE - side) // 2),
        "left": lambda side: ((SIDE - side) // 2, 4),
        "right": lambda side: ((SIDE - side) // 2, SIDE - 4 - side),
    }
)


@dataclass(frozen=True)
class ImageDamage:
    """What is wrong with the images. Noise comes first, then the turn, then the shift, then the blocked part.

    Attributes:
        noise: standard deviation of what is added to each pixel (0 black, 1 white); the sum stays within 0 to 1.
        rotation: degrees, clockwise.
        right, down: pixels.
        blocked: side of a black square, 0 to 20 pixels.
        place: where the square lies, a key of ``BLOCKS``.
    """

    noise: float = 0.0
    rotation: float = 0.0
    right: int = 0
    down: int = 0
    blocked: int = 0
    place: str = "middle"


@one_thread()
def damaged_images(images: Array, damage: ImageDamage) -> FloatArray:
    """The images (N, 28, 28) or (N, 784), damaged: (N, 28, 28) float32 0..1. Equal damage gives equal images."""
    moved = _noisy(as_pixels(images), damage.noise, 0) @ pixel_map(damage)
    return np.asarray(moved.reshape(-1, SIDE, SIDE), np.float32)


@one_thread()
def answers_to_damaged(network: Network, images: Array, damage: ImageDamage) -> npt.NDArray[np.intp]:
    """The digit the network says of each damaged image, (N,).

    Turning, shifting and blocking are linear in the pixels, so the first layer can do them: its weights are changed once instead of
    every image.
    """
    (weight, bias), *rest = network.weights
    turned = Network(network.activation, ((pixel_map(damage) @ weight, bias), *rest))
    answers = [
        logits(turned, _noisy(as_pixels(images[start : start + CHUNK]), damage.noise, start)).argmax(axis=1)
        for start in range(0, len(images), CHUNK)
    ]
    return np.concatenate(answers)


def pixel_map(damage: ImageDamage) -> FloatArray:
    """The matrix (784, 784) that turns, shifts and blocks: pixels (N, 784) @ it; bilinear, black beyond the edge.

    Raises:
        ValueError: for a square larger than 20 pixels, or a place that is not in ``BLOCKS``.
    """
    if not 0 <= damage.blocked <= 20 or damage.place not in BLOCKS:
        raise ValueError(
            f"blocked = {damage.blocked} at {damage.place!r}; expected 0 to 20 at one of {', '.join(BLOCKS)}"
        )
    rows, columns = _sources(damage)
    matrix = np.zeros((PIXELS, PIXELS), np.float32)
    target = np.arange(PIXELS)
    for below in (0, 1):
        for beside in (0, 1):
            row, column = np.floor(rows) + below, np.floor(columns) + beside
            share = (1 - np.abs(rows - row)) * (1 - np.abs(columns - column))
            inside = (row >= 0) & (row < SIDE) & (column >= 0) & (column < SIDE)
            source = (row * SIDE + column).astype(np.intp)[inside]
            matrix[source, target[inside]] += share[inside].astype(np.float32)
    if damage.blocked:
        top, left = BLOCKS[damage.place](damage.blocked)
        blocked = np.zeros((SIDE, SIDE), np.bool_)
        blocked[top : top + damage.blocked, left : left + damage.blocked] = True
        matrix[:, blocked.ravel()] = 0
    return matrix


def _sources(damage: ImageDamage) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Where each pixel's ink comes from: row and column in the undamaged image, (784,) each."""
    angle = math.radians(damage.rotation)
    rows, columns = np.divmod(np.arange(PIXELS, dtype=np.float64), SIDE)
    middle = (SIDE - 1) / 2
    down, right = rows - damage.down - middle, columns - damage.right - middle
    source_rows = math.cos(angle) * down - math.sin(angle) * right + middle
    source_columns = math.sin(angle) * down + math.cos(angle) * right + middle
    # A turn by 90 degrees leaves whole pixels whole, whatever the cosine lost.
    return source_rows.round(9), source_columns.round(9)


def _noisy(pixels: FloatArray, noise: float, first: int) -> FloatArray:
    """Pixels (N, 784) with noise; image number ``first`` + i always gets the same."""
    if not noise:
        return pixels
    rows = (first + np.arange(len(pixels))) % NOISES_KEPT
    return np.clip(pixels + np.float32(noise) * _noises()[rows], 0, 1)


@functools.cache
def _noises() -> FloatArray:
    return np.random.default_rng(SEED).standard_normal((NOISES_KEPT, PIXELS), np.float32)
