"""The formulas of the paper in LaTeX: in symbols, with numbers put in, and one number of a matrix in full; knows no Streamlit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from model.activations import ACTIVATIONS
from model.textbook.backpropagation import Matrix
from model.textbook.worked_example import CHAIN_RULE, Phase, Step

SUBSCRIPTS: Final = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
DELTA: Final = r"\delta"
SUPERSCRIPTS: Final = {1: "⁽¹⁾", 2: "⁽²⁾"}


def _of_layer(letter: str, layer: int) -> str:
    return f"{letter}^{{({layer})}}"


def _gradient_of(symbol: str) -> str:
    return rf"\frac{{\partial L}}{{\partial {symbol}}}"


SYMBOLS: Final[Mapping[str, str]] = MappingProxyType(
    {"x": "x", "y": "y", "L": "L", "eta": r"\eta", "s1": r"f'\!\left(z^{(1)}\right)", "xT": r"x^{\mathsf T}"}
    | {f"{letter}{layer}": _of_layer(letter, layer) for letter in "Wbza" for layer in (1, 2)}
    | {f"d{layer}": _of_layer(DELTA, layer) for layer in (1, 2)}
    | {f"G{letter}{layer}": _gradient_of(_of_layer(letter, layer)) for letter in "Wb" for layer in (1, 2)}
    | {f"N{letter}{layer}": _of_layer(letter, layer) for letter in "Wb" for layer in (1, 2)}
    | {"W2T": r"\left(W^{(2)}\right)^{\mathsf T}", "a1T": r"\left(a^{(1)}\right)^{\mathsf T}"}
)


@dataclass(frozen=True)
class Equation:
    """One equation of a step: ``result`` is a symbol, the right side has symbols in braces; numbers may need another form."""

    result: str
    right: str
    with_numbers: str | None = None
    sign: str = "="


_DELTA_TWO: Final = r"\left({a2} - {y}\right) \odot {a2} \odot \left(1 - {a2}\right)"
_DESCENT: Final = r"{{{0}}} - {{eta}} \, {{G{0}}}"
# With numbers it stands on two lines, for a telephone.
_DESCENT_NUMBERS: Final = r"\begin{{{{aligned}}}} & {{{0}}} \\ & - {{eta}} \, {{G{0}}} \end{{{{aligned}}}}"
EQUATIONS: Final[Mapping[str, tuple[Equation, ...]]] = MappingProxyType(
    {
        "hidden_sum": (Equation("z1", r"{W1} \, {x} + {b1}"),),
        "hidden_output": (Equation("a1", r"f\!\left({z1}\right)"),),
        "output_sum": (Equation("z2", r"{W2} \, {a1} + {b2}"),),
        "output_squared_error": (Equation("a2", r"\sigma\!\left({z2}\right)"),),
        "output_cross_entropy": (Equation("a2", r"\operatorname{{softmax}}\!\left({z2}\right)"),),
        "squared_error": (
            Equation(
                "L",
                r"\tfrac{{1}}{{2}} \sum_{{k=1}}^{{2}} \left(a^{{(2)}}_k - y_k\right)^2",
                r"\tfrac{{1}}{{2}} \left[ \left({a2_1} - {y_1}\right)^2 + \left({a2_2} - {y_2}\right)^2 \right]",
            ),
        ),
        "cross_entropy": (
            Equation(
                "L",
                r"-\sum_{{k=1}}^{{2}} y_k \, \ln a^{{(2)}}_k",
                r"-\left( {y_1} \cdot \ln {a2_1} + {y_2} \cdot \ln {a2_2} \right)",
            ),
        ),
        "delta_squared_error": (Equation("d2", _DELTA_TWO),),
        "delta_cross_entropy": (Equation("d2", r"{a2} - {y}"),),
        "hidden_delta": (Equation("d1", r"\left( {W2T} \, {d2} \right) \odot {s1}"),),
        "output_gradient": (Equation("GW2", r"{d2} \, {a1T}"), Equation("Gb2", "{d2}")),
        "hidden_gradient": (Equation("GW1", r"{d1} \, {xT}"), Equation("Gb1", "{d1}")),
        "output_update": tuple(
            Equation(f"N{name}", _DESCENT.format(name), _DESCENT_NUMBERS.format(name), sign=r"\leftarrow")
            for name in ("W2", "b2")
        ),
        "hidden_update": tuple(
            Equation(f"N{name}", _DESCENT.format(name), _DESCENT_NUMBERS.format(name), sign=r"\leftarrow")
            for name in ("W1", "b1")
        ),
    }
)

_OUTPUT_DEFINITIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "output_squared_error": r"\sigma(z) = \frac{1}{1 + e^{-z}}",
        "output_cross_entropy": r"\operatorname{softmax}(z)_k = \frac{e^{z_k}}{e^{z_1} + e^{z_2}}",
    }
)


def number(value: float) -> str:
    """A number as people write it: three decimals, more for small ones, without zeros that say nothing."""
    size = abs(value)
    if size >= 1e6 or 0 < size < 5e-5:
        return f"{value:.1e}"
    places = 3 if size >= 0.1 or not size else 4 if size >= 0.01 else 5
    text = f"{value:z.{places}f}"
    exact = abs(float(text) - value) < 1e-12 and "." in text
    return text.rstrip("0").rstrip(".") if exact else text


def short_number(value: float) -> str:
    """The same in less room: two decimals, or two digits of a small number."""
    if abs(value) >= 1e4:
        return f"{value:.1e}"
    text = f"{value:z.{0 if abs(value) >= 100 else 2}f}" if abs(value) >= 0.1 or not value else f"{value:.2g}"
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def change(before: float, after: float) -> tuple[str, str]:
    """Two values of one number in little room, with as many decimals as it takes to tell them apart, four at most.

    Where those do not suffice the second has a ≈.
    """
    for places in (2, 3, 4):
        texts = _rounded(before, places), _rounded(after, places)
        if texts[0] != texts[1]:
            return texts
    return (short_number(before), short_number(after) if before == after else f"≈{short_number(after)}")


def _rounded(value: float, places: int) -> str:
    if 0 < abs(value) < 10.0**-places:
        return f"{value:.1g}"
    text = f"{value:z.{places if abs(value) < 100 else places - 2}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def latex_number(value: float) -> str:
    """The same for LaTeX, with powers of ten written out."""
    text = number(value)
    if "e" not in text:
        return text
    digits, power = text.split("e")
    return rf"{digits} \cdot 10^{{{int(power)}}}"


def latex_matrix(matrix: Matrix) -> str:
    """A matrix with its numbers; a single number stands by itself."""
    if matrix.shape == (1, 1):
        return latex_number(float(matrix[0, 0]))
    rows = r" \\ ".join(" & ".join(map(latex_number, row)) for row in matrix.tolist())
    return rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}"


def equations(step: Step) -> tuple[Equation, ...]:
    """The equations of a step."""
    return EQUATIONS[step.name] if step.name in EQUATIONS else EQUATIONS[step.formula]


def definition(step: Step) -> str | None:
    """What the step's formula leaves unsaid: what f or its derivative is, or what the outputs do; None where it leaves nothing."""
    if step.formula in ACTIVATIONS:
        return f"f(z) = {ACTIVATIONS[step.formula].definition}"
    if step.formula.startswith(CHAIN_RULE):
        return f"f'(z) = {ACTIVATIONS[step.formula.removeprefix(CHAIN_RULE)].derivative_definition}"
    return _OUTPUT_DEFINITIONS.get(step.formula)


