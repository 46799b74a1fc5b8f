"""Loss landscapes of two values: formulas, and planes through the weights of a network; knows no screen."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from model.activations import ACTIVATIONS
from model.network import Network, Trace, forward
from model.textbook.backpropagation import LOSSES, Matrix
from model.textbook.gradient_step import LOSS, as_columns, as_paper

Position = npt.NDArray[np.float64]

GRID: Final = 25
PLANE_IMAGES: Final = 256
PLANE_BATCH: Final = 16
PLANE_WORK: Final = 4e6
PLANE_RANGE: Final = (-1.2, 1.2)
PLANE_START: Final = (0.9, -0.9)
PLANE_RATES: Final[Mapping[str, float]] = MappingProxyType(
    {"descent": 0.05, "stochastic": 0.05, "momentum": 0.01, "rmsprop": 0.05, "adam": 0.1}
)


@dataclass(frozen=True, eq=False)
class LossLandscape:
    """A surface to descend.

    Attributes:
        x_range, y_range: what is shown of it.
        start: where paths begin unless somebody says otherwise.
        heights: (xs, ys) of one shape -> the loss at each, of that shape.
        gradient: (position (2,), rng) -> (2,); with a ``rng``, the gradient as a random few of the examples see it.
        rates: a learning rate for each of ``PATH_OPTIMIZERS`` that suits it.
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


def _classic(
    heights: Callable[[Matrix, Matrix], Matrix],
    slope: Callable[[float, float], tuple[float, float]],
    noise: float,
) -> tuple[Callable[[Matrix, Matrix], Matrix], Callable[[Position, np.random.Generator | None], Position]]:
    """Heights and gradient of a formula; it has no examples, so a stochastic optimizer gets normal noise on the slope instead."""

    def gradient(position: Position, rng: np.random.Generator | None) -> Position:
        exact = np.array(slope(float(position[0]), float(position[1])))
        return exact if rng is None else exact + rng.normal(0, noise, 2)

    return heights, gradient


def _rosenbrock() -> LossLandscape:
    """(1 - x)^2 + 100 (y - x^2)^2: a bent valley whose floor hardly slopes (Rosenbrock 1960); lowest at (1, 1)."""
    heights, gradient = _classic(
        lambda x, y: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
        lambda x, y: (-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)),
        noise=4.0,
    )
    rates = {"descent": 0.0005, "stochastic": 0.0005, "momentum": 0.001, "rmsprop": 0.02, "adam": 0.1}
    return LossLandscape((-2, 2), (-1, 3), (-1.5, 2.5), heights, gradient, rates, logarithmic=True)


def _saddle() -> LossLandscape:
    """x^2 - y^2 + y^4 / 4: flat in the middle, a way down on both sides; lowest at (0, 1.41) and (0, -1.41)."""
    heights, gradient = _classic(lambda x, y: x * x - y * y + y**4 / 4, lambda x, y: (2 * x, -2 * y + y**3), noise=0.3)
    rates = {"descent": 0.1, "stochastic": 0.1, "momentum": 0.02, "rmsprop": 0.05, "adam": 0.1}
    return LossLandscape((-2, 2), (-2, 2), (1.8, 0.001), heights, gradient, rates)


def _ravine() -> LossLandscape:
    """(x^2 + 100 y^2) / 2: steep across and flat along, where plain descent swings from side to side; lowest at (0, 0).

    So much steeper across than along that momentum gains over the best rate of plain descent (Goh 2017, "Why Momentum Really
    Works"): at 20 y^2 it would not.
    """
    heights, gradient = _classic(lambda x, y: (x * x + 100 * y * y) / 2, lambda x, y: (x, 100 * y), noise=1.0)
    rates = {"descent": 0.018, "stochastic": 0.018, "momentum": 0.01, "rmsprop": 0.05, "adam": 0.2}
    return LossLandscape((-4, 4), (-1, 1), (-3.5, 0.6), heights, gradient, rates)


CLASSIC_LANDSCAPES: Final[Mapping[str, Callable[[], LossLandscape]]] = MappingProxyType(
    {"ravine": _ravine, "rosenbrock": _rosenbrock, "saddle": _saddle}
)


@dataclass(frozen=True, eq=False)
class WeightPlane:
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


def plane_images(network: Network) -> int:
    """How many images a plane is computed on: ``PLANE_IMAGES``, fewer for a network with large upper layers, at least 32."""
    upper_weights = sum(weight.size for weight, _ in network.weights[1:])
    return int(np.clip(PLANE_WORK // max(1, upper_weights), 32, PLANE_IMAGES))


def random_plane(
    network: Network, images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8], seed: int = 0
) -> WeightPlane:
    """A plane through the network's weights along two random directions.

    Li, Xu, Taylor, Studer and Goldstein 2018, "Visualizing the Loss Landscape of Neural Nets", section 4: each direction is
    normal noise, and the weights into each neuron (a filter) get the length of the network's own; biases stay where they are.

    Args:
        network: it stands at (0, 0).
        images: (N, 28, 28) uint8, on which the loss is measured.
        labels: (N,) 0..9.
        seed: decides the two directions.
    """
    rng = np.random.default_rng(seed)
    layers = []
    for weight, bias in as_paper(network):
        lengths = np.linalg.norm(weight, axis=1, keepdims=True)
        directions = [rng.normal(size=weight.shape) for _ in range(2)]
        first, second = (noise / np.linalg.norm(noise, axis=1, keepdims=True) * lengths for noise in directions)
        layers.append((weight, first, second, bias))
    inputs, targets = as_columns(images, labels)
    weight, first, second, _ = layers[0]
    return WeightPlane(tuple(layers), (weight @ inputs, first @ inputs, second @ inputs), targets, network.activation)


def landscape_of(plane: WeightPlane) -> LossLandscape:
    """A plane as a surface to descend; a stochastic optimiser sees ``PLANE_BATCH`` random images at each step."""
    count = plane.targets.shape[1]

    def heights(xs: Matrix, ys: Matrix) -> Matrix:
        found = [plane.loss(x, y) for x, y in zip(xs.ravel().tolist(), ys.ravel().tolist(), strict=True)]
        return np.array(found).reshape(xs.shape)

    def gradient(position: Position, rng: np.random.Generator | None) -> Position:
        chosen = None if rng is None else rng.choice(count, min(PLANE_BATCH, count), replace=False)
        return plane.gradient(float(position[0]), float(position[1]), chosen)

    return LossLandscape(PLANE_RANGE, PLANE_RANGE, PLANE_START, heights, gradient, PLANE_RATES)
