"""Which images each step of a run takes, from the seed alone; cut into the blocks that are trained in one go; knows no TensorFlow."""

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from model.config import TRAINING_IMAGES, TrainingConfig
from model.data.synthetic_digits import POOL_SIZE
from model.network import FloatArray
from model.optimizers import learning_rates
from model.training.fine_tuning import FineTuning
from model.training.state import next_point

BLOCK_STEPS: Final = 128


@dataclass(frozen=True, eq=False)
class Block:
    """Steps trained in one go, at most ``BLOCK_STEPS``, all of one epoch, none beyond a point of the curves.

    Attributes:
        first_step: batches trained on before.
        batches: (steps, batch_size) int32, numbers of images as in ``epoch_batches``; rows may be padded at their end.
        counts: (steps,) int32, how many of each row are real.
        rates: (steps,) float32, the learning rate of each step.
        ends_at_point: the curves get a point at its end.
        is_last: nothing follows it.
    """

    first_step: int
    batches: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int32]
    rates: FloatArray
    ends_at_point: bool = False
    is_last: bool = False


def blocks(config: TrainingConfig, step: int, goal: int, fine_tuning: FineTuning | None = None) -> Iterator[Block]:
    """The blocks that lead from ``step`` to ``goal``, in order; none where that is reached already."""
    while step < goal:
        epoch, first_row = divmod(step, config.steps_per_epoch)
        batches, counts = epoch_batches(config, epoch, fine_tuning)
        point = next_point(config, step)
        end = min(step + BLOCK_STEPS, goal, point)
        rows = np.s_[first_row : first_row + end - step]
        rates = learning_rates(config.schedule, config.learning_rate, step, end - step, config.total_steps)
        yield Block(step, batches[rows], counts[rows], rates, ends_at_point=end == point, is_last=end == goal)
        step = end


def epoch_batches(
    config: TrainingConfig, epoch: int, fine_tuning: FineTuning | None = None
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """The batches of an epoch, (steps, batch_size) int32, and how many of each row are real, (steps,) int32.

    Numbers under ``TRAINING_IMAGES`` are MNIST's images, the next ``POOL_SIZE`` pen-drawn ones, those after them the
    visitor's own. The last row may be padded with zeros.
    """
    own = (len(fine_tuning.labels), round(fine_tuning.share * config.training_images)) if fine_tuning else (0, 0)
    return _epoch_batches(config.seed, config.training_images, config.batch_size, config.pen_images, own, epoch)


@functools.lru_cache(maxsize=4)
def _epoch_batches(
    seed: int, training_images: int, batch_size: int, pen_images: int, own: tuple[int, int], epoch: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    order = _epoch_order(seed, training_images, pen_images, own, epoch)
    steps = math.ceil(training_images / batch_size)
    padded = np.zeros(steps * batch_size, np.int32)
    padded[:training_images] = order
    counts = np.full(steps, batch_size, np.int32)
    counts[-1] = training_images - (steps - 1) * batch_size
    return padded.reshape(steps, batch_size), counts


def _epoch_order(
    seed: int, training_images: int, pen_images: int, own: tuple[int, int], epoch: int
) -> npt.NDArray[np.int32]:
    """Which images one epoch takes in which order; depends on (seed, epoch) and the sizes alone.

    MNIST's images come once each; pen-drawn and own ones stand at random places, in place of as many of MNIST's.
    """
    rng = np.random.default_rng((seed, epoch))
    order = rng.permutation(training_images).astype(np.int32)
    if pen_images:
        order[:pen_images] = TRAINING_IMAGES + rng.choice(POOL_SIZE, pen_images, replace=False)
        order = rng.permutation(order)
    own_digits, own_images = own
    if own_images:
        order[:own_images] = TRAINING_IMAGES + POOL_SIZE + rng.permutation(np.arange(own_images) % own_digits)
        order = rng.permutation(order)
    return order
