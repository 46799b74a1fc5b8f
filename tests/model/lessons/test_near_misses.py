"""Every check of every lesson that ships: what its step asks for passes, and whatever comes near it without being it does not."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from model.config import DEFAULTS, TrainingConfig
from model.lessons.checks import CHECKS
from model.lessons.facts import Before, Facts, Where
from model.lessons.reader import Step, read_lessons
from model.network import Score
from model.runs.run import Change, Parent, RunView, Status
from model.training.fine_tuning import OwnDigit
from tests.model.scripted import by_place, guessing, scripted_run

FOLDER = Path(__file__).resolve().parents[3] / "assets" / "lessons"
PAGES = {"home", "train", "draw", "inside", "compare", "by_hand"}
LESSONS = read_lessons(FOLDER, PAGES, ("en", "zh"))
STEPS = [(name, number) for name, lesson in LESSONS.items() for number in range(1, len(lesson.steps) + 1)]
OVERFITTED = ((1.0, 1.0), (0.4, 0.5), (0.01, 0.9))
# Parameters that ask nothing of what was done: what is measured, and that a run may end otherwise.
ASK_NOTHING = {"measure", "may_run_off"}
OTHERWISE = {
    "hidden_sizes": (48,),
    "epochs": 77,
    "batch_size": 77,
    "activation": "tanh",
    "optimizer": "sgd",
    "learning_rate": 0.077,
    "dropout": 0.3,
    "l1": 0.003,
    "l2": 0.003,
    "training_images": 7_700,
    "augmentation": "strong",
    "pen_share": 0.07,
    "seed": 77,
}


class Miss(NamedTuple):
    """Facts that come near a step: the ``of`` what they lack (a parameter of the check, or "made" or "whole"), and ``how``."""

    of: str
    how: str
    facts: Facts


# --- what a step asks for ------------------------------------------------------------------------------------------


def run_of(config: TrainingConfig, token: str, **changed) -> RunView:
    return replace(scripted_run(config, losses=OVERFITTED), token=token, **changed)


def drawing(top: int, left: int, side: int) -> np.ndarray:
    """A bar with a stem at its right end, like a 7, on a black canvas, so large and there."""
    rgba = np.zeros((280, 280, 4), np.uint8)
    rgba[..., 3] = 255
    rgba[top : top + 20, left : left + side, :3] = 255
    rgba[top : top + side, left + side - 20 : left + side, :3] = 255
    return rgba


LARGE, SMALL = drawing(40, 40, 200), drawing(20, 10, 90)
PICTURE = np.zeros((28, 28), np.float32)


def done(name: str, number: int) -> tuple[Step, Facts]:
    """A step, and the facts after exactly what it and the steps before it ask for."""
    lesson = LESSONS[name]
    step = lesson.steps[number - 1]
    runs = [
        run_of(earlier.knobs, f"run {place}")
        for place, earlier in enumerate(lesson.steps[:number], 1)
        if earlier.knobs is not None
    ]
    before = Before(frozenset(run.token for run in runs if run.token != f"run {number}"), drawing=3)
    facts = Facts(runs=runs, before=before, drawing_number=4)
    return step, READY.get(step.check.name, lambda step, facts: facts)(step, facts)


def reader_for(step: Step, network) -> RunView:
    where = step.check.parameters.get("where", Where({}))
    return run_of(TrainingConfig(**where.values), "reader", network=network)


def ready_to_read(step: Step, facts: Facts) -> Facts:
    network = guessing(step.check.parameters.get("digit", 7))
    return replace(facts, reader=reader_for(step, network), drawing=LARGE, picture=PICTURE)


def ready_to_prepare(step: Step, facts: Facts) -> Facts:
    digit = step.check.parameters["digit"]
    return replace(facts, reader=reader_for(step, by_place(3, digit)), drawing=SMALL, picture=PICTURE)


def ready_to_name(step: Step, facts: Facts) -> Facts:
    count = step.check.parameters.get("count", 1)
    own = [OwnDigit(np.zeros((28, 28), np.uint8), 5) for _ in range(count)]
    return replace(facts, reader=reader_for(step, guessing(4)), own_digits=own)


def ready_to_teach(step: Step, facts: Facts) -> Facts:
    own = (OwnDigit(np.zeros((28, 28), np.uint8), 4),)
    parent = Parent("run 1", guessing(1), Score(0.2, 9_700, 10_000), own, ())
    taught = run_of(TrainingConfig(epochs=8), "taught", parent=parent, network=guessing(4))
    return replace(facts, runs=[*facts.runs, taught])


def ready_to_vote(step: Step, facts: Facts) -> Facts:
    return replace(facts, voters=facts.runs, picture=PICTURE, drawing=LARGE)


READY: dict[str, Callable[[Step, Facts], Facts]] = {
    "reads": ready_to_read,
    "doubted": lambda step, facts: replace(ready_to_read(step, facts), doubted=True),
    "prepared": ready_to_prepare,
    "named": ready_to_name,
    "misread": ready_to_name,
    "taught": ready_to_teach,
    "forgot": ready_to_teach,
    "voted": ready_to_vote,
}


# --- what comes near it --------------------------------------------------------------------------------------------


def with_run(facts: Facts, place: int, **changed) -> Facts:
    runs = list(facts.runs)
    runs[place] = replace(runs[place], **changed)
    return replace(facts, runs=runs)


def otherwise(config: TrainingConfig, name: str) -> TrainingConfig:
    other_schedule = "constant" if config.schedule == "cosine" else "cosine"
    return config.changed(**{name: (OTHERWISE | {"schedule": other_schedule})[name]})


def not_whole(run: RunView, may_run_off: bool = False) -> Iterator[tuple[str, dict]]:
    """What a run looks like that was not trained to its end under its settings alone."""
    ends = {Status.TRAINING, Status.PAUSED, Status.STOPPED, Status.FAILED, Status.DIVERGED}
    for status in sorted(ends - ({Status.DIVERGED} if may_run_off else set())):
        yield status, {"status": status}
    yield "changed on the way", {"changes": (Change(9, "learning_rate", 0.1, run.config.learning_rate),)}
    yield "lengthened", {"config": run.config.changed(schedule="cosine"), "lengthened": True}


def misses_of_newest_run(step: Step, facts: Facts) -> Iterator[Miss]:
    newest = facts.runs[-1]
    where = step.check.parameters.get("where", Where({}))
    yield Miss("made", "before the step", replace(facts, before=Before(frozenset(run.token for run in facts.runs))))
    yield Miss("made", "deleted", replace(facts, runs=facts.runs[:-1]))
    parent = Parent("p", guessing(1), Score(0.2, 9_700, 10_000), (), ())
    yield Miss("made", "taught own digits", with_run(facts, -1, parent=parent))
    for how, changed in not_whole(newest, step.check.parameters.get("may_run_off", False)):
        yield Miss("whole", how, with_run(facts, -1, **changed))
    for name in where.values:
        yield Miss("where", f"other {name}", with_run(facts, -1, config=otherwise(newest.config, name)))


def misses_of_comparison(step: Step, facts: Facts) -> Iterator[Miss]:
    yield from misses_of_newest_run(step, facts)
    newest, others = facts.runs[-1], facts.runs[:-1]
    varied = step.check.compared
    for name in sorted(set(DEFAULTS) - varied):
        yield Miss("equal", f"newest with other {name}", with_run(facts, -1, config=otherwise(newest.config, name)))
        unequal = [replace(run, config=otherwise(run.config, name)) for run in others]
        yield Miss("equal", f"older with other {name}", replace(facts, runs=[*unequal, newest]))
    for name in sorted(varied):
        unequal = [replace(run, config=otherwise(run.config, name)) for run in others]
        yield Miss("other", f"older with other {name}", replace(facts, runs=[*unequal, newest]))
    yield Miss("other", "nothing to compare with", replace(facts, runs=[newest]))
    for how, changed in not_whole(newest):
        if how == "lengthened":
            unfit = [replace(run, config=run.config.changed(schedule="cosine"), lengthened=True) for run in others]
        else:
            unfit = [replace(run, **changed) for run in others]
        yield Miss("other", f"older {how}", replace(facts, runs=[*unfit, newest]))


def misses_of_overfitting(step: Step, facts: Facts) -> Iterator[Miss]:
    yield from misses_of_newest_run(step, facts)
    sound = scripted_run(step.knobs, losses=((1.0, 1.0), (0.4, 0.5), (0.01, 0.52)))
    yield Miss("rise", "hardly risen", with_run(facts, -1, points=sound.points))
    worse = scripted_run(step.knobs, losses=((1.0, 1.0), (0.4, 0.5), (0.6, 0.9)))
    yield Miss("rise", "training loss risen too", with_run(facts, -1, points=worse.points))


def misses_of_ensemble(step: Step, facts: Facts) -> Iterator[Miss]:
    yield from misses_of_newest_run(step, facts)
    newest, others = facts.runs[-1], facts.runs[:-1]
    yield Miss("count", "one too few", replace(facts, runs=facts.runs[1:]))
    same = [replace(run, config=newest.config) for run in others]
    yield Miss("count", "the same seed", replace(facts, runs=[*same, newest]))
    for name in sorted(set(DEFAULTS) - {"seed"}):
        first = replace(others[0], config=otherwise(others[0].config, name))
        yield Miss("equal", f"one with other {name}", replace(facts, runs=[first, *others[1:], newest]))
    for how, changed in not_whole(newest):
        yield Miss("whole", f"one {how}", with_run(facts, 0, **changed))


def misses_of_teaching(step: Step, facts: Facts) -> Iterator[Miss]:
    yield Miss("made", "not at all", replace(facts, runs=facts.runs[:-1]))
    yield Miss("made", "before the step", replace(facts, before=Before(frozenset(run.token for run in facts.runs))))
    yield Miss("made", "trained, not taught", with_run(facts, -1, parent=None))
    for how, changed in not_whole(facts.runs[-1]):
        yield Miss("whole", how, with_run(facts, -1, **changed))


def misses_of_reader(step: Step, facts: Facts) -> Iterator[Miss]:
    assert facts.reader is not None
    yield Miss("where", "no network", replace(facts, reader=None))
    for how, changed in not_whole(facts.reader):
        yield Miss("whole", how, replace(facts, reader=replace(facts.reader, **changed)))
    for name in step.check.parameters.get("where", Where({})).values:
        other = replace(facts.reader, config=otherwise(facts.reader.config, name))
        yield Miss("where", f"reader with other {name}", replace(facts, reader=other))


def misses_of_picture(facts: Facts) -> Iterator[Miss]:
    yield Miss("made", "nothing drawn", replace(facts, picture=None, drawing=None))
    yield Miss("made", "drawn before the step", replace(facts, drawing_number=facts.before.drawing))


def misses_of_reading(step: Step, facts: Facts) -> Iterator[Miss]:
    yield from misses_of_reader(step, facts)
    yield from misses_of_picture(facts)
    yield Miss("made", "not prepared", replace(facts, prepared=False))
    digit = step.check.parameters["digit"]
    assert facts.reader is not None
    other = replace(facts.reader, network=guessing((digit + 1) % 10))
    yield Miss("digit", "drawn another digit", replace(facts, reader=other))
    yield Miss("digit", "sample of another digit", replace(facts, sample=(digit + 1) % 10, drawing=None))
    if step.check.parameters.get("large"):
        yield Miss("large", "tiny", replace(facts, drawing=SMALL))
        yield Miss("large", "a sample digit", replace(facts, drawing=None, sample=digit))


def misses_of_preparation(step: Step, facts: Facts) -> Iterator[Miss]:
    yield from misses_of_reader(step, facts)
    yield from misses_of_picture(facts)
    yield Miss("made", "a sample digit", replace(facts, drawing=None, sample=7))
    yield Miss("made", "large", replace(facts, drawing=LARGE))
    yield Miss("made", "small in the middle", replace(facts, drawing=drawing(95, 95, 90)))
    assert facts.reader is not None
    other = replace(facts.reader, network=by_place(3, 8))
    yield Miss("digit", "another small digit", replace(facts, reader=other))
    yield Miss("made", "read alike both ways", replace(facts, reader=replace(facts.reader, network=guessing(7))))


def misses_of_doubt(step: Step, facts: Facts) -> Iterator[Miss]:
    yield from misses_of_reader(step, facts)
    yield from misses_of_picture(facts)
    yield Miss("made", "a sample digit", replace(facts, drawing=None, sample=7))
    yield Miss("made", "not prepared", replace(facts, prepared=False))
    yield Miss("made", "not doubted", replace(facts, doubted=False))
    yield Miss("made", "not known whether doubted", replace(facts, doubted=None))


def misses_of_naming(step: Step, facts: Facts) -> Iterator[Miss]:
    yield from misses_of_reader(step, facts)
    own = tuple(facts.own_digits)
    yield Miss("count", "one too few", replace(facts, own_digits=own[1:]))
    yield Miss("made", "one from before the step", replace(facts, before=Before(own_digits=own[:1])))
    if step.check.name == "misread":
        right = [OwnDigit(digit.picture, 4) for digit in own]
        yield Miss("made", "read right", replace(facts, own_digits=right))


def misses_of_vote(step: Step, facts: Facts) -> Iterator[Miss]:
    yield from misses_of_picture(facts)
    yield Miss("made", "not prepared", replace(facts, prepared=False))
    voters = list(facts.voters)
    yield Miss("count", "one too few", replace(facts, voters=voters[1:]))
    yield Miss("count", "one network twice", replace(facts, voters=[voters[1], *voters[1:]]))
    for how, changed in not_whole(voters[0]):
        yield Miss("whole", how, replace(facts, voters=[replace(voters[0], **changed), *voters[1:]]))
    for name in sorted(set(DEFAULTS) - {"seed"}):
        other = replace(voters[0], config=otherwise(voters[0].config, name))
        yield Miss("where", f"one with other {name}", replace(facts, voters=[other, *voters[1:]]))


NEAR_MISSES: dict[str, Callable[[Step, Facts], Iterator[Miss]]] = {
    "trained": misses_of_newest_run,
    "compared": misses_of_comparison,
    "overfits": misses_of_overfitting,
    "ensemble": misses_of_ensemble,
    "taught": misses_of_teaching,
    "forgot": misses_of_teaching,
    "reads": misses_of_reading,
    "prepared": misses_of_preparation,
    "doubted": misses_of_doubt,
    "named": misses_of_naming,
    "misread": misses_of_naming,
    "voted": misses_of_vote,
}


@functools.cache
def near_misses(name: str, number: int) -> list[Miss]:
    step, facts = done(name, number)
    return list(NEAR_MISSES[step.check.name](step, facts))


ALL = [(name, number, place) for name, number in STEPS for place in range(len(near_misses(name, number)))]


def described(case: tuple[str, int, int]) -> str:
    name, number, place = case
    miss = near_misses(name, number)[place]
    return f"{name}-{number}-{miss.of}-{miss.how}".replace(" ", "_")


@pytest.mark.parametrize(("name", "number"), STEPS)
def test_what_a_step_asks_for_passes(name, number):
    step, facts = done(name, number)
    found = step.check.find(facts)
    assert found.passed, found
    assert found.value is not None and 0 <= step.outcome(found.value) < len(step.choices)


@pytest.mark.parametrize("case", ALL, ids=map(described, ALL))
def test_a_near_miss_fails_and_says_why(case):
    name, number, place = case
    step, _ = done(name, number)
    found = step.check.find(near_misses(name, number)[place].facts)
    assert not found.passed and found.says and found.value is None


def test_every_check_has_near_misses():
    assert set(NEAR_MISSES) == set(CHECKS)


@pytest.mark.parametrize(("name", "number"), STEPS)
def test_every_step_is_missed_in_whatever_it_asks_for(name, number):
    """A new lesson, or another parameter of a check, needs its own near misses: this says which are lacking."""
    step, _ = done(name, number)
    misses = near_misses(name, number)
    assert {"made"} | (set(step.check.parameters) - ASK_NOTHING) <= {miss.of for miss in misses}
    asked = {name for value in step.check.parameters.values() if isinstance(value, Where) for name in value.values}
    assert {name for name in asked if any(name in miss.how for miss in misses)} == asked
