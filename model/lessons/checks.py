"""The checks of lessons by name, and how a lesson's file asks for one; knows no screen or language."""

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from model.config import DEFAULTS, ConfigError, Setting, TrainingConfig
from model.lessons.drawing_checks import doubted, misread, named, prepared, reads, voted
from model.lessons.facts import Facts, Finding, NotDone, Where, varied_between
from model.lessons.run_checks import MEASURES, compared, ensemble, forgot, overfits, taught, trained

# What a check is called with beside the facts.
Parameter = Where | str | float


@dataclass(frozen=True)
class Check:
    """One check of a lesson: its ``name`` in ``CHECKS`` and what it is called with; made by ``make_check``.

    ``since`` is the number (from 1) of the earlier step from whose opening on it sees what was made; None for its own.
    """

    name: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    since: int | None = None

    def find(self, facts: Facts) -> Finding:
        """What it finds in the facts."""
        try:
            return CHECKS[self.name](facts, **self.parameters)
        except NotDone as reason:
            return reason.finding

    @property
    def compared(self) -> frozenset[str]:
        """The settings in which the runs that it compares differ."""
        sides = [value for value in self.parameters.values() if isinstance(value, Where)]
        return varied_between(*sides) if len(sides) == 2 else frozenset({"seed"} if self.name == "ensemble" else ())


class CheckError(ValueError):
    """A check that cannot be made: the ``field`` of its table, what is ``wrong`` with it and what would be ``right``."""

    def __init__(self, field: str, wrong: str, right: str) -> None:
        super().__init__(f"{field}: {wrong}; {right}")
        self.field, self.wrong, self.right = field, wrong, right


CHECKS: Final[Mapping[str, Callable[..., Finding]]] = MappingProxyType(
    {
        "trained": trained,
        "compared": compared,
        "overfits": overfits,
        "ensemble": ensemble,
        "taught": taught,
        "forgot": forgot,
        "reads": reads,
        "prepared": prepared,
        "doubted": doubted,
        "named": named,
        "misread": misread,
        "voted": voted,
    }
)


def make_check(table: Mapping[str, object]) -> Check:
    """The check that a table of a lesson's file describes: its ``name`` in ``CHECKS``, its parameters, and ``since``.

    Raises:
        CheckError: naming the field, what is wrong with it and what would be right.
    """
    name = table.get("name")
    if not isinstance(name, str) or name not in CHECKS:
        raise CheckError("name", f"there is no check {name!r}", f"it can be one of: {', '.join(CHECKS)}")
    known = dict(list(inspect.signature(CHECKS[name]).parameters.items())[1:])
    given = {key: value for key, value in table.items() if key not in ("name", "since")}
    for key in given:
        if key not in known:
            raise CheckError(key, f"{name!r} has no such parameter", f"it has: {', '.join(known) or 'none'}")
    for key, parameter in known.items():
        if key not in given and parameter.default is inspect.Parameter.empty:
            raise CheckError(key, "is missing", f"{name!r} needs it")
    parameters = {key: _parameter(key, value, known[key].annotation) for key, value in given.items()}
    since = _step_number(table["since"]) if "since" in table else None
    return Check(name, MappingProxyType(parameters), since)


def checked_settings(field: str, value: object) -> dict[str, Setting]:
    """Settings of a lesson's file, each with a value that ``TrainingConfig`` accepts.

    Raises:
        CheckError: naming the field, what is wrong with it and what would be right.
    """
    if not isinstance(value, Mapping):
        raise CheckError(field, f"is {value!r}", "it should be a table of settings, such as { epochs = 3 }")
    for name in value:
        if name not in DEFAULTS:
            raise CheckError(f"{field}.{name}", "is no setting", f"settings are: {', '.join(DEFAULTS)}")
        try:
            TrainingConfig().changed(**{name: value[name]})
        except ConfigError as error:
            raise CheckError(f"{field}.{name}", f"is {error.value!r}", f"it should be {error.limit}") from None
    config = TrainingConfig().changed(**value)
    return {name: getattr(config, name) for name in value}


def _parameter(key: str, value: object, kind: object) -> Parameter:
    if kind is Where:
        return Where(MappingProxyType(checked_settings(key, value)))
    if key == "measure" and value not in MEASURES:
        raise CheckError("measure", f"there is no {value!r}", f"it can be one of: {', '.join(MEASURES)}")
    if kind is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, int | str) and type(value) in (typing.get_args(kind) or (kind,)) and kind is not float:
        return value
    raise _wrong_type(key, value, kind)


def _step_number(value: object) -> int:
    if type(value) is not int:
        raise _wrong_type("since", value, int)
    return value


def _wrong_type(key: str, value: object, kind: object) -> CheckError:
    return CheckError(key, f"is {value!r}", f"it should be a value of type {getattr(kind, '__name__', kind)}")
