"""A fair race: one knob in several values, all else equal, and what the scores can tell apart from chance; starts and draws nothing."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist, fmean, variance
from types import MappingProxyType
from typing import Any, Final

from model.config import TrainingConfig
from model.network import Score

FEWEST, MOST = 2, 6
SEEDS: Final = 3
DOUBT: Final = 0.05
KNOBS: Final = (
    "hidden_sizes",
    "learning_rate",
    "optimizer",
    "batch_size",
    "activation",
    "training_images",
    "dropout",
    "l1",
    "l2",
    "augmentation",
    "schedule",
)


@dataclass(frozen=True)
class Race:
    """What is compared: ``knob``, a member of ``KNOBS``, in two to six ``values``; all else as in ``base``, the seed too.

    The order of the images depends on the seed and the epoch alone, and the starting weights of a layer on the seed and the
    layer's place, so that variants of equal shape begin with equal weights and see the same images in the same order.

    Raises:
        ValueError: for a knob that is no member, too few, too many or equal values.
        ConfigError: (a ValueError) for a value outside its limits.
    """

    knob: str
    values: tuple[Any, ...]
    base: TrainingConfig = field(default_factory=TrainingConfig)

    def __post_init__(self) -> None:
        if self.knob not in KNOBS:
            raise ValueError(f"{self.knob!r} is no knob to race; expected one of {', '.join(KNOBS)}")
        if not FEWEST <= len(self.values) <= MOST:
            raise ValueError(f"{len(self.values)} variants; a race has {FEWEST} to {MOST}")
        if len(set(self.values)) < len(self.values):
            raise ValueError(f"values {self.values} are not all different")
        self.configs()

    def configs(self, seed: int | None = None) -> tuple[TrainingConfig, ...]:
        """The variants, in the order of ``values``; with another seed than that of ``base`` where one is given."""
        base = self.base if seed is None else self.base.changed(seed=seed)
        return tuple(base.changed(**{self.knob: value}) for value in self.values)


_SHORT: Final = TrainingConfig(epochs=6)
PRESET_RACES: Final[Mapping[str, Race]] = MappingProxyType(
    {
        "learning_rates": Race("learning_rate", (0.0001, 0.001, 0.01, 0.1), _SHORT),
        "sizes": Race("hidden_sizes", ((4,), (16,), (64,), (256,)), _SHORT),
        "depths": Race("hidden_sizes", ((), (64,), (64, 64), (64, 64, 64)), _SHORT),
        "optimizers": Race("optimizer", ("sgd", "momentum", "adam"), _SHORT),
        "batch_sizes": Race("batch_size", (8, 64, 512), TrainingConfig(epochs=6, training_images=10_000)),
        "activations": Race("activation", ("linear", "sigmoid", "relu"), _SHORT),
        "images": Race("training_images", (500, 5_000, 55_000), _SHORT),
        "dropouts": Race("dropout", (0.0, 0.2, 0.5), TrainingConfig(epochs=20, training_images=5_000)),
    }
)


@dataclass(frozen=True)
class Lane:
    """One variant and how it did: its test ``scores``, one a seed."""

    value: Any
    scores: tuple[Score, ...]

    @property
    def accuracy(self) -> float:
        """Mean share of the test images read right, 0 to 1."""
        return fmean(score.accuracy for score in self.scores)

    @property
    def lowest(self) -> float:
        """The worst seed's share."""
        return min(score.accuracy for score in self.scores)

    @property
    def highest(self) -> float:
        """The best seed's share."""
        return max(score.accuracy for score in self.scores)


@dataclass(frozen=True)
class Verdict:
    """What the scores say: the ``best`` lane, those ``tied`` with it within chance, and those clearly ``behind``, best first."""

    best: Lane
    tied: tuple[Lane, ...]
    behind: tuple[Lane, ...]


