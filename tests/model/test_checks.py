"""Checks of lessons, on runs and drawings made up by hand so that what they must find is known."""

import numpy as np
import pytest

from model.checks import CHECKS, CheckError, Facts, make_check
from model.config import TrainingConfig
from model.handwriting import OwnDigit
from model.network import Score
from model.runs import Parent, Status
from tests.model.scripted import by_place, guessing, scripted_run


def find(facts, **table):
    return make_check(table).find(facts)


def drawing(column):
    """A vertical stroke on a black canvas."""
    rgba = np.zeros((280, 280, 4), np.uint8)
    rgba[..., 3] = 255
    rgba[120:160, column : column + 8, :3] = 255
    return rgba


def test_trained_reads_the_newest_run_of_these_settings():
    old = scripted_run(TrainingConfig(seed=1), accuracies=((0.1, 0.1), (0.2, 0.2), (0.3, 0.35)))
    new = scripted_run(TrainingConfig(seed=2))
    found = find(Facts(runs=(old, new)), name="trained", where={"seed": 1})
    assert found.passed and found.value == pytest.approx(35)
    assert found.numbers["accuracy"] == "35.0%" and found.numbers["loss"] == "0.400"
    assert find(Facts(runs=(old, new)), name="trained").value == pytest.approx(88)


def test_trained_says_what_is_missing():
    training = scripted_run(TrainingConfig(epochs=9), status=Status.TRAINING)
    assert find(Facts(), name="trained").says == "no_run"
    assert find(Facts(runs=[training]), name="trained", where={"epochs": 9}).says == "still_training"
    missing = find(Facts(runs=[training]), name="trained", where={"epochs": 8})
    assert missing.says == "no_run" and missing.settings == {"where": {"epochs": 8}} and not missing.passed
    stopped = scripted_run(losses=(), accuracies=(), status=Status.STOPPED)
    assert find(Facts(runs=[stopped]), name="trained").says == "too_short"


def test_a_run_that_ran_off_counts_and_is_worth_nothing():
    run = scripted_run(TrainingConfig(learning_rate=10.0), losses=(), accuracies=(), status=Status.DIVERGED)
    found = find(Facts(runs=[run]), name="trained", where={"learning_rate": 10.0})
    assert (found.passed, found.says, found.value) == (True, "ran_off", 0)


def test_compared_gives_the_difference_and_names_only_what_differs():
    small = scripted_run(TrainingConfig(hidden_sizes=(16,), training_images=500))
    large = scripted_run(
        TrainingConfig(hidden_sizes=(64,), training_images=500), accuracies=((0.3, 0.3), (0.9, 0.9), (0.99, 0.93))
    )
    table = {
        "name": "compared",
        "where": {"hidden_sizes": [64], "training_images": 500},
        "other": {"hidden_sizes": [16], "training_images": 500},
    }
    found = find(Facts(runs=(small, large)), **table)
    assert found.value == pytest.approx(5)
    assert found.numbers == {"first": "93.0%", "second": "88.0%", "difference": "+5"}
    assert found.settings == {"where": {"hidden_sizes": (64,)}, "other": {"hidden_sizes": (16,)}}
    assert find(Facts(runs=[small]), **table).settings["where"]["hidden_sizes"] == (64,)
    measured = {
        measure: find(Facts(runs=(small, large)), **table, measure=measure).value
        for measure in ("validation_loss", "gap", "drawn_accuracy", "steps")
    }
    assert measured["gap"] == pytest.approx((99 - 93) - (90 - 88))
    assert measured["validation_loss"] == measured["drawn_accuracy"] == measured["steps"] == 0


def test_overfitting_needs_validation_up_and_training_down():
    overfitted = scripted_run(losses=((2.0, 2.1), (0.5, 0.4), (0.1, 0.6)))
    found = find(Facts(runs=[overfitted]), name="overfits")
    assert found.passed and found.value == pytest.approx(50)
    assert (found.numbers["low"], found.numbers["epoch"], found.numbers["last"]) == ("0.400", "2", "0.600")
    sound = scripted_run()
    assert find(Facts(runs=[sound]), name="overfits").says == "no_overfitting"
    ran_off = scripted_run(losses=((0.5, 0.4), (1.0, 0.5), (3.0, 4.0)))
    assert not find(Facts(runs=[ran_off]), name="overfits").passed


def test_an_ensemble_wants_networks_that_differ(mnist):
    same = [scripted_run(network=guessing(1)) for _ in range(3)]
    found = find(Facts(runs=same), name="ensemble", count=2)
    assert (found.passed, found.numbers["have"]) == (False, "1")
    different = [
        scripted_run(TrainingConfig(seed=seed), network=guessing(digit)) for seed, digit in ((1, 1), (2, 1), (3, 0))
    ]
    found = find(Facts(runs=different), name="ensemble", count=3)
    ones, zeros = (100 * float((mnist.test_labels == digit).mean()) for digit in (1, 0))
    assert found.value == pytest.approx(ones - (2 * ones + zeros) / 3)
    assert found.numbers["together"] == f"{ones:.2f}%"


