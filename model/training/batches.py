"""Which images each step of a run takes, from the seed alone; knows no network and no TensorFlow."""

import functools
import math

import numpy as np
import numpy.typing as npt

from model.config import TRAINING_IMAGES, TrainingConfig
from model.data.synthetic_digits import POOL_SIZE
from model.training.fine_tuning import FineTuning


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
    chance = np.random.default_rng((seed, epoch))
    order = chance.permutation(training_images).astype(np.int32)
    if pen_images:
        order[:pen_images] = TRAINING_IMAGES + chance.choice(POOL_SIZE, pen_images, replace=False)
        order = chance.permutation(order)
    own_digits, own_images = own
    if own_images:
        order[:own_images] = TRAINING_IMAGES + POOL_SIZE + chance.permutation(np.arange(own_images) % own_digits)
        order = chance.permutation(order)
    return order
