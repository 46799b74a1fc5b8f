"""The optimisers and learning-rate schedules by name; builds Keras optimisers and knows nothing of data or screens."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from model.library_types import KerasOptimizer

WARM_UP_SHARE: Final = 0.05


@dataclass(frozen=True)
class Optimizer:
    """A Keras optimiser: the name of its class and what it takes beside the learning rate."""

    keras_class: str
    options: Mapping[str, float] = field(default_factory=dict)

    def build(self) -> KerasOptimizer:
        """A fresh Keras optimiser; its learning rate is set before every step. Imports Keras."""
        import keras

        return getattr(keras.optimizers, self.keras_class)(learning_rate=0.001, **self.options)


OPTIMIZERS: Final[Mapping[str, Optimizer]] = MappingProxyType(
    {
        "adam": Optimizer("Adam"),
        "adamw": Optimizer("AdamW"),
        "rmsprop": Optimizer("RMSprop"),
        "sgd": Optimizer("SGD"),
        "momentum": Optimizer("SGD", {"momentum": 0.9}),
    }
)


def constant(step: int, total_steps: int) -> float:
    """The peak rate at every step."""
    return 1.0


def cosine(step: int, total_steps: int) -> float:
    """A linear warm-up over the first twentieth of the run, then half a cosine down towards zero.

    Loshchilov and Hutter 2017, "SGDR: Stochastic Gradient Descent with Warm Restarts", equation 5, without restarts.
    """
    warm_up = max(1, round(WARM_UP_SHARE * total_steps))
    if step < warm_up:
        return (step + 1) / warm_up
    position = min(1.0, (step - warm_up) / max(1, total_steps - warm_up))
    return 0.5 * (1 + math.cos(math.pi * position))


SCHEDULES: Final[Mapping[str, Callable[[int, int], float]]] = MappingProxyType({"constant": constant, "cosine": cosine})


def learning_rates(
    schedule: str, peak: float, first_step: int, steps: int, total_steps: int
) -> npt.NDArray[np.float32]:
    """The learning rate of each of ``steps`` steps from ``first_step`` on, shape (steps,) float32.

    Raises:
        KeyError: for a schedule that is not in ``SCHEDULES``.
    """
    factor = SCHEDULES[schedule]
    return np.array([peak * factor(first_step + i, total_steps) for i in range(steps)], np.float32)
