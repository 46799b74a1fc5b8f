"""The paths optimisers take down a loss landscape of two values: the steps, the paths and what is counted on them; knows no screen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from model.network import Network
from model.textbook.backpropagation import Matrix
from model.textbook.loss_landscape import GRID, LossLandscape, Position, landscape_of, random_plane

Memory = tuple[Position, ...]

MOMENTUM: Final = 0.9
RMSPROP_DECAY: Final = 0.9
ADAM_DECAYS: Final = (0.9, 0.999)
SMALL: Final = 1e-7
LARGE: Final = 200_000
STEPS_MOST: Final = 200
PLANE_STEPS: Final = 60
RAN_OFF: Final = 4.0
ON_THE_FLOOR: Final = 0.1
NEAR_THE_MIDDLE: Final = 0.3
OTHER_RATES: Final = (0.1, 10.0)


@dataclass(frozen=True)
class PathOptimizer:
    """An optimiser as a pure function.

    Attributes:
        step: (position, gradient, memory, learning rate, number of the step from 1) -> (new position, new memory).
        stochastic: it is given the gradient on a random few of the examples in place of all.
    """

    step: Callable[[Position, Position, Memory, float, int], tuple[Position, Memory]]
    stochastic: bool = False


def descent_step(
    position: Position, gradient: Position, memory: Memory, rate: float, count: int
) -> tuple[Position, Memory]:
    """Straight down the slope: w - rate g."""
    return position - rate * gradient, memory


def momentum_step(
    position: Position, gradient: Position, memory: Memory, rate: float, count: int
) -> tuple[Position, Memory]:
    """A rolling ball: v = 0.9 v - rate g, w + v (Polyak 1964)."""
    (velocity,) = memory or (np.zeros(2),)
    velocity = MOMENTUM * velocity - rate * gradient
    return position + velocity, (velocity,)


def rmsprop_step(
    position: Position, gradient: Position, memory: Memory, rate: float, count: int
) -> tuple[Position, Memory]:
    """Each value has its own step: s = 0.9 s + 0.1 g squared, w - rate g / sqrt(s) (Tieleman and Hinton 2012, lecture 6e)."""
    (squares,) = memory or (np.zeros(2),)
    squares = RMSPROP_DECAY * squares + (1 - RMSPROP_DECAY) * gradient**2
    return position - rate * gradient / np.sqrt(squares + SMALL), (squares,)


def adam_step(
    position: Position, gradient: Position, memory: Memory, rate: float, count: int
) -> tuple[Position, Memory]:
    """Momentum and a step of its own for each value, both corrected for their start at zero (Kingma and Ba 2015, section 2)."""
    mean, squares = memory or (np.zeros(2), np.zeros(2))
    slow, slower = ADAM_DECAYS
    mean = slow * mean + (1 - slow) * gradient
    squares = slower * squares + (1 - slower) * gradient**2
    corrected = rate * np.sqrt(1 - slower**count) / (1 - slow**count)
    return position - corrected * mean / (np.sqrt(squares) + SMALL), (mean, squares)


PATH_OPTIMIZERS: Final[Mapping[str, PathOptimizer]] = MappingProxyType(
    {
        "descent": PathOptimizer(descent_step),
        "stochastic": PathOptimizer(descent_step, stochastic=True),
        "momentum": PathOptimizer(momentum_step),
        "rmsprop": PathOptimizer(rmsprop_step),
        "adam": PathOptimizer(adam_step),
    }
)


def optimizer_path(
    landscape: LossLandscape, optimizer: str, start: tuple[float, float], rate: float, steps: int, seed: int = 0
) -> Matrix:
    """The places an optimiser comes to, (up to steps + 1, 2), the start first; it ends early where it runs far off the map.

    Args:
        landscape: the surface.
        optimizer: a key of ``PATH_OPTIMIZERS``.
        start: where it begins.
        rate: the learning rate.
        steps: how many steps at most.
        seed: decides which examples a stochastic optimiser is shown.
    """
    kind = PATH_OPTIMIZERS[optimizer]
    memory: Memory = ()
    rng = np.random.default_rng(seed) if kind.stochastic else None
    places = [np.array(start, np.float64)]
    middle = np.array([sum(landscape.x_range) / 2, sum(landscape.y_range) / 2])
    reach = RAN_OFF * np.array([np.ptp(landscape.x_range), np.ptp(landscape.y_range)])
    for count in range(1, steps + 1):
        position, memory = kind.step(places[-1], landscape.gradient(places[-1], rng), memory, rate, count)
        if not np.isfinite(position).all() or (np.abs(position - middle) > reach).any():
            break
        places.append(position)
    return np.stack(places)


def _changes_of_side(places: Matrix) -> int:
    sides = np.sign(places[:, 1])
    sides = sides[sides != 0]
    return int((sides[1:] != sides[:-1]).sum())


def _steps_on_the_floor(places: Matrix) -> int:
    return int((np.abs(places[1:, 1] - places[1:, 0] ** 2) < ON_THE_FLOOR).sum())


def _steps_near_the_middle(places: Matrix) -> int:
    return int((np.hypot(places[1:, 0], places[1:, 1]) < NEAR_THE_MIDDLE).sum())


# What is worth counting on each formula's surface, from the places of a path (N, 2), the start first: how often it went from one
# wall of the ravine to the other, how many steps ended on the floor of the bent valley, how many near the middle of the saddle.
COUNTED: Final[Mapping[str, Callable[[Matrix], int]]] = MappingProxyType(
    {"ravine": _changes_of_side, "rosenbrock": _steps_on_the_floor, "saddle": _steps_near_the_middle}
)


@dataclass(frozen=True, eq=False)
class Survey:
    """A surface measured on a grid, and the paths on it.

    Attributes:
        xs, ys: the grid's lines, (points,).
        heights: (points, points), one row for each y.
        paths: optimizer -> the places it came to, (its steps + 1, 2).
        path_losses: optimizer -> the loss at each of those places.
        most_steps: how many steps a path had at most.
        images: how many images the loss was measured on; 0 for a formula.
        other_heights: a factor of ``OTHER_RATES`` -> optimizer -> the loss along its path with its rate times that; empty where it
            would take long to find.
    """

    xs: Matrix
    ys: Matrix
    heights: Matrix
    paths: Mapping[str, Matrix]
    path_losses: Mapping[str, Matrix]
    most_steps: int
    images: int = 0
    other_heights: Mapping[float, Mapping[str, Matrix]] = field(default_factory=dict)


def survey(
    landscape: LossLandscape,
    start: tuple[float, float],
    rates: Mapping[str, float],
    steps: int,
    points: int = GRID,
    images: int = 0,
) -> Survey:
    """The heights on a grid, and a path from ``start`` for every optimizer that ``rates`` names; on a formula with other rates too."""

    def followed(factor: float) -> tuple[dict[str, Matrix], dict[str, Matrix]]:
        paths = {name: optimizer_path(landscape, name, start, factor * rate, steps) for name, rate in rates.items()}
        return paths, {name: landscape.heights(places[:, 0], places[:, 1]) for name, places in paths.items()}

    others = {} if images else {factor: followed(factor)[1] for factor in OTHER_RATES}
    return Survey(*landscape.grid(points), *followed(1), steps, images, others)


def survey_network(
    network: Network,
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.uint8],
    start: tuple[float, float],
    rates: Mapping[str, float],
    seed: int,
) -> Survey:
    """The same on a plane through a network's weights; coarser and with shorter paths where the network is large."""
    large = sum(weight.size for weight, _ in network.weights[1:]) > LARGE
    landscape = landscape_of(random_plane(network, images, labels, seed))
    steps, points = (PLANE_STEPS // 3, GRID // 2 + 1) if large else (PLANE_STEPS, GRID)
    return survey(landscape, start, rates, steps, points, len(labels))
