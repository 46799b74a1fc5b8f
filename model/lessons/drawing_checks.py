"""Checks of what a visitor draws and of who reads it: sure, prepared, doubted, misread, voted on; knows no screen or language."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from model.drawing import find_ink, ink_box, resize_only, to_mnist
from model.evaluation.ensemble import votes
from model.lessons.facts import (
    ANY,
    Facts,
    Finding,
    Where,
    differing,
    new_drawing,
    new_picture,
    not_done,
    right_reader,
    unfit,
)
from model.network import FloatArray, Network, predict
from model.runs.run import RunView
from model.training.fine_tuning import read_right

LARGE_LEAST: Final = 0.5
SMALL_MOST: Final = 0.4
CORNER_LEAST: Final = 0.12


def is_large(rgba: npt.NDArray[np.uint8]) -> bool:
    """Whether the ink of a drawing (H, W, 4) reaches over at least half of the canvas in height or width."""
    box = ink_box(find_ink(rgba))
    return box is not None and _longer_side(box, rgba) >= LARGE_LEAST


def is_small_in_corner(rgba: npt.NDArray[np.uint8]) -> bool:
    """Whether the ink of a drawing (H, W, 4) is at most two fifths of the canvas long, its middle off centre both ways."""
    box = ink_box(find_ink(rgba))
    if box is None or _longer_side(box, rgba) > SMALL_MOST:
        return False
    top, bottom, left, right = box
    middles = ((top + bottom) / 2 / rgba.shape[0], (left + right) / 2 / rgba.shape[1])
    return all(abs(middle - 0.5) >= CORNER_LEAST for middle in middles)


def _longer_side(box: tuple[int, int, int, int], rgba: npt.NDArray[np.uint8]) -> float:
    top, bottom, left, right = box
    return float(max((bottom - top) / rgba.shape[0], (right - left) / rgba.shape[1]))


def reads(facts: Facts, where: Where = ANY, digit: int | None = None, large: bool = False) -> Finding:
    """A run of ``where`` reads a new drawing or sample digit; the value is how sure it is, percent.

    ``digit`` asks that it be this one: the sample of it, or a drawing that is read as it. ``large`` asks for a large drawing.
    """
    reader, network = right_reader(facts, where)
    if large and not is_large(new_drawing(facts)):
        raise not_done("not_large")
    answer, sure = _answer(network, new_picture(facts))
    numbers = {"answer": str(answer), "sure": _percent(sure)}
    chosen = answer if facts.sample is None else facts.sample
    if digit is not None and chosen != digit:
        raise not_done(
            "other_sample" if facts.sample is not None else "other_digit", numbers=numbers | {"digit": str(digit)}
        )
    return Finding(True, "reads", numbers, {}, sure, {"run": reader.token})


def prepared(facts: Facts, where: Where = ANY, digit: int | None = None) -> Finding:
    """A run of ``where`` reads a new small drawing in a corner differently with and without preparation.

    ``digit`` asks that it be read as this one with it. The value is how sure the network is without, percent.
    """
    reader, network = right_reader(facts, where)
    drawing = new_drawing(facts)
    if not is_small_in_corner(drawing):
        raise not_done("not_in_corner")
    careful, plain = to_mnist(drawing), resize_only(drawing)
    if careful is None or plain is None:
        raise not_done("not_drawn_self")
    (answer, sure), (raw_answer, raw_sure) = _answer(network, careful), _answer(network, plain)
    numbers = {
        "answer": str(answer),
        "sure": _percent(sure),
        "raw_answer": str(raw_answer),
        "raw_sure": _percent(raw_sure),
    }
    if digit is not None and answer != digit:
        raise not_done("other_digit", numbers=numbers | {"digit": str(digit)})
    if answer == raw_answer:
        raise not_done("prepared_alike", reader, numbers=numbers)
    return Finding(True, "prepared", numbers, {}, raw_sure, {"run": reader.token})


def doubted(facts: Facts, where: Where = ANY) -> Finding:
    """A run of ``where`` answers for a new drawing that is no digit; the value is how sure it is of its answer, percent."""
    reader, network = right_reader(facts, where)
    new_drawing(facts)
    picture = new_picture(facts)
    if facts.doubted is None:
        raise not_done("doubt_not_ready")
    answer, sure = _answer(network, picture)
    numbers = {"answer": str(answer), "sure": _percent(sure)}
    if not facts.doubted:
        raise not_done("not_doubted", reader, numbers=numbers)
    return Finding(True, "doubted", numbers, {}, sure, {"run": reader.token})


def named(facts: Facts, where: Where = ANY, count: int = 3) -> Finding:
    """At least ``count`` new own digits were drawn and named; the value is the share a run of ``where`` reads right, percent."""
    reader, network = right_reader(facts, where)
    own = facts.new_own_digits
    numbers = {"count": str(len(own)), "wanted": str(count)}
    if len(own) < count:
        raise not_done("too_few_named", numbers=numbers)
    right = read_right(network, own)
    return Finding(True, "named", numbers | {"right": str(right)}, {}, 100 * right / len(own), {"run": reader.token})


def misread(facts: Facts, where: Where = ANY) -> Finding:
    """A run of ``where`` reads a new own digit wrong; the value is how sure it is of its mistake, percent."""
    reader, network = right_reader(facts, where)
    for own in reversed(facts.new_own_digits):
        answer, sure = _answer(network, np.asarray(own.picture / 255, np.float32))
        if answer != own.label:
            numbers = {"label": str(own.label), "answer": str(answer), "sure": _percent(sure)}
            return Finding(True, "misread", numbers, {}, sure, {"run": reader.token})
    if not facts.new_own_digits:
        raise not_done("none_named")
    raise not_done("none_misread", reader, numbers={"count": str(len(facts.new_own_digits))})


def voted(facts: Facts, where: Where = ANY, count: int = 2) -> Finding:
    """At least ``count`` runs of ``where``, equal but for the seed, read a new drawing or sample digit together.

    Others may vote with them. The value is how many of all agree with the vote, percent.
    """
    networks = [run.network for run in facts.voters if run.network is not None]
    numbers = {"count": str(count)}
    if len(networks) < count:
        raise not_done("no_vote", numbers=numbers)
    wanted = where.held(facts.locked)
    kindred = _kindred(facts.voters, wanted)
    if kindred < count:
        raise not_done("voters_unlike", numbers=numbers | {"have": str(kindred)}, settings={"where": wanted.values})
    probabilities = votes(networks, new_picture(facts)[None])[:, 0]
    together = probabilities.mean(axis=0)
    answer = int(together.argmax())
    agree = int((probabilities.argmax(axis=1) == answer).sum())
    numbers = {
        "answer": str(answer),
        "sure": _percent(100 * float(together[answer])),
        "agree": str(agree),
        "count": str(len(probabilities)),
    }
    return Finding(True, "voted", numbers, value=100 * agree / len(probabilities))


def _kindred(voters: Sequence[RunView], wanted: Where) -> int:
    """How many of the voters at most are of these settings, trained to their end, and equal but for their seeds, all different."""
    fit = [run.config for run in voters if unfit(run) is None and wanted.matches(run.config)]
    return max(
        (len({other.seed for other in fit if not differing(config, other, {"seed"})}) for config in fit), default=0
    )


def _answer(network: Network, picture: FloatArray) -> tuple[int, float]:
    """The digit read, and how sure the network is of it, percent."""
    probabilities = predict(network, picture[None])[0]
    answer = int(probabilities.argmax())
    return answer, 100 * float(probabilities[answer])


def _percent(share: float) -> str:
    """Percent without decimals; what is nearly certain is not called certain."""
    return ">99%" if 99.5 <= share < 100 else f"{share:.0f}%"
