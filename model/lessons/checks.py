"""Whether a step of a lesson was done, read from the visitor's real runs and drawings, with the numbers; knows no screen or language."""

import inspect
import typing
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from model.config import DEFAULTS, ConfigError, Setting, Settings, TrainingConfig
from model.data.mnist import load_mnist
from model.drawing import find_ink, ink_box, resize_only, to_mnist
from model.evaluation.ensemble import gain, votes
from model.lessons.facts import (
    ANY,
    Facts,
    Finding,
    NotDone,
    Where,
    differing,
    made,
    new_drawing,
    new_picture,
    not_done,
    right_reader,
    unfit,
)
from model.network import FloatArray, Network, predict
from model.runs.run import RunView, Status
from model.training.fine_tuning import read_right
from model.training.state import Epoch

LARGE_LEAST: Final = 0.5
SMALL_MOST: Final = 0.4
CORNER_LEAST: Final = 0.12
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
        return _varied(*sides) if len(sides) == 2 else frozenset({"seed"} if self.name == "ensemble" else ())


class CheckError(ValueError):
    """A check that cannot be made: the ``field`` of its table, what is ``wrong`` with it and what would be ``right``."""

    def __init__(self, field: str, wrong: str, right: str) -> None:
        super().__init__(f"{field}: {wrong}; {right}")
        self.field, self.wrong, self.right = field, wrong, right


# --- numbers of a run ----------------------------------------------------------------------------------------------


def validation_accuracy(run: RunView) -> float:
    """Share of the 5,000 validation images read right after the last whole epoch, percent."""
    return 100 * _last_epoch(run).validation_accuracy


def validation_loss(run: RunView) -> float:
    """Mean cross-entropy on the validation images after the last whole epoch."""
    return _last_epoch(run).validation_loss


def drawn_accuracy(run: RunView) -> float:
    """Share of the pen-drawn digits read right, percent."""
    return 100 * run.drawn_score.accuracy if run.drawn_score else 0.0


MEASURES: Final[Mapping[str, tuple[Callable[[RunView], float], str]]] = MappingProxyType(
    {
        "validation_accuracy": (validation_accuracy, ".2f"),
        "validation_loss": (validation_loss, ".3f"),
        "drawn_accuracy": (drawn_accuracy, ".1f"),
    }
)


def _last_epoch(run: RunView) -> Epoch:
    """The last whole epoch; a run trained to its end has one."""
    return run.epochs[-1]


# --- checks of runs ------------------------------------------------------------------------------------------------


def trained(facts: Facts, where: Where = ANY, may_run_off: bool = False) -> Finding:
    """A run of these settings was trained to its end; the value is its validation accuracy in percent, 0 when it ran off."""
    run = made(facts, where.held(facts.locked), may_run_off)[0]
    runs = {"run": run.token}
    if run.status == Status.DIVERGED:
        rate = np.format_float_positional(run.config.learning_rate, trim="-")
        return Finding(True, "ran_off", {"rate": rate}, {}, 0.0, runs, run.config)
    accuracy = validation_accuracy(run)
    numbers = {"accuracy": f"{accuracy:.1f}%", "loss": f"{validation_loss(run):.3f}", "steps": f"{run.step:,}"}
    return Finding(True, "trained", numbers, {}, accuracy, runs, run.config)


def compared(facts: Facts, where: Where, other: Where, measure: str = "validation_accuracy") -> Finding:
    """A run of ``where`` was made, and there is one of ``other`` that is equal to it but for what the two name differently.

    The second may be older. Both were trained to their end. The value is ``measure`` of the first less that of the second.
    """
    varied = _varied(where, other)
    wanted, beside = where.held(facts.locked, varied), other.held(facts.locked, varied)
    firsts = made(facts, wanted)
    seconds = [run for run in reversed(facts.runs) if run.parent is None and beside.matches(run.config)]
    pairs = ((a, b) for a in firsts for b in seconds if unfit(b) is None and not differing(a.config, b.config, varied))
    first, second = next(pairs, (firsts[0], None))
    settings = {"where": _telling(wanted, varied), "other": _telling(beside, varied)}
    if second is None:
        raise _no_partner(first, beside, seconds, varied, settings)
    number, form = MEASURES[measure]
    a, b = number(first), number(second)
    apart = round(a - b, 6)
    numbers = {"first": format(a, form), "second": format(b, form), "difference": format(abs(apart), form)}
    says = f"compared_{measure}_{'more' if apart > 0 else 'less' if apart < 0 else 'same'}"
    runs = {"run": first.token, "other_run": second.token}
    return Finding(True, says, numbers, settings, a - b, runs, first.config)


