"""The activation functions: each together with its derivative and the way formulas write both; one line of ``ACTIVATIONS`` adds another."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Activation:
    """An activation function; everything about it that any part of the project needs.

    Attributes:
        function: sums z of any shape, float32 or float64 -> f(z), number by number, of z's dtype.
        derivative: z -> f'(z), alike.
        name: what it is called where no language has a word of its own for it.
        definition: f(z) in LaTeX.
        applied: f of one number in LaTeX, with ``{z}`` for the number, in brackets where it is negative, or ``{bare}`` without.
        derivative_definition: f'(z) in LaTeX; a stands for f(z).
        kinked: straight but for a kink at zero, so that its derivative does not change between two kinks.
        silent_below_zero: it answers next to nothing to a negative sum, so that a unit can be said to fire or not.
    """

    function: Callable[[Array], Array]
    derivative: Callable[[Array], Array]
    name: str
    definition: str
    applied: str
    derivative_definition: str
    kinked: bool = False
    silent_below_zero: bool = False


def relu(z: Array) -> Array:
    """max(0, z)."""
    return np.asarray(np.maximum(z, 0), z.dtype)


def relu_derivative(z: Array) -> Array:
    """1 where z is positive, else 0; at the kink itself 0, as TensorFlow takes it."""
    return (z > 0).astype(z.dtype)


def tanh_derivative(z: Array) -> Array:
    """1 - a squared, where a is the hyperbolic tangent of z."""
    return np.asarray(1 - np.tanh(z) ** 2, z.dtype)


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z)), written with tanh so that no z overflows."""
    return np.asarray(0.5 * (np.tanh(0.5 * z) + 1), z.dtype)


def sigmoid_derivative(z: Array) -> Array:
    """a (1 - a), where a is the sigmoid of z."""
    a = sigmoid(z)
    return np.asarray(a * (1 - a), z.dtype)


def normal_distribution(z: Array) -> Array:
    """The normal distribution function of z, 0 to 1."""
    return np.asarray(0.5 * (1 + error_function(z * z.dtype.type(math.sqrt(0.5)))), z.dtype)


def gelu(z: Array) -> Array:
    """z times the normal distribution function of z (Hendrycks and Gimpel 2016)."""
    return np.asarray(z * normal_distribution(z), z.dtype)


def gelu_derivative(z: Array) -> Array:
    """The normal distribution function of z plus z times its density."""
    return np.asarray(normal_distribution(z) + z * np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi), z.dtype)


def linear(z: Array) -> Array:
    """z itself: with nothing else, any number of layers is one layer."""
    return z


def linear_derivative(z: Array) -> Array:
    """1 everywhere."""
    return np.ones_like(z)


def error_function(z: Array) -> Array:
    """The error function: exact in float64; in float32, which is for many numbers at once, exact to 2e-7.

    The latter is the rational approximation 7.1.26 of Abramowitz and Stegun, "Handbook of Mathematical Functions".
    """
    if z.dtype == np.float64:
        return np.fromiter(map(math.erf, z.ravel().tolist()), np.float64, z.size).reshape(z.shape)
    x = np.abs(z)
    t = 1 / (1 + np.float32(0.3275911) * x)
    polynomial = np.zeros_like(t)
    for coefficient in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        polynomial = (polynomial + np.float32(coefficient)) * t
    return np.asarray(np.sign(z) * (1 - polynomial * np.exp(-x * x)))


# A key is Keras's own name of the activation; the order is that in which a visitor is offered them.
ACTIVATIONS: Final[dict[str, Activation]] = {
    "relu": Activation(
        relu,
        relu_derivative,
        "ReLU",
        r"\max(0, z)",
        r"\max\!\left(0, {bare}\right)",
        r"1 \text{ if } z > 0, \text{ else } 0",
        kinked=True,
        silent_below_zero=True,
    ),
    "tanh": Activation(
        np.tanh,
        tanh_derivative,
        "tanh",
        r"\tanh z = \frac{e^{z} - e^{-z}}{e^{z} + e^{-z}}",
        r"\tanh {z}",
        "1 - a^2",
    ),
    "sigmoid": Activation(
        sigmoid,
        sigmoid_derivative,
        "sigmoid",
        r"\sigma(z) = \frac{1}{1 + e^{-z}}",
        r"\frac{{1}}{{1 + e^{{-{z}}}}}",
        r"a \, (1 - a)",
    ),
    "gelu": Activation(
        gelu,
        gelu_derivative,
        "GELU",
        r"z \, \Phi(z)",
        r"{z} \cdot \Phi\!\left({z}\right)",
        r"\Phi(z) + z \, \varphi(z)",
        silent_below_zero=True,
    ),
    "linear": Activation(linear, linear_derivative, "linear", "z", "{z}", "1"),
}
