"""A run in every order of events that chance can think of: what holds of it at every moment, whatever was pressed and whatever was lost."""

from concurrent.futures import Future
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from model.config import CHANGEABLE_WHILE_TRAINING, ConfigError, TrainingConfig
from model.runs import driver
from model.runs.driver import Run
from model.runs.executor import Workers
from model.runs.run import RunView, Status
from model.runs.run_state import FAILURES_ALLOWED
from model.training.state import Point, State, next_point
from tests.model.runs.hand_executor import SCORE, Broken, HandExecutor

# Fifty steps an epoch, with a point after every ten, so that a slice can end between two points.
CONFIG = TrainingConfig(hidden_sizes=(), epochs=2, batch_size=20, training_images=1_000)
MOST_EPOCHS = 200
CHANGES: dict[str, tuple[float, ...]] = {"learning_rate": (0.1, 0.01, 0.001), "l2": (0.0, 0.01), "dropout": (0.0, 0.5)}


def state_at(step: int, diverged: bool = False) -> State:
    return State(step, ((np.full((784, 10), step, np.float32), np.zeros(10, np.float32)),), (), diverged=diverged)


def points_between(config: TrainingConfig, first: int, last: int) -> tuple[Point, ...]:
    """The points that a slice from one step to another meets."""
    found, step = [], next_point(config, first)
    while step <= last:
        found.append(Point(step, 1.0, 0.5))
        step = next_point(config, step)
    return tuple(found)


