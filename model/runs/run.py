"""What others see of a run: how it stands, its curves, its scores, what it went on from; no thread, no executor, no screen."""

import functools
from dataclasses import dataclass
from enum import StrEnum

from model.config import TrainingConfig
from model.network import Network, Score
from model.runs.snapshots import Snapshot
from model.training.fine_tuning import OwnDigit
from model.training.state import Epoch, Point, training_so_far, whole_epochs


class Status(StrEnum):
    """What a run is doing; all but TRAINING and PAUSED are ends."""

    TRAINING = "training"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    DIVERGED = "diverged"
    FAILED = "failed"


@dataclass(frozen=True)
class Change:
    """A setting changed while the run was going: from ``before`` to ``after`` from ``step`` on."""

    step: int
    field: str
    before: float
    after: float


@dataclass(frozen=True, eq=False)
class Parent:
    """What a run of taught handwriting went on from.

    Attributes:
        token: of the run that trained the network.
        network: as it was then.
        score: its score on the test images.
        taught, held_back: the visitor's digits at that moment, and those among them that were kept from training.
    """

    token: str
    network: Network
    score: Score
    taught: tuple[OwnDigit, ...]
    held_back: tuple[OwnDigit, ...]


@dataclass(frozen=True, eq=False)
class RunView:
    """A run as it stands at one moment.

    Attributes:
        points: the curves so far, oldest first.
        snapshots: the network at a few moments on its way, oldest first; see ``model.runs.snapshots``.
        seconds: of training in the workers up to each point; waiting, compiling and testing not counted.
        score: on the 10,000 test images; None until the run has ended.
        drawn_score: on the 1,000 pen-drawn digits of ``model.data.synthetic_digits.drawn_set``; None until the run has ended.
        parent: what a run of taught handwriting went on from; None for any other.
        images_per_second: through this run lately, on the wall clock; None before the second slice.
        seconds_left: at that speed; None before the second slice.
        step_wanted: a single block asked for while paused is under way.
        busy: something is under way that will change this view by itself.
        lengthened: it was given more epochs after it had ended.
        before: how many others' turns come before its next work; 0 while that is being done.
        wait_seconds: about how long that takes.
        overdue: its work did not come back in time and is being done again: it waits for a worker.
    """

    token: str
    config: TrainingConfig
    status: Status
    step: int
    points: tuple[Point, ...]
    seconds: tuple[float, ...]
    changes: tuple[Change, ...]
    network: Network | None
    score: Score | None
    drawn_score: Score | None
    parent: Parent | None
    images_per_second: float | None
    seconds_left: float | None
    step_wanted: bool
    busy: bool
    lengthened: bool = False
    snapshots: tuple[Snapshot, ...] = ()
    before: int = 0
    wait_seconds: float = 0.0
    overdue: bool = False

    @property
    def epoch(self) -> float:
        """Passes over the training images so far."""
        return self.step / self.config.steps_per_epoch

    @functools.cached_property
    def epochs(self) -> tuple[Epoch, ...]:
        """Every whole epoch so far, oldest first."""
        return whole_epochs(self.config, self.points)

    @property
    def latest_training(self) -> tuple[float, float] | None:
        """Loss and accuracy over the training images of the last whole epoch, or of what there is of the first; None before that."""
        if self.epochs:
            return self.epochs[-1].loss, self.epochs[-1].accuracy
        return training_so_far(self.config, self.points)

    @property
    def waiting(self) -> bool:
        """Whether it is training and has not told anything yet."""
        return self.status == Status.TRAINING and not self.points

    @property
    def ended(self) -> bool:
        """Whether nothing more happens unless somebody asks for it."""
        return self.status not in (Status.TRAINING, Status.PAUSED)
