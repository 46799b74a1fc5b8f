"""The paper on the screen: one training step number by number, training by hand, every gradient found twice; trains no real network."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import streamlit as st

from model.textbook.backpropagation import Matrix
from model.textbook.sheet import Sheet
from model.textbook.symbols import TRAINED, Symbol
from model.textbook.worked_example import (
    FITS_WITHIN,
    STEP_NAMES,
    STEPS_MOST,
    Rule,
    Step,
    Trained,
    TrainingStep,
    near_kink,
    shaken,
    sheet_differences,
    sheet_loss,
    train_by_hand,
    train_until_it_fits,
    training_step,
)
from ui.by_hand.controls import (
    ENDING,
    LOSSES,
    LOSSES_KEPT,
    SEED,
    STEP,
    put_sheet,
    sheet_controls,
    sheet_now,
    sheet_query,
    sheet_to_url,
    standard_sheet,
)
from ui.by_hand.figures import Hovers, network_picture, paper_loss_curve
from ui.by_hand.formulas import definition, equations, in_symbols, result, with_numbers
from ui.by_hand.in_full import in_full
from ui.by_hand.notation import latex_number, number, plain_entry, plain_symbol, shape
from ui.elements.choices import choose
from ui.elements.numerals import decimal
from ui.elements.plotly_chart import Chart, live_charts
from ui.elements.shared_link import show_shared_link
from ui.runs.setting_words import activation_name
from ui.state.language import Text, has_text, listed, listed_apart, plain_words, t, told_of

AGREE_WITHIN: Final = 1e-6
PICTURE_HEIGHT: Final = 360  # the styles place the fields below it


@dataclass(frozen=True)
class Slope:
    """One weight or bias: its name and value, and its gradient by the formula and by finite differences."""

    name: str
    value: float
    formula: float
    differences: float

    @property
    def agrees(self) -> bool:
        """Whether the two gradients are the same to 1e-6, of themselves where they are large."""
        return abs(self.formula - self.differences) <= AGREE_WITHIN * max(1.0, abs(self.formula))


@st.fragment
def show_paper() -> None:
    """The little network, the step being looked at, training by hand, and all the numbers."""
    sheet = sheet_now()
    sheet_to_url(sheet)
    computed = training_step(sheet)
    step = computed.steps[STEP_NAMES.index(STEP.get())]
    slopes = all_slopes(sheet, computed)
    with st.container(key="hand_area"):
        with st.container(key="hand_picture_area"):
            _show_picture(step, computed, slopes)
        with st.container(key="hand_numbers_area"):
            _show_step(step, computed)
        with st.container(key="hand_fields_area"):
            sheet_controls()
            st.caption(t("by_hand.picture_help"))
        with st.container(key="hand_training_area"):
            _show_training(sheet)
            _show_slopes(slopes, near_kink(sheet))
            _show_link(sheet)
    with st.expander(t("by_hand.convention_title"), key="hand_convention"):
        st.markdown(t("by_hand.convention"))


def all_slopes(sheet: Sheet, computed: TrainingStep) -> dict[Symbol, list[list[Slope]]]:
    """Every weight and bias with both its gradients, by symbol, row by row."""
    (weights_1, biases_1), (weights_2, biases_2) = sheet_differences(sheet)
    differences = dict(zip(TRAINED, (weights_1, biases_1, weights_2, biases_2), strict=True))
    return {symbol: _slopes(symbol, computed, differences[symbol]) for symbol in TRAINED}


def _slopes(symbol: Symbol, computed: TrainingStep, differences: Matrix) -> list[list[Slope]]:
    matrices = computed.matrices[symbol], computed.matrices[symbol.gradient], differences
    rows, columns = differences.shape
    return [
        [
            Slope(plain_entry(symbol.at(row, column)), *(float(matrix[row, column]) for matrix in matrices))
            for column in range(columns)
        ]
        for row in range(rows)
    ]


def _show_picture(step: Step, computed: TrainingStep, slopes: Mapping[Symbol, Sequence[Sequence[Slope]]]) -> None:
    hovers = Hovers({symbol: [[_hover(slope) for slope in row] for row in rows] for symbol, rows in slopes.items()})
    label = t("by_hand.picture_words", step=t(f"by_hand.step.{step.name}"), numbers=_numbers_of(step.results))
    figure = network_picture(step, computed.matrices, hovers)
    live_charts([Chart(figure, label, PICTURE_HEIGHT)], key="hand_picture", failed=t("frame.plotly_failed"))


def _hover(slope: Slope) -> str:
    agreement = t("by_hand.agree" if slope.agrees else "by_hand.disagree")
    return "<br>".join(
        [
            f"<b>{slope.name} = {number(slope.value)}</b>",
            told_of(t("by_hand.by_formula"), decimal(slope.formula, 8)),
            told_of(t("by_hand.by_differences"), decimal(slope.differences, 8)),
            agreement,
        ]
    )


def _formula_in_words(step: Step) -> str:
    """The step's formula as it is read aloud; of an activation that has no text yet, its name."""
    if has_text(f"by_hand.formula.{step.formula}"):
        return t(f"by_hand.formula.{step.formula}")
    if step.rule is Rule.ACTIVATION:
        return t("by_hand.any_activation", name=activation_name(step.activation))
    return t("by_hand.any_chain_rule")