def _no_partner(
    first: RunView,
    beside: Where,
    seconds: Sequence[RunView],
    varied: frozenset[str],
    settings: Mapping[str, Settings],
) -> NotDone:
    """What keeps ``first`` from being compared: one under way, only runs that differ in more, or none at all."""
    for run in seconds:
        if not run.ended and not differing(first.config, run.config, varied):
            return not_done("still_training", run)
    wants = first.config.changed(**beside.values)
    whole = next((run for run in seconds if unfit(run) is None), None)
    if whole is None:
        return not_done("no_partner", first, settings=settings, wants=wants)
    unequal = {
        "has": differing(first.config, whole.config, varied),
        "other_has": differing(whole.config, first.config, varied),
    }
    runs = {"run": first.token, "other_run": whole.token}
    return NotDone(Finding(False, "unequal", settings={**settings, **unequal}, runs=runs, wants=wants))


def overfits(facts: Facts, where: Where = ANY, rise: float = 10.0) -> Finding:
    """The validation loss of a run rose by ``rise`` percent from its lowest while the training loss fell."""
    run = made(facts, where.held(facts.locked))[0]
    number, lowest = min(enumerate(run.epochs, 1), key=lambda epoch: epoch[1].validation_loss)
    last = _last_epoch(run)
    low, high = lowest.validation_loss, last.validation_loss
    rose = 100 * (high / max(low, 1e-9) - 1)
    numbers = {
        "low": f"{low:.3f}",
        "epoch": f"{number}",
        "last": f"{high:.3f}",
        "rise": f"{rose:.0f}%",
        "training_before": f"{lowest.loss:.3f}",
        "training_after": f"{last.loss:.3f}",
    }
    found = rose >= rise and last.loss < lowest.loss
    says = "overfits" if found else "no_overfitting"
    return Finding(found, says, numbers, {}, rose if found else None, {"run": run.token}, run.config)


def ensemble(facts: Facts, where: Where, count: int = 3) -> Finding:
    """A run of ``where`` was made, and there are others equal to it but for the seed, ``count`` in all; the others may be older.

    The value is what their vote gains over their mean, percentage points.
    """
    newest = made(facts, where.held(facts.locked))[0]
    by_seed = {newest.config.seed: newest}
    for run in reversed(facts.runs):
        if run.parent is None and unfit(run) is None and not differing(run.config, newest.config, {"seed"}):
            by_seed.setdefault(run.config.seed, run)
    chosen = list(by_seed.values())[:count]
    if len(chosen) < count:
        seed = next(seed for seed in range(1, count + 1) if seed not in by_seed)
        numbers = {"have": str(len(chosen)), "count": str(count)}
        raise not_done("too_few_networks", numbers=numbers, wants=newest.config.changed(seed=seed))
    networks = [run.network for run in chosen if run.network is not None]
    found = gain(networks, load_mnist().test_images, load_mnist().test_labels)
    gained = 100 * found.over_mean
    numbers = {
        "alone": ", ".join(f"{score.accuracy:.2%}" for score in found.alone),
        "together": f"{found.together.accuracy:.2%}",
        "gain": f"{abs(gained):.2f}",
        "count": str(count),
    }
    runs = {"run": newest.token}
    return Finding(True, "ensemble" if gained > 0 else "ensemble_no_gain", numbers, {}, gained, runs, newest.config)


def taught(facts: Facts) -> Finding:
    """A run of own handwriting was made; the value is how many of the digits it was taught with it reads more than before."""
    return _teaching(facts, "taught")


def forgot(facts: Facts) -> Finding:
    """A run of own handwriting was made; the value is how many of the 10,000 test digits it reads more than before."""
    return _teaching(facts, "forgot")


