"""Why did this happen: the rules that fired for a run, on what evidence, and the button that tries the remedy; decides nothing itself."""

import functools
from collections.abc import Mapping

import streamlit as st

from model.config import DEFAULTS, TrainingConfig
from model.locked_settings import LockError
from model.runs.diagnostics import Finding, findings
from model.runs.evidence import evidence_of
from model.runs.run import RunView, Status
from model.runs.store import RUNS
from model.runs.token_registry import RegistryFull
from ui.elements.numerals import decimal, percent, plain
from ui.runs.run_names import value_text
from ui.runs.setting_words import refusal_message
from ui.state.hyperparameters import set_knobs_for_train
from ui.state.language import listed, t
from ui.state.messages import say
from ui.state.own_runs import own_runs, start_run


def show_hints(view: RunView, place: str) -> None:
    """Which rules fired for an ended run; ``place`` tells apart two pages that show the same."""
    if not explained(view):
        return
    found = found_for(view)
    unfinished = view.status == Status.STOPPED and view.step < view.config.total_steps
    silence = "too_early" if view.epoch < 1 else "stopped" if unfinished else "none"
    title = t("hint.title_some", count=len(found)) if found else t(f"hint.title_{silence}")
    with st.expander(title, key=f"why_{place}"):
        if not found:
            st.markdown(t(f"hint.silent_{silence}", epoch=plain(round(view.epoch, 1)), epochs=view.config.epochs))
        for finding in found:
            _show_finding(finding, view, place)
        st.caption(t("hint.how"))


def explained(view: RunView) -> bool:
    """Whether the rules have something to look at: an ended run with curves that was not taught a handwriting on top of another."""
    tested = view.score is not None or view.status == Status.FAILED
    return view.ended and tested and bool(view.points or view.status == Status.DIVERGED) and view.parent is None


def found_for(view: RunView) -> tuple[Finding, ...]:
    """What the rules find; computed once for each state of a run."""
    return _found(view.token, view.step, view.status) if RUNS.look(view.token) else findings(evidence_of(view))


@functools.lru_cache(maxsize=128)
def _found(token: str, step: int, status: Status) -> tuple[Finding, ...]:
    run = RUNS.look(token)
    return findings(evidence_of(run.view())) if run is not None else ()


def finding_words(finding: Finding) -> tuple[str, str, str]:
    """What happened in a few words, what that means, and the numbers the rule saw."""
    numbers = formatted(finding.evidence)
    meaning, seen = (t(f"hint.{finding.rule}.{part}", **numbers) for part in ("what", "evidence"))
    return t(f"hint.{finding.rule}.name"), meaning, seen


def remedy_words(before: TrainingConfig, after: TrainingConfig) -> str:
    """What the remedy changes, such as "learning rate 0.1 → 0.01"."""
    changes = [
        f"{t(f'knob.{name}.short')} {value_text(name, getattr(before, name))} → {value_text(name, getattr(after, name))}"
        for name in DEFAULTS
        if getattr(before, name) != getattr(after, name)
    ]
    return listed(changes)


def formatted(evidence: Mapping[str, float]) -> dict[str, str]:
    """Each number as its name asks: shares in percent, losses with three digits, counts whole."""
    return {name: _formatted(name, number) for name, number in evidence.items()}


def _formatted(name: str, number: float) -> str:
    if name.endswith(("accuracy", "gain")):
        return percent(number, 1)
    if "loss" in name:
        return decimal(number, 3)
    return f"{number:,}" if isinstance(number, int) else plain(number)


def _show_finding(finding: Finding, view: RunView, place: str) -> None:
    with st.container(border=True, key=f"hint_{place}_{finding.rule}"):
        name, meaning, seen = finding_words(finding)
        st.markdown(f"**{name}** {meaning}")
        st.markdown(seen)
        if finding.remedy != view.config:
            st.button(
                t("hint.try", changes=remedy_words(view.config, finding.remedy)),
                key=f"try_{place}_{finding.rule}",
                on_click=_try,
                args=(finding.remedy,),
                disabled=any(run.view().status == Status.TRAINING for run in own_runs()),
            )


def _try(remedy: TrainingConfig) -> None:
    """Train with the remedy; the knobs follow, and on Compare the new run stands beside the old one."""
    set_knobs_for_train(remedy)
    try:
        start_run(remedy)
    except (RegistryFull, LockError) as error:
        say(refusal_message(error))
