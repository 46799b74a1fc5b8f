"""Random changes to training digits, as different hands would write them; runs inside the compiled loop and knows no screen."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from model.library_types import Tensor
from model.sizes import SIDE

GRID: Final = 5


@dataclass(frozen=True)
class Augmentation:
    """How far a training digit may be changed; every amount is drawn evenly from minus to plus its bound.

    Attributes:
        rotation: degrees.
        scale: natural logarithm of the change of width and of height, drawn for both together.
        proportion: the same, drawn for width and height apart.
        slant: horizontal shear, as a share of the height.
        shift: pixels, in both directions.
        warp: pixels; a smooth displacement, drawn at 5 x 5 points and interpolated between them (a coarse form of the
            elastic distortions of Simard, Steinkraus and Platt 2003, "Best Practices for Convolutional Neural Networks").
        ink: how much grey edges of a line turn black or white, as a thicker or thinner pen would leave them, 0 to 1.
    """

    rotation: float = 0.0
    scale: float = 0.0
    proportion: float = 0.0
    slant: float = 0.0
    shift: float = 0.0
    warp: float = 0.0
    ink: float = 0.0


AUGMENTATIONS: Final[Mapping[str, Augmentation | None]] = MappingProxyType(
    {
        "off": None,
        "gentle": Augmentation(rotation=8, scale=0.08, proportion=0.08, slant=0.12, shift=1.5, warp=0.4),
        "strong": Augmentation(rotation=12, scale=0.12, proportion=0.15, slant=0.25, shift=2.0, warp=1.0),
    }
)


def augment(pixels: Tensor, augmentation: Augmentation, key: Tensor) -> Tensor:
    """Each image moved by its own random affine map and warp, bilinearly resampled.

    Args:
        pixels: TensorFlow tensor (B, 784) uint8.
        augmentation: the bounds.
        key: tensor (2,) int32; equal keys give equal changes.

    Returns:
        A tensor (B, 784) float32 in [0, 1].
    """
    import tensorflow as tf

    batch = pixels.shape[0]
    amounts = tf.random.stateless_uniform((batch, 8 + 2 * GRID * GRID), key, -1.0, 1.0, alg="threefry")
    angle = amounts[:, 0] * (augmentation.rotation * np.pi / 180)
    slant = amounts[:, 1] * augmentation.slant
    scale = amounts[:, 2] * augmentation.scale
    width = tf.exp(scale + amounts[:, 3] * augmentation.proportion)
    height = tf.exp(scale + amounts[:, 4] * augmentation.proportion)
    shift = augmentation.shift * amounts[:, 5:7] + (SIDE - 1) / 2
    warp = augmentation.warp * tf.reshape(amounts[:, 8:], (batch, 2, GRID * GRID))
    cosine, sine = tf.cos(angle), tf.sin(angle)
    # Matrix products, because XLA would otherwise compute sine and exponential again for every pixel.
    nodes, interpolation = tf.constant(_nodes()), tf.constant(_interpolation())
    columns = tf.stack([cosine / width, (sine + slant * cosine) / width, shift[:, 0]], axis=1) @ nodes + warp[:, 0]
    rows = tf.stack([-sine / height, (cosine - slant * sine) / height, shift[:, 1]], axis=1) @ nodes + warp[:, 1]
    moved = _sample(pixels, rows @ interpolation, columns @ interpolation)
    if not augmentation.ink:
        return moved
    return moved + augmentation.ink * amounts[:, 7:8] * moved * (1 - moved)


def _nodes() -> npt.NDArray[np.float32]:
    """Centred column and row of each of the 5 x 5 points of the warp's grid, and a one: (3, 25) float32."""
    rows, columns = np.meshgrid(*[np.linspace(-0.5, 0.5, GRID) * (SIDE - 1)] * 2, indexing="ij")
    return np.stack([columns, rows, np.ones_like(rows)]).reshape(3, -1).astype(np.float32)


def _interpolation() -> npt.NDArray[np.float32]:
    """The bilinear weights of the grid's 25 points at each pixel, (25, 784) float32; an affine map comes through it exactly."""
    position = np.linspace(0, GRID - 1, SIDE)
    line = np.maximum(0, 1 - np.abs(position[None, :] - np.arange(GRID)[:, None]))
    return np.asarray(np.einsum("ai,bj->abij", line, line).reshape(GRID * GRID, -1), np.float32)


def _sample(pixels: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Bilinear values in [0, 1] of images (B, 784) uint8 at real positions (B, 784).

    Beyond the edge the outermost pixels go on: in MNIST they are black, and looking for the edge would cost a third more time.
    """
    import tensorflow as tf

    rows = tf.clip_by_value(rows, 0.0, SIDE - 1.001)
    columns = tf.clip_by_value(columns, 0.0, SIDE - 1.001)
    top, left = tf.floor(rows), tf.floor(columns)
    down, right = rows - top, columns - left
    corner = tf.cast(top, tf.int32) * SIDE + tf.cast(left, tf.int32)

    def corner_value(offset: int) -> Tensor:
        return tf.cast(tf.gather(pixels, corner + offset, batch_dims=1), tf.float32)

    upper = corner_value(0) * (1 - right) + corner_value(1) * right
    lower = corner_value(SIDE) * (1 - right) + corner_value(SIDE + 1) * right
    return (upper * (1 - down) + lower * down) / 255.0
