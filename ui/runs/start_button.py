"""The buttons that start a run, wherever a page has one, and how often a run is looked at."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from model.config import PRESETS, TrainingConfig
from model.locked_settings import LockError
from model.runs.run import Status
from model.runs.store import RUNS
from model.runs.token_registry import RegistryFull
from ui.runs.setting_words import refusal_message
from ui.state.hyperparameters import knobs, load_knobs
from ui.state.language import t
from ui.state.messages import say
from ui.state.own_runs import STARTED, current_run, owns, start_run
from ui.state.visitor import current_visitor

POLL_SECONDS: Final = 0.2


RUNS_AT_FULL_POLL: Final = 5


def start_button(config: TrainingConfig | None) -> None:
    """The main button of Train: it starts what the knobs say."""
    _button(config, "train", "train.train", _start_what_the_knobs_say)


def _button(config: TrainingConfig | None, key: str, label: str, start: Callable[[TrainingConfig], None]) -> None:
    """A button that starts a run; grey while the visitor's run is training or the knobs are outside their limits."""
    run = current_run()
    training = run is not None and owns(run.token) and run.view().status == Status.TRAINING
    st.button(
        t(label),
        key=key,
        type="primary",
        disabled=training or config is None,
        on_click=start,
        args=(config,),
        width="stretch",
    )


def standard_button(key: str = "train") -> None:
    """The button of a page that has no network yet: it starts the standard one, or what a teacher's link leaves of it."""
    standard = PRESETS["standard"]
    offered = current_visitor().locks.applied_to(standard)
    _button(offered, key, "draw.train_standard" if offered == standard else "draw.train_locked", start)


def poll_seconds() -> float:
    """Time between two looks at a run: a fifth of a second, longer when many train and each advances more slowly."""
    return POLL_SECONDS * max(1.0, RUNS.training_count() / RUNS_AT_FULL_POLL)


def _start_what_the_knobs_say(config: TrainingConfig) -> None:
    """Start a run of what the knobs say at this moment, which may be newer than what the button was drawn with.

    A link of a lesson may have changed the address since the page was drawn last: then the knobs say what it asks for.
    """
    load_knobs()
    start(knobs() or config)


def start(config: TrainingConfig) -> None:
    """Start a run and look at it, or say why that could not be."""
    try:
        STARTED.give(start_run(config))
    except (RegistryFull, LockError) as error:
        say(refusal_message(error))