def verdict(lanes: Sequence[Lane]) -> Verdict:
    """Compare each lane with the best one.

    The doubt allowed, 5 %, is shared among the comparisons (Bonferroni), for whoever compares often finds something.

    Raises:
        ValueError: for fewer than two lanes, or one without a score.
    """
    if len(lanes) < FEWEST or not all(lane.scores for lane in lanes):
        raise ValueError("a verdict compares at least two lanes that have scores")
    best, *others = sorted(lanes, key=lambda lane: lane.accuracy, reverse=True)
    doubt = DOUBT / len(others)
    behind = tuple(lane for lane in others if tells_apart(best, lane, doubt))
    return Verdict(best, tuple(lane for lane in others if lane not in behind), behind)


def tells_apart(first: Lane, second: Lane, doubt: float = DOUBT) -> bool:
    """Whether two lanes differ by more than chance explains, erring in a share ``doubt`` of the cases where they do not.

    With several seeds each, chance is the seed, and Welch's test of the mean log odds decides: as shares, good networks lie so much
    closer together than bad ones that three of each tell little. With one, all that is known is that the
    test images might have been others, and Newcombe's interval of the difference decides. That interval takes the two sets of
    images for independent, though they are the same ones: it errs on the side of "within chance".
    """
    if min(len(first.scores), len(second.scores)) > 1:
        return welch(*([_log_odds(score) for score in lane.scores] for lane in (first, second))) < doubt
    low, high = difference_interval(first.scores[0], second.scores[0], 1 - doubt)
    return low > 0 or high < 0


def difference_interval(first: Score, second: Score, confidence: float = 1 - DOUBT) -> tuple[float, float]:
    """Between what the difference of two shares lies, with ``confidence``.

    Newcombe 1998, "Interval estimation for the difference between independent proportions", method 10: Wilson's interval of each
    share, combined by the root of the squares.
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    (low1, high1), (low2, high2) = _wilson(first, z), _wilson(second, z)
    p1, p2 = first.accuracy, second.accuracy
    return p1 - p2 - math.hypot(p1 - low1, high2 - p2), p1 - p2 + math.hypot(high1 - p1, p2 - low2)


def _log_odds(score: Score) -> float:
    """Log of right to wrong; half an image is added to each, as is usual, so that neither is none."""
    return math.log((score.correct + 0.5) / (score.count - score.correct + 0.5))


def _wilson(score: Score, z: float) -> tuple[float, float]:
    share, count = score.accuracy, score.count
    middle = share + z * z / (2 * count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return (middle - half) / (1 + z * z / count), (middle + half) / (1 + z * z / count)


def welch(first: Sequence[float], second: Sequence[float]) -> float:
    """How probable means at least as far apart are by chance alone, 0 to 1 (two-sided).

    Welch 1947, "The generalization of Student's problem when several different population variances are involved"; the degrees of
    freedom rounded down, which errs on the side of chance. Each sample has at least two numbers.
    """
    squares = [variance(sample) / len(sample) for sample in (first, second)]
    difference = abs(fmean(first) - fmean(second))
    if sum(squares) < 1e-18:
        return 1.0 if difference < 1e-9 else 0.0
    parts = sum(square**2 / (len(sample) - 1) for square, sample in zip(squares, (first, second), strict=True))
    return _student_tails(difference / math.sqrt(sum(squares)), math.floor(sum(squares) ** 2 / parts + 1e-9))


def _student_tails(t: float, freedom: int) -> float:
    """Both tails of Student's distribution beyond ``t``: Abramowitz and Stegun, formulas 26.7.3 and 26.7.4."""
    angle = math.atan(t / math.sqrt(freedom))
    term, total = (math.cos(angle), 0.0) if freedom % 2 else (1.0, 0.0)
    for index in range(freedom % 2 + 1, freedom, 2):
        total += term
        term *= index / (index + 1) * math.cos(angle) ** 2
    inside = math.sin(angle) * total
    return 1 - (2 / math.pi * (angle + inside) if freedom % 2 else inside)
