"""Optimisers walking down a loss surface of two values: the surfaces, the steps and the walks; knows no screen."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from model.activations import ACTIVATIONS
from model.network import Network, Trace, forward
from model.textbook.backpropagation import LOSSES, Matrix
from model.textbook.gradient_step import LOSS, as_columns, as_paper

Position = npt.NDArray[np.float64]
Memory = tuple[Position, ...]

MOMENTUM: Final = 0.9
RMSPROP_DECAY: Final = 0.9
ADAM_DECAYS: Final = (0.9, 0.999)
SMALL: Final = 1e-7
GRID: Final = 25
SLICE_IMAGES: Final = 256
SLICE_BATCH: Final = 16
SLICE_WORK: Final = 4e6
LARGE: Final = 200_000
STEPS_MOST: Final = 200
SLICE_STEPS: Final = 60
SLICE_RANGE: Final = (-1.2, 1.2)
SLICE_START: Final = (0.9, -0.9)
SLICE_RATES: Final[Mapping[str, float]] = MappingProxyType(
    {"descent": 0.05, "stochastic": 0.05, "momentum": 0.01, "rmsprop": 0.05, "adam": 0.1}
)
RAN_OFF: Final = 4.0
ON_THE_FLOOR: Final = 0.1
NEAR_THE_MIDDLE: Final = 0.3
OTHER_RATES: Final = (0.1, 10.0)


@dataclass(frozen=True)
class Walker:
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


WALKERS: Final[Mapping[str, Walker]] = MappingProxyType(
    {
        "descent": Walker(descent_step),
        "stochastic": Walker(descent_step, stochastic=True),
        "momentum": Walker(momentum_step),
        "rmsprop": Walker(rmsprop_step),
        "adam": Walker(adam_step),
    }
)


@dataclass(frozen=True, eq=False)
class Hill:
    """A surface to walk on.

    Attributes:
        x_range, y_range: what is shown of it.
        start: where walks begin unless somebody says otherwise.
        heights: (xs, ys) of one shape -> the loss at each, of that shape.
        gradient: (position (2,), chance) -> (2,); with a ``chance``, the gradient as a random few of the examples see it.
        rates: a learning rate for each of ``WALKERS`` that suits it.
        logarithmic: heights differ so much that they are better shown as logarithms.
    """

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    start: tuple[float, float]
    heights: Callable[[Matrix, Matrix], Matrix]
    gradient: Callable[[Position, np.random.Generator | None], Position]
    rates: Mapping[str, float]
    logarithmic: bool = False

    def height(self, position: Position) -> float:
        """The loss at one place."""
        return float(self.heights(np.array([position[0]]), np.array([position[1]]))[0])

    def grid(self, points: int = GRID) -> tuple[Matrix, Matrix, Matrix]:
        """xs (points,), ys (points,), and the heights (points, points) with one row for each y."""
        xs, ys = np.linspace(*self.x_range, points), np.linspace(*self.y_range, points)
        across, along = np.meshgrid(xs, ys)
        return xs, ys, self.heights(across, along)


def walk(hill: Hill, walker: str, start: tuple[float, float], rate: float, steps: int, seed: int = 0) -> Matrix:
    """The places a walker comes to, (up to steps + 1, 2), the start first; it ends early where it runs far off the map.

    Args:
        hill: the surface.
        walker: a key of ``WALKERS``.
        start: where it begins.
        rate: the learning rate.
        steps: how many steps at most.
        seed: decides which examples a stochastic walker is shown.
    """
    kind = WALKERS[walker]
    memory: Memory = ()
    chance = np.random.default_rng(seed) if kind.stochastic else None
    places = [np.array(start, np.float64)]
    middle = np.array([sum(hill.x_range) / 2, sum(hill.y_range) / 2])
    reach = RAN_OFF * np.array([np.ptp(hill.x_range), np.ptp(hill.y_range)])
    for count in range(1, steps + 1):
        position, memory = kind.step(places[-1], hill.gradient(places[-1], chance), memory, rate, count)
        if not np.isfinite(position).all() or (np.abs(position - middle) > reach).any():
            break
        places.append(position)
    return np.stack(places)


def _classic(
    heights: Callable[[Matrix, Matrix], Matrix],
    slope: Callable[[float, float], tuple[float, float]],
    noise: float,
) -> tuple[Callable[[Matrix, Matrix], Matrix], Callable[[Position, np.random.Generator | None], Position]]:
    """Heights and gradient of a formula; it has no examples, so a stochastic walker gets normal noise on the slope instead."""

    def gradient(position: Position, chance: np.random.Generator | None) -> Position:
        exact = np.array(slope(float(position[0]), float(position[1])))
        return exact if chance is None else exact + chance.normal(0, noise, 2)

    return heights, gradient


def _rosenbrock() -> Hill:
    """(1 - x)^2 + 100 (y - x^2)^2: a bent valley whose floor hardly slopes (Rosenbrock 1960); lowest at (1, 1)."""
    heights, gradient = _classic(
        lambda x, y: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
        lambda x, y: (-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)),
        noise=4.0,
    )
    rates = {"descent": 0.0005, "stochastic": 0.0005, "momentum": 0.001, "rmsprop": 0.02, "adam": 0.1}
    return Hill((-2, 2), (-1, 3), (-1.5, 2.5), heights, gradient, rates, logarithmic=True)


def _saddle() -> Hill:
    """x^2 - y^2 + y^4 / 4: flat in the middle, a way down on both sides; lowest at (0, 1.41) and (0, -1.41)."""
    heights, gradient = _classic(lambda x, y: x * x - y * y + y**4 / 4, lambda x, y: (2 * x, -2 * y + y**3), noise=0.3)
    rates = {"descent": 0.1, "stochastic": 0.1, "momentum": 0.02, "rmsprop": 0.05, "adam": 0.1}
    return Hill((-2, 2), (-2, 2), (1.8, 0.001), heights, gradient, rates)


def _ravine() -> Hill:
    """(x^2 + 100 y^2) / 2: steep across and flat along, where plain descent swings from side to side; lowest at (0, 0).

    So much steeper across than along that momentum gains over the best rate of plain descent (Goh 2017, "Why Momentum Really
    Works"): at 20 y^2 it would not.
    """
    heights, gradient = _classic(lambda x, y: (x * x + 100 * y * y) / 2, lambda x, y: (x, 100 * y), noise=1.0)
    rates = {"descent": 0.018, "stochastic": 0.018, "momentum": 0.01, "rmsprop": 0.05, "adam": 0.2}
    return Hill((-4, 4), (-1, 1), (-3.5, 0.6), heights, gradient, rates)


CLASSIC_HILLS: Final[Mapping[str, Callable[[], Hill]]] = MappingProxyType(
    {"ravine": _ravine, "rosenbrock": _rosenbrock, "saddle": _saddle}
)


def _changes_of_side(places: Matrix) -> int:
    sides = np.sign(places[:, 1])
    sides = sides[sides != 0]
    return int((sides[1:] != sides[:-1]).sum())


def _steps_on_the_floor(places: Matrix) -> int:
    return int((np.abs(places[1:, 1] - places[1:, 0] ** 2) < ON_THE_FLOOR).sum())


def _steps_near_the_middle(places: Matrix) -> int:
    return int((np.hypot(places[1:, 0], places[1:, 1]) < NEAR_THE_MIDDLE).sum())


# What is worth counting on each formula's surface, from the places of a walk (N, 2), the start first: how often it went from one
# wall of the ravine to the other, how many steps ended on the floor of the bent valley, how many near the middle of the saddle.
COUNTED: Final[Mapping[str, Callable[[Matrix], int]]] = MappingProxyType(
    {"ravine": _changes_of_side, "rosenbrock": _steps_on_the_floor, "saddle": _steps_near_the_middle}
)


@dataclass(frozen=True, eq=False)
class Slice:
    """A plane through a network's weights: at (x, y) stands the network with weights W + x A + y B.

    Attributes:
        layers: for each layer W, A, B of shape (out, in) and the bias (out, 1), float32; the biases stay.
        inputs: for each of W, A, B of the first layer its product with the images, (out, N): computed once for all places.
        targets: (10, N).
        activation: a key of ``model.activations.ACTIVATIONS``.
    """

    layers: tuple[tuple[Matrix, Matrix, Matrix, Matrix], ...]
    inputs: tuple[Matrix, Matrix, Matrix]
    targets: Matrix
    activation: str

    def loss(self, x: float, y: float) -> float:
        """The mean cross-entropy on all images at one place."""
        return LOSSES[LOSS].value(self._forward(x, y, slice(None)).sums[-1], self.targets)

    def gradient(self, x: float, y: float, chosen: npt.NDArray[np.intp] | None = None) -> Position:
        """The slope of that loss along A and along B, (2,), on all images or on the ``chosen`` ones."""
        columns = slice(None) if chosen is None else chosen
        passed = self._forward(x, y, columns)
        delta = LOSSES[LOSS].delta(passed.sums[-1], self.targets[:, columns])
        slopes, derivative = np.zeros(2), ACTIVATIONS[self.activation].derivative
        for index in range(len(self.layers) - 1, -1, -1):
            weight, first, second, _ = self.layers[index]
            for axis, direction in enumerate((first, second)):
                moved = self.inputs[axis + 1][:, columns] if index == 0 else direction @ passed.outputs[index - 1]
                slopes[axis] += float((delta * moved).sum())
            if index:
                delta = ((weight + x * first + y * second).T @ delta) * derivative(passed.sums[index - 1])
        return slopes

    def _forward(self, x: float, y: float, columns: slice | npt.NDArray[np.intp]) -> Trace:
        def first(_: Matrix) -> Matrix:  # the images are in ``inputs`` already
            own, along_first, along_second = (product[:, columns] for product in self.inputs)
            return own + x * along_first + y * along_second + self.layers[0][3]

        def above(layer: tuple[Matrix, Matrix, Matrix, Matrix], below: Matrix) -> Matrix:
            weight, along_first, along_second, bias = layer
            return np.asarray((weight + x * along_first + y * along_second) @ below + bias)

        layers: list[Callable[[Matrix], Matrix]] = [
            first,
            *(functools.partial(above, layer) for layer in self.layers[1:]),
        ]
        return forward(layers, self.activation, self.targets)


def slice_images(network: Network) -> int:
    """How many images a slice is computed on: ``SLICE_IMAGES``, fewer for a network with large upper layers, at least 32."""
    upper_weights = sum(weight.size for weight, _ in network.weights[1:])
    return int(np.clip(SLICE_WORK // max(1, upper_weights), 32, SLICE_IMAGES))


def cut(network: Network, images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8], seed: int = 0) -> Slice:
    """A plane through the network's weights along two random directions.

    Li, Xu, Taylor, Studer and Goldstein 2018, "Visualizing the Loss Landscape of Neural Nets", section 4: each direction is
    normal noise, and the weights into each neuron (a filter) get the length of the network's own; biases stay where they are.

    Args:
        network: it stands at (0, 0).
        images: (N, 28, 28) uint8, on which the loss is measured.
        labels: (N,) 0..9.
        seed: decides the two directions.
    """
    chance = np.random.default_rng(seed)
    layers = []
    for weight, bias in as_paper(network):
        lengths = np.linalg.norm(weight, axis=1, keepdims=True)
        directions = [chance.normal(size=weight.shape) for _ in range(2)]
        first, second = (noise / np.linalg.norm(noise, axis=1, keepdims=True) * lengths for noise in directions)
        layers.append((weight, first, second, bias))
    inputs, targets = as_columns(images, labels)
    weight, first, second, _ = layers[0]
    return Slice(tuple(layers), (weight @ inputs, first @ inputs, second @ inputs), targets, network.activation)


def hill_of(plane: Slice) -> Hill:
    """A slice as a surface to walk on; a stochastic walker sees ``SLICE_BATCH`` random images at each step."""
    count = plane.targets.shape[1]

    def heights(xs: Matrix, ys: Matrix) -> Matrix:
        found = [plane.loss(x, y) for x, y in zip(xs.ravel().tolist(), ys.ravel().tolist(), strict=True)]
        return np.array(found).reshape(xs.shape)

    def gradient(position: Position, chance: np.random.Generator | None) -> Position:
        chosen = None if chance is None else chance.choice(count, min(SLICE_BATCH, count), replace=False)
        return plane.gradient(float(position[0]), float(position[1]), chosen)

    return Hill(SLICE_RANGE, SLICE_RANGE, SLICE_START, heights, gradient, SLICE_RATES)


@dataclass(frozen=True, eq=False)
class Survey:
    """A surface measured on a grid, and the walks on it.

    Attributes:
        xs, ys: the grid's lines, (points,).
        heights: (points, points), one row for each y.
        walks: walker -> the places it came to, (its steps + 1, 2).
        walk_heights: walker -> the loss at each of those places.
        most_steps: how many steps a walk had at most.
        images: how many images the loss was measured on; 0 for a formula.
        other_heights: a factor of ``OTHER_RATES`` -> walker -> the loss along its walk with its rate times that; empty where it
            would take long to find.
    """

    xs: Matrix
    ys: Matrix
    heights: Matrix
    walks: Mapping[str, Matrix]
    walk_heights: Mapping[str, Matrix]
    most_steps: int
    images: int = 0
    other_heights: Mapping[float, Mapping[str, Matrix]] = field(default_factory=dict)


def survey(
    hill: Hill, start: tuple[float, float], rates: Mapping[str, float], steps: int, points: int = GRID, images: int = 0
) -> Survey:
    """The heights on a grid, and a walk from ``start`` for every walker that ``rates`` names; on a formula with other rates too."""

    def walked(factor: float) -> tuple[dict[str, Matrix], dict[str, Matrix]]:
        walks = {name: walk(hill, name, start, factor * rate, steps) for name, rate in rates.items()}
        return walks, {name: hill.heights(places[:, 0], places[:, 1]) for name, places in walks.items()}

    others = {} if images else {factor: walked(factor)[1] for factor in OTHER_RATES}
    return Survey(*hill.grid(points), *walked(1), steps, images, others)


def survey_network(
    network: Network,
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.uint8],
    start: tuple[float, float],
    rates: Mapping[str, float],
    seed: int,
) -> Survey:
    """The same on a slice of a network's loss; coarser and with shorter walks where the network is large."""
    large = sum(weight.size for weight, _ in network.weights[1:]) > LARGE
    hill = hill_of(cut(network, images, labels, seed))
    steps, points = (SLICE_STEPS // 3, GRID // 2 + 1) if large else (SLICE_STEPS, GRID)
    return survey(hill, start, rates, steps, points, len(labels))
