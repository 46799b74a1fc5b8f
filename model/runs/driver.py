"""A run that goes on: submits slice after slice over an executor; knows nothing of TensorFlow, widgets or languages."""

import logging
import math
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, Final

import numpy as np

from model.config import CHANGEABLE_WHILE_TRAINING, LIMITS, ConfigError, TrainingConfig
from model.data.synthetic_digits import drawn_set
from model.locked_settings import FREE, Locks
from model.network import FloatArray, Network, Score, evaluate, predict
from model.runs.executor import Workers
from model.runs.run import Change, Parent, RunView, Status
from model.runs.tracked_drawings import Reading
from model.training.fine_tuning import FineTuning
from model.training.loop import prepare, test_score, train_steps
from model.training.state import Point, State, network_of, next_point

SLICE_SECONDS: Final = 0.22
GROWTH: Final = 4
FAILURES_ALLOWED: Final = 3

LOGGER = logging.getLogger(__name__)


def timed_slice(
    config: TrainingConfig, state: State | None, steps: int, teaching: FineTuning | None = None
) -> tuple[State, tuple[Point, ...], float]:
    """``train_steps``, and the seconds it took; compiling its program, where that is still to do, comes before and is not counted."""
    prepare(config, teaching)
    started = time.perf_counter()
    new_state, points = train_steps(config, state, steps, teaching)
    return new_state, points, time.perf_counter() - started


def final_scores(network: Network) -> tuple[Score, Score]:
    """The scores on the test images and on the drawn set, both read once, at the end of a run."""
    images, labels = drawn_set()
    return test_score(network), evaluate(network, images, labels)


