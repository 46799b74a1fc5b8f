"""Checks of what a visitor draws, on drawings and runs made up by hand so that what they must find is known."""

from dataclasses import replace

import numpy as np
import pytest

from model.config import TrainingConfig
from model.lessons.drawing_checks import is_large, is_small_in_corner
from model.lessons.facts import Before, Facts
from model.training.fine_tuning import OwnDigit
from tests.model.lessons.found import drawing, find, named_run
from tests.model.scripted import by_place, guessing, scripted_run


def reading(network, **config):
    return scripted_run(TrainingConfig(**config), network=network)


def test_reading_wants_a_network_and_a_picture():
    picture = np.zeros((28, 28), np.float32)
    assert find(Facts(picture=picture), name="reads").says == "no_network"
    assert find(Facts(reader=reading(guessing(4))), name="reads").says == "not_drawn"
    found = find(Facts(reader=reading(guessing(4)), picture=picture), name="reads")
    assert found.numbers["answer"] == "4" and found.value == pytest.approx(100 * np.exp(3) / (np.exp(3) + 9))


def test_a_reader_of_other_settings_is_named_with_the_way_to_the_right_one():
    other = replace(reading(guessing(4)), token="other")
    right = replace(reading(guessing(4), hidden_sizes=()), token="right")
    table = {"name": "reads", "where": {"hidden_sizes": []}}
    found = find(Facts(reader=other, runs=[right, other]), **table)
    assert (found.says, found.other_reader, found.wants) == ("reader_other", "right", None)
    assert found.settings["has"] == {"hidden_sizes": (64, 64)}
    found = find(Facts(reader=other, runs=[other], locked={"epochs": 2}), **table)
    assert (found.other_reader, found.wants) == (None, TrainingConfig(hidden_sizes=(), epochs=2))


def test_a_digit_asked_for_is_the_sample_of_it_or_read_as_it():
    picture = np.zeros((28, 28), np.float32)
    table = {"name": "reads", "digit": 7}
    assert find(Facts(reader=reading(guessing(7)), picture=picture), **table).passed
    assert find(Facts(reader=reading(guessing(4)), picture=picture), **table).says == "other_digit"
    assert find(Facts(reader=reading(guessing(4)), picture=picture, sample=7), **table).passed
    assert find(Facts(reader=reading(guessing(7)), picture=picture, sample=4), **table).says == "other_sample"


def test_large_and_small_in_a_corner_are_told_from_the_ink():
    assert is_large(drawing(100, top=60, bottom=245)) and not is_large(drawing(100, bottom=170))
    assert is_small_in_corner(drawing(20, top=10, bottom=100))
    assert not is_small_in_corner(drawing(20))  # at the left, but half way up
    assert not is_small_in_corner(drawing(20, top=10, bottom=130))  # too long
    blank = np.zeros((280, 280, 4), np.uint8)
    assert not is_large(blank) and not is_small_in_corner(blank)


def test_preparation_passes_when_the_two_ways_of_seeing_differ():
    small = drawing(20, top=10, bottom=100)
    small[10:20, 10:60, :3] = 255
    small[10:100, 50:60, :3] = 255
    found = find(Facts(reader=reading(by_place(left=3, right=8)), drawing=small), name="prepared")
    assert found.numbers["raw_answer"] == "3" and found.numbers["answer"] == "8"
    alike = find(Facts(reader=reading(guessing(3)), drawing=small), name="prepared")
    assert alike.says == "prepared_alike"
    assert find(Facts(reader=reading(guessing(3))), name="prepared").says == "not_drawn_self"
    assert find(Facts(reader=reading(guessing(3)), drawing=drawing(135)), name="prepared").says == "not_in_corner"


def test_doubt_is_taken_from_the_other_check():
    facts = {"reader": reading(guessing(4)), "picture": np.zeros((28, 28), np.float32), "drawing": drawing(20)}
    assert find(Facts(**facts), name="doubted").says == "doubt_not_ready"
    assert find(Facts(**facts, doubted=True), name="doubted").passed
    assert not find(Facts(**facts, doubted=False), name="doubted").passed


def test_named_and_misread_look_at_the_own_digits_of_the_step():
    own = [OwnDigit(np.zeros((28, 28), np.uint8), label) for label in (4, 4, 5)]
    facts = Facts(reader=reading(guessing(4)), own_digits=own)
    assert find(facts, name="named", count=3).value == pytest.approx(200 / 3)
    assert find(facts, name="named", count=4).says == "too_few_named"
    found = find(facts, name="misread")
    assert found.passed and (found.numbers["label"], found.numbers["answer"]) == ("5", "4")
    assert find(Facts(reader=reading(guessing(4)), own_digits=own[:2]), name="misread").says == "none_misread"
    older = Facts(reader=reading(guessing(4)), own_digits=own, before=Before(own_digits=tuple(own)))
    assert find(older, name="misread").says == "none_named"


def test_a_vote_counts_who_agrees_with_it():
    voters = [
        named_run(str(seed), TrainingConfig(seed=seed), network=guessing(digit))
        for seed, digit in ((1, 1), (2, 1), (3, 2))
    ]
    facts = Facts(voters=voters, picture=np.zeros((28, 28), np.float32))
    found = find(facts, name="voted", count=3)
    assert (found.numbers["agree"], found.numbers["count"], found.numbers["answer"]) == ("2", "3", "1")
    assert found.value == pytest.approx(200 / 3)
    assert find(facts, name="voted", count=4).says == "no_vote"
    stranger = named_run("stranger", TrainingConfig(epochs=1), network=guessing(1))
    with_stranger = replace(facts, voters=[*voters[1:], stranger])
    assert find(with_stranger, name="voted", count=3).numbers["have"] == "2"
    assert find(replace(facts, voters=[*voters, stranger]), name="voted", count=3).passed
