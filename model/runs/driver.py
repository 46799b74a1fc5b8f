"""A run that goes on: has workers do what its state asks for; knows nothing of TensorFlow, widgets or languages."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import TypeVar

from model.config import TrainingConfig
from model.data.synthetic_digits import drawn_set
from model.library_types import Answer
from model.locked_settings import FREE, Locks
from model.network import FloatArray, Network, Score, evaluate
from model.runs.executor import Workers
from model.runs.run import Parent, RunView
from model.runs.run_state import RunState, SliceWork
from model.runs.tracked_drawings import Reading, TrackedDrawings
from model.runs.turns import Waiting
from model.training.fine_tuning import FineTuning
from model.training.loop import prepare, test_score, train_steps
from model.training.state import Point, State

LOGGER = logging.getLogger(__name__)
T = TypeVar("T")
Trained = tuple[State, tuple[Point, ...], float]


def timed_slice(
    config: TrainingConfig, state: State | None, steps: int, fine_tuning: FineTuning | None = None
) -> Trained:
    """``train_steps``, and the seconds it took; compiling its program, where that is still to do, comes before and is not counted."""
    prepare(config, fine_tuning)
    started = time.perf_counter()
    new_state, points = train_steps(config, state, steps, fine_tuning)
    return new_state, points, time.perf_counter() - started


def final_scores(network: Network) -> tuple[Score, Score]:
    """The scores on the test images and on the drawn set, both read once, at the end of a run."""
    images, labels = drawn_set()
    return test_score(network), evaluate(network, images, labels)


class Run:
    """One training run: holds its state and has at most one piece of work done at a time. Safe to call from any thread.

    Args:
        owner: who may have it do something, see ``Runs.commanded``; None for a run that no visitor started.
        whose: in whose line its work waits; the owner's, or its own.
        watched: whether anybody looks at it, or would: else it rests after the slice under way until ``wake`` is called.
    """

    def __init__(
        self,
        token: str,
        config: TrainingConfig,
        workers: Workers,
        clock: Callable[[], float] = time.monotonic,
        parent: Parent | None = None,
        fine_tuning: FineTuning | None = None,
        locks: Locks = FREE,
        owner: str | None = None,
        whose: Callable[[], str] | None = None,
        watched: Callable[[], bool] = lambda: True,
    ) -> None:
        self.token, self.owner = token, owner
        self._whose, self._watched = whose or (lambda: owner or token), watched
        self._work: Answer | None = None
        self._waited_for, self._abandoned = 0, False
        self._workers, self._clock = workers, clock
        self._parent, self._fine_tuning, self._locks = parent, fine_tuning, locks
        self._state = RunState(
            config,
            State(0, parent.network.weights, ()) if parent else None,
            parent.network if parent else None,
        )
        self._drawings = TrackedDrawings()
        self._lock = threading.RLock()
        self._updated = threading.Condition(self._lock)

    def view(self, token: str | None = None) -> RunView:
        """The run as it stands now, under the ``token`` by which it is looked at; None is its own."""
        with self._lock:
            shown = self._state.view(token or self.token, self._parent)
            waits = self._workers.waiting(self._work) if self._state.in_flight is not None else Waiting()
        if waits.overdue:  # how fast it was says nothing any more
            return replace(shown, overdue=True, images_per_second=None, seconds_left=None)
        return replace(shown, before=waits.before, wait_seconds=waits.seconds) if waits.before else shown

    def wake(self) -> None:
        """Somebody looks at it: go on, if it rested."""
        with self._lock:
            self._go_on()

    def resume(self) -> None:
        """Train on; starts a new run, continues a paused one, tries a failed one again. Anything else stays as it is."""
        self._take(RunState.resumed)

    def pause(self) -> None:
        """Submit no further slice; the one under way still counts."""
        self._take(RunState.paused)

    def step(self) -> None:
        """While paused: train on to the next point of the curves, and pause again."""
        self._take(RunState.stepped)

    def stop(self) -> None:
        """End the run here; its network is tested and kept."""
        self._take(RunState.stopped)

    def train_longer(self, epochs: int) -> None:
        """After the run has finished or was stopped: ``epochs`` more, in the same run, from where it stands.

        Raises:
            ConfigError: when the run would have more epochs than the limit, or than they are locked at.
        """
        self._take(lambda state: state.longer(epochs))

    def change(self, **settings: float) -> None:
        """Use other values of learning rate, l1, l2 or dropout from the next slice on; the curves remember where.

        Raises:
            ConfigError: for a value outside its limits, or other than it is locked at.
            ValueError: for a setting that cannot change while a run goes on.
        """
        self._take(lambda state: state.changed(**settings))

    def watch(self, owner: str, pictures: Mapping[str, FloatArray]) -> None:
        """Follow what the network says of an owner's pictures, (28, 28) float 0..1 by name, from now on.

        Pictures of the same owner that are no longer named are let go; those of other owners stay. A picture that comes under
        another name, the same object, keeps what was said of it.
        """
        with self._lock:
            self._drawings.watch(owner, pictures, self._state.network, self._state.step)

    def readings(self, owner: str, name: str) -> tuple[Reading, ...]:
        """What the network said of an owner's watched picture on the way, oldest first."""
        with self._lock:
            return self._drawings.readings(owner, name)

    def watched(self, owner: str) -> tuple[str, ...]:
        """The names of an owner's watched pictures."""
        with self._lock:
            return self._drawings.names(owner)

    def give_up_way_back(self) -> None:
        """Forget its snapshots, but the last."""
        self._take(RunState.without_way_back)

    def wait_until(self, condition: Callable[[RunView], bool], timeout: float) -> bool:
        """Block until ``condition`` holds of the run's view, checked after each slice; False after ``timeout`` seconds."""
        with self._updated:
            self._waited_for += 1
            self._go_on()
            try:
                return self._updated.wait_for(lambda: condition(self.view()), timeout)
            finally:
                self._waited_for -= 1

    def abandon(self) -> None:
        """The server ends: nothing more is submitted, and what comes back is nobody's."""
        with self._lock:
            self._abandoned = True

    def _take(self, happens: Callable[[RunState], RunState]) -> None:
        """Let something happen to the state, unless the locks forbid what comes of it, and do what that asks for."""
        with self._lock:
            after = happens(self._state)
            if after.config is not self._state.config:
                self._locks.check(after.config)
            self._state = after
            self._go_on()

    def _go_on(self) -> None:
        """Submit what comes next, if anything does. Called with the lock held."""
        work = None if self._abandoned else self._state.next_work()
        if work is None or (isinstance(work, SliceWork) and self._rests(work)):
            return
        self._state = self._state.submitted(work, self._clock())
        if isinstance(work, SliceWork):
            training = self._submit_slice(work)
            self._work = training
            training.add_done_callback(lambda done: self._done(done, self._trained))
        else:
            testing = self._workers.in_turn(self._whose(), None, final_scores, work.network)
            self._work = testing
            testing.add_done_callback(lambda done: self._done(done, self._tested))

    def _rests(self, work: SliceWork) -> bool:
        """Whether it waits until somebody looks at it."""
        return not (work.single or self._waited_for or self._watched())

    def _submit_slice(self, work: SliceWork) -> "Future[Trained]":
        speed = self._state.throughput.steps_per_second
        tuning = () if self._fine_tuning is None else (self._fine_tuning,)
        return self._workers.in_turn(
            self._whose(),
            work.steps / speed if speed else None,
            timed_slice,
            work.config,
            work.start,
            work.steps,
            *tuning,
        )

    def _trained(self, done: Trained) -> None:
        training, points, seconds = done
        self._state = self._state.slice_done(training, points, seconds, self._clock())
        self._drawings.read(self._state.network, self._state.step)

    def _tested(self, scores: tuple[Score, Score]) -> None:
        self._state = self._state.tested(scores)

    def _done(self, future: "Future[T]", take_over: Callable[[T], None]) -> None:
        """Take over what a worker has done, or that it failed, and go on."""
        with self._lock:
            if self._abandoned:
                return
            error = None if future.cancelled() else future.exception()
            if future.cancelled() or error is not None:
                self._state = self._state.failed()
                LOGGER.warning("a slice failed (%d in a row): %r", self._state.failures, error)
            else:
                take_over(future.result())
            self._go_on()
            self._updated.notify_all()
