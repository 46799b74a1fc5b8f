"""Everything the worked example shows of every step, for every activation and loss, is to the character what it was when recorded.

Whole for the sheet the page opens with, as a fingerprint for the others. After a change that is meant, record anew:
``python -m tests.ui.by_hand.test_shown_formulas``.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from model.activations import ACTIVATIONS
from model.textbook.backpropagation import LOSSES
from model.textbook.sheet import Sheet
from model.textbook.symbols import Symbol
from model.textbook.worked_example import Step, TrainingStep, training_step
from ui.by_hand.figures import Hovers, network_picture
from ui.by_hand.formulas import definition, equations, in_symbols, result, with_numbers
from ui.by_hand.in_full import in_full
from ui.by_hand.notation import number, plain_entry, plain_symbol, shape

RECORD = Path(__file__).with_name("shown_formulas.json")


def lines_of(step: Step, computed: TrainingStep) -> Iterator[str]:
    """The formulas, the words for screen readers, the shapes, each number in full, and the picture of a step."""
    yield from (step.phase, step.formula, str(definition(step)))
    for equation in equations(step):
        yield from (in_symbols(equation), with_numbers(equation, step), result(equation, step))
    for symbol, matrix in step.results.items():
        yield f"{plain_symbol(symbol)}: {'; '.join(', '.join(map(number, row)) for row in matrix.tolist())}"
    yield " ".join(
        f"{plain_symbol(symbol)} {shape(matrix)}" for symbol, matrix in (step.operands | step.results).items()
    )
    for symbol, matrix in step.results.items() if step.name != "loss" else ():
        for row, column in np.ndindex(matrix.shape):
            full = in_full(step, computed.matrices, symbol.at(row, column))
            yield from (plain_entry(symbol.at(row, column)), full.symbols, full.numbers)
    yield from picture_of(step, computed)


def picture_of(step: Step, computed: TrainingStep) -> Iterator[str]:
    """What is written in the picture, and where a pointer finds which name."""
    figure = network_picture(step, computed.matrices, Hovers({symbol: names(symbol) for symbol in computed.matrices}))
    yield from (f"{note.text} at {note.x:.3f}, {note.y:.3f}" for note in figure.layout.annotations)
    yield from (" ".join(trace.customdata) for trace in figure.data if trace.customdata is not None)


def names(symbol: Symbol) -> list[list[str]]:
    return [[plain_entry(symbol.at(row, column)) for column in range(4)] for row in range(4)]


def shown() -> dict[str, list[str]]:
    found = {}
    for activation in ACTIVATIONS:
        for loss in LOSSES:
            sheet = Sheet(activation=activation, loss=loss)
            computed = training_step(sheet)
            for step in computed.steps:
                lines = list(lines_of(step, computed))
                whole = sheet == Sheet()
                found[f"{activation} {loss} {step.name}"] = lines if whole else [fingerprint(lines)]
    return found


def fingerprint(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def test_every_formula_stands_as_it_was_recorded() -> None:
    recorded = json.loads(RECORD.read_text("utf-8"))
    assert {name: lines for name, lines in shown().items() if name in recorded} == recorded


if __name__ == "__main__":
    RECORD.write_text(json.dumps(shown(), ensure_ascii=False, indent=1) + "\n", "utf-8")
