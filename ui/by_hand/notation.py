"""How symbols and numbers of the worked example are written, in LaTeX and without; knows no step and no Streamlit."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from model.textbook.backpropagation import Matrix
from model.textbook.symbols import Entry, Form, Kind, Symbol

SUBSCRIPTS: Final = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPTS: Final[Mapping[int, str]] = MappingProxyType({0: "", 1: "⁽¹⁾", 2: "⁽²⁾"})
DELTA: Final = r"\delta"
# Where a quantity is not written by the letter that is its value.
LATEX_LETTERS: Final[Mapping[Kind, str]] = MappingProxyType({Kind.RATE: r"\eta", Kind.DELTAS: DELTA})
PLAIN_LETTERS: Final[Mapping[Kind, str]] = MappingProxyType({Kind.RATE: "η", Kind.DELTAS: "δ"})
SINGLE: Final = frozenset({Kind.LOSS, Kind.RATE})


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
    """A number for LaTeX, with powers of ten written out."""
    text = number(value)
    if "e" not in text:
        return text
    digits, power = text.split("e")
    return rf"{digits} \cdot 10^{{{int(power)}}}"


def bracketed_number(value: float) -> str:
    """The same as a factor: in brackets where it has a sign or a power of ten."""
    text = latex_number(value)
    return f"({text})" if value < 0 or "cdot" in text else text


def latex_matrix(matrix: Matrix) -> str:
    """A matrix with its numbers; a single number stands by itself."""
    if matrix.shape == (1, 1):
        return latex_number(float(matrix[0, 0]))
    rows = r" \\ ".join(" & ".join(map(latex_number, row)) for row in matrix.tolist())
    return rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}"


def shape(matrix: Matrix) -> str:
    """Rows times columns."""
    return f"{matrix.shape[0]}×{matrix.shape[1]}"


def of_layer(letter: str, layer: int) -> str:
    """A letter with its layer in LaTeX, the bare letter of what belongs to no layer (0)."""
    return f"{letter}^{{({layer})}}" if layer else letter


def gradient_of(latex: str) -> str:
    """The derivative of the loss by something, in LaTeX."""
    return rf"\frac{{\partial L}}{{\partial {latex}}}"


def transposed(latex: str, bare: bool = False) -> str:
    """The transpose of something, which stands in brackets unless it is a ``bare`` letter."""
    return (latex if bare else rf"\left({latex}\right)") + r"^{\mathsf T}"


def slope_at(latex: str) -> str:
    """The derivative of the activation at something, in LaTeX."""
    return rf"f'\!\left({latex}\right)"


def latex_symbol(symbol: Symbol) -> str:
    """A symbol as a textbook prints it; a new value is written as the value itself."""
    if symbol.kind is Kind.SLOPES:
        return slope_at(latex_symbol(_sums_of(symbol)))
    whole = of_layer(LATEX_LETTERS.get(symbol.kind, symbol.kind), symbol.layer)
    if symbol.form is Form.GRADIENT:
        whole = gradient_of(whole)
    return transposed(whole, bare=not symbol.layer) if symbol.is_transposed else whole


def latex_entry(entry: Entry) -> str:
    """One number of a matrix as a textbook prints it, with its place below; a single number has none."""
    symbol = entry.symbol
    if symbol.kind is Kind.SLOPES:
        return slope_at(latex_entry(_sums_of(symbol).at(entry.row)))
    if symbol.kind in SINGLE:
        return latex_symbol(symbol)
    if symbol.form is Form.GRADIENT:
        return gradient_of(latex_entry(symbol.now.at(entry.row, entry.column)))
    letter = "w" if symbol.kind is Kind.WEIGHTS else LATEX_LETTERS.get(symbol.kind, symbol.kind)
    return f"{of_layer(letter, symbol.layer)}_{{{_place(entry)}}}"


def plain_symbol(symbol: Symbol, with_layer: bool = True) -> str:
    """A symbol without LaTeX, for tables, pictures and choices: the gradient by the first weights is ∂L/∂W⁽¹⁾."""
    return _plain(symbol, PLAIN_LETTERS.get(symbol.kind, symbol.kind), with_layer)


def plain_entry(entry: Entry) -> str:
    """One number of a matrix without LaTeX: the third weight of the first hidden neuron is w⁽¹⁾₁₃."""
    kind = entry.symbol.kind
    letter = "w" if kind is Kind.WEIGHTS else PLAIN_LETTERS.get(kind, kind)
    return _plain(entry.symbol, letter) + _place(entry).translate(SUBSCRIPTS)


def _plain(symbol: Symbol, letter: str, with_layer: bool = True) -> str:
    layer = SUPERSCRIPTS[symbol.layer] if with_layer else ""
    if symbol.kind is Kind.SLOPES:
        return f"f′(z{layer})"
    return ("∂L/∂" if symbol.form is Form.GRADIENT else "") + letter + layer


def _sums_of(slopes: Symbol) -> Symbol:
    return Symbol(Kind.SUMS, slopes.layer)


def _place(entry: Entry) -> str:
    return f"{entry.row + 1}{entry.column + 1}" if entry.symbol.has_columns else f"{entry.row + 1}"
