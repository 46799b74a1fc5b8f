"""The settings of one training run: defaults, limits, validation and the link that carries them; knows no screen."""

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any, Final, TypeVar

from model.activations import ACTIVATIONS
from model.augmentation import AUGMENTATIONS
from model.optimizers import OPTIMIZERS, SCHEDULES
from model.sizes import DIGITS, PIXELS

Kind = TypeVar("Kind", int, float)
# The value of one field of ``TrainingConfig``, and several by the names of their fields.
Setting = int | float | str | tuple[int, ...]
Settings = Mapping[str, Setting]
TRAINING_IMAGES: Final = 55_000
NO_HIDDEN_LAYER: Final = "none"


@dataclass(frozen=True)
class Limit:
    """What a field may be: whole numbers or numbers from ``low`` to ``high``, or one of ``choices``."""

    low: float = 0
    high: float = 0
    choices: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.choices:
            return "one of " + ", ".join(self.choices)
        return f"{self.low:g} to {self.high:g}"


LIMITS: Final[Mapping[str, Limit]] = MappingProxyType(
    {
        "hidden_layers": Limit(0, 4),
        "hidden_sizes": Limit(1, 1024),
        "epochs": Limit(1, 200),
        "batch_size": Limit(1, 1024),
        "activation": Limit(choices=tuple(ACTIVATIONS)),
        "optimizer": Limit(choices=tuple(OPTIMIZERS)),
        "learning_rate": Limit(1e-6, 10.0),
        "schedule": Limit(choices=tuple(SCHEDULES)),
        "dropout": Limit(0.0, 0.9),
        "l1": Limit(0.0, 0.1),
        "l2": Limit(0.0, 0.1),
        "training_images": Limit(100, TRAINING_IMAGES),
        "augmentation": Limit(choices=tuple(AUGMENTATIONS)),
        "pen_share": Limit(0.0, 0.5),
        "seed": Limit(0, 2**31 - 1),
    }
)

CHANGEABLE_WHILE_TRAINING: Final = ("learning_rate", "l1", "l2", "dropout")


class ConfigError(ValueError):
    """A setting outside its limits; carries the ``field``, the ``value`` and the ``limit`` for whoever translates it."""

    def __init__(self, field: str, value: object, limit: Limit) -> None:
        super().__init__(f"{field} = {value!r} is outside the limit: {limit}")
        self.field = field
        self.value = value
        self.limit = limit

    def __reduce__(self) -> tuple[type["ConfigError"], tuple[str, object, Limit]]:
        return type(self), (self.field, self.value, self.limit)


