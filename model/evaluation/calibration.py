"""Whether a network is as often right as it is sure: the reliability diagram of Murphy and Winkler (1977); knows no network."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from model.evaluation.significance import wilson_interval
from model.network import Array, FloatArray

BANDS: Final = 10
LEAST_IMAGES: Final = 20


@dataclass(frozen=True)
class Band:
    """The images of which a network is about equally sure.

    Attributes:
        sureness: how sure it is of its answers, on average, 0 to 1.
        right: how many of the answers are right, of ``count``.
    """

    sureness: float
    right: int
    count: int

    @property
    def share(self) -> float:
        """Share read right, 0 to 1."""
        return self.right / self.count

    @property
    def interval(self) -> tuple[float, float]:
        """Between which shares the true one lies in 95 of 100 such cases."""
        return wilson_interval(self.right, self.count)


@dataclass(frozen=True)
class Calibration:
    """How sureness and being right go together: the ``bands`` of a tenth each that hold an image, and ``all`` images as one."""

    bands: tuple[Band, ...]
    all: Band
    standard_error: float

    @property
    def too_sure(self) -> bool | None:
        """Whether it is surer than it is right, or less sure (False); None where chance alone could do it (two standard errors).

        Were it exactly as often right as it is sure, the number of right answers would vary by ``standard_error``.
        """
        surplus = self.all.sureness - self.all.share
        return None if abs(surplus) <= 2 * self.standard_error else surplus > 0


def calibration(labels: Array, probabilities: FloatArray) -> Calibration:
    """How sureness and being right go together; ``labels`` (N,) 0..9 and ``probabilities`` (N, 10), N at least 1."""
    sureness = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    place = np.minimum((sureness * BANDS).astype(np.intp), BANDS - 1)
    bands = tuple(_band(sureness[place == band], right[place == band]) for band in np.unique(place))
    return Calibration(bands, _band(sureness, right), math.sqrt(float((sureness * (1 - sureness)).sum())) / len(labels))


def about(labels: Array, probabilities: FloatArray, sureness: float, width: float = 0.05) -> Band | None:
    """The images of which it is ``sureness`` sure, give or take ``width``; None where they are fewer than twenty."""
    found = np.abs(probabilities.max(axis=1) - sureness) <= width
    if found.sum() < LEAST_IMAGES:
        return None
    return _band(
        probabilities[found].max(axis=1).astype(np.float64), probabilities[found].argmax(axis=1) == labels[found]
    )


def _band(sureness: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> Band:
    return Band(float(sureness.mean()), int(right.sum()), len(right))
