"""Training as a fold of short pure slices; knows nothing of processes, runs or screens, and imports TensorFlow only when it trains."""

import functools
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Final

import numpy as np
import numpy.typing as npt

from model.config import TRAINING_IMAGES, TrainingConfig
from model.data.mnist import load_mnist
from model.data.synthetic_digits import POOL_SIZE
from model.network import FloatArray, Network, Score, Weights, as_pixels, evaluate, logits
from model.optimizers import learning_rates

POINTS_PER_EPOCH: Final = 5
POINT_OPERATIONS: Final = 1e10
PROBED_IMAGES: Final = 16
OWN_DIGITS_MOST: Final = 100


@dataclass(frozen=True, eq=False)
class Teaching:
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
        if self.images.shape != (len(self.labels), 28, 28) or self.images.dtype != np.uint8:
            raise ValueError(
                f"images are {self.images.dtype} {self.images.shape}; expected uint8 ({len(self.labels)}, 28, 28)"
            )
        if int(self.labels.max()) > 9:
            raise ValueError(f"labels go up to {int(self.labels.max())}; expected 0 to 9")


@dataclass(frozen=True, eq=False)
class State:
    """Where a run stands: all that the next slice needs beside the config. A picklable value.

    Attributes:
        step: batches trained on so far.
        weights: ``((W, b), ...)`` as in ``Network``.
        optimizer: the optimiser's variables, float32 (its step counter int64); empty for a fresh one.
        loss_sum, correct, images: what the steps since the last point add up to.
        diverged: the loss was no longer finite; ``step`` and ``weights`` are the last good ones.
    """

    step: int
    weights: Weights
    optimizer: tuple[FloatArray, ...]
    loss_sum: float = 0.0
    correct: int = 0
    images: int = 0
    diverged: bool = False


@dataclass(frozen=True)
class Point:
    """One point of the curves.

    Attributes:
        step: batches trained on.
        loss, accuracy: mean over the training images since the point before, as the network saw them (with dropout and
            augmentation, before each update); cross-entropy in nats without penalties, share 0 to 1.
        validation_loss, validation_accuracy: on the 5,000 validation images; None between epochs.
    """

    step: int
    loss: float
    accuracy: float
    validation_loss: float | None = None
    validation_accuracy: float | None = None


@dataclass(frozen=True)
class Epoch:
    """One whole pass: mean ``loss`` and ``accuracy`` over all its training images as the network met them, each image counted
    once, and both on the validation images at its end.
    """

    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float


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


def steps_per_point(config: TrainingConfig) -> int:
    """Batches between two points: a fifth of an epoch, fewer for networks so large that this takes long."""
    affordable = POINT_OPERATIONS / (6 * config.weight_count * config.batch_size)
    return max(1, min(math.ceil(config.steps_per_epoch / POINTS_PER_EPOCH), int(affordable)))


