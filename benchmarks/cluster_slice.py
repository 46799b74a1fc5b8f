"""A slice that takes its time and computes nothing: what is measured with it is everything around a slice, whatever the cores do."""

import itertools
import time

import numpy as np

from model.config import TrainingConfig
from model.network import Network, Score
from model.training.fine_tuning import FineTuning
from model.training.state import Point, State, next_point

# What a step of the standard network takes on one core of the machine the README's figures come from.
SECONDS_A_STEP = 0.00056


def timed_slice(
    config: TrainingConfig, state: State | None, steps: int, fine_tuning: FineTuning | None = None
) -> tuple[State, tuple[Point, ...], float]:
    """As ``model.runs.driver.timed_slice``, with a state of the same size, after the seconds that it would take."""
    seconds = SECONDS_A_STEP * steps
    time.sleep(seconds)
    start = state or first_state(config)
    goal = min(start.step + steps, config.total_steps)
    points, step = [], start.step
    while step < goal:
        step = next_point(config, step)
        points.append(Point(step, 0.5, 0.5))
    return State(step, start.weights, start.optimizer), tuple(points), seconds


def first_state(config: TrainingConfig) -> State:
    """A state as large as a real one: the weights, and Adam's two variables of each."""
    sizes = (784, *config.hidden_sizes, 10)
    pairs = itertools.pairwise(sizes)
    weights = tuple((np.zeros(pair, np.float32), np.zeros(pair[1], np.float32)) for pair in pairs)
    return State(0, weights, tuple(array.copy() for pair in weights for array in pair for _ in range(2)))


def final_scores(network: Network) -> tuple[Score, Score]:
    """As ``model.runs.driver.final_scores``, at once."""
    return Score(0.1, 9_000, 10_000), Score(0.1, 900, 1_000)