def _check(name: str, value: object, kind: type) -> None:
    limit = LIMITS[name]
    if limit.choices:
        valid = isinstance(value, str) and value in limit.choices
    else:
        accepted = (int, float) if kind is float else int
        valid = isinstance(value, accepted) and not isinstance(value, bool) and limit.low <= value <= limit.high
    if not valid:
        raise ConfigError(name, value, limit)


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that decides a training run; equal configs give equal numbers. What each field may be stands in ``LIMITS``.

    Attributes:
        hidden_sizes: units of each hidden layer from the input up.
        epochs: passes over the training images.
        batch_size: images a step.
        activation: a key of ``model.activations.ACTIVATIONS``, used in every hidden layer.
        optimizer: a key of ``model.optimizers.OPTIMIZERS``.
        learning_rate: the peak learning rate.
        schedule: a key of ``model.optimizers.SCHEDULES``.
        dropout: share of hidden units silenced in each training step.
        l1, l2: weight of the sum of absolute (squared) connection weights in the loss.
        training_images: how many of the ``TRAINING_IMAGES`` training images are used.
        augmentation: a key of ``model.augmentation.AUGMENTATIONS``.
        pen_share: share of each epoch's images that are pen-drawn digits of ``model.data.synthetic_digits`` in place of MNIST's.
        seed: decides starting weights, order of images, dropout and augmentation.

    Raises:
        ConfigError: (a ValueError) naming the first field outside its limits, its value and the limit.
    """

    hidden_sizes: tuple[int, ...] = (64, 64)
    epochs: int = 10
    batch_size: int = 128
    activation: str = "relu"
    optimizer: str = "adam"
    learning_rate: float = 0.001
    schedule: str = "constant"
    dropout: float = 0.0
    l1: float = 0.0
    l2: float = 0.0
    training_images: int = TRAINING_IMAGES
    augmentation: str = "off"
    pen_share: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.hidden_sizes, (tuple, list)):
            raise ConfigError("hidden_sizes", self.hidden_sizes, LIMITS["hidden_sizes"])
        object.__setattr__(self, "hidden_sizes", tuple(self.hidden_sizes))
        if len(self.hidden_sizes) > LIMITS["hidden_layers"].high:
            raise ConfigError("hidden_layers", len(self.hidden_sizes), LIMITS["hidden_layers"])
        for size in self.hidden_sizes:
            _check("hidden_sizes", size, int)
        for field in fields(self):
            if field.name != "hidden_sizes":
                _check(field.name, getattr(self, field.name), type(field.default))

    @property
    def layer_sizes(self) -> tuple[int, ...]:
        """Units of every layer from the 784 pixels to the 10 digits."""
        return (PIXELS, *self.hidden_sizes, DIGITS)

    @property
    def weight_count(self) -> int:
        """Number of trained values: connection weights and biases."""
        sizes = self.layer_sizes
        return sum((below + 1) * above for below, above in itertools.pairwise(sizes))

    @property
    def steps_per_epoch(self) -> int:
        """Batches in one pass over the training images, the last short one counted."""
        return math.ceil(self.training_images / self.batch_size)

    @property
    def pen_images(self) -> int:
        """How many of an epoch's images are pen-drawn."""
        return round(self.pen_share * self.training_images)

    @property
    def total_steps(self) -> int:
        """Batches in the whole run."""
        return self.steps_per_epoch * self.epochs

    def changed(self, **values: object) -> "TrainingConfig":
        """The same config with some fields replaced, validated again."""
        unchecked: dict[str, Any] = values
        return replace(self, **unchecked)

    def to_query(self) -> dict[str, str]:
        """Every field as text for a URL; ``from_query`` reads it back to an equal config."""
        texts = {field.name: _to_text(getattr(self, field.name)) for field in fields(self)}
        return texts | {"hidden_sizes": ",".join(map(str, self.hidden_sizes)) or NO_HIDDEN_LAYER}

    @classmethod
    def from_query(cls, mapping: Mapping[str, str]) -> "TrainingConfig":
        """The config a URL query describes; fields it lacks take their defaults, other keys are ignored.

        Raises:
            ConfigError: naming the field whose text cannot be read or is outside its limits.
        """
        given = {field.name: _from_text(field.name, mapping[field.name]) for field in FIELDS if field.name in mapping}
        return cls().changed(**given)


FIELDS: Final = fields(TrainingConfig)
DEFAULTS: Final[Settings] = MappingProxyType({field.name: getattr(TrainingConfig(), field.name) for field in FIELDS})
PRESETS: Final[Mapping[str, TrainingConfig]] = MappingProxyType(
    {
        "standard": TrainingConfig(),
        "handwriting": TrainingConfig(
            epochs=38,
            optimizer="adamw",
            learning_rate=0.006,
            schedule="cosine",
            augmentation="gentle",
            pen_share=0.2,
        ),
        "best": TrainingConfig(
            hidden_sizes=(384, 192),
            epochs=40,
            batch_size=256,
            learning_rate=0.003,
            schedule="cosine",
            augmentation="strong",
            pen_share=0.15,
        ),
    }
)


def read_number(text: str, kind: type[Kind]) -> Kind:
    """A number, of ``kind`` int or float, from text somebody wrote: Python's own reading takes 1_5 for 15, and keeps -0.

    Raises:
        ValueError: when the text is no such number.
    """
    if "_" in text:
        raise ValueError(f"{text!r} is not a number")
    return kind(text) + kind(0)


def _to_text(value: object) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def _from_text(name: str, text: str) -> Setting:
    default = DEFAULTS[name]
    try:
        if name == "hidden_sizes":
            if text.strip() in ("", NO_HIDDEN_LAYER):
                return ()
            return tuple(read_number(size, int) for size in text.split(","))
        if isinstance(default, str):
            return text
        return read_number(text, int) if isinstance(default, int) else read_number(text, float)
    except ValueError:
        raise ConfigError(name, text, LIMITS[name]) from None
