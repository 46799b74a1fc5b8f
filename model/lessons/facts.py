"""What a check of a lesson may look at, and which of a visitor's runs and drawings count for a step; knows no screen or language."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from model.config import DEFAULTS, Setting, Settings, TrainingConfig
from model.network import FloatArray, Network
from model.runs.run import RunView, Status
from model.training.fine_tuning import OwnDigit

NOTHING: Final[Settings] = MappingProxyType({})


@dataclass(frozen=True)
class Where:
    """The settings a run must have, field -> value; other fields may be anything."""

    values: Settings

    def matches(self, config: TrainingConfig) -> bool:
        """Whether the config has all of them."""
        return not self.missed_by(config)

    def missed_by(self, config: TrainingConfig) -> dict[str, Setting]:
        """What the config has instead, field -> its value, of every setting that it does not have."""
        return {name: getattr(config, name) for name, value in self.values.items() if getattr(config, name) != value}

    def held(self, locked: Settings, free: Collection[str] = ()) -> "Where":
        """The same, but what a teacher's link holds fast is asked for at the locked value; ``free`` settings stay as they are."""
        values = {name: value if name in free else locked.get(name, value) for name, value in self.values.items()}
        return Where(MappingProxyType(values))


ANY: Final = Where(NOTHING)


@dataclass(frozen=True, eq=False)
class Before:
    """What was there when a step was opened, and so was not made for it.

    Attributes:
        runs: tokens of the runs there were, started by then, whenever they end.
        drawing: the number of the drawing there was; see ``Facts.drawing_number``.
        own_digits: the digits drawn and named by then.
    """

    runs: frozenset[str] = frozenset()
    drawing: int = 0
    own_digits: tuple[OwnDigit, ...] = ()


@dataclass(frozen=True, eq=False)
class Facts:
    """What a check may look at; all of it the visitor's own.

    Attributes:
        runs: the visitor's runs, oldest first.
        reader: the run whose network reads on the Draw page.
        drawing: the pixels on the canvas, (H, W, 4) uint8; None while it is empty or a sample digit is looked at.
        sample: the sample digit looked at instead of the canvas.
        picture: what the network sees, (28, 28) float 0..1, of the drawing or of the sample digit.
        prepared: whether ``picture`` was prepared as MNIST was.
        drawing_number: the how many-th drawing or sample digit of this visitor it is; strokes added to a drawing do not make another.
        own_digits: the digits drawn and named.
        doubted: whether ``picture`` is perhaps no digit; None while that cannot be said.
        voters: the runs whose networks were chosen to read together; at most one when one reads alone.
        locked: settings that a teacher's link holds fast, field -> value.
        before: what was there when the step was opened.
    """

    runs: Sequence[RunView] = ()
    reader: RunView | None = None
    drawing: npt.NDArray[np.uint8] | None = None
    sample: int | None = None
    picture: FloatArray | None = None
    prepared: bool = True
    drawing_number: int = 1
    own_digits: Sequence[OwnDigit] = ()
    doubted: bool | None = None
    voters: Sequence[RunView] = ()
    locked: Settings = field(default_factory=lambda: NOTHING)
    before: Before = field(default_factory=Before)

    @property
    def new_own_digits(self) -> list[OwnDigit]:
        """The digits named since the step was opened."""
        there = {id(digit) for digit in self.before.own_digits}
        return [digit for digit in self.own_digits if id(digit) not in there]


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes:
        passed: whether the step is done.
        says: the name of the sentence that tells what was found.
        numbers: what the sentence wants, ready to be put in.
        settings: groups of settings the sentence names, each field -> value.
        value: the number that predictions are compared with; None until the step is done.
        runs: tokens of the runs the sentence names.
        config: the settings of the run that was judged.
        wants: settings to train with, which would bring what is missing.
        other_reader: the token of a run that should read instead.
    """

    passed: bool
    says: str
    numbers: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Settings] = field(default_factory=dict)
    value: float | None = None
    runs: Mapping[str, str] = field(default_factory=dict)
    config: TrainingConfig | None = None
    wants: TrainingConfig | None = None
    other_reader: str | None = None


class NotDone(Exception):
    """A step is not done: what is ``finding`` said of it."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.says)
        self.finding = finding


