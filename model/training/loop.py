"""Training as a fold of short pure steps; knows nothing of processes, runs or screens, and imports TensorFlow only when it trains."""

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from model.config import TrainingConfig
from model.data.mnist import load_mnist
from model.network import FloatArray, Network, Score, as_pixels, evaluate, logits
from model.training.batches import blocks
from model.training.fine_tuning import FineTuning
from model.training.state import Point, State, added, network_of, next_point, without_sums

if TYPE_CHECKING:
    from model.training.compiled_loop import Program

PROBED_IMAGES: Final = 16


@dataclass(frozen=True, eq=False)
class Progress:
    """What ``train`` tells at each point: the point's numbers, the epoch as a real number, and the network as it is then."""

    epoch: float
    step: int
    loss: float
    accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None
    network: Network
    diverged: bool = False


def train_steps(
    config: TrainingConfig, state: State | None, steps: int, fine_tuning: FineTuning | None = None
) -> tuple[State, tuple[Point, ...]]:
    """Train on the next ``steps`` batches, or to the end of the run if that is nearer.

    However a run is cut into slices, its curves and its weights are the same, to the last bit. Imports TensorFlow.

    Args:
        config: the settings; learning rate, l1, l2, dropout and epochs may differ from those of the slice before.
        state: what the slice before returned; None for the first.
        steps: batches, at least 1.
        fine_tuning: a visitor's own digits to mix in; the same for every slice of a run.

    Returns:
        The new state and the points reached on the way. When the loss or the weights are no longer finite, the state
        is the last good one with ``diverged`` set.

    Raises:
        ValueError: for ``steps`` under 1.
    """
    if steps < 1:
        raise ValueError(f"steps = {steps!r}; expected at least 1")
    start = state or initial_state(config)
    goal = min(start.step + steps, config.total_steps)
    reached = _advance(config, start, goal, fine_tuning)
    if reached.last_good is None:
        return reached.state, reached.points
    sound = _advance(config, start, reached.last_good, fine_tuning)
    return replace(sound.state, diverged=True), sound.points


def use_one_thread() -> None:
    """One compute thread in this process, so that equal configs give equal numbers on any number of cores. Imports TensorFlow.

    Raises:
        RuntimeError: when TensorFlow has already computed something with more threads.
    """
    from model.training import compiled_loop

    compiled_loop.use_one_thread()


def prepare(config: TrainingConfig, fine_tuning: FineTuning | None = None) -> None:
    """Compile what trains ``config`` in this process, so that the next slice's time is training alone. Imports TensorFlow."""
    _program(config, fine_tuning).compile()


def initial_state(config: TrainingConfig) -> State:
    """The state before the first step. Imports TensorFlow."""
    weights, optimizer = _program(config).fresh(config.seed)
    return State(0, weights, optimizer)


def train(config: TrainingConfig) -> Iterator[Progress]:
    """Train a whole run in this process, a ``Progress`` at each point of the curves; ends early when it diverges."""
    state: State | None = None
    while state is None or (state.step < config.total_steps and not state.diverged):
        step = state.step if state else 0
        state, points = train_steps(config, state, next_point(config, step) - step)
        if state.diverged:
            points = points or (Point(state.step, math.nan, math.nan),)
        for point in points:
            yield progress(config, point, network_of(config, state), state.diverged)


def progress(config: TrainingConfig, point: Point, network: Network, diverged: bool = False) -> Progress:
    """A point together with the network of that moment."""
    return Progress(
        epoch=point.step / config.steps_per_epoch,
        step=point.step,
        loss=point.loss,
        accuracy=point.accuracy,
        validation_loss=point.validation_loss,
        validation_accuracy=point.validation_accuracy,
        network=network,
        diverged=diverged,
    )


def test_score(network: Network) -> Score:
    """Loss and accuracy on the 10,000 test images; read once, at the end of a run."""
    mnist = load_mnist()
    return evaluate(network, mnist.test_images, mnist.test_labels)


test_score.__test__ = False  # type: ignore[attr-defined]


@dataclass(frozen=True, eq=False)
class Advance:
    """What came of training on to a goal.

    Attributes:
        state: where training stands now; of no use when it diverged.
        points: the points of the curves reached on the way.
        last_good: the last step known to be sound, of a run that diverged on the way; None of any other.
    """

    state: State
    points: tuple[Point, ...]
    last_good: int | None = None


def _advance(config: TrainingConfig, start: State, goal: int, fine_tuning: FineTuning | None) -> Advance:
    """Train from ``start`` to step ``goal``.

    Whether it diverged is asked of every loss and at every point, never of where the steps asked for happen to end alone.
    """
    if goal <= start.step:
        return Advance(start, ())
    state, good, points = start, start.step, list[Point]()
    program = _program(config, fine_tuning)
    for block, trained in program.advance(config, start, fine_tuning, blocks(config, start.step, goal, fine_tuning)):
        if not np.isfinite(trained.losses).all():
            return Advance(state, tuple(points), good)
        state = added(state, trained.losses, trained.correct, block.counts)
        if block.is_last:
            state = replace(state, weights=trained.weights, optimizer=trained.optimizer)
        if block.ends_at_point:
            network = Network(config.activation, trained.weights)
            if not _sound(network):
                return Advance(state, tuple(points), good)
            points.append(_point(config, state, network))
            state, good = without_sums(state), state.step
    sound = good == state.step or _sound(network_of(config, state))
    return Advance(state, tuple(points), None if sound else good)


def _program(config: TrainingConfig, fine_tuning: FineTuning | None = None) -> "Program":
    """The compiled program that trains ``config``, made at first use."""
    from model.training.compiled_loop import Shape, program_for

    return program_for(Shape.of(config, with_own=fine_tuning is not None))


def _sound(network: Network) -> bool:
    """Whether the network's numbers are still numbers."""
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(logits(network, load_mnist().validation_images[:PROBED_IMAGES])).all())


def _point(config: TrainingConfig, state: State, network: Network) -> Point:
    loss, accuracy = state.loss_sum / state.images, state.correct / state.images
    if state.step % config.steps_per_epoch:
        return Point(state.step, loss, accuracy)
    score = evaluate(network, _validation_pixels(), load_mnist().validation_labels)
    return Point(state.step, loss, accuracy, score.loss, score.accuracy)


@functools.lru_cache(maxsize=1)
def _validation_pixels() -> FloatArray:
    """The validation images as floats, made once a process: they are read after every epoch."""
    return as_pixels(load_mnist().validation_images)