def test_teaching_counts_own_digits_and_test_digits_before_and_after():
    picture = np.full((28, 28), 200, np.uint8)
    parent = Parent("p", guessing(1), Score(0.2, 9_700, 10_000), (), ())
    run = scripted_run(network=guessing(7), score=Score(0.3, 9_650, 10_000), parent=parent)
    facts = Facts(
        runs=[scripted_run(), run], own_digits=[OwnDigit(picture, 7), OwnDigit(picture, 7), OwnDigit(picture, 1)]
    )
    assert find(facts, name="taught").value == 1
    assert find(facts, name="forgot").value == -50
    assert find(facts, name="taught").numbers["test_after"] == "96.50%"
    assert not find(Facts(runs=[scripted_run()]), name="taught").passed
    assert find(facts, name="trained").passed  # the taught run does not stand in for it


def test_reading_wants_a_network_and_a_picture():
    picture = np.zeros((28, 28), np.float32)
    assert find(Facts(picture=picture), name="reads").says == "no_network"
    assert find(Facts(reader=guessing(4)), name="reads").says == "not_drawn"
    found = find(Facts(reader=guessing(4), picture=picture), name="reads")
    assert found.numbers["answer"] == "4" and found.value == pytest.approx(100 * np.exp(3) / (np.exp(3) + 9))


def test_preparation_passes_when_the_two_ways_of_seeing_differ():
    network = by_place(left=3, right=8)
    found = find(Facts(reader=network, drawing=drawing(20)), name="prepared")
    assert not found.passed or found.numbers["raw_answer"] == "3"
    tall = np.zeros((280, 280, 4), np.uint8)
    tall[..., 3] = 255
    tall[20:120, 10:30, :3] = 255
    tall[100:120, 10:100, :3] = 255
    found = find(Facts(reader=by_place(left=3, right=8), drawing=tall), name="prepared")
    assert found.numbers["raw_answer"] == "3"
    assert find(Facts(reader=network), name="prepared").says == "not_drawn"


def test_doubt_is_taken_from_the_other_check():
    facts = {"reader": guessing(4), "picture": np.zeros((28, 28), np.float32)}
    assert find(Facts(**facts), name="doubted").says == "doubt_not_ready"
    assert find(Facts(**facts, doubted=True), name="doubted").passed
    assert not find(Facts(**facts, doubted=False), name="doubted").passed


def test_named_and_misread_look_at_the_own_digits():
    own = [OwnDigit(np.zeros((28, 28), np.uint8), label) for label in (4, 4, 5)]
    facts = Facts(reader=guessing(4), own_digits=own)
    assert find(facts, name="named", count=3).value == pytest.approx(200 / 3)
    assert find(facts, name="named", count=4).says == "too_few_named"
    found = find(facts, name="misread")
    assert found.passed and (found.numbers["label"], found.numbers["answer"]) == ("5", "4")
    assert find(Facts(reader=guessing(4), own_digits=own[:2]), name="misread").says == "none_misread"


def test_a_vote_counts_who_agrees_with_it():
    facts = Facts(voters=[guessing(1), guessing(1), guessing(2)], picture=np.zeros((28, 28), np.float32))
    found = find(facts, name="voted", count=3)
    assert (found.numbers["agree"], found.numbers["count"], found.numbers["answer"]) == ("2", "3", "1")
    assert found.value == pytest.approx(200 / 3)
    assert not find(facts, name="voted", count=4).passed


@pytest.mark.parametrize(
    ("table", "field", "right"),
    [
        ({"name": "guessed"}, "name", "trained"),
        ({"name": "trained", "were": {}}, "were", "where"),
        ({"name": "compared", "where": {}}, "other", "needs it"),
        ({"name": "trained", "where": {"speed": 3}}, "where.speed", "epochs"),
        ({"name": "trained", "where": {"epochs": 999}}, "where.epochs", "1 to 200"),
        ({"name": "trained", "where": 3}, "where", "table"),
        ({"name": "voted", "count": "two"}, "count", "int"),
        ({"name": "compared", "where": {}, "other": {}, "measure": "beauty"}, "measure", "gap"),
    ],
)
def test_a_check_that_cannot_be_made_says_where_and_what_would_be_right(table, field, right):
    with pytest.raises(CheckError) as caught:
        make_check(table)
    assert caught.value.field == field
    assert right in caught.value.right


def test_every_check_does_without_any_facts():
    for name in CHECKS:
        table = {"name": name} | ({"where": {}, "other": {}} if name == "compared" else {})
        assert not make_check(table).find(Facts()).passed
