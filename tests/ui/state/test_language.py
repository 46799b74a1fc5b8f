"""Texts with counts in them: the word that goes with a count is the one for this count."""

import re

import pytest

from ui.state import language
from ui.state.language import t, texts

# Of these there is never one, or the word before them is no count.
NEVER_ONE = {
    "train.drawn", "train.longest", "train.building", "train.images_per_second", "train.strip", "error.full", "by_hand.numbers",
    "by_hand.numbers_total", "by_hand.ending_stuck", "paper.batch_validation", "hill.measuring", "hill.measured", "why.sums",
    "flow.adds_up", "map.what", "map.in_cell", "map.neighbours", "map.words",
    "sure.at_ninety", "mistakes.summary", "break.test", "break.validation",
    "break.samples", "break.curve.how", "break.curve.measuring",
    "compare.full_own", "race.too_many", "race.start", "race.measured_once", "race.measured_seeds",
    "race.starts_help", "race.starts_most", "race.size", "race.room", "race.server_full", "race.single", "race.single_equal",
    "race.verdict_clear", "race.verdict_open", "race.verdict_partly",
    "hint.silent.evidence", "hint.too_few_images.evidence", "report.comparison", "teach.full", "teach.error_shape",
    "teach.error_count", "pipeline.data.shown", "pipeline.data.own", "pipeline.deployment.shown", "lessons.progress",
    "check.ensemble", "check.ensemble_no_gain", "check.no_vote", "check.voted", "vote.several", "vote.gain", "glossary.count",
}  # fmt: skip
COUNTED = re.compile(r"\{(\w+)\}\*{0,2} (?:(?:more|training|validation|test|hidden|named|finished) )?([a-z]+s)\b")
VERBS = {"is", "was", "has", "does", "says", "stays", "goes", "stands", "reads", "speaks", "misses", "rests"}
NO_NOUNS = {*VERBS, "this", "its", "as", "less", "always", "bytes"}


def test_one_is_one_and_more_are_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "current_language", lambda: "en")
    monkeypatch.setattr(
        language, "texts", lambda code: {"a": "{steps} {steps:step|steps}, {share:.1f} of {all:it|them}"}
    )
    assert t("a", steps=1, share=0.25, all=2) == "1 step, 0.2 of them"
    assert t("a", steps="1", share=1, all="1") == "1 step, 1.0 of it"
    assert t("a", steps="1,001", share=1, all=0) == "1,001 steps, 1.0 of them"
    with pytest.raises(KeyError):
        t("a", steps=1, share=1)


def test_no_text_says_1_steps() -> None:
    found = {
        key: match.group()
        for key, text in texts("en").items()
        for match in COUNTED.finditer(text)
        if match[2] not in NO_NOUNS and match[1] != "kind"
    }
    assert {key: words for key, words in found.items() if key not in NEVER_ONE} == {}