def not_done(
    says: str,
    run: RunView | None = None,
    *,
    numbers: Mapping[str, str] | None = None,
    settings: Mapping[str, Settings] | None = None,
    wants: TrainingConfig | None = None,
    other_reader: str | None = None,
) -> NotDone:
    """That a step is not done, for this reason: the name of a sentence, the run it speaks of, and whatever a ``Finding`` has."""
    runs = {} if run is None else {"run": run.token}
    return NotDone(
        Finding(False, says, numbers or {}, settings or {}, runs=runs, wants=wants, other_reader=other_reader)
    )


# --- which runs count ----------------------------------------------------------------------------------------------


def unfit(run: RunView) -> str | None:
    """Why a run says nothing of its settings, as the name of a sentence; None for one trained to its end under them alone."""
    if not run.ended:
        return "run_paused" if run.status == Status.PAUSED else "still_training"
    if run.status != Status.FINISHED:
        return f"run_{run.status}"
    if run.changes:
        return "run_changed"
    if run.lengthened and run.config.schedule != "constant":
        return "run_lengthened"
    return None


def differing(config: TrainingConfig, other: TrainingConfig, varied: Collection[str]) -> dict[str, Setting]:
    """The settings of ``config`` that ``other`` has otherwise, but for ``varied``."""
    return {
        name: getattr(config, name)
        for name in DEFAULTS
        if name not in varied and getattr(config, name) != getattr(other, name)
    }


def varied_between(where: Where, other: Where) -> frozenset[str]:
    """The settings that both name, each with another value: those are compared."""
    return frozenset(
        name for name, value in where.values.items() if name in other.values and other.values[name] != value
    )


def made(facts: Facts, where: Where, may_run_off: bool = False) -> list[RunView]:
    """The runs made for this step, newest first: of these settings, started since it was opened, trained to their end.

    With ``may_run_off`` those that ran off count too. Runs that were taught own digits never do.

    Raises:
        NotDone: when there is none; it says what is wrong with the one that comes nearest.
    """
    of_settings = [run for run in reversed(facts.runs) if run.parent is None and where.matches(run.config)]
    new = [run for run in of_settings if run.token not in facts.before.runs]
    good = [run for run in new if unfit(run) is None or (may_run_off and run.status == Status.DIVERGED)]
    if good:
        return good
    if new:
        run = next((run for run in new if not run.ended), new[0])
        raise not_done(unfit(run) or "still_training", run)
    if of_settings:
        raise not_done("run_older", of_settings[0], settings={"where": where.values})
    raise _no_run(facts, where)


def _no_run(facts: Facts, where: Where) -> NotDone:
    """That nothing of these settings was trained, and what the newest run of this step has instead."""
    asked = {"where": where.values}
    new = [run for run in facts.runs if run.parent is None and run.token not in facts.before.runs]
    if not new:
        return not_done("no_run", settings=asked)
    return not_done("run_other", new[-1], settings=asked | {"has": where.missed_by(new[-1].config)})


# --- which drawings count ------------------------------------------------------------------------------------------


def new_picture(facts: Facts) -> FloatArray:
    """What the network sees of a drawing or sample digit that was begun since the step was opened.

    Raises:
        NotDone: when there is none, or it was not prepared.
    """
    if facts.picture is None:
        raise not_done("not_drawn")
    if facts.drawing_number <= facts.before.drawing:
        raise not_done("drawn_before")
    if not facts.prepared and facts.sample is None:
        raise not_done("not_prepared")
    return facts.picture


def new_drawing(facts: Facts) -> npt.NDArray[np.uint8]:
    """The pixels of a drawing that was begun since the step was opened.

    Raises:
        NotDone: when there is none; a sample digit is none.
    """
    if facts.sample is not None or facts.drawing is None:
        raise not_done("not_drawn_self")
    if facts.drawing_number <= facts.before.drawing:
        raise not_done("drawn_before")
    return facts.drawing


def right_reader(facts: Facts, where: Where) -> tuple[RunView, Network]:
    """The run that reads and its network, if it was trained to its end with these settings.

    Raises:
        NotDone: when it was not; it names another run that was, or settings to train one with.
    """
    reader, wanted = facts.reader, where.held(facts.locked)
    if reader is None or reader.network is None:
        raise not_done("no_network")
    if unfit(reader) is None and wanted.matches(reader.config):
        return reader, reader.network
    better = next((run for run in reversed(facts.runs) if unfit(run) is None and wanted.matches(run.config)), None)
    raise not_done(
        "reader_unfit" if wanted.matches(reader.config) else "reader_other",
        reader,
        settings={"where": wanted.values, "has": wanted.missed_by(reader.config)},
        wants=None if better else TrainingConfig().changed(**{**facts.locked, **wanted.values}),
        other_reader=better.token if better else None,
    )
