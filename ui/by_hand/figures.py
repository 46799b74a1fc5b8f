"""The pictures of the paper: the little network with the numbers of a step lit up, and its loss curve; imports no Streamlit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import plotly.graph_objects as go

from model.textbook.backpropagation import Matrix
from model.textbook.symbols import A1, A2, B1, B2, D1, D2, W1, W2, Z1, Z2, Form, Symbol, X, Y, biases, weights
from model.textbook.worked_example import Step
from ui.by_hand.notation import change, plain_symbol, short_number
from ui.colours import DARK_GREY, WHITE
from ui.elements.axis_ticks import rounded_up
from ui.elements.figure_style import (
    QUIET_COLOUR,
    TRAINING_COLOUR,
    VALIDATION_COLOUR,
    axis_title,
    loss_top,
    plain_figure,
    thinned,
)

COUNTS: Final = (3, 4, 2)
LETTERS: Final = ("x", "h", "o")
# So high stand the dots of each column, and so far along its lines stand a layer's numbers: there no two lines come near each other, and
# the numbers stand in one column without touching, in a picture as narrow as a telephone's too.
HEIGHTS: Final = ((0.885, 0.5, 0.115), (0.875, 0.625, 0.375, 0.125), (0.77, 0.23))
LABEL_PLACES: Final = (0.537, 0.41)
SUBSCRIPT: Final = "₁₂₃₄"


@dataclass(frozen=True)
class Lights:
    """Which numbers a step lights up: at the inputs, hidden neurons and outputs, on the connections, and the biases."""

    inputs: Symbol | None = None
    hidden_lines: Symbol | None = None
    hidden: Symbol | None = None
    hidden_bias: Symbol | None = None
    output_lines: Symbol | None = None
    outputs: Symbol | None = None
    output_bias: Symbol | None = None
    targets: Symbol | None = None


LIGHTS: Final[Mapping[str, Lights]] = MappingProxyType(
    {
        "hidden_sum": Lights(inputs=X, hidden_lines=W1, hidden=Z1, hidden_bias=B1),
        "hidden_output": Lights(hidden=A1, hidden_bias=Z1),
        "output_sum": Lights(hidden=A1, output_lines=W2, outputs=Z2, output_bias=B2),
        "output": Lights(outputs=A2, output_bias=Z2),
        "loss": Lights(outputs=A2, targets=Y),
        "output_delta": Lights(outputs=D2, output_bias=A2, targets=Y),
        "hidden_delta": Lights(hidden=D1, output_lines=W2, outputs=D2),
        "output_gradient": Lights(hidden=A1, output_lines=W2.gradient, outputs=D2, output_bias=B2.gradient),
        "hidden_gradient": Lights(inputs=X, hidden_lines=W1.gradient, hidden=D1, hidden_bias=B1.gradient),
        "output_update": Lights(output_lines=W2.new, output_bias=B2.new),
        "hidden_update": Lights(hidden_lines=W1.new, hidden_bias=B1.new),
    }
)


@dataclass(frozen=True)
class Hovers:
    """What a pointer is told, HTML by symbol of the weights and biases, row by row: ``texts[W1][row][column]``."""

    texts: Mapping[Symbol, Sequence[Sequence[str]]]


def network_picture(step: Step, matrices: Mapping[Symbol, Matrix], hovers: Hovers) -> go.Figure:
    """Three columns of dots with lines between them; the numbers of ``step`` stand where they belong, new ones beside the old.

    A lit line is blue where its number is positive and orange where it is negative. ``matrices`` are those of
    ``model.textbook.worked_example.TrainingStep``.
    """
    lights = LIGHTS[step.name]
    lines = ((1, lights.hidden_lines), (2, lights.output_lines))
    columns = tuple(enumerate((lights.inputs, lights.hidden, lights.outputs)))
    traces = [trace for layer, symbol in lines for trace in _lines(layer, matrices[symbol] if symbol else None)]
    traces += [_line_points(layer, bool(symbol), hovers) for layer, symbol in lines]
    traces += [_dots(column, bool(shown), hovers) for column, shown in columns]
    numbers = [number for layer, symbol in lines for number in _on_lines(layer, symbol, matrices)]
    numbers += [number for column, symbol in columns for number in _at_dots(column, symbol, matrices, above=True)]
    for column, symbol in ((1, lights.hidden_bias), (2, lights.output_bias)):
        numbers += _at_dots(column, symbol, matrices, above=False)
    if lights.targets:
        numbers += _targets(matrices[lights.targets])
    figure = plain_figure(traces, margin=dict.fromkeys("lrtb", 4), font_size=12)
    figure.update_layout(hovermode="closest", annotations=numbers)
    figure.update_xaxes(visible=False, fixedrange=True, range=[-0.21, 2.24])
    figure.update_yaxes(visible=False, fixedrange=True, range=[-0.03, 1.03])
    return figure


def paper_loss_curve(losses: Sequence[float], title: str, step: str) -> go.Figure:
    """The loss after each training step, the start first; at most 500 points."""
    shown = thinned(len(losses))
    line = go.Scatter(
        x=shown.astype(np.float32),
        y=np.array(losses, np.float32)[shown],
        mode="lines+markers" if len(losses) <= 40 else "lines",
        line={"color": TRAINING_COLOUR, "width": 2},
        hovertemplate=f"{step} %{{x:.0f}}: %{{y:.5f}}<extra></extra>",
    )
    figure = plain_figure([line], title, {"l": 48, "t": 36})
    figure.update_layout(title={"x": 0, "xref": "paper", "font": {"size": 15}})
    last = rounded_up(max(10, len(losses) - 1))
    figure.update_xaxes(title=axis_title(step), range=[-0.02 * last, 1.02 * last])
    figure.update_yaxes(range=[0, rounded_up(loss_top(losses))])
    # Another beginning is another curve: only then is the zoom forgotten.
    figure.update_layout(uirevision=repr(losses[0]))
    return figure


def _height(column: int, index: int) -> float:
    return HEIGHTS[column][index]


def _lines(layer: int, values: Matrix | None) -> list[go.Scatter]:
    """The connections of a layer in at most three traces: quiet, positive, negative."""
    groups: dict[str, list[tuple[int, int]]] = {}
    for target in range(COUNTS[layer]):
        for source in range(COUNTS[layer - 1]):
            colour = QUIET_COLOUR
            if values is not None:
                colour = TRAINING_COLOUR if values[target, source] >= 0 else VALIDATION_COLOUR
            groups.setdefault(colour, []).append((source, target))
    traces = []
    for colour, pairs in groups.items():
        x: list[float | None] = []
        y: list[float | None] = []
        for source, target in pairs:
            x += [layer - 1, layer, None]
            y += [_height(layer - 1, source), _height(layer, target), None]
        line = {"color": colour, "width": 1 if values is None else 2}
        opacity = 0.45 if values is None else 0.9
        traces.append(go.Scatter(x=x, y=y, mode="lines", line=line, opacity=opacity, hoverinfo="skip"))
    return traces


def _on_line(layer: int, source: int, target: int) -> tuple[float, float]:
    """Where the number of a connection stands."""
    low, high, share = _height(layer - 1, source), _height(layer, target), LABEL_PLACES[layer - 1]
    return layer - 1 + share, low + share * (high - low)


def _connections(layer: int) -> list[tuple[int, int]]:
    """(source, target) of every connection of a layer, row by row of its matrix."""
    return [(source, target) for target in range(COUNTS[layer]) for source in range(COUNTS[layer - 1])]


def _line_points(layer: int, lit: bool, hovers: Hovers) -> go.Scatter:
    """A point on each connection, which a pointer finds; to be seen where no number stands."""
    pairs = _connections(layer)
    x, y = zip(*(_on_line(layer, *pair) for pair in pairs), strict=True)
    return go.Scatter(
        x=x,
        y=y,
        mode="markers",
        marker={"size": 14 if lit else 5, "color": QUIET_COLOUR, "opacity": 0 if lit else 1},
        customdata=[hovers.texts[weights(layer)][target][source] for source, target in pairs],
        hovertemplate="%{customdata}<extra></extra>",
        name=str(weights(layer)),
    )


def _on_lines(layer: int, symbol: Symbol | None, matrices: Mapping[Symbol, Matrix]) -> list[go.layout.Annotation]:
    """The numbers on the lines between two columns of dots."""
    if not symbol:
        return []
    numbers = []
    for source, target in _connections(layer):
        x, y = _on_line(layer, source, target)
        text = _written(symbol, matrices, target, source)
        numbers.append(_number(x=x, y=y, text=text, font={"size": 10.5}, borderpad=0))
    return numbers


def _written(symbol: Symbol, matrices: Mapping[Symbol, Matrix], row: int, column: int, arrow: str = " → ") -> str:
    """One number of a matrix; a new one beside what it was."""
    value = float(matrices[symbol][row, column])
    if symbol.form is not Form.NEW:
        return short_number(value)
    return arrow.join(change(float(matrices[symbol.now][row, column]), value))


def _dots(column: int, lit: bool, hovers: Hovers) -> go.Scatter:
    names = [f"{LETTERS[column]}{SUBSCRIPT[index]}" for index in range(COUNTS[column])]
    told: dict[str, object] = {"hoverinfo": "skip"}
    if column:
        texts = [row[0] for row in hovers.texts[biases(column)]]
        told = {"customdata": texts, "hovertemplate": "%{customdata}<extra></extra>"}
    return go.Scatter(
        x=[column] * COUNTS[column],
        y=[_height(column, index) for index in range(COUNTS[column])],
        mode="markers+text",
        text=names,
        textfont={"color": WHITE, "size": 13},
        marker={"size": 32, "color": TRAINING_COLOUR if lit else DARK_GREY},
        **told,
    )


def _at_dots(
    column: int, symbol: Symbol | None, matrices: Mapping[Symbol, Matrix], above: bool
) -> list[go.layout.Annotation]:
    """The numbers of a column of dots, above them or below."""
    if not symbol:
        return []
    name = plain_symbol(symbol, with_layer=False)
    # Where much is to be told it takes two lines: a telephone has no room for a long one.
    equals = "<br>= " if symbol.form is Form.GRADIENT else " = "
    texts = [f"{name}{equals}{_written(symbol, matrices, index, 0, arrow='<br>→ ')}" for index in range(COUNTS[column])]
    return [
        _number(
            x=column,
            y=_height(column, index),
            text=f"<b>{text}</b>" if above else text,
            font={"size": 12 if above else 10.5},
            yshift=17 if above else -16,
            yanchor="bottom" if above else "top",
        )
        for index, text in enumerate(texts)
    ]


def _targets(targets: Matrix) -> list[go.layout.Annotation]:
    return [
        _number(
            x=2,
            y=_height(2, index),
            yshift=-31,
            yanchor="top",
            text=f"y = {short_number(value)}",
            font={"size": 12},
        )
        for index, (value, *_) in enumerate(targets.tolist())
    ]


def _number(**where_and_how: object) -> go.layout.Annotation:
    """A text that stands where it is said to, without an arrow."""
    return go.layout.Annotation(showarrow=False, **where_and_how)
