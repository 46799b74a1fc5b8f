"""A fair race: one knob in several values, all else equal, and what the scores can tell apart from chance; starts and draws nothing."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, variance
from types import MappingProxyType
from typing import Final

from model.config import LIMITS, Setting, TrainingConfig
from model.evaluation.significance import wilson_interval
from model.network import Score

FEWEST, MOST = 2, 6
# One start shows how a race goes; a judgement of the settings needs several of each. Fixed before the race: whoever adds starts
# until something shows, finds something too often.
STARTS: Final = (1, 3, 5)
SEEDS: Final = 3
DOUBT: Final = 0.05
# The knobs that decide how many steps one pass over the images has.
STEP_KNOBS: Final = ("training_images", "batch_size")
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


class VariantCountError(ValueError):
    """So many variants make no race; carries the ``count``."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} variants; a race has {FEWEST} to {MOST}")
        self.count = count


@dataclass(frozen=True)
class Race:
    """What is compared: ``knob``, a member of ``KNOBS``, in two to six ``values``; all else as in ``base``, the seed too.

    The order of the images depends on the seed and the epoch alone, and the starting weights of a layer on the seed and the
    layer's place, so that variants of equal shape begin with equal weights and see the same images in the same order.

    Attributes:
        equal_steps: every variant takes as many steps as ``base``, as nearly as whole epochs allow, instead of as many epochs.

    Raises:
        VariantCountError: (a ValueError) for too few or too many values.
        ValueError: for a knob that is no member, or equal values.
        ConfigError: (a ValueError) for a value outside its limits.
    """

    knob: str
    values: tuple[Setting, ...]
    base: TrainingConfig = field(default_factory=TrainingConfig)
    equal_steps: bool = False

    def __post_init__(self) -> None:
        if self.knob not in KNOBS:
            raise ValueError(f"{self.knob!r} is no knob to race; expected one of {', '.join(KNOBS)}")
        if not FEWEST <= len(self.values) <= MOST:
            raise VariantCountError(len(self.values))
        if len(set(self.values)) < len(self.values):
            raise ValueError(f"values {self.values} are not all different")
        self.configs()

    def configs(self, seed: int | None = None) -> tuple[TrainingConfig, ...]:
        """The variants, in the order of ``values``; with another seed than that of ``base`` where one is given."""
        base = self.base if seed is None else self.base.changed(seed=seed)
        variants = (base.changed(**{self.knob: value}) for value in self.values)
        if not self.equal_steps:
            return tuple(variants)
        return tuple(one.changed(epochs=epochs_for(one, base.total_steps)) for one in variants)

    def seeds(self, count: int, first: int = 0) -> tuple[int, ...]:
        """``count`` seeds from the ``first`` on, counted from that of ``base``; beyond the highest seed it goes on at 0."""
        return tuple((self.base.seed + more) % (int(LIMITS["seed"].high) + 1) for more in range(first, first + count))


def epochs_for(config: TrainingConfig, steps: int) -> int:
    """The whole number of epochs, within the limits, that comes nearest to so many ``steps``."""
    limit = LIMITS["epochs"]
    return int(min(limit.high, max(limit.low, round(steps / config.steps_per_epoch))))


def seconds_of_work(configs: Iterable[TrainingConfig]) -> float:
    """About how many seconds one worker needs for these runs, one after the other; within a factor of two.

    Fitted to the times of eight networks from 784-4-10 to 784-512-512-10 on one core of a shared server: a step costs its multiplications
    and a little more, an epoch the validation images, a run the 11,000 images at its end and the compiling of its program.
    """
    return sum(
        config.total_steps * (1e-4 + config.batch_size * (6.6e-11 * config.weight_count + _varied(config)))
        + config.epochs * (0.005 + 4e-7 * config.weight_count)
        + 0.3
        for config in configs
    )


def _varied(config: TrainingConfig) -> float:
    """Seconds an image for being varied at random."""
    return 0.0 if config.augmentation == "off" else 4e-6


_SHORT: Final = TrainingConfig(epochs=6)
PRESET_RACES: Final[Mapping[str, Race]] = MappingProxyType(
    {
        "learning_rates": Race("learning_rate", (0.0001, 0.001, 0.01, 0.1), _SHORT),
        "sizes": Race("hidden_sizes", ((4,), (16,), (64,), (256,)), _SHORT),
        "depths": Race("hidden_sizes", ((), (64,), (64, 64), (64, 64, 64)), _SHORT),
        "optimizers": Race("optimizer", ("sgd", "momentum", "adam"), _SHORT),
        "batch_sizes": Race("batch_size", (8, 64, 512), TrainingConfig(epochs=6, training_images=10_000)),
        "activations": Race("activation", ("linear", "sigmoid", "relu"), _SHORT),
        # 1,000 steps each to the last one: 200 passes over 500 images, 20 over 5,000, 2 over 50,000.
        "images": Race(
            "training_images",
            (500, 5_000, 50_000),
            TrainingConfig(epochs=2, batch_size=100, training_images=50_000),
            equal_steps=True,
        ),
        "dropouts": Race("dropout", (0.0, 0.2, 0.5), TrainingConfig(epochs=20, training_images=5_000)),
    }
)