def _teaching(facts: Facts, says: str) -> Finding:
    runs = [run for run in reversed(facts.runs) if run.parent is not None]
    new = [run for run in runs if run.token not in facts.before.runs]
    run = next((run for run in new if unfit(run) is None), None)
    if run is None or run.parent is None or run.network is None or run.score is None:
        raise _no_teaching(new, runs)
    digits = [*run.parent.taught, *run.parent.held_back]
    before, after = (read_right(network, digits) for network in (run.parent.network, run.network))
    numbers = {
        "before": str(before),
        "after": str(after),
        "count": str(len(digits)),
        "test_before": f"{run.parent.score.accuracy:.2%}",
        "test_after": f"{run.score.accuracy:.2%}",
    }
    change = after - before if says == "taught" else run.score.correct - run.parent.score.correct
    return Finding(True, says, numbers, {}, float(change), {"run": run.token})


def _no_teaching(new: Sequence[RunView], runs: Sequence[RunView]) -> NotDone:
    if new:
        return not_done(unfit(new[0]) or "still_training", new[0])
    return not_done("taught_older", runs[0]) if runs else not_done("not_taught")


# --- checks of drawings --------------------------------------------------------------------------------------------


def is_large(rgba: npt.NDArray[np.uint8]) -> bool:
    """Whether the ink of a drawing (H, W, 4) reaches over at least half of the canvas in height or width."""
    box = ink_box(find_ink(rgba))
    return box is not None and _longer_side(box, rgba) >= LARGE_LEAST


def is_small_in_corner(rgba: npt.NDArray[np.uint8]) -> bool:
    """Whether the ink of a drawing (H, W, 4) is at most two fifths of the canvas long, its middle off centre both ways."""
    box = ink_box(find_ink(rgba))
    if box is None or _longer_side(box, rgba) > SMALL_MOST:
        return False
    top, bottom, left, right = box
    middles = ((top + bottom) / 2 / rgba.shape[0], (left + right) / 2 / rgba.shape[1])
    return all(abs(middle - 0.5) >= CORNER_LEAST for middle in middles)


def _longer_side(box: tuple[int, int, int, int], rgba: npt.NDArray[np.uint8]) -> float:
    top, bottom, left, right = box
    return float(max((bottom - top) / rgba.shape[0], (right - left) / rgba.shape[1]))


def reads(facts: Facts, where: Where = ANY, digit: int | None = None, large: bool = False) -> Finding:
    """A run of ``where`` reads a new drawing or sample digit; the value is how sure it is, percent.

    ``digit`` asks that it be this one: the sample of it, or a drawing that is read as it. ``large`` asks for a large drawing.
    """
    reader, network = right_reader(facts, where)
    if large and not is_large(new_drawing(facts)):
        raise not_done("not_large")
    answer, sure = _answer(network, new_picture(facts))
    numbers = {"answer": str(answer), "sure": _percent(sure)}
    chosen = answer if facts.sample is None else facts.sample
    if digit is not None and chosen != digit:
        raise not_done(
            "other_sample" if facts.sample is not None else "other_digit", numbers=numbers | {"digit": str(digit)}
        )
    return Finding(True, "reads", numbers, {}, sure, {"run": reader.token})


def prepared(facts: Facts, where: Where = ANY, digit: int | None = None) -> Finding:
    """A run of ``where`` reads a new small drawing in a corner differently with and without preparation.

    ``digit`` asks that it be read as this one with it. The value is how sure the network is without, percent.
    """
    reader, network = right_reader(facts, where)
    drawing = new_drawing(facts)
    if not is_small_in_corner(drawing):
        raise not_done("not_in_corner")
    careful, plain = to_mnist(drawing), resize_only(drawing)
    if careful is None or plain is None:
        raise not_done("not_drawn_self")
    (answer, sure), (raw_answer, raw_sure) = _answer(network, careful), _answer(network, plain)
    numbers = {
        "answer": str(answer),
        "sure": _percent(sure),
        "raw_answer": str(raw_answer),
        "raw_sure": _percent(raw_sure),
    }
    if digit is not None and answer != digit:
        raise not_done("other_digit", numbers=numbers | {"digit": str(digit)})
    if answer == raw_answer:
        raise not_done("prepared_alike", reader, numbers=numbers)
    return Finding(True, "prepared", numbers, {}, raw_sure, {"run": reader.token})