class Run:
    """One training run: submits slice after slice, at most one at a time. Safe to call from any thread."""

    def __init__(
        self,
        token: str,
        config: TrainingConfig,
        workers: Workers,
        clock: Callable[[], float] = time.monotonic,
        parent: Parent | None = None,
        teaching: FineTuning | None = None,
        locks: Locks = FREE,
    ) -> None:
        self.token = token
        self._config, self._workers, self._clock = config, workers, clock
        self._locks = locks
        self._lock = threading.RLock()
        self._status = Status.PAUSED
        self._parent, self._teaching = parent, teaching
        self._state: State | None = State(0, parent.network.weights, ()) if parent else None
        # One object for each state, so that whatever was computed of it can be kept by its identity.
        self._network: Network | None = parent.network if parent else None
        self._pictures: dict[tuple[str, str], FloatArray] = {}
        self._readings: dict[tuple[str, str], list[Reading]] = {}
        self._points: list[Point] = []
        self._seconds: list[float] = []
        self._seconds_trained = 0.0
        self._changes: list[Change] = []
        self._lengthened = False
        self._score: Score | None = None
        self._drawn_score: Score | None = None
        self._in_flight = False
        self._goal = 0
        self._step_wanted = False
        self._step_in_flight = False
        self._failures = 0
        self._slice_points = 1
        self._steps_per_second: float | None = None
        self._submitted_at = 0.0
        self._updated = threading.Condition(self._lock)

    def view(self) -> RunView:
        """The run as it stands now."""
        with self._lock:
            step = self._steps_done
            speed = self._steps_per_second
            images_a_step = self._config.training_images / self._config.steps_per_epoch
            return RunView(
                token=self.token,
                config=self._config,
                status=self._status,
                step=step,
                points=tuple(self._points),
                seconds=tuple(self._seconds),
                changes=tuple(self._changes),
                network=self._network,
                score=self._score,
                drawn_score=self._drawn_score,
                parent=self._parent,
                images_per_second=speed * images_a_step if speed else None,
                seconds_left=(self._config.total_steps - step) / speed if speed else None,
                step_wanted=self._step_wanted,
                busy=self._in_flight or self._status == Status.TRAINING,
                lengthened=self._lengthened,
            )

    def resume(self) -> None:
        """Train on; starts a new run, continues a paused one, tries a failed one again. Anything else stays as it is."""
        with self._lock:
            if self._status in (Status.PAUSED, Status.FAILED):
                self._failures = 0
                self._train_on()

    def pause(self) -> None:
        """Submit no further slice; the one under way still counts."""
        with self._lock:
            if self._status == Status.TRAINING:
                self._status = Status.PAUSED

    def step(self) -> None:
        """While paused: train on to the next point of the curves, and pause again."""
        with self._lock:
            if self._status == Status.PAUSED and not self._step_wanted:
                self._step_wanted = True
                self._go_on()

    def stop(self) -> None:
        """End the run here; its network is tested and kept."""
        with self._lock:
            if self._status in (Status.TRAINING, Status.PAUSED):
                self._status = Status.STOPPED
                self._step_wanted = False
                self._go_on()

    def train_longer(self, epochs: int) -> None:
        """After the run has finished or was stopped: ``epochs`` more, in the same run, from where it stands.

        Raises:
            ConfigError: when the run would have more epochs than the limit, or than they are locked at.
        """
        with self._lock:
            if self._status not in (Status.FINISHED, Status.STOPPED):
                return
            done = math.ceil(self._steps_done / self._config.steps_per_epoch)
            if epochs < 1:
                raise ConfigError("epochs", epochs, LIMITS["epochs"])
            longer = self._config.changed(epochs=done + epochs)
            self._locks.check(longer)
            self._config, self._lengthened = longer, True
            self._score = self._drawn_score = None
            self._train_on()

    def change(self, **settings: float) -> None:
        """Use other values of learning rate, l1, l2 or dropout from the next slice on; the curves remember where.

        Raises:
            ConfigError: for a value outside its limits, or other than it is locked at.
            ValueError: for a setting that cannot change while a run goes on.
        """
        for field in settings:
            if field not in CHANGEABLE_WHILE_TRAINING:
                raise ValueError(f"{field} cannot change during a run; {', '.join(CHANGEABLE_WHILE_TRAINING)} can")
        with self._lock:
            if self._status not in (Status.TRAINING, Status.PAUSED):
                return
            before, changed = self._config, self._config.changed(**settings)
            self._locks.check(changed)
            self._config = changed
            step = self._goal if self._in_flight else self._steps_done
            for field, after in settings.items():
                if getattr(before, field) != after:
                    self._changes.append(Change(step, field, getattr(before, field), after))

    def watch(self, owner: str, pictures: Mapping[str, FloatArray]) -> None:
        """Follow what the network says of an owner's pictures, (28, 28) float 0..1 by name, from now on.

        Pictures of the same owner that are no longer named are let go; those of other owners stay. A picture that comes under
        another name, the same object, keeps what was said of it.
        """
        with self._lock:
            own = {(owner, name): picture for name, picture in pictures.items()}
            others = {name: picture for name, picture in self._pictures.items() if name[0] != owner}
            before = {id(picture): name for name, picture in self._pictures.items() if name[0] == owner}
            told = {name: self._readings.get(before[id(own[name])], []) for name in own if id(own[name]) in before}
            kept = {name: self._readings[name] for name in others if name in self._readings}
            self._pictures, self._readings = others | own, kept | {name: list(said) for name, said in told.items()}
            self._read([name for name in own if name not in told])

    def readings(self, owner: str, name: str) -> tuple[Reading, ...]:
        """What the network said of an owner's watched picture on the way, oldest first."""
        with self._lock:
            return tuple(self._readings.get((owner, name), ()))

    def wait_until(self, condition: Callable[[RunView], bool], timeout: float) -> bool:
        """Block until ``condition`` holds of the run's view, checked after each slice; False after ``timeout`` seconds."""
        with self._updated:
            return self._updated.wait_for(lambda: condition(self.view()), timeout)

    @property
    def _steps_done(self) -> int:
        return self._state.step if self._state else 0

    def _read(self, names: Iterable[tuple[str, str]]) -> None:
        names = list(names)
        if self._state is None or self._network is None or not names:
            return
        told = predict(self._network, np.stack([self._pictures[name] for name in names]))
        for name, probabilities in zip(names, told, strict=True):
            self._readings.setdefault(name, []).append(Reading(self._state.step, probabilities))

    def _train_on(self) -> None:
        self._status = Status.TRAINING
        self._steps_per_second = None
        self._go_on()

    def _go_on(self) -> None:
        """Submit what comes next, if anything does and nothing is in flight. Called with the lock held."""
        if self._in_flight:
            return
        if self._status == Status.TRAINING or self._step_wanted:
            if self._state and self._state.step >= self._config.total_steps:
                self._status, self._step_wanted = Status.TRAINING, False
                self._submit(self._tested, final_scores, self._network)
            else:
                self._step_in_flight = self._step_wanted
                steps = self._slice_steps()
                self._submit(self._sliced, timed_slice, *self._slice_arguments(steps), goal=self._steps_done + steps)
        elif self._status in (Status.STOPPED, Status.DIVERGED) and self._state and not self._score:
            self._submit(self._tested, final_scores, self._network)

    def _slice_arguments(self, steps: int) -> tuple[Any, ...]:
        asked = (self._config, self._state, steps)
        return asked if self._teaching is None else (*asked, self._teaching)

    def _slice_steps(self) -> int:
        first = last = self._steps_done
        for _ in range(1 if self._step_wanted else self._slice_points):
            last = next_point(self._config, last)
        return last - first

    def _submit(
        self, take: Callable[[Any], None], function: Callable[..., Any], *arguments: Any, goal: int | None = None
    ) -> None:
        self._in_flight = True
        self._goal = self._steps_done if goal is None else goal
        self._submitted_at = self._clock()
        try:
            future = self._workers.submit(function, *arguments)
        except Exception as error:  # noqa: BLE001  whatever keeps an executor from starting counts as a failed slice
            future = Future()
            future.set_exception(error)
        future.add_done_callback(lambda done: self._done(done, take))

    def _done(self, future: "Future[Any]", take: Callable[[Any], None]) -> None:
        with self._lock:
            self._in_flight = False
            error = None if future.cancelled() else future.exception()
            if future.cancelled() or error is not None:
                self._failed(error)
            else:
                self._failures = 0
                take(future.result())
            self._go_on()
            self._updated.notify_all()

    def _failed(self, error: BaseException | None) -> None:
        """Count a failure; the next ``_go_on`` submits the same work again, unless it was the third in a row."""
        self._failures += 1
        LOGGER.warning("a slice failed (%d in a row): %r", self._failures, error)
        # Changes made during the lost slice take effect in the one that repeats it.
        self._changes = [replace(change, step=min(change.step, self._steps_done)) for change in self._changes]
        if self._failures >= FAILURES_ALLOWED:
            self._status, self._step_wanted = Status.FAILED, False

    def _sliced(self, result: tuple[State, tuple[Point, ...], float]) -> None:
        state, points, seconds = result
        trained = state.step - self._steps_done
        self._state, self._network = state, network_of(self._config, state)
        self._points.extend(points)
        self._time(points, self._steps_done - trained, seconds)
        self._read(self._pictures)
        if self._step_in_flight:
            self._step_wanted = False
        self._measure(trained, len(points), seconds)
        if state.diverged and self._status != Status.STOPPED:
            self._status = Status.DIVERGED

    def _time(self, points: Iterable[Point], first_step: int, seconds: float) -> None:
        """Spread the seconds of a slice evenly over its steps."""
        steps = max(1, self._steps_done - first_step)
        for point in points:
            self._seconds.append(self._seconds_trained + seconds * (point.step - first_step) / steps)
        self._seconds_trained += seconds

    def _measure(self, steps: int, points: int, seconds: float) -> None:
        wall = max(self._clock() - self._submitted_at, 1e-6)
        first = len(self._points) <= points
        if not first:
            speed = steps / wall
            self._steps_per_second = 0.7 * self._steps_per_second + 0.3 * speed if self._steps_per_second else speed
        affordable = int(SLICE_SECONDS * points / max(seconds, 1e-6))
        self._slice_points = max(1, min(affordable, self._slice_points * GROWTH))

    def _tested(self, scores: tuple[Score, Score]) -> None:
        if self._status == Status.TRAINING and self._steps_done < self._config.total_steps:
            return  # asked to train longer while a stopped run was being tested
        self._score, self._drawn_score = scores
        if self._status == Status.TRAINING:
            self._status = Status.FINISHED
