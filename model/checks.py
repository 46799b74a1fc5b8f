"""Whether a step of a lesson was done, read from the visitor's real runs and drawings, with the numbers; knows no screen or language."""

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from model.config import DEFAULTS, ConfigError, TrainingConfig
from model.data import load_mnist
from model.drawing import resize_only, to_mnist
from model.ensemble import gain, votes
from model.handwriting import OwnDigit, read_right
from model.network import FloatArray, Network, predict
from model.runs import RunView, Status


@dataclass(frozen=True, eq=False)
class Facts:
    """What a check may look at; all of it the visitor's own.

    Attributes:
        runs: the visitor's runs, oldest first.
        reader: the network that reads on the Draw page.
        drawing: the pixels on the canvas, (H, W, 4) uint8.
        picture: what the network sees, (28, 28) float 0..1, of the drawing or of a sample digit.
        own_digits: the digits drawn and named.
        doubted: whether ``picture`` is perhaps no digit; None while that cannot be said.
        voters: the networks chosen to read together; at most one when one reads alone.
    """

    runs: Sequence[RunView] = ()
    reader: Network | None = None
    drawing: npt.NDArray[np.uint8] | None = None
    picture: FloatArray | None = None
    own_digits: Sequence[OwnDigit] = ()
    doubted: bool | None = None
    voters: Sequence[Network] = ()

    @property
    def ended(self) -> list[RunView]:
        """The runs that have ended and were not taught own digits, newest first."""
        return [run for run in reversed(self.runs) if run.ended and run.parent is None]


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes:
        passed: whether the step is done.
        says: the name of the sentence that tells what was found.
        numbers: what the sentence wants, ready to be put in.
        settings: groups of settings the sentence names, each field -> value.
        value: the number that predictions are compared with; None until the step is done.
    """

    passed: bool
    says: str
    numbers: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    value: float | None = None


@dataclass(frozen=True)
class Check:
    """One check of a lesson: its ``name`` in ``CHECKS`` and what it is called with; made by ``make_check``."""

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def find(self, facts: Facts) -> Finding:
        """What it finds in the facts."""
        return CHECKS[self.name](facts, **self.parameters)

    @property
    def settings(self) -> frozenset[str]:
        """The settings it asks a run to have."""
        asked = [value for value in self.parameters.values() if isinstance(value, Where)]
        return frozenset(name for where in asked for name in where.values)


class CheckError(ValueError):
    """A check that cannot be made: the ``field`` of its table, what is ``wrong`` with it and what would be ``right``."""

    def __init__(self, field: str, wrong: str, right: str) -> None:
        super().__init__(f"{field}: {wrong}; {right}")
        self.field, self.wrong, self.right = field, wrong, right


@dataclass(frozen=True)
class Where:
    """The settings a run must have, field -> value; other fields may be anything."""

    values: Mapping[str, Any]

    def matches(self, config: TrainingConfig) -> bool:
        """Whether the config has all of them."""
        return all(getattr(config, name) == value for name, value in self.values.items())


ANY: Final = Where(MappingProxyType({}))


# --- numbers of a run ----------------------------------------------------------------------------------------------


def validation_accuracy(run: RunView) -> float:
    """Share of the 5,000 validation images read right after the last whole epoch, percent."""
    return 100 * _last_checked(run, "validation_accuracy")


def validation_loss(run: RunView) -> float:
    """Mean cross-entropy on the validation images after the last whole epoch."""
    return _last_checked(run, "validation_loss")


def gap(run: RunView) -> float:
    """Accuracy on training images less that on validation images at the last whole epoch, percentage points."""
    return 100 * (_last_checked(run, "accuracy") - _last_checked(run, "validation_accuracy"))


def drawn_accuracy(run: RunView) -> float:
    """Share of the pen-drawn digits read right, percent."""
    return 100 * run.drawn_score.accuracy if run.drawn_score else float("nan")


def steps(run: RunView) -> float:
    """How many times the weights were changed."""
    return float(run.step)


MEASURES: Final[Mapping[str, tuple[Callable[[RunView], float], str]]] = MappingProxyType(
    {
        "validation_accuracy": (validation_accuracy, "{:.1f}%"),
        "validation_loss": (validation_loss, "{:.3f}"),
        "gap": (gap, "{:.1f}"),
        "drawn_accuracy": (drawn_accuracy, "{:.1f}%"),
        "steps": (steps, "{:,.0f}"),
    }
)


def _last_checked(run: RunView, name: str) -> float:
    return next((float(getattr(p, name)) for p in reversed(run.points) if p.validation_loss is not None), float("nan"))


# --- checks of runs ------------------------------------------------------------------------------------------------


def trained(facts: Facts, where: Where = ANY) -> Finding:
    """A run of these settings has ended; the value is its validation accuracy in percent, 0 when it ran off."""
    run = _newest(facts, where)
    if isinstance(run, Finding):
        return run
    if run.status == Status.DIVERGED:
        return Finding(True, "ran_off", {"rate": f"{run.config.learning_rate:g}"}, value=0.0)
    accuracy = validation_accuracy(run)
    numbers = {"accuracy": f"{accuracy:.1f}%", "loss": f"{validation_loss(run):.3f}", "steps": f"{run.step:,}"}
    return Finding(True, "trained", numbers, value=accuracy)


def compared(facts: Facts, where: Where, other: Where, measure: str = "validation_accuracy") -> Finding:
    """Two runs have ended, one of each setting; the value is ``measure`` of ``where`` less that of ``other``."""
    first, second = _newest(facts, where), _newest(facts, other)
    if isinstance(first, Finding):
        return first
    if isinstance(second, Finding):
        return second
    number, form = MEASURES[measure]
    a, b = (0.0 if run.status == Status.DIVERGED else number(run) for run in (first, second))
    if math.isnan(a - b):  # stopped, and not tested yet
        return Finding(False, "still_training")
    numbers = {"first": form.format(a), "second": form.format(b), "difference": f"{a - b:+.3g}"}
    settings = {"where": _telling(where, other), "other": _telling(other, where)}
    return Finding(True, f"compared_{measure}", numbers, settings, a - b)


def overfits(facts: Facts, where: Where = ANY, rise: float = 10.0) -> Finding:
    """The validation loss of an ended run rose by ``rise`` percent from its lowest while the training loss fell."""
    run = _newest(facts, where)
    if isinstance(run, Finding):
        return run
    checked = [point for point in run.points if point.validation_loss is not None]
    if not checked:
        return Finding(False, "too_short")
    lowest = min(checked, key=lambda point: point.validation_loss or 0.0)
    last = checked[-1]
    low, high = lowest.validation_loss or 0.0, last.validation_loss or 0.0
    rose = 100 * (high / max(low, 1e-9) - 1)
    numbers = {
        "low": f"{low:.3f}",
        "epoch": f"{lowest.step / run.config.steps_per_epoch:.0f}",
        "last": f"{high:.3f}",
        "rise": f"{rose:.0f}%",
        "training_before": f"{lowest.loss:.3f}",
        "training_after": f"{last.loss:.3f}",
    }
    found = rose >= rise and last.loss < lowest.loss
    return Finding(found, "overfits" if found else "no_overfitting", numbers, value=rose if found else None)


def ensemble(facts: Facts, count: int = 3) -> Finding:
    """At least ``count`` ended runs of different settings; the value is what their vote gains over their mean, percentage points."""
    different: dict[TrainingConfig, RunView] = {}
    for run in facts.ended:
        if run.network is not None and run.status in (Status.FINISHED, Status.STOPPED):
            different.setdefault(run.config, run)
    chosen = list(different.values())[:count]
    if len(chosen) < count:
        return Finding(False, "too_few_networks", {"have": str(len(chosen)), "count": str(count)})
    networks = [run.network for run in chosen if run.network is not None]
    found = gain(networks, load_mnist().test_images, load_mnist().test_labels)
    numbers = {
        "alone": ", ".join(f"{score.accuracy:.2%}" for score in found.alone),
        "together": f"{found.together.accuracy:.2%}",
        "gain": f"{100 * found.over_mean:+.2f}",
    }
    return Finding(True, "ensemble", numbers, value=100 * found.over_mean)


def taught(facts: Facts) -> Finding:
    """A run of own handwriting has ended; the value is how many of the own digits it reads more than before."""
    return _teaching(facts, "taught")


def forgot(facts: Facts) -> Finding:
    """A run of own handwriting has ended; the value is how many of the 10,000 test digits it reads more than before."""
    return _teaching(facts, "forgot")


def _teaching(facts: Facts, says: str) -> Finding:
    run = next((run for run in reversed(facts.runs) if run.parent is not None and run.score is not None), None)
    if run is None or run.parent is None or run.network is None or run.score is None:
        return Finding(False, "not_taught")
    before, after = (read_right(network, facts.own_digits) for network in (run.parent.network, run.network))
    numbers = {
        "before": str(before),
        "after": str(after),
        "count": str(len(facts.own_digits)),
        "test_before": f"{run.parent.score.accuracy:.2%}",
        "test_after": f"{run.score.accuracy:.2%}",
    }
    change = after - before if says == "taught" else run.score.correct - run.parent.score.correct
    return Finding(True, says, numbers, value=float(change))


# --- checks of drawings --------------------------------------------------------------------------------------------


def reads(facts: Facts) -> Finding:
    """The network reads a drawing or a sample digit; the value is how sure it is, percent."""
    if facts.reader is None or facts.picture is None:
        return _not_drawn(facts)
    answer, sure = _answer(facts.reader, facts.picture)
    return Finding(True, "reads", {"answer": str(answer), "sure": f"{sure:.0f}%"}, value=sure)


def prepared(facts: Facts) -> Finding:
    """A drawing is read differently with and without preparation; the value is how sure the network is without, percent."""
    if facts.reader is None or facts.drawing is None:
        return _not_drawn(facts)
    careful, plain = to_mnist(facts.drawing), resize_only(facts.drawing)
    if careful is None or plain is None:
        return _not_drawn(facts)
    (answer, sure), (raw_answer, raw_sure) = _answer(facts.reader, careful), _answer(facts.reader, plain)
    numbers = {
        "answer": str(answer),
        "sure": f"{sure:.0f}%",
        "raw_answer": str(raw_answer),
        "raw_sure": f"{raw_sure:.0f}%",
    }
    differs = answer != raw_answer
    return Finding(differs, "prepared" if differs else "prepared_alike", numbers, value=raw_sure if differs else None)


def doubted(facts: Facts) -> Finding:
    """The network answers for something that is no digit; the value is how sure it is of its answer, percent."""
    if facts.reader is None or facts.picture is None:
        return _not_drawn(facts)
    if facts.doubted is None:
        return Finding(False, "doubt_not_ready")
    answer, sure = _answer(facts.reader, facts.picture)
    numbers = {"answer": str(answer), "sure": f"{sure:.0f}%"}
    return Finding(facts.doubted, "doubted" if facts.doubted else "not_doubted", numbers, value=sure)


def named(facts: Facts, count: int = 3) -> Finding:
    """At least ``count`` own digits were drawn and named; the value is the share the network reads right, percent."""
    if facts.reader is None:
        return Finding(False, "no_network")
    numbers = {"count": str(len(facts.own_digits)), "wanted": str(count)}
    if len(facts.own_digits) < count:
        return Finding(False, "too_few_named", numbers)
    right = read_right(facts.reader, facts.own_digits)
    return Finding(True, "named", numbers | {"right": str(right)}, value=100 * right / len(facts.own_digits))


def misread(facts: Facts) -> Finding:
    """The network reads an own digit wrong; the value is how sure it is of its mistake, percent."""
    if facts.reader is None:
        return Finding(False, "no_network")
    for own in reversed(facts.own_digits):
        answer, sure = _answer(facts.reader, np.asarray(own.picture / 255, np.float32))
        if answer != own.label:
            numbers = {"label": str(own.label), "answer": str(answer), "sure": f"{sure:.0f}%"}
            return Finding(True, "misread", numbers, value=sure)
    return Finding(False, "none_misread", {"count": str(len(facts.own_digits))})


def voted(facts: Facts, count: int = 2) -> Finding:
    """At least ``count`` networks read a drawing together; the value is how many of them agree with the vote, percent."""
    if len(facts.voters) < count:
        return Finding(False, "no_vote", {"count": str(count)})
    if facts.picture is None:
        return Finding(False, "not_drawn")
    told = votes(facts.voters, facts.picture[None])[:, 0]
    together = told.mean(axis=0)
    answer = int(together.argmax())
    agree = int((told.argmax(axis=1) == answer).sum())
    numbers = {
        "answer": str(answer),
        "sure": f"{together[answer]:.0%}",
        "agree": str(agree),
        "count": str(len(told)),
    }
    return Finding(True, "voted", numbers, value=100 * agree / len(told))


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


def make_check(table: Mapping[str, Any]) -> Check:
    """The check that a table of a lesson's file describes: its ``name`` in ``CHECKS`` and its parameters.

    Raises:
        CheckError: naming the field, what is wrong with it and what would be right.
    """
    name = table.get("name")
    if not isinstance(name, str) or name not in CHECKS:
        raise CheckError("name", f"there is no check {name!r}", f"it can be one of: {', '.join(CHECKS)}")
    known = dict(list(inspect.signature(CHECKS[name]).parameters.items())[1:])
    given = {key: value for key, value in table.items() if key != "name"}
    for key in given:
        if key not in known:
            raise CheckError(key, f"{name!r} has no such parameter", f"it has: {', '.join(known) or 'none'}")
    for key, parameter in known.items():
        if key not in given and parameter.default is inspect.Parameter.empty:
            raise CheckError(key, "is missing", f"{name!r} needs it")
    parameters = {key: _parameter(key, value, known[key].annotation) for key, value in given.items()}
    return Check(name, MappingProxyType(parameters))


def checked_settings(field: str, value: object) -> dict[str, Any]:
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
            TrainingConfig(**{name: value[name]})
        except ConfigError as error:
            raise CheckError(f"{field}.{name}", f"is {error.value!r}", f"it should be {error.limit}") from None
    config = TrainingConfig(**value)
    return {name: getattr(config, name) for name in value}


def _parameter(key: str, value: object, kind: object) -> Any:
    if kind is Where:
        return Where(MappingProxyType(checked_settings(key, value)))
    if key == "measure" and value not in MEASURES:
        raise CheckError("measure", f"there is no {value!r}", f"it can be one of: {', '.join(MEASURES)}")
    if kind is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if kind in (int, str) and type(value) is kind:
        return value
    raise CheckError(key, f"is {value!r}", f"it should be a value of type {getattr(kind, '__name__', kind)}")


def _newest(facts: Facts, where: Where) -> RunView | Finding:
    """The newest ended run of these settings, or what is missing for one."""
    for run in facts.ended:
        if where.matches(run.config) and run.status != Status.FAILED:
            if run.status == Status.DIVERGED or not math.isnan(validation_loss(run)):
                return run
            return Finding(False, "too_short")
    if any(not run.ended and where.matches(run.config) for run in facts.runs):
        return Finding(False, "still_training")
    return Finding(False, "no_run", settings={"where": where.values})


def _telling(where: Where, other: Where) -> Mapping[str, Any]:
    """The settings in which the two differ: those are what a sentence about both need name."""
    differing = {
        name: value for name, value in where.values.items() if name not in other.values or other.values[name] != value
    }
    return differing or where.values


def _not_drawn(facts: Facts) -> Finding:
    return Finding(False, "no_network" if facts.reader is None else "not_drawn")


def _answer(network: Network, picture: FloatArray) -> tuple[int, float]:
    """The digit read, and how sure the network is of it, percent."""
    probabilities = predict(network, picture[None])[0]
    answer = int(probabilities.argmax())
    return answer, 100 * float(probabilities[answer])