def _show_step(step: Step, computed: TrainingStep) -> None:
    place = STEP_NAMES.index(step.name)
    with st.container(horizontal=True, key="hand_walk", vertical_alignment="center"):
        _walk_button("hand_back", "by_hand.back", place - 1)
        _walk_button("hand_next", "by_hand.next", place + 1)
        st.markdown(t("by_hand.place", number=place + 1, count=len(STEP_NAMES), phase=t(f"by_hand.phase.{step.phase}")))
    with st.container(key="hand_step_title"):
        st.subheader(t(f"by_hand.step.{step.name}"), anchor=False)
    st.markdown(t(f"by_hand.about.{step.name}"))
    spoken = t("by_hand.spoken", formula=_formula_in_words(step), result=_numbers_of(step.results))
    st.html(f'<p class="spoken" id="hand_spoken">{plain_words(spoken)}</p>')
    with st.container(key="hand_formula"):
        for equation in equations(step):
            st.latex(in_symbols(equation))
            st.latex(with_numbers(equation, step))
            st.latex(result(equation, step))
        meaning = definition(step)
        if meaning is not None:
            st.markdown(t("by_hand.where", formula=Text(f"${meaning}$")))
    _show_shapes(step)
    if step.name == "hidden_update":
        st.markdown(t("by_hand.after_update", before=number(computed.loss), after=number(computed.next_loss)))
    if step.name != "loss":
        _show_in_full(step, computed)


def _walk_button(key: str, label: str, target: int) -> None:
    inside = 0 <= target < len(STEP_NAMES)
    st.button(
        t(label),
        key=key,
        type="primary" if key == "hand_next" else "secondary",
        disabled=not inside,
        on_click=STEP.give,
        args=(STEP_NAMES[target] if inside else STEP_NAMES[0],),
        shortcut="Alt+N" if key == "hand_next" else "Alt+B",
    )


def _numbers_of(matrices: Mapping[Symbol, Matrix]) -> str:
    """Each matrix with its numbers, row by row, as words."""
    spoken = []
    for symbol, matrix in matrices.items():
        rows = listed_apart(listed(map(number, row)) for row in matrix.tolist())
        spoken.append(told_of(plain_symbol(symbol), rows))
    return t("list.full_stop").join(spoken)


def _show_shapes(step: Step) -> None:
    """Rows times columns of everything in the step."""
    both = {**step.operands, **step.results}
    shapes = " · ".join(f"{plain_symbol(symbol)} {shape(matrix)}" for symbol, matrix in both.items())
    with st.container(key="hand_shapes"):
        st.caption(t("by_hand.shapes", shapes=shapes))


