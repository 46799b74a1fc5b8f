"""Why a network reads a picture as it does: how much each pixel of ink speaks for a digit and against another; knows no screen."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from model.network import ACTIVATIONS, Array, FloatArray, Network, as_pixels, logits

STEPS_FIRST: Final = 32
STEPS_MOST: Final = 512
TOLERANCE: Final = 0.005
SLOPE_WIDTH: Final = np.float32(1e-2)
REGIONS: Final = 3


@dataclass(frozen=True, eq=False)
class Explanation:
    """What speaks for ``digit`` rather than for ``other``.

    Attributes:
        digit, other: the two digits compared; ``other`` is None when ``digit`` is compared with all nine others together.
        contributions: (28, 28) float32, each pixel's share of the score difference; zero where there is no ink.
        difference: the score of ``digit`` less that of ``other``, for this picture, in logits.
        blank_difference: the same for a picture without ink; ``contributions`` add up to ``difference`` less this.
    """

    digit: int
    other: int | None
    contributions: FloatArray
    difference: float
    blank_difference: float

    @property
    def residual(self) -> float:
        """How much of the difference the contributions leave unexplained, as a share of it."""
        explained = self.difference - self.blank_difference
        return abs(float(self.contributions.sum()) - explained) / max(abs(explained), 1e-3)


def explain(network: Network, image: Array, digit: int, other: int | None = None) -> Explanation:
    """Integrated gradients of the score difference along the straight way from a black picture to this one.

    Sundararajan, Taly and Yan 2017, "Axiomatic Attribution for Deep Networks", equations 1 and 3, with the middle of each
    step; the number of steps grows until the contributions add up (their axiom of completeness) within half a percent.

    Args:
        network: the network.
        image: (28, 28), uint8 0..255 or float 0..1.
        digit: the digit spoken for, 0 to 9.
        other: the digit it is compared with; None for the mean of the other nine.

    Raises:
        ValueError: for digits outside 0 to 9, or a digit compared with itself.
    """
    weights_of_scores = _contrast(digit, other)
    pixels = as_pixels(np.asarray(image)[None])
    scores = logits(network, np.concatenate([pixels, np.zeros_like(pixels)])) @ weights_of_scores
    difference, blank_difference = float(scores[0]), float(scores[1])
    steps = STEPS_FIRST
    while True:
        shares = ((np.arange(steps) + 0.5) / steps).astype(np.float32)[:, None]
        slopes = _gradient(network, shares * pixels, weights_of_scores).mean(axis=0)
        contributions = np.asarray(slopes * pixels[0], np.float32).reshape(28, 28)
        found = Explanation(digit, other, contributions, difference, blank_difference)
        if found.residual <= TOLERANCE or steps >= STEPS_MOST:
            return found
        steps *= 4


def strongest_regions(explanation: Explanation) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """The places (row, column), each 0 to 2, whose ink speaks most for and most against; None where nothing does.

    The picture's inked box is cut into 3 x 3 equal places; a place that holds less than a tenth of what speaks is not named.
    """
    values = explanation.contributions
    inked = np.abs(values) > 0
    if not inked.any():
        return None, None
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    sums = np.zeros((REGIONS, REGIONS))
    row_of = _place(np.arange(28), rows[0], rows[-1])
    column_of = _place(np.arange(28), columns[0], columns[-1])
    np.add.at(sums, (row_of[:, None].repeat(28, 1), column_of[None].repeat(28, 0)), values)
    least = 0.1 * np.abs(values).sum()
    highest, lowest = np.unravel_index(sums.argmax(), sums.shape), np.unravel_index(sums.argmin(), sums.shape)
    speaks_for = (int(highest[0]), int(highest[1])) if sums[highest] > least else None
    speaks_against = (int(lowest[0]), int(lowest[1])) if -sums[lowest] > least else None
    return speaks_for, speaks_against


def _place(position: Array, first: int, last: int) -> Array:
    return np.asarray(np.clip((position - first) * REGIONS // (last - first + 1), 0, REGIONS - 1))


def _contrast(digit: int, other: int | None) -> FloatArray:
    """How the ten scores are weighed, (10,): one for the digit, minus one shared by what it is compared with."""
    for asked in (digit, other):
        if asked is not None and asked not in range(10):
            raise ValueError(f"digit = {asked!r}; expected 0 to 9")
    if digit == other:
        raise ValueError(f"digit = {digit!r} is compared with itself; expected another")
    contrast = np.zeros(10, np.float32)
    if other is None:
        contrast[:] = -1 / 9
    else:
        contrast[other] = -1
    contrast[digit] = 1
    return contrast


def _gradient(network: Network, pixels: FloatArray, weights_of_scores: FloatArray) -> FloatArray:
    """The gradient of the weighed score by the pixels, (N, 784), at each row of ``pixels`` (N, 784).

    The slope of the activation is a central difference, which knows every activation in the registry alike.
    """
    bend = ACTIVATIONS[network.activation]
    slopes: list[FloatArray] = []
    below = pixels
    for weight, bias in network.weights[:-1]:
        z = below @ weight + bias
        slopes.append((bend(z + SLOPE_WIDTH) - bend(z - SLOPE_WIDTH)) / (2 * SLOPE_WIDTH))
        below = bend(z)
    gradient = np.broadcast_to(
        weights_of_scores @ network.weights[-1][0].T, (len(pixels), network.weights[-1][0].shape[0])
    )
    for (weight, _), slope in zip(reversed(network.weights[:-1]), reversed(slopes), strict=True):
        gradient = (gradient * slope) @ weight.T
    return np.asarray(gradient, np.float32)
