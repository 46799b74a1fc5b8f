"""Why a network reads a picture as it does: how much each pixel of ink speaks for a digit and against another; knows no screen."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from model.activations import ACTIVATIONS
from model.network import Array, FloatArray, Network, affine, as_pixels, forward
from model.one_thread import one_thread
from model.sizes import DIGITS, SIDE

TOLERANCE: Final = 0.005
REGIONS: Final = 3
# Between two kinks of a kinked activation the gradient does not change, and its mean is exact. Of every other activation the mean is
# taken at the places of Gauss and Legendre in ever more equal stretches of the way.
STRETCHES_FIRST: Final = 8
STRETCHES_MOST: Final = 8_192
PLACES_IN_A_STRETCH: Final = 4
CHUNK: Final = 2_048

Matrix = npt.NDArray[np.float64]
Layers = list[tuple[Matrix, Matrix]]


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


@one_thread()
def explain(network: Network, image: Array, digit: int, other: int | None = None) -> Explanation:
    """Integrated gradients of the score difference along the straight way from a black picture to this one.

    Sundararajan, Taly and Yan 2017, "Axiomatic Attribution for Deep Networks", equations 1 and 3, in float64. With ReLU the way is cut
    where a unit wakes or falls asleep, and the mean gradient is exact; with the other activations the cuts grow in number until the
    contributions add up (their axiom of completeness) within half a percent, or ``residual`` tells by how much they do not.

    Args:
        network: the network.
        image: (28, 28), uint8 0..255 or float 0..1.
        digit: the digit spoken for, 0 to 9.
        other: the digit it is compared with; None for the mean of the other nine.

    Raises:
        ValueError: for digits outside 0 to 9, or a digit compared with itself.
    """
    contrast = _contrast(digit, other)
    pixels = as_pixels(np.asarray(image)[None])[0].astype(np.float64)
    layers = [(weight.astype(np.float64), bias.astype(np.float64)) for weight, bias in network.weights]
    way = _Way(network.activation, layers, pixels @ layers[0][0], contrast)
    blank_difference, difference = way.scores(np.array([0.0, 1.0])).tolist()
    stretches, kinked = STRETCHES_FIRST, ACTIVATIONS[network.activation].kinked
    while True:
        places, shares = way.cuts() if kinked else _gauss_legendre(stretches)
        contributions = np.asarray(way.mean_gradient(places, shares) * pixels, np.float32).reshape(SIDE, SIDE)
        found = Explanation(digit, other, contributions, difference, blank_difference)
        if found.residual <= TOLERANCE or kinked or stretches >= STRETCHES_MOST:
            return found
        stretches *= 4


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
    row_of = _place(np.arange(SIDE), rows[0], rows[-1])
    column_of = _place(np.arange(SIDE), columns[0], columns[-1])
    np.add.at(sums, (row_of[:, None].repeat(SIDE, 1), column_of[None].repeat(SIDE, 0)), values)
    least = 0.1 * np.abs(values).sum()
    highest, lowest = np.unravel_index(sums.argmax(), sums.shape), np.unravel_index(sums.argmin(), sums.shape)
    speaks_for = (int(highest[0]), int(highest[1])) if sums[highest] > least else None
    speaks_against = (int(lowest[0]), int(lowest[1])) if -sums[lowest] > least else None
    return speaks_for, speaks_against


def _place(position: Array, first: int, last: int) -> Array:
    return np.asarray(np.clip((position - first) * REGIONS // (last - first + 1), 0, REGIONS - 1))


def _contrast(digit: int, other: int | None) -> Matrix:
    """How the ten scores are weighed, (10,): one for the digit, minus one shared by what it is compared with."""
    for asked in (digit, other):
        if asked is not None and asked not in range(DIGITS):
            raise ValueError(f"digit = {asked!r}; expected 0 to 9")
    if digit == other:
        raise ValueError(f"digit = {digit!r} is compared with itself; expected another")
    contrast = np.zeros(DIGITS)
    if other is None:
        contrast[:] = -1 / 9
    else:
        contrast[other] = -1
    contrast[digit] = 1
    return contrast


def _gauss_legendre(stretches: int) -> tuple[Matrix, Matrix]:
    """Places along the way, 0 to 1, and the share of the whole that each stands for."""
    places, shares = np.polynomial.legendre.leggauss(PLACES_IN_A_STRETCH)
    starts = np.arange(stretches)[:, None]
    return ((starts + (places + 1) / 2) / stretches).ravel(), np.tile(shares / 2, stretches) / stretches


@dataclass(frozen=True, eq=False)
class _Way:
    """The straight way from a black picture to a picture, as a network goes along it.

    Attributes:
        activation: a key of ``model.activations.ACTIVATIONS``.
        layers: the weights (in, out) and biases (out,).
        direction: by how much the sums of the first layer grow from the start of the way to its end, (out,).
        contrast: how the ten scores are weighed, (10,).
    """

    activation: str
    layers: Layers
    direction: Matrix
    contrast: Matrix

    def sums(self, places: Matrix, upto: int) -> list[Matrix]:
        """The sums of the layers 0 to ``upto`` at places 0 to 1 of the way, (places, out) each."""
        return list(forward([self._first, *affine(self.layers[1 : upto + 1])], self.activation, places).sums)

    def _first(self, places: Matrix) -> Matrix:
        """The sums of the first layer, which grow evenly along the way."""
        return np.asarray(self.layers[0][1] + places[:, None] * self.direction)

    def scores(self, places: Matrix) -> Matrix:
        """The weighed score at places of the way, (places,)."""
        return np.asarray(self.sums(places, len(self.layers) - 1)[-1] @ self.contrast)

    def cuts(self) -> tuple[Matrix, Matrix]:
        """The middles of the stretches within which no unit passes zero, and the length of each."""
        places = np.array([0.0, 1.0])
        for layer in range(len(self.layers) - 1):
            sums = self.sums(places, layer)[-1]
            before, after = sums[:-1], sums[1:]
            stretch, unit = np.nonzero(before * after < 0)
            passed = before[stretch, unit] / (before[stretch, unit] - after[stretch, unit])
            places = np.unique(np.concatenate([places, places[stretch] + passed * np.diff(places)[stretch]]))
        return (places[:-1] + places[1:]) / 2, np.diff(places)

    def mean_gradient(self, places: Matrix, shares: Matrix) -> Matrix:
        """The mean of the weighed score's gradient by the pixels, (784,), over places of the way with their shares."""
        if len(self.layers) == 1:
            return np.asarray(self.layers[0][0] @ self.contrast)
        parts = range(0, len(places), CHUNK)
        first = sum(self._first_slopes(places[at : at + CHUNK], shares[at : at + CHUNK]) for at in parts)
        return np.asarray(self.layers[0][0] @ first)

    def _first_slopes(self, places: Matrix, shares: Matrix) -> Matrix:
        """How the weighed score changes with the first layer's sums, (out,), added up over places with their shares."""
        derivative = ACTIVATIONS[self.activation].derivative
        hidden = self.sums(places, len(self.layers) - 2)
        delta = (self.layers[-1][0] @ self.contrast) * derivative(hidden[-1])
        for sums, (weight, _) in zip(reversed(hidden[:-1]), reversed(self.layers[1:-1]), strict=True):
            delta = (delta @ weight.T) * derivative(sums)
        return np.asarray(shares @ delta)
