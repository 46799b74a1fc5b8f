"""Accuracy against one kind of damage over all of its range, and where it falls off a cliff; knows no screen."""

import dataclasses
import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from model.data.mnist import load_mnist
from model.interpretability.ablation import Damage, damaged
from model.interpretability.corruption import ImageDamage, answers_to_damaged
from model.network import Network

LITTLE: Final = 0.05
LEAST_CLIFF: Final = 0.2
CLIFF_STEEPNESS: Final = 2.0


@dataclass(frozen=True)
class Harm:
    """Everything that is wrong: with the network, and with the images it gets."""

    network: Damage = field(default_factory=Damage)
    images: ImageDamage = field(default_factory=ImageDamage)


@dataclass(frozen=True)
class Kind:
    """One kind of damage: a field that is a number, as whole numbers of its own unit (percent, degrees or pixels).

    Attributes:
        part, field: which field of ``Harm``, and which of that.
        low, high: its range; zero, which lies in it, is no damage.
        step: from one value that can be set to the next.
        stride: from one place of the curve to the next.
        scale: how many units are 1.0 of the field.
    """

    part: str
    field: str
    low: int
    high: int
    step: int
    stride: int
    scale: int

    @property
    def places(self) -> list[int]:
        """Where the curve is measured, from low to high."""
        return list(range(self.low, self.high + 1, self.stride))

    def put(self, harm: Harm, place: int) -> Harm:
        """The same harm, but so much of this kind."""
        value = place if self.scale == 1 else place / self.scale
        changed = dataclasses.replace(getattr(harm, self.part), **{self.field: value})
        return dataclasses.replace(harm, **{self.part: changed})

    def without(self, harm: Harm) -> Harm:
        """The same harm with nothing of this kind."""
        return self.put(harm, 0)


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "damage_noise": Kind("network", "noise", 0, 300, 10, 10, 100),
        "damage_share": Kind("network", "share_off", 0, 95, 5, 5, 100),
        "image_noise": Kind("images", "noise", 0, 100, 5, 5, 100),
        "image_rotation": Kind("images", "rotation", -180, 180, 5, 10, 1),
        "image_right": Kind("images", "right", -10, 10, 1, 1, 1),
        "image_down": Kind("images", "down", -10, 10, 1, 1, 1),
        "image_blocked": Kind("images", "blocked", 0, 20, 1, 1, 1),
    }
)


def count_right(network: Network, on_test: bool, harm: Harm) -> int:
    """How many of the 10,000 test images (or the 5,000 validation images) the network still reads right; equal on any machine."""
    mnist = load_mnist()
    images, labels = (
        (mnist.test_images, mnist.test_labels) if on_test else (mnist.validation_images, mnist.validation_labels)
    )
    answers = answers_to_damaged(damaged(network, harm.network), images, harm.images)
    return int((answers == labels).sum())


def measure(
    network: Network, on_test: bool, kind: str, harm: Harm, places: Sequence[int], seconds: float
) -> dict[int, int]:
    """``count_right`` at the first of some places of a kind, one at least and as many as are begun within ``seconds``."""
    ends = time.monotonic() + seconds
    right: dict[int, int] = {}
    for place in places:
        right[place] = count_right(network, on_test, KINDS[kind].put(harm, place))
        if time.monotonic() >= ends:
            break
    return right


def coarse_to_fine(places: Sequence[int]) -> list[int]:
    """The same places, so ordered that any beginning of them lies spread over the whole; no damage comes first."""
    spread = [place for stride in (8, 4, 2, 1) for place in places[::stride]]
    return list(dict.fromkeys([0, places[-1], *spread]))


@dataclass(frozen=True)
class Fall:
    """From one place of a curve to another, farther from zero: the share read right at the first and at the second."""

    start: int
    end: int
    before: float
    after: float

    @property
    def lost(self) -> float:
        """The share lost on the way, 0 to 1."""
        return self.before - self.after

    @property
    def steepness(self) -> float:
        """The share lost per unit."""
        return self.lost / abs(self.end - self.start)


@dataclass(frozen=True)
class Side:
    """A curve from zero damage to one end of its range.

    Attributes:
        holds: the place farthest out up to which, at every place measured, it loses less than ``LITTLE``; ``next`` is the one after it.
        end: the end of the range.
        steepest: where it falls fastest; None where it never falls.
        cliff: whether that is a cliff.
    """

    holds: int
    next: int | None
    end: int
    steepest: Fall | None
    cliff: bool


def look_at_side(places: Sequence[int], shares: Sequence[float]) -> Side:
    """What a curve does between zero damage and one end.

    The steepest fall is that between two neighbouring places which loses most per unit, taken together with the falls right before and
    after it that are at least half as steep. It is a cliff if it loses at least ``LEAST_CLIFF`` (20 percentage points) and is at
    least ``CLIFF_STEEPNESS`` times (twice) as steep as the whole side would be, were all that the side loses at its worst lost evenly.

    Args:
        places: from 0 outward, at least two.
        shares: the share read right at each, 0 to 1.
    """
    lost = [round(shares[0] - share, 9) >= LITTLE for share in shares]
    first = lost.index(True) if any(lost) else len(places)
    points = zip(places, shares, strict=True)
    falls = [Fall(start, end, a, b) for (start, a), (end, b) in itertools.pairwise(points)]
    steepest = _steepest(falls)
    evenly = (shares[0] - min(shares)) / abs(places[-1])
    cliff = steepest is not None and steepest.lost >= LEAST_CLIFF and steepest.steepness >= CLIFF_STEEPNESS * evenly > 0
    after = places[first] if first < len(places) else None
    return Side(places[first - 1], after, places[-1], steepest, cliff)


def _steepest(falls: Sequence[Fall]) -> Fall | None:
    first = last = max(range(len(falls)), key=lambda at: falls[at].steepness)
    half = falls[first].steepness / 2
    if half <= 0:
        return None
    while first > 0 and falls[first - 1].steepness >= half:
        first -= 1
    while last + 1 < len(falls) and falls[last + 1].steepness >= half:
        last += 1
    return Fall(falls[first].start, falls[last].end, falls[first].before, falls[last].after)


def sides(right: Mapping[int, int], count: int) -> list[Side]:
    """What a curve does on each side of zero, the lower side first where there is one; ``right`` of ``count`` at every place."""
    found = []
    for sign in (-1, 1):
        places = sorted((place for place in right if place * sign >= 0), key=abs)
        if len(places) > 1:
            found.append(look_at_side(places, [right[place] / count for place in places]))
    return found
