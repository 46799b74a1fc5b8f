"""Which digits a network takes for which: the confusion matrix, precision, recall, the worst mistakes; knows no network."""

import numpy as np
import numpy.typing as npt

from model.network import Array, FloatArray
from model.sizes import DIGITS

Counts = npt.NDArray[np.int64]
Indices = npt.NDArray[np.intp]


def confusion_matrix(labels: Array, answers: Array) -> Counts:
    """How often each digit was taken for each, (10, 10): the row is what it is, the column what was said.

    Args:
        labels, answers: (N,) 0..9.

    Raises:
        ValueError: for labels and answers of different number.
    """
    if labels.shape != answers.shape:
        raise ValueError(f"{labels.shape} labels and {answers.shape} answers; expected one answer a label")
    pairs = labels.astype(np.int64) * DIGITS + answers.astype(np.int64)
    return np.bincount(pairs, minlength=DIGITS * DIGITS).reshape(DIGITS, DIGITS)


def recall(matrix: Counts) -> npt.NDArray[np.float64]:
    """Of the images of each digit, the share that was recognised, (10,); nan for a digit without images."""
    return _shares(matrix, matrix.sum(axis=1))


def precision(matrix: Counts) -> npt.NDArray[np.float64]:
    """Of the images called each digit, the share that is it, (10,); nan for a digit that was never said."""
    return _shares(matrix, matrix.sum(axis=0))


def mistakes(labels: Array, probabilities: FloatArray) -> Indices:
    """The images read wrong, the surest mistake first; ``labels`` (N,), ``probabilities`` (N, 10)."""
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return np.asarray(wrong[(-probabilities[wrong].max(axis=1)).argsort(kind="stable")])


def cell_members(labels: Array, probabilities: FloatArray, label: int, answer: int) -> Indices:
    """The images of one cell of the matrix: mistakes with the surest first, right answers with the least sure first."""
    found = np.flatnonzero((labels == label) & (probabilities.argmax(axis=1) == answer))
    sureness = probabilities[found].max(axis=1)
    return np.asarray(found[(sureness if label == answer else -sureness).argsort(kind="stable")])


def _shares(matrix: Counts, totals: Counts) -> npt.NDArray[np.float64]:
    return np.where(totals > 0, matrix.diagonal() / np.maximum(totals, 1), np.nan)
