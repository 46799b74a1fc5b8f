"""An executor worked by hand, and slices that only count, for runs whose workers do what a test tells them."""

import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

import numpy as np

from model.config import TrainingConfig
from model.network import Score
from model.runs import driver
from model.training.fine_tuning import FineTuning
from model.training.state import Point, State, next_point

# Five steps an epoch, each with a point.
CONFIG = TrainingConfig(hidden_sizes=(), epochs=4, batch_size=200, training_images=1_000)
SCORE = Score(0.5, 9_000, 10_000)


class Broken(RuntimeError):
    """What a lost worker looks like."""


class HandExecutor(Executor):
    """A first-come-first-served executor that does one thing each time it is told to."""

    def __init__(self) -> None:
        self.queue: deque[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = deque()
        self.done: list[tuple[Any, ...]] = []

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **_: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        if function is os.getpid:  # the workers asking whether anybody is there
            future.set_result(1)
        else:
            self.queue.append((future, function, arguments))
        return future

    def work(self, times: int = 1, error: Exception | None = None) -> None:
        for _ in range(times):
            future, function, arguments = self.queue.popleft()
            if error:
                future.set_exception(error)
            else:
                self.done.append(arguments)
                future.set_result(function(*arguments))

    def work_off(self) -> None:
        for _ in range(1_000):
            if not self.queue:
                return
            self.work()
        raise AssertionError("the work never ends")

    @property
    def next_slice(self) -> tuple[Any, ...]:
        _, function, arguments = self.queue[0]
        assert function is driver.timed_slice
        return arguments

    @property
    def tests_next(self) -> bool:
        return self.queue[0][1] is driver.final_scores


def fake_slice(
    config: TrainingConfig, state: State | None, steps: int, fine_tuning: FineTuning | None = None
) -> tuple[State, tuple[Point, ...], float]:
    """Weights that count the steps, and a loss that is the learning rate of the slice. Every slice takes 0.1 s."""
    step = state.step if state else 0
    goal = min(step + steps, config.total_steps)
    points = []
    while step < goal:
        step = next_point(config, step)
        points.append(Point(step, config.learning_rate, 0.5))
    weights = ((np.full((784, 10), step, np.float32), np.zeros(10, np.float32)),)
    return State(step, weights, (), diverged=step > 0 and config.seed == 666), tuple(points), 0.1
