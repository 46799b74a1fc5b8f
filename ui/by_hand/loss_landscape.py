"""Optimisers on a loss landscape: the surface, the start and the learning rates, and the survey of it; steps no real network."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

import streamlit as st

from model.data.mnist import load_mnist
from model.network import Network
from model.runs.look import RunLook
from model.runs.store import RUNS
from model.textbook.loss_landscape import (
    CLASSIC_LANDSCAPES,
    GRID,
    PLANE_BATCH,
    PLANE_RANGE,
    PLANE_RATES,
    PLANE_START,
    plane_images,
)
from model.textbook.optimizer_paths import PATH_OPTIMIZERS, STEPS_MOST, Survey, survey, survey_network
from ui.by_hand.awaited_survey import AwaitedSurvey, Standing, survey_asked
from ui.by_hand.landscape_paths import NETWORK, STEPS, show_paths
from ui.elements.choices import choose, choose_several
from ui.elements.number_field import number_field
from ui.prediction.prediction import show_network_missing
from ui.state.language import t
from ui.state.messages import redraw
from ui.state.values import Value
from ui.state.visitor import current_visitor

SURFACES: Final = (*CLASSIC_LANDSCAPES, NETWORK)
FINE_GRID: Final = 41
FIRST_STEPS: Final = 50
SURFACE: Final = Value("hill_surface", SURFACES[0])
X, Y = Value[float | None]("hill_x", None), Value[float | None]("hill_y", None)
DIRECTIONS_SEED: Final = Value("_hill_seed", 0)
SURVEY: Final = Value[tuple[tuple[object, ...], Survey] | None]("_hill_survey", None)
AWAITED: Final = Value[AwaitedSurvey | None]("_hill_awaited", None)
RATE_MOST: Final = 10.0
PATIENCE_SECONDS: Final = 0.2
POLL_SECONDS: Final = 0.5


@st.fragment
def show_landscape(run: RunLook | None) -> None:
    """The paths of the chosen optimisers on the chosen surface."""
    with st.container(key="hill_area"):
        with st.container(key="hill_knobs_area"):
            surface = _surface()
            start, rates = _start(surface), _rates(surface)
        with st.container(key="hill_pictures_area"):
            st.markdown(t(f"hill.about.{surface}"))
            found = _surveyed(surface, run, start, rates)
            if found is not None:
                show_paths(surface, found)


def _surface() -> str:
    surface = choose(
        t("hill.surface"),
        SURFACES,
        SURFACE.key,
        lambda surface: t(f"hill.name.{surface}"),
        on_change=_surface_chosen,
    )
    if X.get() is None:
        _surface_chosen()
    return surface


def _surface_chosen() -> None:
    """Each surface has a start and learning rates that suit it."""
    surface = SURFACE.get()
    landscape = None if surface == NETWORK else CLASSIC_LANDSCAPES[surface]()
    start, rates = (PLANE_START, PLANE_RATES) if landscape is None else (landscape.start, landscape.rates)
    X.give(float(start[0]))
    Y.give(float(start[1]))
    for name, rate in rates.items():
        _rate(name).give(rate)
    STEPS.give(FIRST_STEPS)


def _start(surface: str) -> tuple[float, float]:
    ranges = (PLANE_RANGE, PLANE_RANGE)
    if surface != NETWORK:
        landscape = CLASSIC_LANDSCAPES[surface]()
        ranges = (landscape.x_range, landscape.y_range)
    st.markdown(t("hill.start"))
    with st.container(key="hill_start"):
        for place, axis, at, (low, high) in zip(st.columns(2), "xy", (X, Y), ranges, strict=True):
            with place:
                number_field(axis, float(low), float(high), 0.1, at.key, format="%.4g", persist_state="session")
    return float(X.get() or 0.0), float(Y.get() or 0.0)


def _rate(name: str) -> Value[float]:
    """The learning rate of one optimiser."""
    return Value(f"hill_rate_{name}", 0.0)


def _rates(surface: str) -> dict[str, float]:
    """The learning rate of each optimiser that was chosen."""
    optimizers = choose_several(
        t("hill.walkers"),
        list(PATH_OPTIMIZERS),
        "hill_walkers",
        lambda name: t(f"hill.walker.{name}"),
        look="pills",
        first=list(PATH_OPTIMIZERS),
    )
    st.markdown(t("hill.rates"))
    with st.container(key="hill_rates"):
        for name in PATH_OPTIMIZERS:
            if name in optimizers:
                number_field(
                    t(f"hill.walker.{name}"),
                    0.0,
                    RATE_MOST,
                    0.001,
                    _rate(name).key,
                    format="%.4g",
                    persist_state="session",
                )
    st.caption(t("hill.rates_try" if surface == NETWORK else "hill.rates_help"))
    return {name: _rate(name).get() for name in PATH_OPTIMIZERS if name in optimizers}


def _surveyed(surface: str, run: RunLook | None, start: tuple[float, float], rates: dict[str, float]) -> Survey | None:
    """The surface with the paths; the last one is kept for as long as nothing about it changes."""
    if surface != NETWORK:
        asked: tuple[object, ...] = (surface, start, rates)
        return _kept(asked) or _keep(asked, survey(CLASSIC_LANDSCAPES[surface](), start, rates, STEPS_MOST, FINE_GRID))
    if run is None:
        show_network_missing()
        return None
    network = run.view().network
    if network is None:
        st.info(t("draw.waiting"))
        st.button(t("paper.look_again"), key="hill_look_again")
        return None
    seed = DIRECTIONS_SEED.get()
    asked = (run.token, run.view().step, start, rates, seed)
    found = _kept(asked) or _awaited(asked, lambda: _submitted(network, start, rates, seed))
    if found is None:
        return None
    st.caption(t("hill.measured", images=found.images, points=len(found.xs), batch=PLANE_BATCH, seed=seed))
    st.button(t("hill.other_directions"), key="hill_other_directions", on_click=DIRECTIONS_SEED.give, args=(seed + 1,))
    return found


def _submitted(network: Network, start: tuple[float, float], rates: dict[str, float], seed: int) -> "Future[Survey]":
    count, mnist = plane_images(network), load_mnist()
    images, labels = mnist.validation_images[:count], mnist.validation_labels[:count]
    turn = current_visitor().turn
    return RUNS.workers.in_turn(turn, None, survey_network, network, images, labels, start, rates, seed)


def _awaited(asked: tuple[object, ...], submit: Callable[[], "Future[Survey]"]) -> Survey | None:
    """The survey once a worker has measured it; None, with what is to be said meanwhile, while it has not or cannot."""
    awaited = AWAITED.get()
    if awaited is None or awaited.asked != asked:
        _forget_awaited()
        awaited = survey_asked(asked, submit())
        AWAITED.give(awaited)
    standing = awaited.standing(PATIENCE_SECONDS)
    if standing == Standing.HERE:
        _forget_awaited()
        return _keep(asked, awaited.future.result())
    st.fragment(_show_standing_of, run_every=POLL_SECONDS if standing == Standing.MEASURING else None)(
        awaited, standing
    )
    return None


def _show_standing_of(awaited: AwaitedSurvey, before: Standing) -> None:
    """What is said in place of the pictures; looks by itself whether the survey is here or lost."""
    if awaited.standing() != before:
        redraw()
    if before == Standing.MEASURING:
        st.info(t("hill.measuring", points=GRID * GRID))
    else:
        st.warning(t("hill.lost"))
        st.button(t("hill.again"), key="hill_again", on_click=_forget_awaited)


def _forget_awaited() -> None:
    """Nobody waits for it any more; a worker that has not begun need not."""
    awaited = AWAITED.get()
    if awaited is not None:
        awaited.future.cancel()
    AWAITED.give(None)


def _kept(asked: tuple[object, ...]) -> Survey | None:
    kept = SURVEY.get()
    return kept[1] if kept is not None and kept[0] == asked else None


def _keep(asked: tuple[object, ...], found: Survey) -> Survey:
    SURVEY.give((asked, found))
    return found