class RunMachine(RuleBasedStateMachine):
    """Presses every button and settles every piece of work in every way, and keeps its own count of what must come of it."""

    def __init__(self) -> None:
        super().__init__()
        self.begin()

    def begin(self) -> None:
        """A new run, of which nothing is known yet."""
        self.executor = HandExecutor()
        self.now = 0.0
        self.run = Run("token", CONFIG, Workers(lambda: self.executor), clock=lambda: self.now)
        self.at: State | None = None  # where the last slice that came back left it
        self.failures = 0
        self.points: list[Point] = []
        self.expected_seconds = 0.0
        self.before = self.run.view()
        self.pictures = {name: np.full((28, 28), name / 10) for name in range(3)}

    @precondition(lambda self: not self.executor.queue and self.run.view().status == Status.DIVERGED)
    @rule()
    def start_another(self) -> None:
        self.begin()

    # What workers say.

    def next_work(self) -> tuple["Future[Any]", tuple[Any, ...] | None]:
        """The work in flight: its future, and the arguments of a slice; None for the test."""
        future, function, arguments = self.executor.queue.popleft()
        assert function in (driver.timed_slice, driver.final_scores)
        return future, arguments if function is driver.timed_slice else None

    @precondition(lambda self: self.executor.queue)
    @rule(
        share=some.floats(0, 1),
        seconds=some.sampled_from((0.001, 0.05, 0.2, 1.0)),
        way=some.sampled_from(("whole",) * 4 + ("short",) * 3 + ("diverged",)),
    )
    def work_succeeds(self, share: float, seconds: float, way: str) -> None:
        future, slice_arguments = self.next_work()
        self.now += 2 * seconds
        self.failures = 0
        if slice_arguments is None:
            assert self.run.view().network is not None
            future.set_result((SCORE, SCORE))
            return
        config, start, steps = slice_arguments
        assert start is self.at, "a slice begins where the last one that came back ended"
        first = start.step if start else 0
        assert steps >= 1 and first < config.total_steps
        goal = min(first + steps, config.total_steps)
        least = first if way == "diverged" else first + 1
        last = goal if way == "whole" else least + int(share * (goal - least))
        points = points_between(config, first, last)
        self.at = state_at(last, diverged=way == "diverged")
        self.points += points
        self.expected_seconds += seconds
        future.set_result((self.at, points, seconds))

    @precondition(lambda self: self.executor.queue)
    @rule()
    def work_fails(self) -> None:
        """That workers are lost is not the run's failure, and the run does not hear of it: see ``test_turns``."""
        before = self.run.view()
        future, _ = self.next_work()
        self.failures += 1
        future.set_exception(Broken())
        after = self.run.view()
        assert (after.step, after.points, after.network) == (before.step, before.points, before.network)
        assert (after.status == Status.FAILED) == (self.failures >= FAILURES_ALLOWED)
        if after.status == Status.FAILED:
            assert not self.executor.queue

    # What visitors press.

    @rule()
    def resume(self) -> None:
        again = self.run.view().status in (Status.PAUSED, Status.FAILED)
        if again:
            self.failures = 0
        self.run.resume()
        assert not again or self.run.view().status == Status.TRAINING
        self.before = self.run.view() if again else self.before

    @rule()
    def pause(self) -> None:
        training = self.run.view().status == Status.TRAINING
        self.run.pause()
        assert not training or self.run.view().status == Status.PAUSED

    @rule()
    def step(self) -> None:
        paused = self.run.view().status == Status.PAUSED
        idle = not self.executor.queue
        self.run.step()
        assert not paused or self.executor.queue
        _, function, arguments = self.executor.queue[0] if self.executor.queue else (None, None, ())
        if idle and function is driver.timed_slice:
            assert self.run.view().step + arguments[2] == next_point(CONFIG, self.run.view().step)

    @rule()
    def stop(self) -> None:
        ended = self.run.view().ended
        self.run.stop()
        assert ended or self.run.view().status == Status.STOPPED

    @rule(epochs=some.sampled_from((0, 1, 2, MOST_EPOCHS)))
    def train_longer(self, epochs: int) -> None:
        before = self.run.view()
        can = before.status in (Status.FINISHED, Status.STOPPED)
        try:
            self.run.train_longer(epochs)
        except ConfigError:
            assert can and self.run.view().config == before.config and self.run.view().status == before.status
            return
        after = self.run.view()
        assert (after.lengthened, after.score) == ((True, None) if can else (before.lengthened, before.score))
        self.before = after if can else self.before

    @rule(change=some.sampled_from(sorted(CHANGES)), data=some.data())
    def change(self, change: str, data: some.DataObject) -> None:
        assert change in CHANGEABLE_WHILE_TRAINING
        before, value = self.run.view(), data.draw(some.sampled_from(CHANGES[change]))
        self.run.change(**{change: value})
        after = self.run.view()
        told = not before.ended and getattr(before.config, change) != value
        assert len(after.changes) == len(before.changes) + told
        assert after.step <= (after.changes[-1].step if told else after.step) <= after.config.total_steps

    @rule(owner=some.sampled_from(("one", "other")), names=some.sets(some.integers(0, 2)))
    def watch(self, owner: str, names: set[int]) -> None:
        self.run.watch(owner, {str(name): self.pictures[name] for name in names})
        assert set(self.run.watched(owner)) == set(map(str, names))

    # What always holds.

    @invariant()
    def at_most_one_piece_of_work_is_in_flight_and_busy_says_so(self) -> None:
        view = self.run.view()
        assert len(self.executor.queue) <= 1
        assert view.busy == bool(self.executor.queue)
        assert view.status != Status.TRAINING or self.executor.queue
        assert not view.step_wanted or (self.executor.queue and not view.ended)

    @invariant()
    def no_step_is_lost_and_none_done_twice(self) -> None:
        view = self.run.view()
        assert view.step == (self.at.step if self.at else 0) <= view.config.total_steps
        assert list(view.points) == self.points
        steps = [point.step for point in view.points]
        assert all(a < b for a, b in pairwise(steps)) and (not steps or steps[-1] <= view.step)
        assert (view.network is None) == (self.at is None)
        assert view.network is None or view.network.weights[0][0][0, 0] == view.step

    @invariant()
    def every_point_has_its_seconds(self) -> None:
        view = self.run.view()
        assert len(view.seconds) == len(view.points)
        assert all(a < b for a, b in pairwise(view.seconds))
        assert not view.seconds or view.seconds[-1] <= self.expected_seconds * (1 + 1e-9)

    @invariant()
    def changes_never_go_back(self) -> None:
        steps = [change.step for change in self.run.view().changes]
        assert steps == sorted(steps)
        assert not self.run.view().ended or self.executor.queue or not steps or steps[-1] <= self.run.view().step

    @invariant()
    def what_was_said_of_a_picture_comes_in_order(self) -> None:
        for owner in ("one", "other"):
            for name in self.run.watched(owner):
                steps = [reading.step for reading in self.run.readings(owner, name)]
                assert steps == sorted(steps) and (not steps or steps[-1] <= self.run.view().step)
                assert (self.at is None) == (not steps)

    @invariant()
    def ended_stays_ended(self) -> None:
        """``before`` is forgotten when somebody asks for more; a test that is lost three times fails a run that has ended."""
        before, after = self.before, self.run.view()
        if before.ended:
            assert after.status in (before.status, Status.FAILED)
            if before.status != Status.STOPPED:
                assert (after.step, after.points) == (before.step, before.points)
            assert before.score is None or after.score == before.score
        self.before = after

    @invariant()
    def a_run_is_finished_when_it_has_trained_to_its_end_and_was_tested(self) -> None:
        view = self.run.view()
        if view.status == Status.FINISHED:
            assert view.step == view.config.total_steps and view.score == view.drawn_score == SCORE

    def teardown(self) -> None:
        """Whatever happened, a run that is let go on comes to an end within the slices it has left."""
        self.run.resume()
        for _ in range(self.run.view().config.total_steps + 10):
            if not self.executor.queue:
                break
            self.work_succeeds(share=1.0, seconds=0.01, way="whole")
        view: RunView = self.run.view()
        assert view.ended and not view.busy
        assert view.score is not None or view.network is None or view.status == Status.FAILED


TestRunMachine = RunMachine.TestCase
TestRunMachine.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
