"""What a curve of damage says in words: no more than its numbers do, and a cliff only where there is one."""

import re

import pytest

from model.evaluation.damage_curve import KINDS
from ui.inside.damage_curve import in_words
from ui.state import language

ROTATIONS = KINDS["image_rotation"].places
BLOCKS = KINDS["image_blocked"].places


def cut_off_at(place, before=98, after=20):
    return {at: before if abs(at) <= place else after for at in ROTATIONS}


def test_a_cliff_on_each_side_is_told_with_its_places_and_shares():
    low, high = in_words("image_rotation", cut_off_at(40), 100)
    for words in (low, high):
        assert "Up to **40°** it loses less than 5 percentage points." in words
        assert "Between **40°** and **50°** it falls from **98%** to **20%**: a cliff." in words
    assert "anticlockwise" in low and "anticlockwise" not in high


def test_an_even_fall_is_no_cliff():
    (words,) = in_words("image_blocked", {at: 100 - 4 * at for at in BLOCKS}, 100)
    assert words.startswith("Up to **1 px**") and "not off a cliff" in words and ": a cliff" not in words


def test_what_loses_little_everywhere_has_no_fall():
    (words,) = in_words("image_blocked", {at: 98 - at // 10 for at in BLOCKS}, 100)
    assert words == "Over the whole range it never loses 5 percentage points."


def test_what_is_lost_at_once_is_told_so():
    (words,) = in_words("image_blocked", {at: 98 if at == 0 else 60 - at for at in BLOCKS}, 100)
    assert words.startswith("At 1 px already it has lost 5 percentage points or more. Between **0 px** and **1 px**")


def test_where_nothing_much_is_left_to_lose_the_words_say_so():
    first, _ = in_words("image_blocked", {at: 12 for at in BLOCKS}, 100)
    assert "only 12% even without this damage" in first


@pytest.mark.parametrize("kind", KINDS)
def test_chinese_sentences_follow_each_other_without_a_space(kind, monkeypatch):
    monkeypatch.setattr(language, "current_language", lambda: "zh")
    right = {at: 98 if abs(at) <= KINDS[kind].stride else 20 for at in KINDS[kind].places}
    for words in in_words(kind, right, 100):
        assert "断崖" in words and not re.search(r"。\s", words)
