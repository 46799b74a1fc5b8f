"""How one unit of a network comes to what it says: its inputs times its weights, added up, and its bias; knows no screen."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from model.interpretability.activation_trace import Indices, Matrix, Passed
from model.network import Network
from model.sizes import SIDE

TERMS_SHOWN: Final = 6
BAND: Final = 4


@dataclass(frozen=True, eq=False)
class UnitSum:
    """The sum of a unit: ``terms`` + ``others`` + ``bias`` = ``total``.

    Attributes:
        inputs: the inputs whose terms are largest by size, the largest first, (k,) numbers of pixels or units below.
        outputs: what the layer below puts out at these inputs, (k,).
        weights: the weights on them, (k,).
        terms: the one times the other, (k,).
        others: what all other inputs add together.
        others_count: how many these are.
        bias: the unit's own.
        total: the sum, before any activation.
        answer: what the unit says; of a digit its share, 0 to 1.
        off: whether it is switched off and says nothing whatever its sum.
    """

    inputs: Indices
    outputs: Matrix
    weights: Matrix
    terms: Matrix
    others: float
    others_count: int
    bias: float
    total: float
    answer: float
    off: bool


def unit_sum(network: Network, passed: Passed, layer: int, unit: int) -> UnitSum:
    """The sum of a unit for the image that has ``passed``; the layer after the last hidden one is that of the ten digits."""
    weights, biases = network.weights[layer]
    outputs, column = passed.inputs[layer], weights[:, unit].astype(np.float64)
    terms = outputs * column
    largest = (-np.abs(terms)).argsort(kind="stable")[:TERMS_SHOWN]
    hidden = layer < len(passed.secants)
    return UnitSum(
        inputs=largest,
        outputs=outputs[largest],
        weights=column[largest],
        terms=terms[largest],
        others=float(terms.sum() - terms[largest].sum()),
        others_count=len(terms) - len(largest),
        bias=float(biases[unit]),
        total=float(passed.sums[layer][unit]),
        answer=float(passed.inputs[layer + 1][unit]) if hidden else float(passed.probabilities[unit]),
        off=hidden and bool(passed.silent[layer][unit]),
    )


def pixel_terms(network: Network, passed: Passed, unit: int) -> Matrix:
    """Pixel times weight for a unit of the first layer, (28, 28)."""
    return np.asarray((passed.inputs[0] * network.weights[0][0][:, unit]).reshape(SIDE, SIDE))


def bands(terms: Matrix) -> list[tuple[int, int, float]]:
    """A picture (28, 28) of terms in bands of four rows from the top: first and last row, counted from 0, and the sum of its terms.

    Bands in which nothing is added are left out.
    """
    parts = terms.reshape(SIDE // BAND, BAND, SIDE)
    return [
        (BAND * place, BAND * place + BAND - 1, float(part.sum())) for place, part in enumerate(parts) if part.any()
    ]