def _show_in_full(step: Step, computed: TrainingStep) -> None:
    """One number of the result, chosen by the visitor, as one would compute it on paper."""
    places = {
        plain_entry(symbol.at(row, column)): symbol.at(row, column)
        for symbol, matrix in step.results.items()
        for row, column in np.ndindex(matrix.shape)
    }
    chosen = choose(t("by_hand.one_number"), list(places), f"hand_number_{step.name}")
    full = in_full(step, computed.matrices, places[chosen])
    with st.container(key="hand_in_full"):
        for line in (full.symbols, full.numbers, f"= {latex_number(full.value)}"):
            st.latex(line)


def _show_training(sheet: Sheet) -> None:
    """Train by hand, shake, start again; and the loss so far."""
    with st.container(horizontal=True, key="hand_train_buttons"):
        st.button(t("by_hand.one_step"), key="hand_one", on_click=_train, args=(lambda s: train_by_hand(s, 1),))
        st.button(t("by_hand.ten_steps"), key="hand_ten", on_click=_train, args=(lambda s: train_by_hand(s, 10),))
        st.button(t("by_hand.until_fits"), key="hand_until", on_click=_train, args=(train_until_it_fits,))
        st.button(t("by_hand.shake"), key="hand_shake", on_click=_shake)
        st.button(t("by_hand.reset"), key="hand_reset", on_click=_reset)
    losses: Sequence[float] = LOSSES.get() or [sheet_loss(sheet)]
    with st.container(key="hand_loss_now"):
        st.markdown(t("by_hand.loss_now", loss=number(losses[-1]), steps=len(losses) - 1))
    _show_ending(sheet)
    words = t("by_hand.curve_words", steps=len(losses) - 1, first=number(losses[0]), last=number(losses[-1]))
    figure = paper_loss_curve(losses, t("by_hand.curve"), t("by_hand.curve_step"))
    live_charts([Chart(figure, words, 240)], key="hand_curve", failed=t("frame.plotly_failed"))


def _show_ending(sheet: Sheet) -> None:
    ending, seed = ENDING.get(), SEED.get()
    if ending in ("fits", "stuck", "ran_off"):
        show = {"fits": st.success, "stuck": st.warning, "ran_off": st.error}[ending]
        show(
            t(f"by_hand.ending_{ending}", within=FITS_WITHIN, most=f"{STEPS_MOST:,}", rate=number(sheet.learning_rate))
        )
    elif ending == "shaken":
        st.info(t("by_hand.shaken", seed=seed))


def _train(training: Callable[[Sheet], Trained]) -> None:
    trained = training(sheet_now())
    put_sheet(trained.sheet)
    losses = [*(LOSSES.get() or [sheet_loss(sheet_now())]), *trained.losses]
    LOSSES.give(losses[-LOSSES_KEPT:])
    ENDING.give(str(trained.ending))


def _shake() -> None:
    seed = SEED.get() + 1
    sheet = shaken(sheet_now(), seed)
    put_sheet(sheet)
    SEED.give(seed)
    LOSSES.give([sheet_loss(sheet)])
    ENDING.give("shaken")


def _reset() -> None:
    SEED.reset()
    standard_sheet()


def _show_slopes(slopes: Mapping[Symbol, Sequence[Sequence[Slope]]], kink: bool) -> None:
    """Every gradient twice, as a table: what the picture tells a pointer."""
    with st.expander(t("by_hand.slopes"), key="hand_slopes"):
        st.caption(t("by_hand.slopes_help"))
        if kink:
            st.warning(t("by_hand.kink"))
        rows = [
            {
                t("by_hand.value_name"): slope.name,
                t("by_hand.value"): number(slope.value),
                t("by_hand.by_formula"): decimal(slope.formula, 8),
                t("by_hand.by_differences"): decimal(slope.differences, 8),
                t("by_hand.agreement"): t("by_hand.agree" if slope.agrees else "by_hand.disagree"),
            }
            for rows in slopes.values()
            for row in rows
            for slope in row
        ]
        st.table(rows)


def _show_link(sheet: Sheet) -> None:
    with st.expander(t("train.copy_link"), key="hand_copy_link", on_change="rerun") as box:
        st.caption(t("by_hand.link_help"))
        show_shared_link(sheet_query(sheet), "by_hand", "hand", opened=bool(box.open))