def in_symbols(equation: Equation) -> str:
    """The equation as a textbook prints it."""
    return f"{SYMBOLS[equation.result]} {equation.sign} " + equation.right.format(**SYMBOLS)


def with_numbers(equation: Equation, step: Step) -> str:
    """The right side with the numbers in it."""
    numbers = {name: latex_matrix(matrix) for name, matrix in step.operands.items()}
    turned = {f"{name}T": latex_matrix(matrix.T) for name, matrix in step.operands.items()}
    single = {
        f"{name}_{row}": _bracketed(value)
        for name, matrix in step.operands.items()
        for row, (value, *_) in enumerate(matrix.tolist(), 1)
    }
    return "= " + (equation.with_numbers or equation.right).format(**numbers, **turned, **single)


def result(equation: Equation, step: Step) -> str:
    """What comes out."""
    return "= " + latex_matrix(step.results[equation.result])


def shape(matrix: Matrix) -> str:
    """Rows times columns."""
    return f"{matrix.shape[0]}×{matrix.shape[1]}"


def plain_symbol(name: str) -> str:
    """A symbol without LaTeX, for tables, pictures and choices: ``GW1`` -> ∂L/∂W⁽¹⁾."""
    if name in ("x", "y", "L"):
        return name
    if name == "eta":
        return "η"
    letter, layer = name[:-1], SUPERSCRIPTS[int(name[-1])]
    if letter == "s":
        return f"f′(z{layer})"
    if letter.startswith("G"):
        return f"∂L/∂{letter[1:]}{layer}"
    return f"{'δ' if letter == 'd' else letter.removeprefix('N')}{layer}"


