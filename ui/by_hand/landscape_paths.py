"""The paths of optimisers on a loss landscape, step by step: pictures, who stands where, and other learning rates; steps nothing itself."""

from typing import Final

import numpy as np
import streamlit as st

from model.textbook.backpropagation import Matrix
from model.textbook.loss_landscape import CLASSIC_LANDSCAPES
from model.textbook.optimizer_paths import COUNTED, NEAR_THE_MIDDLE, ON_THE_FLOOR, OTHER_RATES, PATH_OPTIMIZERS, Survey
from ui.by_hand.landscape_figures import LandscapeWords, landscape_from_above, landscape_in_space
from ui.by_hand.notation import number
from ui.elements.plotly_chart import Chart, live_charts
from ui.state.language import listed_apart, t
from ui.state.values import Value

NETWORK: Final = "network"
STEPS: Final = Value("hill_steps", 0)


def show_paths(surface: str, found: Survey) -> None:
    """The surface from above and in space with the paths after so many steps, and their numbers."""
    steps = _steps(found.most_steps)
    names = {name: t(f"hill.walker.{name}") for name in PATH_OPTIMIZERS}
    axes = ("hill.direction_1", "hill.direction_2") if surface == NETWORK else ("hill.x", "hill.y")
    logarithmic = surface != NETWORK and CLASSIC_LANDSCAPES[surface]().logarithmic
    height = t("hill.height_log" if logarithmic else "hill.height")
    short = {name: t(f"hill.short.{name}") for name in PATH_OPTIMIZERS}
    words = LandscapeWords(t(axes[0]), t(axes[1]), height, t("hill.step"), short)
    told = listed_apart(f"{names[name]} {_loss_or_off(found.path_losses[name], steps)}" for name in found.paths)
    label = t("hill.words", steps=steps, heights=told, start=number(_start_height(found)))
    live_charts(
        [
            Chart(landscape_from_above(found, steps, logarithmic, words), label, 440),
            Chart(landscape_in_space(found, steps, logarithmic, words), t("hill.space_words", words=label), 440),
        ],
        key="hill",
        failed=t("frame.plotly_failed"),
    )
    _show_standing(surface, found, steps)
    _show_table(found, steps)
    if found.other_heights:
        _show_other_rates(found, steps)


def _show_standing(surface: str, found: Survey, steps: int) -> None:
    """Who stands where after these steps, told from the paths themselves."""
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
