"""Optimisers on a hill, on the screen: the surface, the start, the learning rates, and the walks step by step; steps no real network."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

import numpy as np
import streamlit as st

from model.data.mnist import load_mnist
from model.network import Network
from model.runs.driver import Run
from model.runs.store import RUNS
from model.textbook.backpropagation import Matrix
from model.textbook.loss_landscape import (
    CLASSIC_LANDSCAPES,
    GRID,
    SLICE_BATCH,
    SLICE_RANGE,
    SLICE_RATES,
    SLICE_START,
    slice_images,
)
from model.textbook.optimizer_paths import (
    COUNTED,
    NEAR_THE_MIDDLE,
    ON_THE_FLOOR,
    OTHER_RATES,
    PATH_OPTIMIZERS,
    STEPS_MOST,
    Survey,
    survey,
    survey_network,
)
from ui.by_hand.awaited_survey import AwaitedSurvey, Standing, survey_asked
from ui.by_hand.landscape_figures import HillWords, hill_from_above, hill_in_space
from ui.by_hand.notation import number
from ui.elements.choices import choose, choose_several
from ui.elements.number_field import number_field
from ui.elements.plotly_chart import Chart, live_charts
from ui.prediction.prediction import show_network_missing
from ui.state.language import listed_apart, t
from ui.state.values import Value

NETWORK: Final = "network"
SURFACES: Final = (*CLASSIC_LANDSCAPES, NETWORK)
FINE_GRID: Final = 41
FIRST_STEPS: Final = 50
SURFACE: Final = Value("hill_surface", SURFACES[0])
X, Y = Value[float | None]("hill_x", None), Value[float | None]("hill_y", None)
STEPS: Final = Value("hill_steps", 0)
DIRECTIONS_SEED: Final = Value("_hill_seed", 0)
SURVEY: Final = Value[tuple[tuple[object, ...], Survey] | None]("_hill_survey", None)
AWAITED: Final = Value[AwaitedSurvey | None]("_hill_awaited", None)
RATE_MOST: Final = 10.0
PATIENCE_SECONDS: Final = 0.2
POLL_SECONDS: Final = 0.5


@st.fragment
def show_hill(run: Run | None) -> None:
    """The walks of the chosen optimisers on the chosen surface."""
    with st.container(key="hill_area"):
        with st.container(key="hill_knobs_area"):
            surface = _surface()
            start, rates = _start(surface), _rates(surface)
        with st.container(key="hill_pictures_area"):
            st.markdown(t(f"hill.about.{surface}"))
            found = _surveyed(surface, run, start, rates)
            if found is not None:
                _show_walks(surface, found)


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
    hill = None if surface == NETWORK else CLASSIC_LANDSCAPES[surface]()
    start, rates = (SLICE_START, SLICE_RATES) if hill is None else (hill.start, hill.rates)
    X.give(float(start[0]))
    Y.give(float(start[1]))
    for name, rate in rates.items():
        _rate(name).give(rate)
    STEPS.give(FIRST_STEPS)


def _start(surface: str) -> tuple[float, float]:
    ranges = (SLICE_RANGE, SLICE_RANGE)
    if surface != NETWORK:
        hill = CLASSIC_LANDSCAPES[surface]()
        ranges = (hill.x_range, hill.y_range)
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
    """The learning rate of each optimiser that walks."""
    walkers = choose_several(
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
            if name in walkers:
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
    return {name: _rate(name).get() for name in PATH_OPTIMIZERS if name in walkers}


def _surveyed(surface: str, run: Run | None, start: tuple[float, float], rates: dict[str, float]) -> Survey | None:
    """The surface with the walks; the last one is kept for as long as nothing about it changes."""
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
    st.caption(t("hill.measured", images=found.images, points=len(found.xs), batch=SLICE_BATCH, seed=seed))
    st.button(t("hill.other_directions"), key="hill_other_directions", on_click=DIRECTIONS_SEED.give, args=(seed + 1,))
    return found


def _submitted(network: Network, start: tuple[float, float], rates: dict[str, float], seed: int) -> "Future[Survey]":
    count, mnist = slice_images(network), load_mnist()
    images, labels = mnist.validation_images[:count], mnist.validation_labels[:count]
    return RUNS.workers.submit(survey_network, network, images, labels, start, rates, seed)


def _awaited(asked: tuple[object, ...], submit: Callable[[], "Future[Survey]"]) -> Survey | None:
    """The survey once a worker has measured it; None, with what is to be said meanwhile, while it has not or cannot."""
    awaited = AWAITED.get()
    if awaited is None or awaited.asked != asked:
        _forget_awaited()
        awaited = survey_asked(asked, submit)
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
        st.rerun()
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


def _show_walks(surface: str, found: Survey) -> None:
    steps = _steps(found.most_steps)
    names = {name: t(f"hill.walker.{name}") for name in PATH_OPTIMIZERS}
    axes = ("hill.direction_1", "hill.direction_2") if surface == NETWORK else ("hill.x", "hill.y")
    logarithmic = surface != NETWORK and CLASSIC_LANDSCAPES[surface]().logarithmic
    height = t("hill.height_log" if logarithmic else "hill.height")
    short = {name: t(f"hill.short.{name}") for name in PATH_OPTIMIZERS}
    words = HillWords(t(axes[0]), t(axes[1]), height, t("hill.step"), short)
    told = listed_apart(f"{names[name]} {_loss_or_off(found.path_losses[name], steps)}" for name in found.paths)
    label = t("hill.words", steps=steps, heights=told, start=number(_start_height(found)))
    live_charts(
        [
            Chart(hill_from_above(found, steps, logarithmic, words), label, 440),
            Chart(hill_in_space(found, steps, logarithmic, words), t("hill.space_words", words=label), 440),
        ],
        key="hill",
        failed=t("frame.plotly_failed"),
    )
    _show_standing(surface, found, steps)
    _show_table(found, steps)
    if found.other_heights:
        _show_other_rates(found, steps)


def _show_standing(surface: str, found: Survey, steps: int) -> None:
    """Who stands where after these steps, told from the walks themselves."""
    if not found.paths:
        return
    on_the_map = [name for name, places in found.paths.items() if len(places) > steps]
    ranked = sorted(on_the_map, key=lambda name: _height(found, name, steps))
    told = [
        t("hill.standing_one", name=t(f"hill.walker.{name}"), loss=number(_height(found, name, steps)))
        for name in ranked
    ]
    off = [t(f"hill.walker.{name}") for name in found.paths if name not in on_the_map]
    with st.container(key="hill_standing"):
        if not steps:
            st.markdown(t("hill.all_at_start", loss=number(_start_height(found))))
        elif told:
            st.markdown(t("hill.standing", steps=steps, ranked=t("hill.and_then").join(told)))
        if off:
            st.markdown(t("hill.off_the_map", names=t("hill.and").join(off)))
        if surface in COUNTED:
            counts = {name: COUNTED[surface](places[: steps + 1]) for name, places in found.paths.items()}
            told = [t("hill.counted_one", name=t(f"hill.walker.{name}"), count=count) for name, count in counts.items()]
            words = t(
                f"hill.counted.{surface}", counts=t("hill.and").join(told), floor=ON_THE_FLOOR, middle=NEAR_THE_MIDDLE
            )
            st.markdown(words)


def _show_other_rates(found: Survey, steps: int) -> None:
    """The loss after as many steps, had each walked with a tenth or ten times its rate."""
    low, high = OTHER_RATES
    columns = {
        "hill.a_tenth": found.other_heights[low],
        "hill.as_set": found.path_losses,
        "hill.ten_times": found.other_heights[high],
    }
    st.markdown(t("hill.other_rates", steps=steps))
    with st.container(key="hill_other_rates"):
        st.table(
            [
                {t("hill.walker_name"): t(f"hill.walker.{name}")}
                | {t(column): _loss_or_off(heights[name], steps) for column, heights in columns.items()}
                for name in found.paths
            ]
        )


def _loss_or_off(heights: Matrix, steps: int) -> str:
    return number(float(heights[steps])) if len(heights) > steps else t("hill.ran_off")


def _steps(most: int) -> int:
    """How many steps are shown: a slider, and buttons that go one or ten further."""
    STEPS.give(min(STEPS.get() or 0, most))
    with st.container(horizontal=True, key="hill_buttons", vertical_alignment="center"):
        for label, change in (("hill.one_back", -1), ("hill.one_step", 1), ("hill.ten_steps", 10)):
            target = int(np.clip(STEPS.get() + change, 0, most))
            st.button(t(label), key=label.replace(".", "_"), on_click=STEPS.give, args=(target,))
        st.button(t("hill.to_start"), key="hill_to_start", on_click=STEPS.give, args=(0,))
    return int(st.slider(t("hill.steps"), 0, most, key=STEPS.key, persist_state="session"))


def _height(found: Survey, name: str, steps: int) -> float:
    heights = found.path_losses[name]
    return float(heights[min(steps, len(heights) - 1)])


def _start_height(found: Survey) -> float:
    return next((float(heights[0]) for heights in found.path_losses.values()), float("nan"))


def _show_table(found: Survey, steps: int) -> None:
    """Where each optimiser stands now."""
    rows = []
    for name, places in found.paths.items():
        step = min(steps, len(places) - 1)
        ran_off = step < steps
        rows.append(
            {
                t("hill.walker_name"): t(f"hill.walker.{name}"),
                t("hill.step"): f"{step}{' · ' + t('hill.ran_off') if ran_off else ''}",
                t("hill.place"): f"({number(float(places[step, 0]))}, {number(float(places[step, 1]))})",
                t("hill.height"): number(_height(found, name, steps)),
            }
        )
    if rows:
        with st.container(key="hill_table"):
            st.table(rows)
