"""What a race shows, in words: who is ahead as far as the seeds tell, on what that rests, and then, once, the test scores."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from model.data.mnist import load_mnist
from model.network import Score
from model.runs.race import FEWEST, Lane, Verdict, verdict
from model.runs.run import RunView, Status
from model.runs.store import RUNS
from ui.elements.numerals import decimal, percent
from ui.runs.run_names import last_accuracy, setting_text
from ui.state.language import listed, sentence, t
from ui.state.visitors import RaceEntry

THOUSAND: Final = 1_000


@dataclass(frozen=True)
class Judgement:
    """The ``sentence`` that says what a race shows, whether it names settings that are clearly behind, and ``notes`` on it."""

    decided: bool
    sentence: str
    notes: tuple[str, ...]


def judgement(entry: RaceEntry) -> Judgement:
    """What a race shows whose runs have all ended: judged on validation images, between settings only from several seeds."""
    views = lane_views(entry)
    lanes = scored_lanes(entry, views)
    unfair = _unfair(entry, views)
    test = _test_words(entry, views)
    checked = [lane for lane in lanes if lane.scores]
    if unfair is not None:
        return Judgement(False, t("race.no_judgement", reason=unfair), test)
    if len(checked) < FEWEST:
        return Judgement(False, t("race.no_verdict"), test)
    images = f"{checked[0].scores[0].count:,}"
    if len(entry.tokens) == 1:
        return Judgement(
            False, sentence(_single_words(entry, checked)), (t("race.measured_once", images=images), *_left_out(entry, lanes, 1), *test)
        )  # fmt: skip
    judged = [lane for lane in lanes if len(lane.scores) > 1]
    if len(judged) < FEWEST:
        return Judgement(False, t("race.no_verdict"), test)
    found = verdict(judged)
    starts = min(len(lane.scores) for lane in judged)
    measured = t("race.measured_seeds", seeds=starts, images=images, pairs=math.comb(len(judged), 2))
    return Judgement(
        bool(found.behind), sentence(_verdict_words(entry, found, starts)), (measured, *_left_out(entry, lanes, 2), *test)
    )  # fmt: skip


def lane_views(entry: RaceEntry) -> list[list[RunView]]:
    """The runs of each variant as they stand, one a seed; those that still exist."""
    lanes = [[RUNS.look(token) for token in lane] for lane in entry.lanes]
    return [[run.view() for run in lane if run is not None] for lane in lanes]


def scored_lanes(entry: RaceEntry, views: Sequence[Sequence[RunView]]) -> list[Lane]:
    """The variants of a race with the latest validation score of each run; without those that were not checked yet."""
    count = len(load_mnist().validation_labels)

    def scores(lane: Sequence[RunView]) -> tuple[Score, ...]:
        checked = (last_accuracy(view)[1] for view in lane)
        return tuple(Score(math.nan, round(share * count), count) for share in checked if share is not None)

    return [Lane(value, scores(lane)) for value, lane in zip(entry.race.values, views, strict=True)]


def _unfair(entry: RaceEntry, views: Sequence[Sequence[RunView]]) -> str | None:
    """Why these runs cannot be compared: other knobs than the race's, or not trained to their end by somebody's will."""
    every = [view for lane in views for view in lane]
    if any(view.changes for view in every):
        return t("race.unfair_changes")
    planned = {
        (variant, config.seed): config
        for seed in entry.race.seeds(len(entry.tokens))
        for variant, config in enumerate(entry.race.configs(seed))
    }
    ends = (Status.FINISHED, Status.DIVERGED)
    if any(
        view.status not in ends or view.config != planned[entry.variant(view.token), view.config.seed] for view in every
    ):
        return t("race.unfair_epochs")
    return None


def _verdict_words(entry: RaceEntry, found: Verdict, starts: int) -> str:
    best, top = _name(entry, found.best), f"{found.best.accuracy * THOUSAND:.0f}"
    undecided = listed(
        t(
            "race.undecided",
            title=_name(entry, one.lane),
            behind=_tenths(one.behind, math.floor),
            visible=_tenths(one.visible, math.ceil),
        )
        for one in found.undecided
    )
    if not found.behind:
        return t("race.verdict_open", best=best, top=top, seeds=starts, undecided=undecided)
    nearest = _tenths(found.best.accuracy - found.behind[0].accuracy, math.floor)
    if not found.undecided:
        second = _name(entry, found.behind[0])
        return t("race.verdict_clear", best=best, top=top, seeds=starts, second=second, nearest=nearest)
    behind = t("race.and").join(_name(entry, lane) for lane in found.behind)
    return t(
        "race.verdict_partly", best=best, top=top, seeds=starts, behind=behind, nearest=nearest, undecided=undecided
    )


def _single_words(entry: RaceEntry, lanes: Sequence[Lane]) -> str:
    """One start each: which network read most of these images, and that another start may turn it round."""
    best, second, *_ = sorted(lanes, key=lambda lane: lane.accuracy, reverse=True)
    right, fewer = best.scores[0].correct, best.scores[0].correct - second.scores[0].correct
    count = f"{best.scores[0].count:,}"
    winner, loser = _name(entry, best), _name(entry, second)
    if not fewer:
        return t("race.single_equal", best=winner, second=loser, right=f"{right:,}", images=count)
    return t("race.single", best=winner, second=loser, right=f"{right:,}", images=count, fewer=f"{fewer:,}")


def _left_out(entry: RaceEntry, lanes: Sequence[Lane], least: int) -> tuple[str, ...]:
    missing = [_name(entry, lane) for lane in lanes if len(lane.scores) < least]
    return (t("race.left_out", lanes=listed(missing)),) if missing else ()


def _test_words(entry: RaceEntry, views: Sequence[Sequence[RunView]]) -> tuple[str, ...]:
    """What each variant reads of the test images, in the order of the race: told once, after the judgement, and used for nothing."""
    told = []
    for value, lane in zip(entry.race.values, views, strict=True):
        scores = [view.score.accuracy for view in lane if view.score is not None]
        if scores:
            title = setting_text(entry.race.knob, value)
            told.append(t("race.test_lane", title=title, accuracy=percent(sum(scores) / len(scores), 1)))
    return (t("race.test_told", lanes=listed(told)),) if told else ()


def _name(entry: RaceEntry, lane: Lane) -> str:
    return setting_text(entry.race.knob, lane.value)


def _tenths(share: float, rounded: Callable[[float], int]) -> str:
    """How many of 1,000 a share is, to the tenth; rounded so that what is told is never more than what is known."""
    return decimal(rounded(share * THOUSAND * 10 + (-1e-9 if rounded is math.ceil else 1e-9)) / 10, 1).removesuffix(
        ".0"
    )
