"""What a run's curves and its network give to judge it by; knows no rules, no words and no screen."""

import itertools
from dataclasses import dataclass
from typing import Final

import numpy as np

from model.config import TrainingConfig
from model.data.mnist import load_mnist
from model.network import Network, Score, layer_outputs
from model.runs.run import RunView, Status
from model.training.state import Epoch, point_images

PROBED_IMAGES: Final = 1_000
SILENT_SPAN: Final = 1e-3


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the rules look at.

    Attributes:
        epochs: every whole epoch, oldest first.
        losses: the training loss at every point of the curves that stands for a whole batch at least.
        step: batches trained on.
        silent_units: hidden units that say the same to each of 1,000 validation images.
        hidden_units: all hidden units.
        score, drawn_score: on the test images and the pen-drawn digits; None unless the run has ended.
    """

    config: TrainingConfig
    status: Status
    epochs: tuple[Epoch, ...]
    losses: tuple[float, ...]
    step: int
    silent_units: int
    hidden_units: int
    score: Score | None
    drawn_score: Score | None

    @property
    def last(self) -> Epoch:
        """The last whole epoch; there must be one."""
        return self.epochs[-1]

    @property
    def best_epoch(self) -> int:
        """The epoch, counted from 1, at whose end the validation loss was lowest; there must be one."""
        return 1 + min(range(len(self.epochs)), key=lambda index: self.epochs[index].validation_loss)

    @property
    def best(self) -> Epoch:
        """The epoch with the lowest validation loss."""
        return self.epochs[self.best_epoch - 1]

    @property
    def gap(self) -> float:
        """By how much the training accuracy is above the validation accuracy at the end, -1 to 1."""
        return self.last.accuracy - self.last.validation_accuracy

    @property
    def rises(self) -> int:
        """How many times the validation loss was higher after an epoch than after the one before."""
        return sum(after.validation_loss > before.validation_loss for before, after in itertools.pairwise(self.epochs))


def evidence_of(view: RunView) -> Evidence:
    """The evidence a run gives."""
    silent, units = silent_units(view.network) if view.network is not None else (0, 0)
    return Evidence(
        config=view.config,
        status=view.status,
        epochs=view.epochs,
        losses=_losses(view),
        step=view.step,
        silent_units=silent,
        hidden_units=units,
        score=view.score,
        drawn_score=view.drawn_score,
    )


def silent_units(network: Network) -> tuple[int, int]:
    """How many hidden units say the same to each of 1,000 validation images, and how many there are.

    A ReLU unit that never fires ("dead") says 0 to all of them; a sigmoid or tanh unit can be stuck at one of its ends.
    """
    hidden = layer_outputs(network, load_mnist().validation_images[:PROBED_IMAGES])[:-1]
    silent = sum(int((np.ptp(outputs, axis=0) <= SILENT_SPAN).sum()) for outputs in hidden)
    return silent, sum(outputs.shape[1] for outputs in hidden)


def _losses(view: RunView) -> tuple[float, ...]:
    """The losses of the points, but of those that only a short last batch stands behind: a few images can be off by chance."""
    images = point_images(view.config, view.points)
    whole = min(view.config.batch_size, view.config.training_images)
    return tuple(point.loss for point, count in zip(view.points, images, strict=True) if count >= whole)
