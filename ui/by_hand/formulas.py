"""The equations of a step in LaTeX, in symbols and with numbers put in; knows no Streamlit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from model.activations import ACTIVATIONS
from model.textbook.backpropagation import Matrix
from model.textbook.symbols import A1, A2, B1, B2, D1, D2, LOSS, RATE, S1, W1, W2, Z1, Z2, Entry, Symbol, X, Y
from model.textbook.worked_example import Rule, Step
from ui.by_hand.notation import bracketed_number, latex_entry, latex_matrix, latex_symbol

# One side of an equation: LaTeX with symbols and single numbers in between.
Side = tuple[str | Symbol | Entry, ...]


@dataclass(frozen=True)
class Equation:
    """One equation of a step; with numbers its right side may need another form."""

    result: Symbol
    right: Side
    with_numbers: Side | None = None
    sign: str = "="


def _weighted_sum(result: Symbol, weight: Symbol, below: Symbol, bias: Symbol) -> tuple[Equation]:
    return (Equation(result, (weight, r" \, ", below, " + ", bias)),)


def _gradients(weight: Symbol, bias: Symbol, delta: Symbol, below: Symbol) -> tuple[Equation, Equation]:
    return Equation(weight.gradient, (delta, r" \, ", below.transposed)), Equation(bias.gradient, (delta,))


def _descent(symbol: Symbol) -> Equation:
    """One update; with numbers it stands on two lines, for a telephone."""
    step: Side = (RATE, r" \, ", symbol.gradient)
    numbers: Side = (r"\begin{aligned} & ", symbol, r" \\ & - ", *step, r" \end{aligned}")
    return Equation(symbol.new, (symbol, " - ", *step), numbers, sign=r"\leftarrow")


_A, _Y = (A2.at(0), A2.at(1)), (Y.at(0), Y.at(1))
_ERROR: Final[Side] = (A2, " - ", Y)
_SQUARES: Final[Side] = (
    *(r"\tfrac{1}{2} \left[ \left(", _A[0], " - ", _Y[0], r"\right)^2 + "),
    *(r"\left(", _A[1], " - ", _Y[1], r"\right)^2 \right]"),
)
_LOGARITHMS: Final[Side] = (
    *(r"-\left( ", _Y[0], r" \cdot \ln ", _A[0], " + "),
    *(_Y[1], r" \cdot \ln ", _A[1], r" \right)"),
)
# By the name of a step, or where that is not enough by that of its formula.
EQUATIONS: Final[Mapping[str, tuple[Equation, ...]]] = MappingProxyType(
    {
        "hidden_sum": _weighted_sum(Z1, W1, X, B1),
        "hidden_output": (Equation(A1, (r"f\!\left(", Z1, r"\right)")),),
        "output_sum": _weighted_sum(Z2, W2, A1, B2),
        "output_squared_error": (Equation(A2, (r"\sigma\!\left(", Z2, r"\right)")),),
        "output_cross_entropy": (Equation(A2, (r"\operatorname{softmax}\!\left(", Z2, r"\right)")),),
        "squared_error": (Equation(LOSS, (r"\tfrac{1}{2} \sum_{k=1}^{2} \left(a^{(2)}_k - y_k\right)^2",), _SQUARES),),
        "cross_entropy": (Equation(LOSS, (r"-\sum_{k=1}^{2} y_k \, \ln a^{(2)}_k",), _LOGARITHMS),),
        "delta_squared_error": (
            Equation(D2, (r"\left(", *_ERROR, r"\right) \odot ", A2, r" \odot \left(1 - ", A2, r"\right)")),
        ),
        "delta_cross_entropy": (Equation(D2, _ERROR),),
        "hidden_delta": (Equation(D1, (r"\left( ", W2.transposed, r" \, ", D2, r" \right) \odot ", S1)),),
        "output_gradient": _gradients(W2, B2, D2, A1),
        "hidden_gradient": _gradients(W1, B1, D1, X),
        "output_update": (_descent(W2), _descent(B2)),
        "hidden_update": (_descent(W1), _descent(B1)),
    }
)
_OUTPUT_DEFINITIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "squared_error": r"\sigma(z) = \frac{1}{1 + e^{-z}}",
        "cross_entropy": r"\operatorname{softmax}(z)_k = \frac{e^{z_k}}{e^{z_1} + e^{z_2}}",
    }
)


def equations(step: Step) -> tuple[Equation, ...]:
    """The equations of a step."""
    return EQUATIONS[step.name] if step.name in EQUATIONS else EQUATIONS[step.formula]


def definition(step: Step) -> str | None:
    """What the step's formula leaves unsaid: what f or its derivative is, or what the outputs do; None where it leaves nothing."""
    activation = ACTIVATIONS[step.activation]
    if step.rule is Rule.ACTIVATION:
        return f"f(z) = {activation.definition}"
    if step.rule is Rule.CHAIN_RULE:
        return f"f'(z) = {activation.derivative_definition}"
    return _OUTPUT_DEFINITIONS[step.loss] if step.rule is Rule.OUTPUT else None


def in_symbols(equation: Equation) -> str:
    """The equation as a textbook prints it."""
    return f"{latex_symbol(equation.result)} {equation.sign} {_joined(equation.right, _written)}"


def with_numbers(equation: Equation, step: Step) -> str:
    """The right side with the numbers in it."""
    return "= " + _joined(equation.with_numbers or equation.right, lambda part: _filled(part, step.operands))


def result(equation: Equation, step: Step) -> str:
    """What comes out."""
    return "= " + latex_matrix(step.results[equation.result])


def _joined(side: Side, write: Callable[[Symbol | Entry], str]) -> str:
    return "".join(part if isinstance(part, str) else write(part) for part in side)


def _written(part: Symbol | Entry) -> str:
    return latex_symbol(part) if isinstance(part, Symbol) else latex_entry(part)


def _filled(part: Symbol | Entry, matrices: Mapping[Symbol, Matrix]) -> str:
    if isinstance(part, Entry):
        return bracketed_number(float(matrices[part.symbol][part.row, part.column]))
    if part.is_transposed:
        return latex_matrix(matrices[part.transposed].T)
    return latex_matrix(matrices[part])