def plain_element(name: str, row: int, column: int, columns: int) -> str:
    """One number of a matrix, counted from 0: ``W1`` 0, 2 -> w⁽¹⁾₁₃."""
    place = f"{row + 1}{column + 1}" if columns > 1 else f"{row + 1}"
    whole = plain_symbol(name)
    if "W" in whole:
        whole = whole.replace("W", "w")
    return whole + place.translate(SUBSCRIPTS)


@dataclass(frozen=True)
class InFull:
    """How one number of a result is computed: in symbols, and with the numbers in it."""

    symbols: str
    numbers: str
    value: float


def in_full(step: Step, matrices: Mapping[str, Matrix], name: str, row: int, column: int) -> InFull:
    """How the number at ``row`` and ``column`` (from 0) of the result ``name`` is computed."""
    terms = _IN_FULL[step.name](_Reader(step, matrices), name, row, column)
    return InFull(
        f"{_element(name, row, column, matrices[name].shape[1])} {terms[0]}",
        terms[1],
        float(matrices[name][row, column]),
    )


@dataclass(frozen=True)
class _Reader:
    """Reads single numbers of a step's matrices, as symbol and as LaTeX."""

    step: Step
    matrices: Mapping[str, Matrix]

    def symbol(self, name: str, row: int, column: int = 0) -> str:
        return _element(name, row, column, self.matrices[name].shape[1])

    def value(self, name: str, row: int, column: int = 0) -> str:
        return _bracketed(float(self.matrices[name][row, column]))

    def sum(self, pairs: Sequence[tuple[tuple[str, int, int], tuple[str, int, int]]]) -> tuple[str, str]:
        """Products added up, in symbols and in numbers."""
        symbols = " + ".join(rf"{self.symbol(*left)} \, {self.symbol(*right)}" for left, right in pairs)
        numbers = " + ".join(rf"{self.value(*left)} \cdot {self.value(*right)}" for left, right in pairs)
        return symbols, numbers


def _element(name: str, row: int, column: int, columns: int) -> str:
    if name == "s1":
        return rf"f'\!\left({_element('z1', row, 0, 1)}\right)"
    if name in ("L", "eta"):
        return SYMBOLS[name]
    place = f"{row + 1}{column + 1}" if columns > 1 else f"{row + 1}"
    if name.startswith("G"):
        return _gradient_of(_element(name[1:], row, column, columns))
    return f"{SYMBOLS[name].replace('W', 'w')}_{{{place}}}"


def _bracketed(value: float) -> str:
    text = latex_number(value)
    return f"({text})" if value < 0 or "cdot" in text else text


def _lines(sign: str, lines: Sequence[str]) -> str:
    """A sum on several lines, for a telephone."""
    return rf"\begin{{aligned}} {sign} \; & " + r" \\ & + ".join(lines) + r" \end{aligned}"


def _weighted_sum(reader: _Reader, name: str, row: int, column: int) -> tuple[str, str]:
    layer = name[-1]
    below = "x" if layer == "1" else "a1"
    pairs = [((f"W{layer}", row, index), (below, index, 0)) for index in range(len(reader.matrices[below]))]
    symbols, numbers = reader.sum(pairs)
    bias = f"b{layer}"
    terms = numbers.split(" + ")
    lines = [" + ".join(terms[:2]), " + ".join([*terms[2:], reader.value(bias, row)])]
    return f"= {symbols} + {reader.symbol(bias, row)}", _lines("=", lines)


def _bend(reader: _Reader, name: str, row: int, column: int) -> tuple[str, str]:
    symbol, value = reader.symbol("z1", row), latex_number(float(reader.matrices["z1"][row, 0]))
    bracketed = f"({value})" if value.startswith("-") else value
    form = "= " + ACTIVATIONS[reader.step.formula].applied
    return form.format(z=symbol, bare=symbol), form.format(z=bracketed, bare=value)


def _output(reader: _Reader, name: str, row: int, column: int) -> tuple[str, str]:
    if reader.step.formula == "output_squared_error":
        form = r"= \frac{{1}}{{1 + e^{{-{0}}}}}"
        return form.format(reader.symbol("z2", row)), form.format(reader.value("z2", row))
    form = r"= \frac{{e^{{{0}}}}}{{e^{{{1}}} + e^{{{2}}}}}"
    values = [latex_number(float(reader.matrices["z2"][index, 0])) for index in (row, 0, 1)]
    return form.format(*(reader.symbol("z2", index) for index in (row, 0, 1))), form.format(*values)