def doubted(facts: Facts, where: Where = ANY) -> Finding:
    """A run of ``where`` answers for a new drawing that is no digit; the value is how sure it is of its answer, percent."""
    reader, network = right_reader(facts, where)
    new_drawing(facts)
    picture = new_picture(facts)
    if facts.doubted is None:
        raise not_done("doubt_not_ready")
    answer, sure = _answer(network, picture)
    numbers = {"answer": str(answer), "sure": _percent(sure)}
    if not facts.doubted:
        raise not_done("not_doubted", reader, numbers=numbers)
    return Finding(True, "doubted", numbers, {}, sure, {"run": reader.token})


def named(facts: Facts, where: Where = ANY, count: int = 3) -> Finding:
    """At least ``count`` new own digits were drawn and named; the value is the share a run of ``where`` reads right, percent."""
    reader, network = right_reader(facts, where)
    own = facts.new_own_digits
    numbers = {"count": str(len(own)), "wanted": str(count)}
    if len(own) < count:
        raise not_done("too_few_named", numbers=numbers)
    right = read_right(network, own)
    return Finding(True, "named", numbers | {"right": str(right)}, {}, 100 * right / len(own), {"run": reader.token})


def misread(facts: Facts, where: Where = ANY) -> Finding:
    """A run of ``where`` reads a new own digit wrong; the value is how sure it is of its mistake, percent."""
    reader, network = right_reader(facts, where)
    for own in reversed(facts.new_own_digits):
        answer, sure = _answer(network, np.asarray(own.picture / 255, np.float32))
        if answer != own.label:
            numbers = {"label": str(own.label), "answer": str(answer), "sure": _percent(sure)}
            return Finding(True, "misread", numbers, {}, sure, {"run": reader.token})
    if not facts.new_own_digits:
        raise not_done("none_named")
    raise not_done("none_misread", reader, numbers={"count": str(len(facts.new_own_digits))})


def voted(facts: Facts, where: Where = ANY, count: int = 2) -> Finding:
    """At least ``count`` runs of ``where``, equal but for the seed, read a new drawing or sample digit together.

    Others may vote with them. The value is how many of all agree with the vote, percent.
    """
    networks = [run.network for run in facts.voters if run.network is not None]
    numbers = {"count": str(count)}
    if len(networks) < count:
        raise not_done("no_vote", numbers=numbers)
    wanted = where.held(facts.locked)
    kindred = _kindred(facts.voters, wanted)
    if kindred < count:
        raise not_done("voters_unlike", numbers=numbers | {"have": str(kindred)}, settings={"where": wanted.values})
    told = votes(networks, new_picture(facts)[None])[:, 0]
    together = told.mean(axis=0)
    answer = int(together.argmax())
    agree = int((told.argmax(axis=1) == answer).sum())
    numbers = {
        "answer": str(answer),
        "sure": _percent(100 * float(together[answer])),
        "agree": str(agree),
        "count": str(len(told)),
    }
    return Finding(True, "voted", numbers, value=100 * agree / len(told))


def _kindred(voters: Sequence[RunView], wanted: Where) -> int:
    """How many of the voters at most are of these settings, trained to their end, and equal but for their seeds, all different."""
    fit = [run.config for run in voters if unfit(run) is None and wanted.matches(run.config)]
    return max(
        (len({other.seed for other in fit if not differing(config, other, {"seed"})}) for config in fit), default=0
    )


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


def _varied(where: Where, other: Where) -> frozenset[str]:
    """The settings that both name, each with another value: those are compared."""
    return frozenset(
        name for name, value in where.values.items() if name in other.values and other.values[name] != value
    )


def _telling(where: Where, varied: Collection[str]) -> Settings:
    """What a sentence about two runs need name of one of them; without a hidden layer there is nothing to activate."""
    idle = {"activation"} if where.values.get("hidden_sizes") == () else set()
    return {name: value for name, value in where.values.items() if name in varied and name not in idle}


def _answer(network: Network, picture: FloatArray) -> tuple[int, float]:
    """The digit read, and how sure the network is of it, percent."""
    probabilities = predict(network, picture[None])[0]
    answer = int(probabilities.argmax())
    return answer, 100 * float(probabilities[answer])


def _percent(share: float) -> str:
    """Percent without decimals; what is nearly certain is not called certain."""
    return ">99%" if 99.5 <= share < 100 else f"{share:.0f}%"
