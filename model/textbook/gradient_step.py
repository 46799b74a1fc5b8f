"""The step of the paper on a trained network: one digit forward and back, and how far one batch moves the loss; knows no screen."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from model.network import Array, Network, as_pixels
from model.sizes import DIGITS
from model.textbook.backpropagation import Layers, Matrix, backward, forward, mean_loss, updated

LOSS: Final = "cross_entropy"


@dataclass(frozen=True, eq=False)
class LayerStep:
    """One layer in one training step on one digit.

    Attributes:
        shape: of W as the formulas write it, (out, in).
        stored_shape: of the same W as the network keeps it, (in, out).
        weight_norm, gradient_norm, delta_norm: Euclidean (Frobenius) norms of W, of the gradient by W, and of delta.
        bias_gradient_norm: the norm of the gradient by b.
        silent: how many of the layer's ``units`` have a gradient of exactly zero: this digit teaches them nothing.
    """

    shape: tuple[int, int]
    stored_shape: tuple[int, int]
    weight_norm: float
    gradient_norm: float
    delta_norm: float
    bias_gradient_norm: float
    silent: int

    @property
    def units(self) -> int:
        """Neurons of the layer."""
        return self.shape[0]


@dataclass(frozen=True, eq=False)
class DigitStep:
    """One training step on one digit: probabilities (10,) before and after, the loss before and after, and each layer."""

    before: npt.NDArray[np.float64]
    after: npt.NDArray[np.float64]
    loss: float
    next_loss: float
    layers: tuple[LayerStep, ...]


@dataclass(frozen=True)
class BatchStep:
    """One training step on one batch.

    Attributes:
        images: how many images the batch holds.
        loss, next_loss: the mean loss on that batch, before and after.
        first_order_prediction: how far the slope says the loss will move: minus the learning rate times the gradient's squared norm.
        gradient_norm: the norm of the gradient by all weights and biases together.
        validation_loss, next_validation_loss: the mean loss on the validation images given, before and after.
    """

    images: int
    loss: float
    next_loss: float
    first_order_prediction: float
    gradient_norm: float
    validation_loss: float
    next_validation_loss: float


def as_paper(network: Network) -> Layers:
    """A network's weights as the formulas write them: W of shape (out, in), b of shape (out, 1), float64."""
    return tuple((weight.T.astype(np.float64), bias[:, None].astype(np.float64)) for weight, bias in network.weights)


def as_columns(images: Array, labels: npt.NDArray[np.integer]) -> tuple[Matrix, Matrix]:
    """Images as for ``model.network.predict`` as inputs (784, N), and their labels (N,) as targets (10, N)."""
    return as_pixels(images).T.astype(np.float64), np.eye(DIGITS)[:, labels]


def step_on_digit(network: Network, image: Array, label: int, learning_rate: float) -> DigitStep:
    """Forward, loss, backward and update on one picture (28, 28), uint8 0..255 or float 0..1, that shows ``label``."""
    layers = as_paper(network)
    inputs, targets = as_columns(np.asarray(image)[None], np.array([label]))
    passed = forward(layers, inputs, network.activation, LOSS)
    back = backward(layers, passed, targets, network.activation, LOSS)
    new = updated(layers, back.gradients, learning_rate)
    after = forward(new, inputs, network.activation, LOSS).outputs[-1][:, 0]
    return DigitStep(
        before=passed.outputs[-1][:, 0],
        after=after,
        loss=mean_loss(layers, inputs, targets, network.activation, LOSS),
        next_loss=mean_loss(new, inputs, targets, network.activation, LOSS),
        layers=tuple(
            LayerStep(
                shape=(weight.shape[0], weight.shape[1]),
                stored_shape=(weight.shape[1], weight.shape[0]),
                weight_norm=float(np.linalg.norm(weight)),
                gradient_norm=float(np.linalg.norm(by_weight)),
                delta_norm=float(np.linalg.norm(delta)),
                bias_gradient_norm=float(np.linalg.norm(by_bias)),
                silent=int((delta == 0).all(axis=1).sum()),
            )
            for (weight, _), (by_weight, by_bias), delta in zip(layers, back.gradients, back.deltas, strict=True)
        ),
    )


def step_on_batch(
    network: Network,
    images: Array,
    labels: npt.NDArray[np.integer],
    learning_rate: float,
    validation_images: Array,
    validation_labels: npt.NDArray[np.integer],
) -> BatchStep:
    """One step of plain gradient descent on a batch, and the loss before and after on it and on validation images.

    ``images`` and ``validation_images`` are (N, 28, 28) uint8 or float 0..1, the labels (N,) 0..9.
    """
    layers = as_paper(network)
    inputs, targets = as_columns(images, labels)
    held_out = as_columns(validation_images, validation_labels)
    passed = forward(layers, inputs, network.activation, LOSS)
    gradients = backward(layers, passed, targets, network.activation, LOSS).gradients
    new = updated(layers, gradients, learning_rate)
    squared_norm = sum(float((part**2).sum()) for pair in gradients for part in pair)
    return BatchStep(
        images=len(labels),
        loss=mean_loss(layers, inputs, targets, network.activation, LOSS),
        next_loss=mean_loss(new, inputs, targets, network.activation, LOSS),
        first_order_prediction=-learning_rate * squared_norm,
        gradient_norm=float(np.sqrt(squared_norm)),
        validation_loss=mean_loss(layers, *held_out, network.activation, LOSS),
        next_validation_loss=mean_loss(new, *held_out, network.activation, LOSS),
    )
