"""Starting a race: the button with what it costs, how many seeds take seconds, and what is said where it cannot start."""

import math
from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st

from model.locked_settings import LockError
from model.runs.race import SEEDS, Race, seconds_of_work
from model.runs.run import Status
from model.runs.store import RUNS
from model.runs.token_registry import RegistryFull
from ui.runs.setting_words import refusal_message, room_for_more
from ui.state.language import t
from ui.state.messages import say
from ui.state.own_runs import own_runs, runs_to_leave, start_race
from ui.state.values import Value
from ui.state.visitors import RUNS_MOST, OwnRunsFull, RaceEntry

# A race of three seeds is the standard where it takes no longer than this.
SECONDS_FOR_SEEDS: Final = 60
CURVE_AXIS: Final = Value("curve_axis", "epochs")


def start_race_button(race: Race, key: str, label: str) -> None:
    """The button that starts a certain race, with what that costs; grey while one of this visitor's runs trains."""
    starts = default_starts(race)
    start_button(key, label, race, starts, lambda: begin_race(race, starts))


def start_button(key: str, label: str, race: Race, starts: int, start: Callable[[], None]) -> None:
    """The button that calls ``start``, with what such a race costs; grey while one of this visitor's runs trains."""
    busy = any(run.view().status == Status.TRAINING for run in own_runs())
    st.button(label, key=key, type="primary", width="stretch", disabled=busy, on_click=start)
    words = [
        t("race.size", variants=len(race.values), starts=starts_text(starts), duration=duration_text(race, starts))
    ]
    leaving = runs_to_leave(starts * len(race.values))
    if leaving:
        words.append(t("race.room", most=RUNS_MOST, count=leaving))
    st.caption(t("race.busy") if busy else " ".join(words))


def default_starts(race: Race) -> int:
    """How many times each variant starts unless the visitor chooses: as many as a judgement needs, where that takes seconds."""
    fits = SEEDS * len(race.values) <= RUNS_MOST
    return SEEDS if fits and expected_seconds(race, SEEDS) <= SECONDS_FOR_SEEDS else 1


def expected_seconds(race: Race, starts: int) -> float:
    """About how long a race takes here and now: its work, spread over the workers and shared with whoever else trains."""
    runs = starts * len(race.values)
    work = starts * seconds_of_work(race.configs())
    others = RUNS.training_count()
    return work / min(RUNS.workers.count, runs) * (runs + others) / runs


def duration_text(race: Race, starts: int) -> str:
    """How long a race takes, as roughly as it is known."""
    seconds = expected_seconds(race, starts)
    if seconds > 90:
        return t("race.minutes", minutes=f"{seconds / 60:.0f}")
    return t("race.seconds", seconds=5 * max(1, math.ceil(seconds / 5)))


def starts_text(count: int) -> str:
    """How many times each variant starts, in words."""
    return t("race.starts_each", count=count)


def begin_race(race: Race, starts: int) -> None:
    """Start every variant so many times; only in a callback."""
    # Where the steps are equal and the epochs are not, curves can be compared step by step alone.
    CURVE_AXIS.give("steps" if race.equal_steps else "epochs")
    start_seeds(race, race.seeds(starts), None)


def start_seeds(race: Race, seeds: Sequence[int], earlier: RaceEntry | None) -> None:
    """Start every variant with these seeds, as a race or as further seeds of an ``earlier`` one, or say why that cannot be."""
    try:
        start_race(race, seeds, earlier)
    except OwnRunsFull as error:
        say(refusal_message(error))
    except RegistryFull as error:
        setting, more = room_for_more(error)
        several = t("race.server_full", count=len(seeds) * len(race.values), setting=setting, more=more)
        say(refusal_message(error) if len(seeds) == 1 else several)
    except LockError as error:
        say(refusal_message(error))
