"""The whole training step of a network of any size in LaTeX, with the shape of each matrix below it; knows no Streamlit."""

from collections.abc import Sequence

from model.textbook.worked_example import Phase
from ui.by_hand.notation import DELTA, gradient_of, of_layer, slope_at, transposed


def layer_formulas(layer_sizes: Sequence[int]) -> dict[Phase, list[str]]:
    """The whole step for a network of these layer sizes, in LaTeX, by phase."""
    last = len(layer_sizes) - 1
    forward: list[str] = []
    backward: list[str] = []
    for layer in range(1, last + 1):
        out, into = layer_sizes[layer], layer_sizes[layer - 1]
        forward.append(_forward_line(layer, last, out, into))
        backward[:0] = [_delta_line(layer, last), _gradient_line(layer, out, into)]
    descent = rf"W^{{(l)}} \leftarrow W^{{(l)}} - \eta \, {gradient_of('W^{(l)}')}, \quad l = 1, \dots, {last}"
    loss = rf"L = -\ln {of_layer('a', last)}_{{y}}"
    return {Phase.FORWARD: forward, Phase.LOSS: [loss], Phase.BACKWARD: backward, Phase.UPDATE: [descent]}


def _shaped(latex: str, rows: int, columns: int) -> str:
    return rf"\underset{{{rows} \times {columns}}}{{{latex}}}"


def _below(layer: int) -> str:
    return "x" if layer == 1 else of_layer("a", layer - 1)


def _forward_line(layer: int, last: int, out: int, into: int) -> str:
    weight, below = _shaped(of_layer("W", layer), out, into), _shaped(_below(layer), into, 1)
    sums, activation = of_layer("z", layer), r"\operatorname{softmax}" if layer == last else "f"
    return (
        rf"{sums} = {weight} \, {below} + {of_layer('b', layer)}, \quad"
        rf" {of_layer('a', layer)} = {activation}\!\left({sums}\right)"
    )


def _delta_line(layer: int, last: int) -> str:
    delta = of_layer(DELTA, layer)
    if layer == last:
        return rf"{delta} = {of_layer('a', layer)} - y"
    above = rf"{transposed(of_layer('W', layer + 1))} {of_layer(DELTA, layer + 1)}"
    return rf"{delta} = {above} \odot {slope_at(of_layer('z', layer))}"


def _gradient_line(layer: int, out: int, into: int) -> str:
    gradient = _shaped(gradient_of(of_layer("W", layer)), out, into)
    delta = _shaped(of_layer(DELTA, layer), out, 1)
    return rf"{gradient} = {delta} \; {_shaped(transposed(_below(layer), bare=layer == 1), 1, into)}"