def next_point(config: TrainingConfig, step: int) -> int:
    """The first step after ``step`` at which the curves get a point: every ``steps_per_point`` of an epoch, and its end."""
    epoch_start = step - step % config.steps_per_epoch
    every = steps_per_point(config)
    return min(epoch_start + ((step - epoch_start) // every + 1) * every, epoch_start + config.steps_per_epoch)


def images_met(config: TrainingConfig, step: int) -> int:
    """How many training images the first ``step`` batches hold, repeats counted; the last batch of an epoch may be a short one."""
    epochs, batches = divmod(step, config.steps_per_epoch)
    return epochs * config.training_images + batches * config.batch_size


def point_images(config: TrainingConfig, points: Sequence[Point]) -> tuple[int, ...]:
    """How many training images the mean of each point stands for; ``points`` are those of a run from its beginning."""
    met = [0, *(images_met(config, point.step) for point in points)]
    return tuple(after - before for before, after in itertools.pairwise(met))


def whole_epochs(config: TrainingConfig, points: Sequence[Point]) -> tuple[Epoch, ...]:
    """The whole epochs of a run, oldest first; ``points`` are all its points from its beginning."""
    images = point_images(config, points)
    found, first = [], 0
    for index, point in enumerate(points, 1):
        if point.validation_loss is not None and point.validation_accuracy is not None:
            mean = _mean(points[first:index], images[first:index])
            found.append(Epoch(*mean, point.validation_loss, point.validation_accuracy))
            first = index
    return tuple(found)


def training_so_far(config: TrainingConfig, points: Sequence[Point]) -> tuple[float, float] | None:
    """Mean loss and accuracy over all training images of a run's points, from its beginning; None where there is no point yet."""
    return _mean(points, point_images(config, points)) if points else None


def _mean(points: Sequence[Point], images: Sequence[int]) -> tuple[float, float]:
    """Mean loss and accuracy of points that stand for so many images each."""
    right = math.fsum(point.accuracy * count for point, count in zip(points, images, strict=True))
    # Right answers are whole images; what the sum of shares misses them by, a billionth, could turn a rounded percentage.
    return fmean((point.loss for point in points), images), round(right, 6) / sum(images)


def network_of(config: TrainingConfig, state: State) -> Network:
    """The network a state holds."""
    return Network(config.activation, state.weights)


def slice(  # noqa: A001
    config: TrainingConfig, state: State | None, steps: int, teaching: Teaching | None = None
) -> tuple[State, tuple[Point, ...]]:
    """Train on the next ``steps`` batches, or to the end of the run if that is nearer.

    However a run is cut into slices, its curves and its weights are the same, to the last bit. Imports TensorFlow.

    Args:
        config: the settings; learning rate, l1, l2, dropout and epochs may differ from those of the slice before.
        state: what the slice before returned; None for the first.
        steps: batches, at least 1.
        teaching: a visitor's own digits to mix in; the same for every slice of a run.

    Returns:
        The new state and the points reached on the way. When the loss or the weights are no longer finite, the state
        is the last good one with ``diverged`` set.

    Raises:
        ValueError: for ``steps`` under 1.
    """
    if steps < 1:
        raise ValueError(f"steps = {steps!r}; a slice has at least 1")
    start = state or initial_state(config)
    goal = min(start.step + steps, config.total_steps)
    end, points, last_good = _advance(config, start, goal, teaching)
    if last_good is None:
        return end, points
    end, points, _ = _advance(config, start, last_good, teaching)
    return replace(end, diverged=True), points


def use_one_thread() -> None:
    """One compute thread in this process, so that equal configs give equal numbers on any number of cores. Imports TensorFlow.

    Raises:
        RuntimeError: when TensorFlow has already computed something with more threads.
    """
    from model.training import compiled_loop

    compiled_loop.use_one_thread()


def prepare(config: TrainingConfig, teaching: Teaching | None = None) -> None:
    """Compile what trains ``config`` in this process, so that the next slice's time is training alone. Imports TensorFlow."""
    from model.training.compiled_loop import Shape, program_for

    program_for(Shape.of(config, with_own=teaching is not None)).compile()


def initial_state(config: TrainingConfig) -> State:
    """The state before the first step. Imports TensorFlow."""
    from model.training.compiled_loop import Shape, program_for

    weights, optimizer = program_for(Shape.of(config)).fresh(config.seed)
    return State(0, weights, optimizer)


def train(config: TrainingConfig) -> Iterator[Progress]:
    """Train a whole run in this process, a ``Progress`` at each point of the curves; ends early when it diverges."""
    state: State | None = None
    while state is None or (state.step < config.total_steps and not state.diverged):
        step = state.step if state else 0
        state, points = slice(config, state, next_point(config, step) - step)
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


def epoch_batches(
    config: TrainingConfig, epoch: int, teaching: Teaching | None = None
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """The batches of an epoch, (steps, batch_size) int32, and how many of each row are real, (steps,) int32.

    Numbers under ``TRAINING_IMAGES`` are MNIST's images, the next ``POOL_SIZE`` pen-drawn ones, those after them the
    visitor's own. The last row may be padded with zeros.
    """
    own = (len(teaching.labels), round(teaching.share * config.training_images)) if teaching else (0, 0)
    return _epoch_batches(config.seed, config.training_images, config.batch_size, config.pen_images, own, epoch)


@functools.lru_cache(maxsize=4)
def _epoch_batches(
    seed: int, training_images: int, batch_size: int, pen_images: int, own: tuple[int, int], epoch: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    order = _epoch_order(seed, training_images, pen_images, own, epoch)
    steps = math.ceil(training_images / batch_size)
    padded = np.zeros(steps * batch_size, np.int32)
    padded[:training_images] = order
    counts = np.full(steps, batch_size, np.int32)
    counts[-1] = training_images - (steps - 1) * batch_size
    return padded.reshape(steps, batch_size), counts


def _epoch_order(
    seed: int, training_images: int, pen_images: int, own: tuple[int, int], epoch: int
) -> npt.NDArray[np.int32]:
    """Which images one epoch takes in which order; depends on (seed, epoch) and the sizes alone.

    MNIST's images come once each; pen-drawn and own ones stand at random places, in place of as many of MNIST's.
    """
    chance = np.random.default_rng((seed, epoch))
    order = chance.permutation(training_images).astype(np.int32)
    if pen_images:
        order[:pen_images] = TRAINING_IMAGES + chance.choice(POOL_SIZE, pen_images, replace=False)
        order = chance.permutation(order)
    own_digits, own_images = own
    if own_images:
        order[:own_images] = TRAINING_IMAGES + POOL_SIZE + chance.permutation(np.arange(own_images) % own_digits)
        order = chance.permutation(order)
    return order


def _advance(
    config: TrainingConfig, start: State, goal: int, teaching: Teaching | None
) -> tuple[State, tuple[Point, ...], int | None]:
    """Train from ``start`` to step ``goal``; the third result is None, or the last good step of a run that diverged on the way.

    Whether it diverged is asked of every loss and at every point, never of where a slice happens to end alone.
    """
    from model.training.compiled_loop import BLOCK, Shape, program_for

    if goal <= start.step:
        return start, (), None
    program = program_for(Shape.of(config, with_own=teaching is not None))
    program.load(start.weights, start.optimizer, config)
    program.teach(teaching)
    points: list[Point] = []
    state, good = start, start.step
    while state.step < goal:
        epoch, first_row = divmod(state.step, config.steps_per_epoch)
        batches, counts = epoch_batches(config, epoch, teaching)
        point_step = next_point(config, state.step)
        block_end = min(state.step + BLOCK, goal, point_step)
        steps = block_end - state.step
        rows = np.s_[first_row : first_row + steps]
        rates = learning_rates(config.schedule, config.learning_rate, state.step, steps, config.total_steps)
        losses, correct = program.train_block(batches[rows], counts[rows], rates, config.seed, state.step)
        if not np.isfinite(losses).all():
            return state, tuple(points), good
        state = _added(state, losses, correct, counts[rows])
        if state.step == point_step:
            network = Network(config.activation, program.weights())
            if not _sound(network):
                return state, tuple(points), good
            points.append(_point(config, state, network))
            state = replace(state, loss_sum=0.0, correct=0, images=0)
            good = state.step
    weights, optimizer = program.unload()
    state = replace(state, weights=weights, optimizer=optimizer)
    return state, tuple(points), None if good == state.step or _sound(network_of(config, state)) else good


def _sound(network: Network) -> bool:
    """Whether the network's numbers are still numbers."""
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(logits(network, load_mnist().validation_images[:PROBED_IMAGES])).all())


def _added(state: State, losses: FloatArray, correct: npt.NDArray[np.int32], counts: npt.NDArray[np.int32]) -> State:
    """The state after a block; the sums are taken step by step, so that the cut into blocks leaves no trace."""
    loss_sum = state.loss_sum
    for loss, count in zip(losses.tolist(), counts.tolist(), strict=True):
        loss_sum += loss * count
    return replace(
        state,
        step=state.step + len(losses),
        loss_sum=loss_sum,
        correct=state.correct + int(correct.sum()),
        images=state.images + int(counts.sum()),
    )


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
