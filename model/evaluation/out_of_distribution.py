"""Says when a drawing is perhaps no digit, with NumPy and any network; knows no canvas and no screen."""

import functools
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from model.data.mnist import load_mnist
from model.data.synthetic_digits import generate
from model.data.synthetic_nondigits import KINDS, TUNING, generate_nondigits
from model.network import Array, FloatArray, Network, as_pixels, log_sum_exp, logits
from model.one_thread import one_thread
from model.sizes import SIDE

CELLS: Final = 7
MNIST_SEEN: Final = 16_000
SYNTHETIC_SEEN: Final = 12_000
MADE_UP: Final = {"scribble": 1_200, "letter": 3_000, "pair": 1_200, "dot": 100, "line": 300}
CALIBRATED_MNIST: Final = 2_500
CALIBRATED_SYNTHETIC: Final = 800
SEED: Final = 523
ENERGY_WEIGHT: Final = 0.4
REFUSED_SHARE: Final = 0.022


@dataclass(frozen=True, eq=False)
class ReferenceSet:
    """What pictures are compared with: stroke directions of ``digits`` and of ``others``, (N, 196) float32 of length 1, and
    the images that limits are set on, (N, 784) float32, with their ``margins`` (N,)."""

    digits: FloatArray
    others: FloatArray
    images: FloatArray
    margins: FloatArray


@dataclass(frozen=True, eq=False)
class Detector:
    """The rule for one network.

    Two questions are asked of a picture. First, which is nearer: a digit seen in training, or a scribble, letter or pair of digits that a
    program drew? Near means alike in the directions of its strokes at each place. Second, how much does the network itself respond: its
    energy, which is high where no output is strong (Liu, Wang, Owens and Li 2020, "Energy-based Out-of-distribution Detection"). Distance
    to the nearest neighbour as a sign of the unknown: Sun, Ming, Zhu and Li 2022, "Out-of-Distribution Detection with Deep Nearest
    Neighbors"; comparison with made-up examples: Hendrycks, Mazeika and Dietterich 2019, "Deep Anomaly Detection with Outlier Exposure".
    The limit is set per network, so that of digits it was not trained on only a few in a hundred exceed it.

    Attributes:
        network: whose energy is asked.
        scales: standard deviation of margin and of energy over digits it was not trained on.
        limit: pictures with a score above it are perhaps no digit.
    """

    network: Network
    scales: tuple[float, float]
    limit: float

    def score(self, images: Array) -> FloatArray:
        """How little each image looks like a digit, (N,) float32; ``images`` as for ``model.network.predict``. 2 ms an image."""
        pixels = as_pixels(images)
        return _score(margin(pixels), energy(self.network, pixels), self.scales)

    def exceeds(self, images: Array) -> npt.NDArray[np.bool_]:
        """Which images are perhaps no digit, (N,) bool; ``images`` as for ``model.network.predict``."""
        return self.score(images) > self.limit


def detector_of(network: Network) -> Detector:
    """The rule for a network, its limit set on validation images and pen-drawn digits, none of them trained on; 20 ms for 64-64.

    The first call in a process also makes the ``reference_set``, which takes some seconds.
    """
    known = known_reference_set()
    energies = energy(network, known.images)
    scales = (float(known.margins.std()), max(float(energies.std()), 1e-6))
    return Detector(network, scales, float(np.quantile(_score(known.margins, energies, scales), 1 - REFUSED_SHARE)))


def energy(network: Network, images: Array) -> FloatArray:
    """Minus the logarithm of the summed exponentials of the ten logits, (N,) float32; ``images`` as for ``predict``."""
    highest, rest = log_sum_exp(logits(network, images))
    return np.asarray((-highest - rest)[:, 0], np.float32)


def margin(images: Array) -> FloatArray:
    """Distance to the nearest digit less distance to the nearest non-digit, (N,) float32, -1.5 to 1.5; images as for ``predict``."""
    known = known_reference_set()
    return _margin(stroke_directions(images), known.digits, known.others)


