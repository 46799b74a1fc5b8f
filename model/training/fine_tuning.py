"""A visitor's own digits and what trains a network further on them: the split, the settings, the mix; knows no screen and no file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from model.config import TrainingConfig
from model.network import Network, predict
from model.sizes import DIGITS, SIDE

OWN_DIGITS_MOST: Final = 100
HELD_BACK_EVERY: Final = 4


@dataclass(frozen=True, eq=False)
class OwnDigit:
    """One digit a visitor drew: ``picture`` (28, 28) uint8, prepared as MNIST, and what it is, 0 to 9."""

    picture: npt.NDArray[np.uint8]
    label: int


@dataclass(frozen=True, eq=False)
class FineTuning:
    """A visitor's own digits, mixed into the training of a network that has already learned.

    Attributes:
        images: (N, 28, 28) uint8, prepared as MNIST, N from 1 to ``OWN_DIGITS_MOST``.
        labels: (N,) uint8, 0 to 9.
        share: how much of each epoch they are, 0 to 1; they come again and again, varied by augmentation.
        frozen_layers: how many layers, counted from the picture, keep their weights.
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.uint8]
    share: float = 0.1
    frozen_layers: int = 0

    def __post_init__(self) -> None:
        if not 1 <= len(self.labels) <= OWN_DIGITS_MOST:
            raise ValueError(f"{len(self.labels)} own digits; expected 1 to {OWN_DIGITS_MOST}")
        if self.images.shape != (len(self.labels), SIDE, SIDE) or self.images.dtype != np.uint8:
            raise ValueError(
                f"images are {self.images.dtype} {self.images.shape}; expected uint8 ({len(self.labels)}, {SIDE}, {SIDE})"
            )
        if int(self.labels.max()) >= DIGITS:
            raise ValueError(f"labels go up to {int(self.labels.max())}; expected 0 to {DIGITS - 1}")


def split(digits: Sequence[OwnDigit]) -> tuple[list[OwnDigit], list[OwnDigit]]:
    """The digits to teach, and every fourth, held back to see what was gained."""
    taught = [digit for number, digit in enumerate(digits, 1) if number % HELD_BACK_EVERY]
    return taught, [digit for number, digit in enumerate(digits, 1) if number % HELD_BACK_EVERY == 0]


def fine_tuning_of(digits: Sequence[OwnDigit], frozen_layers: int) -> FineTuning:
    """The digits as what training takes. At least one, else ValueError."""
    images = np.stack([digit.picture for digit in digits]) if digits else np.zeros((0, SIDE, SIDE), np.uint8)
    return FineTuning(images, np.array([digit.label for digit in digits], np.uint8), frozen_layers=frozen_layers)


def fine_tuning_config(parent: TrainingConfig) -> TrainingConfig:
    """Settings that teach a few digits in seconds and forget little: few images, small steps, varied pictures."""
    return parent.changed(
        epochs=8,
        batch_size=min(parent.batch_size, 128),
        training_images=6_000,
        optimizer="adam",
        learning_rate=0.0005,
        schedule="constant",
        dropout=0.0,
        l1=0.0,
        l2=0.0,
        augmentation="gentle" if parent.augmentation == "off" else parent.augmentation,
    )


def read_right(network: Network, digits: Sequence[OwnDigit]) -> int:
    """How many of the digits the network reads right."""
    if not digits:
        return 0
    answers = predict(network, np.stack([digit.picture for digit in digits])).argmax(axis=1)
    return int((answers == np.array([digit.label for digit in digits])).sum())