@dataclass(frozen=True)
class Lane:
    """One variant and how it did: its ``scores`` on the validation images, one a seed."""

    value: Setting
    scores: tuple[Score, ...]

    @property
    def accuracy(self) -> float:
        """Mean share of the images read right, 0 to 1."""
        return fmean(score.accuracy for score in self.scores)

    @property
    def lowest(self) -> float:
        """The worst seed's share."""
        return min(score.accuracy for score in self.scores)

    @property
    def highest(self) -> float:
        """The best seed's share."""
        return max(score.accuracy for score in self.scores)

    @property
    def log_odds(self) -> float:
        """Mean log of right to wrong over the seeds."""
        return fmean(map(log_odds, self.scores))

    @property
    def squared_error(self) -> float:
        """Standard error of ``log_odds``, squared; it needs two seeds.

        Few seeds can agree by luck, so that their spread is taken to be at least a quarter of what a draw of as many images by lot
        would have. Seeds of one setting spread by half of that or more.
        """
        return max(variance(map(log_odds, self.scores)), self._least_variance) / len(self.scores)

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share lies with 95 % certainty, 0 to 1.

        With several seeds: the mean of many seeds on these images (Student's interval of the mean log odds). With one: this network's
        share of all images of this kind (Wilson's interval).
        """
        if len(self.scores) == 1:
            return wilson_interval(self.scores[0].correct, self.scores[0].count)
        half = _student(len(self.scores) - 1, 1 - DOUBT / 2) * math.sqrt(self.squared_error)
        return share_of(self.log_odds - half), share_of(self.log_odds + half)

    @property
    def _least_variance(self) -> float:
        share = share_of(self.log_odds)
        return 1 / 16 / (self.scores[0].count * share * (1 - share))


@dataclass(frozen=True)
class Undecided:
    """A lane that the scores do not tell apart from the best one.

    Attributes:
        behind: by what share of the images it lies behind the best, 0 to 1.
        visible: the least such share that these scores would have shown, given how much the seeds differ.
    """

    lane: Lane
    behind: float
    visible: float


@dataclass(frozen=True)
class Verdict:
    """What the scores say: the ``best`` lane, those clearly ``behind`` it, and those ``undecided``; each best first."""

    best: Lane
    behind: tuple[Lane, ...]
    undecided: tuple[Undecided, ...]


def verdict(lanes: Sequence[Lane]) -> Verdict:
    """Compare each lane with the best one, of settings that were each trained with several seeds.

    Welch's test of the mean log odds: as shares, good networks lie so much closer together than bad ones that few of each tell
    little. The best is chosen from the same scores, which makes every pair a comparison: the doubt, 5 %, is shared among all of
    them (Bonferroni). Of races between equal settings about one in twenty or fewer names any lane behind. Tukey's and Games and
    Howell's tests were tried too: with three seeds and unequal spreads they name one in up to a fifth and a tenth.

    Raises:
        ValueError: for fewer than two lanes, or one with fewer than two scores.
    """
    if len(lanes) < FEWEST or any(len(lane.scores) < 2 for lane in lanes):
        raise ValueError("a verdict compares at least two lanes that have at least two scores each")
    best, *others = sorted(lanes, key=lambda lane: lane.accuracy, reverse=True)
    pairs = math.comb(len(lanes), 2)
    compared = [Undecided(lane, best.accuracy - lane.accuracy, visible_lead(best, lane, pairs)) for lane in others]
    return Verdict(
        best,
        tuple(one.lane for one in compared if one.behind > one.visible),
        tuple(one for one in compared if one.behind <= one.visible),
    )


def visible_lead(best: Lane, other: Lane, pairs: int = 1) -> float:
    """The least share by which ``best`` must be ahead of ``other`` for their seeds to show it, 0 to 1; one of ``pairs`` comparisons.

    Welch 1947, "The generalization of Student's problem when several different population variances are involved". The test is of log
    odds; its least difference is told as a share, so that a lead in accuracy is greater exactly where the test finds it.
    """
    errors = [lane.squared_error for lane in (best, other)]
    parts = [error**2 / (len(lane.scores) - 1) for error, lane in zip(errors, (best, other), strict=True)]
    least = _student(sum(errors) ** 2 / sum(parts), 1 - DOUBT / (2 * pairs)) * math.sqrt(sum(errors))
    lead, difference = best.accuracy - other.accuracy, best.log_odds - other.log_odds
    if difference > 0 and lead > 0:
        return lead * least / difference
    return max(lead, share_of(best.log_odds) - share_of(best.log_odds - least))


def log_odds(score: Score) -> float:
    """Log of right to wrong; half an image is added to each, as is usual, so that neither is none."""
    return math.log((score.correct + 0.5) / (score.count - score.correct + 0.5))


def share_of(odds: float) -> float:
    """The share, 0 to 1, of which ``odds`` is the log odds."""
    return 1 / (1 + math.exp(-odds)) if odds > -700 else 0.0


def _student(freedom: float, share: float) -> float:
    """Below what ``share`` of Student's distribution lies."""
    from scipy.special import stdtrit  # a third of a second that a server spends at its first judgement only

    return float(stdtrit(freedom, share))