@one_thread()
def stroke_directions(images: Array) -> FloatArray:
    """How much edge of four directions lies in each of 7 x 7 places, (N, 196) float32, each row of length 1.

    Dalal and Triggs 2005, "Histograms of Oriented Gradients for Human Detection", with directions of doubled angle (a stroke has
    two edges of opposite gradient) and shared linearly between neighbouring places; square roots even out thick and thin pens.
    """
    framed = np.pad(as_pixels(images).reshape(-1, SIDE, SIDE), ((0, 0), (1, 1), (1, 1)))
    columns, rows = framed[:, :, 2:] - framed[:, :, :-2], framed[:, 2:] - framed[:, :-2]
    across = columns[:, :-2] + 2 * columns[:, 1:-1] + columns[:, 2:]
    down = rows[:, :, :-2] + 2 * rows[:, :, 1:-1] + rows[:, :, 2:]
    strength = np.hypot(across, down) + np.float32(1e-6)
    level, slope = (across * across - down * down) / strength, 2 * across * down / strength
    directions = np.stack(
        [np.maximum(level, 0), np.maximum(-level, 0), np.maximum(slope, 0), np.maximum(-slope, 0)], axis=1
    )
    shares = _place_shares()
    counts = np.sqrt(shares @ directions @ shares.T).reshape(len(framed), 4 * CELLS * CELLS)
    length = np.linalg.norm(counts, axis=1, keepdims=True)
    return np.asarray(counts / np.maximum(length, 1e-6), np.float32)


def known_reference_set() -> ReferenceSet:
    """The reference set that was given to this process by ``use_reference_set``, else its own."""
    return _given[0] if _given else reference_set()


def use_reference_set(given: ReferenceSet) -> None:
    """Use a reference set that another process made, so that this one need not spend the seconds."""
    _given[:] = [given]


_given: list[ReferenceSet] = []


@functools.lru_cache(maxsize=1)
def reference_set() -> ReferenceSet:
    """What every rule compares with, made once a process; the same for every network."""
    mnist = load_mnist()
    synthetic, _ = generate(SYNTHETIC_SEEN, SEED)
    digits = np.concatenate([_in_parts(mnist.training_images[:MNIST_SEEN]), _in_parts(synthetic)])
    others = np.concatenate([_in_parts(generate_nondigits(kind, MADE_UP[kind], TUNING)) for kind in KINDS])
    synthetic, _ = generate(CALIBRATED_SYNTHETIC, SEED + 1)
    images = np.concatenate([as_pixels(mnist.validation_images[:CALIBRATED_MNIST]), as_pixels(synthetic)])
    return ReferenceSet(digits, others, images, _margin(_in_parts(images), digits, others))


def _in_parts(images: Array) -> FloatArray:
    return np.concatenate([stroke_directions(images[start : start + 500]) for start in range(0, len(images), 500)])


def _margin(directions: FloatArray, digits: FloatArray, others: FloatArray) -> FloatArray:
    return _nearest(directions, digits) - _nearest(directions, others)


@one_thread()
def _nearest(directions: FloatArray, seen: FloatArray) -> FloatArray:
    """Distance to the nearest of ``seen``, (N,); both of length 1, so that one product tells it."""
    closest = [(directions[start : start + 500] @ seen.T).max(axis=1) for start in range(0, len(directions), 500)]
    return np.sqrt(np.maximum(2 - 2 * np.concatenate(closest), 0)) if closest else np.zeros(0, np.float32)


def _score(margins: FloatArray, energies: FloatArray, scales: tuple[float, float]) -> FloatArray:
    return np.asarray(margins / scales[0] + ENERGY_WEIGHT * energies / scales[1], np.float32)


def _place_shares() -> FloatArray:
    """How much each of 28 pixels counts for each of 7 places along one side, (7, 28) float32."""
    centres = (np.arange(CELLS) + 0.5) * SIDE / CELLS - 0.5
    return np.maximum(0, 1 - np.abs(np.arange(SIDE) - centres[:, None]) * CELLS / SIDE).astype(np.float32)
