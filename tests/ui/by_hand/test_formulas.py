"""The formulas in words of LaTeX: the numbers in them are the numbers of the step, and one number in full gives what it says."""

import re
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest

from model.activations import ACTIVATIONS
from model.textbook.backpropagation import LOSSES
from model.textbook.sheet import Sheet
from model.textbook.symbols import B2, D1, RATE, S1, W1, W2, X
from model.textbook.worked_example import STEP_NAMES, Phase, training_step
from ui.by_hand.formulas import equations, in_symbols, result, with_numbers
from ui.by_hand.in_full import in_full
from ui.by_hand.layer_formulas import layer_formulas
from ui.by_hand.notation import change, latex_number, number, plain_entry, plain_symbol, short_number

SHEETS = [Sheet(activation=activation, loss=loss) for activation in ACTIVATIONS for loss in LOSSES]


def value_of(latex: str) -> float:
    """A formula without matrices, computed by Python."""
    one_line = re.sub(r"\\(begin|end)\{aligned\}|\\\\|\\;|&", "", latex)
    text = one_line.strip().removeprefix("=").replace(r"\left", "").replace(r"\right", "").replace(r"\!", "")
    text = re.sub(r"(\d) \\cdot 10\^\{(-?\d+)\}", r"\1*10**(\2)", text)
    for _ in range(3):
        text = re.sub(r"e\^\{([^{}]*)\}", r"exp(\1)", text)
        text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", text)
    text = text.replace("--", "- -").replace(r"\cdot", "*").replace(r"\max", "max").replace("exp(-(", "exp(-1*(")
    text = text.replace(r"\tanh", "tanh").replace(r"\Phi", "Phi")
    text = re.sub(r"tanh (-?[\d.]+)", r"tanh(\1)", text)
    names = {
        "exp": np.exp,
        "max": max,
        "tanh": np.tanh,
        "Phi": lambda z: ACTIVATIONS["gelu"].function(np.array([z]))[0] / z,
    }
    return float(eval(text, {"__builtins__": {}}, names))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: f"{sheet.activation}-{sheet.loss}")
def test_one_number_in_full_gives_what_it_says(sheet: Sheet) -> None:
    computed = training_step(sheet)
    for step in computed.steps:
        if step.name == "loss":
            continue
        for symbol, matrix in step.results.items():
            for row, column in np.ndindex(matrix.shape):
                full = in_full(step, computed.matrices, symbol.at(row, column))
                assert full.value == matrix[row, column]
                assert value_of(full.numbers) == pytest.approx(full.value, abs=2e-3), (step.name, full.numbers)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: f"{sheet.activation}-{sheet.loss}")
def test_every_step_has_a_formula_with_all_its_symbols_filled(sheet: Sheet) -> None:
    computed = training_step(sheet)
    assert len(computed.steps) == len(STEP_NAMES)
    for step in computed.steps:
        for equation in equations(step):
            for latex in (in_symbols(equation), with_numbers(equation, step), result(equation, step)):
                assert latex.count("{") == latex.count("}")
                assert len(re.findall(r"\\left\b", latex)) == len(re.findall(r"\\right\b", latex))
            shown = re.findall(r"-?\d[\d.]*", result(equation, step))
            assert len(shown) >= step.results[equation.result].size


def test_the_numbers_in_a_formula_are_those_of_the_sheet() -> None:
    step = training_step(Sheet()).steps[0]
    latex = with_numbers(equations(step)[0], step)
    assert r"0.5 & -0.4 & 0.3 \\ -0.2 & 0.6 & 0.1" in latex
    assert r"\begin{bmatrix} 1 \\ 0.5 \\ -1 \end{bmatrix}" in latex
    loss = training_step(Sheet()).steps[4]
    assert "- 1" in with_numbers(equations(loss)[0], loss)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"), (1.0, "1"), (-0.5, "-0.5"), (0.6224593, "0.622"), (0.0123456, "0.0123"), (-0.00123456, "-0.00123"),
        (0.00001234, "1.2e-05"), (1234.5678, "1234.568"), (2e7, "2.0e+07"),
    ],
)  # fmt: skip
def test_numbers_are_short_and_small_ones_do_not_vanish(value: float, shown: str) -> None:
    assert number(value) == shown


def test_powers_of_ten_are_written_out() -> None:
    assert latex_number(-0.00001234) == r"-1.2 \cdot 10^{-5}"


def test_names_are_readable_without_latex() -> None:
    assert [plain_symbol(symbol) for symbol in (X, W1.gradient, B2.gradient, D1, W2.new, S1, RATE)] == [
        "x", "∂L/∂W⁽¹⁾", "∂L/∂b⁽²⁾", "δ⁽¹⁾", "W⁽²⁾", "f′(z⁽¹⁾)", "η",
    ]  # fmt: skip
    assert plain_entry(W1.gradient.at(0, 2)) == "∂L/∂w⁽¹⁾₁₃"
    assert plain_entry(B2.at(1)) == "b⁽²⁾₂"


def test_the_formulas_of_a_real_network_name_every_layers_shapes() -> None:
    lines = layer_formulas((784, 64, 32, 10))
    assert [len(lines[phase]) for phase in Phase] == [3, 1, 6, 1]
    for shape in (r"10 \times 32", r"32 \times 64", r"64 \times 784"):
        for phase in (Phase.FORWARD, Phase.BACKWARD):
            assert sum(shape in line for line in lines[phase]) == 1
    assert r"x^{\mathsf T}" in lines[Phase.BACKWARD][-1]
    assert lines[Phase.BACKWARD][0] == r"\delta^{(3)} = a^{(3)} - y"


def test_formulas_and_pictures_import_no_streamlit() -> None:
    script = "import ui.by_hand.in_full, ui.by_hand.figures, ui.by_hand.landscape_figures, sys; print('streamlit' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


@pytest.mark.parametrize("value", [-0.0, 0.0, -1e-320, -4e-5, -0.004, 1e-9])
@pytest.mark.parametrize("write", [number, short_number, latex_number])
def test_nothing_reads_minus_zero_and_nothing_that_is_there_reads_zero(
    value: float, write: Callable[[float], str]
) -> None:
    text = write(value)
    assert not re.fullmatch(r"-0(\.0*)?", text)
    assert (text == "0") == (value == 0)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (0.5, 0.511, ("0.5", "0.51")),
        (0.5, 0.5001, ("0.5", "0.5001")),
        (0.5, 0.5, ("0.5", "0.5")),
        (0.5, 0.50000001, ("0.5", "≈0.5")),
        (-0.0, 0.01, ("0", "0.01")),
        (0.001, -0.002, ("0.001", "-0.002")),
        (-100.5, -100.44, ("-100.5", "-100.4")),
        (1000.0, 999.9, ("1000", "999.9")),
    ],
)
def test_two_values_of_one_number_are_told_apart_in_little_room(
    before: float, after: float, told: tuple[str, str]
) -> None:
    assert change(before, after) == told
