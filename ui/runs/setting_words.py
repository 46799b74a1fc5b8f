"""The settings of a run in the visitor's words: what each offers, an option, a limit and a refusal; knows no page."""

import math
from collections.abc import Sequence
from typing import Final

from model.activations import ACTIVATIONS
from model.config import LIMITS, ConfigError, Setting
from model.locked_settings import LockError
from model.runs.limits import RUN_MEGABYTES_SETTING, RUNS_SETTING
from model.runs.store import MEGABYTE, MemoryFull
from model.runs.token_registry import RegistryFull
from ui.elements.numerals import plain, thousands
from ui.state.language import has_text, listed, t
from ui.state.visitors import OwnRunsFull

OFFERED: Final[dict[str, Sequence[Setting]]] = {
    "activation": LIMITS["activation"].choices,
    "optimizer": LIMITS["optimizer"].choices,
    "learning_rate": (0.00001, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0),
    "schedule": LIMITS["schedule"].choices,
    "batch_size": (1, 8, 16, 32, 64, 128, 256, 512, 1024),
    "training_images": (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 55_000),
    "augmentation": LIMITS["augmentation"].choices,
    "pen_share": (0.0, 0.1, 0.2, 0.3, 0.5),
    "dropout": (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9),
    "l1": (0.0, 0.00001, 0.0001, 0.001, 0.01, 0.1),
    "l2": (0.0, 0.00001, 0.0001, 0.001, 0.01, 0.1),
}


NAMED: Final = ("activation", "optimizer", "schedule", "augmentation")


def refusal_message(error: RegistryFull | LockError) -> str:
    """Why a run could not be started, in the visitor's language."""
    return limit_message(error) if isinstance(error, LockError) else full_message(error)


def limit_message(error: ConfigError) -> str:
    """The error in the visitor's language: which field, which value, and what would be right."""
    limit = error.limit
    if isinstance(error, LockError):
        value, locked = (_as_text(error.field, setting) for setting in (error.value, error.locked))
        return t("lock.refused", field=t(f"knob.{error.field}.label"), value=value, locked=locked)
    if limit.choices:
        allowed = t("error.choices", choices=listed(option_text(error.field, choice) for choice in limit.choices))
    else:
        allowed = t("error.range", low=thousands(limit.low), high=thousands(limit.high))
    return t("error.limit", field=t(f"knob.{error.field}.label"), value=_as_given(error.value), allowed=allowed)


def _as_given(value: object) -> object:
    """A value that was refused: a number as one writes it, anything else as it came."""
    if isinstance(value, float) and math.isfinite(value):
        return thousands(value)
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else value


def full_message(error: RegistryFull) -> str:
    """Why no further run can start, in the visitor's language."""
    if isinstance(error, OwnRunsFull):
        return t("compare.full_own", count=error.capacity)
    setting, more = room_for_more(error)
    if isinstance(error, MemoryFull):
        megabytes = f"{error.capacity // MEGABYTE:,}"
        return t("error.memory_full", megabytes=megabytes, setting=setting, more=more)
    return t("error.full", count=error.capacity, setting=setting, more=more)


def room_for_more(error: RegistryFull) -> tuple[str, int]:
    """What whoever runs the server can set for more runs to have room, and to which value."""
    if isinstance(error, MemoryFull):
        return RUN_MEGABYTES_SETTING, 2 * error.capacity // MEGABYTE
    return RUNS_SETTING, 2 * error.capacity


def option_text(name: str, value: object) -> str:
    """An option as the visitor reads it."""
    if name == "activation":
        return activation_name(str(value))
    if name in NAMED:
        return t(f"option.{name}.{value}")
    if isinstance(value, int):
        return f"{value:,}"
    return plain(value) if isinstance(value, float) else str(value)


def activation_name(key: str) -> str:
    """An activation as the visitor reads it; one that has no text yet goes by its own name."""
    known = has_text(f"option.activation.{key}")
    return t(f"option.activation.{key}") if known else ACTIVATIONS[key].name


def _as_text(name: str, value: object) -> str:
    if isinstance(value, tuple):
        return " + ".join(f"{size:,}" for size in value) or "0"
    return option_text(name, value)