def _output_delta(reader: _Reader, name: str, row: int, column: int) -> tuple[str, str]:
    form = (
        r"= \left({0} - {1}\right) \cdot {0} \cdot \left(1 - {0}\right)"
        if reader.step.formula == "delta_squared_error"
        else "= {0} - {1}"
    )
    return (
        form.format(reader.symbol("a2", row), reader.symbol("y", row)),
        form.format(reader.value("a2", row), reader.value("y", row)),
    )


def _hidden_delta(reader: _Reader, name: str, row: int, column: int) -> tuple[str, str]:
    symbols, numbers = reader.sum([(("W2", index, row), ("d2", index, 0)) for index in range(2)])
    return (
        rf"= \left( {symbols} \right) \cdot {reader.symbol('s1', row)}",
        rf"= \left( {numbers} \right) \cdot {reader.value('s1', row)}",
    )


def _gradient(reader: _Reader, name: str, row: int, column: int) -> tuple[str, str]:
    delta, below = f"d{name[-1]}", "x" if name[-1] == "1" else "a1"
    if name[1] == "b":
        return f"= {reader.symbol(delta, row)}", f"= {reader.value(delta, row)}"
    symbols, numbers = reader.sum([((delta, row, 0), (below, column, 0))])
    return f"= {symbols}", f"= {numbers}"


def _update(reader: _Reader, name: str, row: int, column: int) -> tuple[str, str]:
    now, gradient = name[1:], f"G{name[1:]}"
    rate, rate_value = SYMBOLS["eta"], reader.value("eta", 0)
    symbols = rf"\leftarrow {reader.symbol(now, row, column)} - {rate} \cdot {reader.symbol(gradient, row, column)}"
    numbers = rf"= {reader.value(now, row, column)} - {rate_value} \cdot {reader.value(gradient, row, column)}"
    return symbols, numbers


_IN_FULL: Final[Mapping[str, Callable[[_Reader, str, int, int], tuple[str, str]]]] = MappingProxyType(
    {
        "hidden_sum": _weighted_sum,
        "hidden_output": _bend,
        "output_sum": _weighted_sum,
        "output": _output,
        "output_delta": _output_delta,
        "hidden_delta": _hidden_delta,
        "output_gradient": _gradient,
        "hidden_gradient": _gradient,
        "output_update": _update,
        "hidden_update": _update,
    }
)


def layer_formulas(layer_sizes: Sequence[int]) -> dict[Phase, list[str]]:
    """The whole step for a network of these layer sizes, in LaTeX, by phase, with the shape of each matrix below it."""
    last = len(layer_sizes) - 1
    forward: list[str] = []
    backward: list[str] = []
    for layer in range(1, last + 1):
        out, into = layer_sizes[layer], layer_sizes[layer - 1]
        weight = rf"\underset{{{out} \times {into}}}{{{_of_layer('W', layer)}}}"
        below = rf"\underset{{{into} \times 1}}{{{_below(layer)}}}"
        bend = r"\operatorname{softmax}" if layer == last else "f"
        forward.append(
            rf"{_of_layer('z', layer)} = {weight} \, {below} + {_of_layer('b', layer)}, \quad"
            rf" {_of_layer('a', layer)} = {bend}\!\left({_of_layer('z', layer)}\right)"
        )
        backward.insert(0, _gradient_line(layer, out, into))
        backward.insert(0, _delta_line(layer, last))
    descent = rf"W^{{(l)}} \leftarrow W^{{(l)}} - \eta \, {_gradient_of('W^{(l)}')}, \quad l = 1, \dots, {last}"
    loss = rf"L = -\ln {_of_layer('a', last)}_{{y}}"
    return {Phase.FORWARD: forward, Phase.LOSS: [loss], Phase.BACKWARD: backward, Phase.UPDATE: [descent]}


def _below(layer: int) -> str:
    return "x" if layer == 1 else _of_layer("a", layer - 1)


def _delta_line(layer: int, last: int) -> str:
    if layer == last:
        return rf"{_of_layer(DELTA, layer)} = {_of_layer('a', layer)} - y"
    above = rf"\left({_of_layer('W', layer + 1)}\right)^{{\mathsf T}} {_of_layer(DELTA, layer + 1)}"
    return rf"{_of_layer(DELTA, layer)} = {above} \odot f'\!\left({_of_layer('z', layer)}\right)"


def _gradient_line(layer: int, out: int, into: int) -> str:
    turned = r"x^{\mathsf T}" if layer == 1 else rf"\left({_below(layer)}\right)^{{\mathsf T}}"
    return (
        rf"\underset{{{out} \times {into}}}{{{_gradient_of(_of_layer('W', layer))}}} ="
        rf" \underset{{{out} \times 1}}{{{_of_layer(DELTA, layer)}}} \; \underset{{1 \times {into}}}{{{turned}}}"
    )
