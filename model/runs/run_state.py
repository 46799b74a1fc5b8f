"""All that a run is at one moment, what can happen to it, and what is to be done next; no thread, no executor, no clock, no screen."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from model.config import CHANGEABLE_WHILE_TRAINING, LIMITS, ConfigError, TrainingConfig
from model.network import Network, Score
from model.runs.run import Change, Parent, RunView, Status
from model.runs.snapshots import Snapshot, with_snapshot
from model.runs.throughput import Throughput
from model.training.state import Point, State, network_of, next_point

FAILURES_ALLOWED: Final = 3
# The first slices end here, long before the first point of the curves, so that one sees the network grow out of noise.
EARLY_STEPS: Final = (1, 12, 40)


@dataclass(frozen=True, eq=False)
class SliceWork:
    """A slice of ``steps`` batches from ``start`` on; ``single`` is the one block asked for while paused."""

    config: TrainingConfig
    start: State | None
    steps: int
    single: bool

    @property
    def goal(self) -> int:
        """The step it ends at, when nothing goes wrong."""
        return min((self.start.step if self.start else 0) + self.steps, self.config.total_steps)


@dataclass(frozen=True, eq=False)
class ScoreWork:
    """The test of the network a run ended with, on the test images and on the drawn set."""

    network: Network


Work = SliceWork | ScoreWork


@dataclass(frozen=True, eq=False)
class RunState:
    """All that a run is at one moment. Each method that makes another state of it is one thing that can happen to a run.

    Attributes:
        training: where its training stands, what the next slice begins from; None before the first.
        network: the network of ``training``, one object for each, so that whatever was computed of it can be kept by its identity.
        snapshots: the network at a few moments on its way, oldest first.
        seconds: of training in the workers up to each point, and ``seconds_trained`` up to now.
        scores: on the test images and on the drawn set; None until the run has ended and was tested.
        in_flight: what a worker has to do for it now; ``submitted_at`` tells since when.
        step_wanted: a single block was asked for while paused, and is not done yet.
        failures: of work for it, in a row.
    """

    config: TrainingConfig
    training: State | None = None
    network: Network | None = None
    status: Status = Status.PAUSED
    points: tuple[Point, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    seconds: tuple[float, ...] = ()
    seconds_trained: float = 0.0
    changes: tuple[Change, ...] = ()
    lengthened: bool = False
    scores: tuple[Score, Score] | None = None
    step_wanted: bool = False
    in_flight: Work | None = None
    submitted_at: float = 0.0
    failures: int = 0
    throughput: Throughput = field(default_factory=Throughput)

    @property
    def step(self) -> int:
        """Batches trained on so far."""
        return self.training.step if self.training else 0

    @property
    def goes_on(self) -> bool:
        """Whether it is training or paused, not ended."""
        return self.status in (Status.TRAINING, Status.PAUSED)

    @property
    def busy(self) -> bool:
        """Whether something is under way that will change it by itself."""
        return self.in_flight is not None or self.status == Status.TRAINING

    # What is to be done.

    def next_work(self) -> Work | None:
        """What to submit now; None while something is in flight or nothing is left to do."""
        if self.in_flight is not None:
            return None
        if self.status == Status.TRAINING or self.step_wanted:
            return self._score_work() if self.step >= self.config.total_steps else self._slice_work()
        untested = self.status in (Status.STOPPED, Status.DIVERGED) and self.scores is None
        return self._score_work() if untested else None

    def _score_work(self) -> ScoreWork | None:
        return None if self.network is None else ScoreWork(self.network)

    def _slice_work(self) -> SliceWork:
        last = next_point(self.config, self.step)
        early = [step for step in EARLY_STEPS if self.step < step < last]
        if early and not self.step_wanted and not self.points:
            last = early[0]
        else:
            for _ in range(1 if self.step_wanted else self.throughput.slice_points, 1, -1):
                last = next_point(self.config, last)
        return SliceWork(self.config, self.training, last - self.step, single=self.step_wanted)

    def submitted(self, work: Work, now: float) -> "RunState":
        """A worker was given the work at ``now``, in seconds. Tested without having been stopped, a run is at its end, paused or not."""
        given = replace(self, in_flight=work, submitted_at=now)
        if isinstance(work, ScoreWork) and self.goes_on:
            return replace(given, status=Status.TRAINING, step_wanted=False)
        return given

    # What workers say.

    def slice_done(self, training: State, points: tuple[Point, ...], seconds: float, now: float) -> "RunState":
        """The slice in flight came back at ``now`` after ``seconds`` of training, with the points it met on its way."""
        steps = training.step - self.step
        ended = training.diverged and self.status != Status.STOPPED
        single = isinstance(self.in_flight, SliceWork) and self.in_flight.single
        network = network_of(self.config, training)
        return replace(
            self,
            training=training,
            network=network,
            snapshots=with_snapshot(self.snapshots, training.step, network),
            status=Status.DIVERGED if ended else self.status,
            points=self.points + points,
            seconds=self.seconds + self._seconds_at(points, steps, seconds),
            seconds_trained=self.seconds_trained + seconds,
            changes=_not_after(self.changes, training.step),
            step_wanted=self.step_wanted and not single and not ended,
            in_flight=None,
            failures=0,
            throughput=self.throughput.measured(
                steps, len(points), seconds, now - self.submitted_at, first=not self.points
            ),
        )

    def _seconds_at(self, points: Iterable[Point], steps: int, seconds: float) -> tuple[float, ...]:
        """The seconds of a slice spread evenly over its steps."""
        return tuple(self.seconds_trained + seconds * (point.step - self.step) / max(1, steps) for point in points)

    def tested(self, scores: tuple[Score, Score]) -> "RunState":
        """The test in flight came back; it counts for nothing when the run was asked to train longer meanwhile."""
        back = replace(self, in_flight=None, failures=0)
        if self.status == Status.TRAINING and self.step < self.config.total_steps:
            return back
        finished = self.status == Status.TRAINING
        status = Status.FINISHED if finished else self.status
        ended = replace(back, scores=scores, status=status, step_wanted=self.step_wanted and not finished)
        return ended.lean()

    def lean(self) -> "RunState":
        """Without what only training needs, twice as much as the weights: a run that trains longer begins with a fresh optimiser."""
        if self.training is None or not self.training.optimizer:
            return self
        return replace(self, training=replace(self.training, optimizer=()))

    def failed(self) -> "RunState":
        """What was in flight is lost and is to be done again, unless it was the third in a row."""
        failures = self.failures + 1
        # Changes made during the lost slice take effect in the one that repeats it.
        lost = replace(self, in_flight=None, failures=failures, changes=_not_after(self.changes, self.step))
        return replace(lost, status=Status.FAILED, step_wanted=False) if failures >= FAILURES_ALLOWED else lost

    # What is asked of it.

    def without_way_back(self) -> "RunState":
        """Its snapshots are given up, but the last."""
        return replace(self, snapshots=self.snapshots[-1:])

    def resumed(self) -> "RunState":
        """Train on; starts a new run, continues a paused one, tries a failed one again. Anything else stays as it is."""
        return replace(self._training_on(), failures=0) if self.status in (Status.PAUSED, Status.FAILED) else self

    def paused(self) -> "RunState":
        """Do nothing further; what is under way still counts."""
        return replace(self, status=Status.PAUSED) if self.status == Status.TRAINING else self

    def stepped(self) -> "RunState":
        """While paused: train on to the next point of the curves, and pause again."""
        return replace(self, step_wanted=True) if self.status == Status.PAUSED else self

    def stopped(self) -> "RunState":
        """End here; the network is tested and kept."""
        return replace(self, status=Status.STOPPED, step_wanted=False) if self.goes_on else self

    def longer(self, epochs: int) -> "RunState":
        """After the run has finished or was stopped: ``epochs`` more from the epoch begun on.

        Raises:
            ConfigError: when the run would have more epochs than the limit, or no more than it has.
        """
        if self.status not in (Status.FINISHED, Status.STOPPED):
            return self
        if epochs < 1:
            raise ConfigError("epochs", epochs, LIMITS["epochs"])
        done = math.ceil(self.step / self.config.steps_per_epoch)
        config = self.config.changed(epochs=done + epochs)
        return replace(self._training_on(), config=config, lengthened=True, scores=None)

    def changed(self, **settings: float) -> "RunState":
        """Other values of learning rate, l1, l2 or dropout from the next slice on; ``changes`` remember where.

        Raises:
            ConfigError: for a value outside its limits.
            ValueError: for a setting that cannot change while a run goes on.
        """
        for name in settings:
            if name not in CHANGEABLE_WHILE_TRAINING:
                raise ValueError(f"{name} cannot change during a run; {', '.join(CHANGEABLE_WHILE_TRAINING)} can")
        if not self.goes_on:
            return self
        step = self.in_flight.goal if isinstance(self.in_flight, SliceWork) else self.step
        before = {name: getattr(self.config, name) for name in settings}
        made = (Change(step, name, before[name], after) for name, after in settings.items() if before[name] != after)
        return replace(self, config=self.config.changed(**settings), changes=(*self.changes, *made))

    def _training_on(self) -> "RunState":
        return replace(self, status=Status.TRAINING, throughput=self.throughput.interrupted())

    def view(self, token: str, parent: Parent | None) -> RunView:
        """What others see of it."""
        speed = self.throughput.steps_per_second
        images_a_step = self.config.training_images / self.config.steps_per_epoch
        score, drawn_score = self.scores or (None, None)
        return RunView(
            token=token,
            config=self.config,
            status=self.status,
            step=self.step,
            points=self.points,
            snapshots=self.snapshots,
            seconds=self.seconds,
            changes=self.changes,
            network=self.network,
            score=score,
            drawn_score=drawn_score,
            parent=parent,
            images_per_second=speed * images_a_step if speed else None,
            seconds_left=(self.config.total_steps - self.step) / speed if speed else None,
            step_wanted=self.step_wanted,
            busy=self.busy,
            lengthened=self.lengthened,
        )


def _not_after(changes: Iterable[Change], step: int) -> tuple[Change, ...]:
    """The changes, none of them later than ``step``: a slice that ended before its goal has taken none of them further."""
    return tuple(replace(change, step=min(change.step, step)) for change in changes)
