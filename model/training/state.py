"""Where a run stands, and its curves: states, points and epochs as values, and how points add up to epochs; trains nothing."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Final

import numpy as np
import numpy.typing as npt

from model.config import TrainingConfig
from model.network import FloatArray, Network, Weights

POINTS_PER_EPOCH: Final = 5
POINT_OPERATIONS: Final = 1e10


@dataclass(frozen=True, eq=False)
class State:
    """Where a run stands: all that the next slice needs beside the config. A picklable value.

    Attributes:
        step: batches trained on so far.
        weights: ``((W, b), ...)`` as in ``Network``.
        optimizer: the optimiser's variables, float32 (its step counter int64); empty for a fresh one.
        loss_sum, correct, images: what the steps since the last point add up to.
        diverged: the loss was no longer finite; ``step`` and ``weights`` are the last good ones.
    """

    step: int
    weights: Weights
    optimizer: tuple[FloatArray, ...]
    loss_sum: float = 0.0
    correct: int = 0
    images: int = 0
    diverged: bool = False


@dataclass(frozen=True)
class Point:
    """One point of the curves.

    Attributes:
        step: batches trained on.
        loss, accuracy: mean over the training images since the point before, as the network saw them (with dropout and
            augmentation, before each update); cross-entropy in nats without penalties, share 0 to 1.
        validation_loss, validation_accuracy: on the 5,000 validation images; None between epochs.
    """

    step: int
    loss: float
    accuracy: float
    validation_loss: float | None = None
    validation_accuracy: float | None = None


@dataclass(frozen=True)
class Epoch:
    """One whole pass: mean ``loss`` and ``accuracy`` over all its training images as the network met them, each image counted
    once, and both on the validation images at its end.
    """

    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float


def network_of(config: TrainingConfig, state: State) -> Network:
    """The network a state holds."""
    return Network(config.activation, state.weights)


def steps_per_point(config: TrainingConfig) -> int:
    """Batches between two points: a fifth of an epoch, fewer for networks so large that this takes long."""
    affordable = POINT_OPERATIONS / (6 * config.weight_count * config.batch_size)
    return max(1, min(math.ceil(config.steps_per_epoch / POINTS_PER_EPOCH), int(affordable)))


def next_point(config: TrainingConfig, step: int) -> int:
    """The first step after ``step`` at which the curves get a point: every ``steps_per_point`` of an epoch, and its end."""
    epoch_start = step - step % config.steps_per_epoch
    every = steps_per_point(config)
    return min(epoch_start + ((step - epoch_start) // every + 1) * every, epoch_start + config.steps_per_epoch)


def images_met(config: TrainingConfig, step: int) -> int:
    """How many training images the first ``step`` batches hold, repeats counted; the last batch of an epoch may be a short one."""
    epochs, batches = divmod(step, config.steps_per_epoch)
    return epochs * config.training_images + batches * config.batch_size


def point_images(config: TrainingConfig, points: Sequence[Point]) -> tuple[int, ...]:
    """How many training images the mean of each point stands for; ``points`` are those of a run from its beginning."""
    met = [0, *(images_met(config, point.step) for point in points)]
    return tuple(after - before for before, after in itertools.pairwise(met))


def whole_epochs(config: TrainingConfig, points: Sequence[Point]) -> tuple[Epoch, ...]:
    """The whole epochs of a run, oldest first; ``points`` are all its points from its beginning."""
    images = point_images(config, points)
    found, first = [], 0
    for index, point in enumerate(points, 1):
        if point.validation_loss is not None and point.validation_accuracy is not None:
            mean = _mean(points[first:index], images[first:index])
            found.append(Epoch(*mean, point.validation_loss, point.validation_accuracy))
            first = index
    return tuple(found)


def training_so_far(config: TrainingConfig, points: Sequence[Point]) -> tuple[float, float] | None:
    """Mean loss and accuracy over all training images of a run's points, from its beginning; None where there is no point yet."""
    return _mean(points, point_images(config, points)) if points else None


def _mean(points: Sequence[Point], images: Sequence[int]) -> tuple[float, float]:
    """Mean loss and accuracy of points that stand for so many images each."""
    right = math.fsum(point.accuracy * count for point, count in zip(points, images, strict=True))
    # Right answers are whole images; what the sum of shares misses them by, a billionth, could turn a rounded percentage.
    return fmean((point.loss for point in points), images), round(right, 6) / sum(images)


def added(state: State, losses: FloatArray, correct: npt.NDArray[np.int32], counts: npt.NDArray[np.int32]) -> State:
    """The state after a block; the sums are taken step by step, so that the cut into blocks leaves no trace."""
    loss_sum = state.loss_sum
    for loss, count in zip(losses.tolist(), counts.tolist(), strict=True):
        loss_sum += loss * count
    return replace(
        state,
        step=state.step + len(losses),
        loss_sum=loss_sum,
        correct=state.correct + int(correct.sum()),
        images=state.images + int(counts.sum()),
    )


def without_sums(state: State) -> State:
    """The state right after a point: what adds up to the next one begins anew."""
    return replace(state, loss_sum=0.0, correct=0, images=0)
