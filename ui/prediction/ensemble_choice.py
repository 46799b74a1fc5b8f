"""Which of the visitor's networks read together, chosen by the visitor, and what their vote gains; trains nothing."""

import functools

import streamlit as st

from model.data.mnist import load_mnist
from model.evaluation.ensemble import Gain, gain
from model.runs.run import RunView
from model.runs.store import RUNS
from ui.elements.choices import choose
from ui.elements.numerals import decimal, percent
from ui.state.drawing import VOTERS
from ui.state.language import t
from ui.state.own_runs import own_views

VOTERS_MOST = 8


def candidates() -> list[RunView]:
    """The visitor's runs that have ended and can read, newest first, at most eight."""
    ended = [view for view in reversed(own_views()) if view.ended and view.network is not None]
    return ended[:VOTERS_MOST]


def voters() -> list[RunView]:
    """The runs chosen to read together, newest first; empty when one network reads alone."""
    chosen = VOTERS.get() or 1
    found = candidates()
    return found[:chosen] if 2 <= chosen <= len(found) else []


def choose_voters() -> list[RunView]:
    """The choice between one network and a vote of several, once there are two or more that have ended; what was chosen.

    Every page that reads a picture can put it above the reading; the choice is the same on all of them.
    """
    found = candidates()
    if len(found) < 2:
        return []
    options = range(1, len(found) + 1)
    choose(
        t("vote.who"),
        options,
        VOTERS.key,
        lambda count: t("vote.one") if count == 1 else t("vote.several", count=count),
    )
    return voters()


def show_gain(chosen: list[RunView]) -> None:
    """What the vote gains on the test images, each network alone beside it; only for runs that have ended."""
    members = tuple((view.token, view.step) for view in chosen)
    found = _gain(members)
    if found is None:
        return
    alone = [score.accuracy for score in found.alone]
    low, high = percent(min(alone), 2), percent(max(alone), 2)
    st.markdown(t("vote.gain", count=len(alone), low=low, high=high, together=percent(found.together.accuracy, 2)))
    over = found.together.correct - max(score.correct for score in found.alone)
    key = "vote.better" if over > 0 else "vote.not_better" if over < 0 else "vote.as_good"
    st.caption(t(key, points=decimal(100 * abs(found.over_best))))


@functools.lru_cache(maxsize=64)
def _gain(members: tuple[tuple[str, int], ...]) -> Gain | None:
    """The gain of runs, each given by token and how many steps it has trained; None when one of them is gone."""
    found = [RUNS.look(token) for token, _ in members]
    networks = [network for run in found if run is not None and (network := run.view().network) is not None]
    if len(networks) < len(members):
        return None
    return gain(networks, load_mnist().test_images, load_mnist().test_labels)
