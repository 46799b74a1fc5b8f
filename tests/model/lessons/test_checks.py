"""Checks of lessons, on runs and drawings made up by hand so that what they must find is known."""

from dataclasses import replace

import numpy as np
import pytest

from model.config import TrainingConfig
from model.lessons.checks import CHECKS, CheckError, is_large, is_small_in_corner, make_check
from model.lessons.facts import Before, Facts
from model.network import Score
from model.runs.run import Parent, Status
from model.training.fine_tuning import OwnDigit
from tests.model.scripted import by_place, guessing, scripted_run


def find(facts, **table):
    return make_check(table).find(facts)


def drawing(column, top=120, bottom=160):
    """A vertical stroke on a black canvas."""
    rgba = np.zeros((280, 280, 4), np.uint8)
    rgba[..., 3] = 255
    rgba[top:bottom, column : column + 8, :3] = 255
    return rgba


def named_run(token, *arguments, **keywords):
    return replace(scripted_run(*arguments, **keywords), token=token)


def test_trained_reads_the_newest_run_of_these_settings():
    old = scripted_run(TrainingConfig(seed=1), accuracies=((0.1, 0.1), (0.2, 0.2), (0.3, 0.35)))
    new = scripted_run(TrainingConfig(seed=2))
    found = find(Facts(runs=(old, new)), name="trained", where={"seed": 1})
    assert found.passed and found.value == pytest.approx(35)
    assert found.numbers["accuracy"] == "35.0%" and found.numbers["loss"] == "0.400"
    assert find(Facts(runs=(old, new)), name="trained").value == pytest.approx(88)


def test_trained_says_what_is_missing():
    training = named_run("new", TrainingConfig(epochs=9), status=Status.TRAINING)
    assert find(Facts(), name="trained").says == "no_run"
    assert find(Facts(runs=[training]), name="trained", where={"epochs": 9}).says == "still_training"
    other = find(Facts(runs=[training]), name="trained", where={"epochs": 8})
    assert other.says == "run_other" and other.runs == {"run": "new"}
    assert other.settings == {"where": {"epochs": 8}, "has": {"epochs": 9}}
    stopped = scripted_run(status=Status.STOPPED)
    assert find(Facts(runs=[stopped]), name="trained").says == "run_stopped"
    older = Facts(runs=[named_run("old")], before=Before(frozenset({"old"})))
    assert find(older, name="trained").says == "run_older"


def test_a_run_under_way_is_told_before_one_that_was_stopped():
    stopped, training = named_run("a", status=Status.STOPPED), named_run("b", status=Status.TRAINING)
    found = find(Facts(runs=[training, stopped]), name="trained")
    assert (found.says, found.runs) == ("still_training", {"run": "b"})


def test_a_run_that_ran_off_counts_only_where_that_is_the_lesson():
    run = scripted_run(TrainingConfig(learning_rate=10.0), losses=(), accuracies=(), status=Status.DIVERGED)
    found = find(Facts(runs=[run]), name="trained", where={"learning_rate": 10.0}, may_run_off=True)
    assert (found.passed, found.says, found.value) == (True, "ran_off", 0)
    assert find(Facts(runs=[run]), name="trained").says == "run_diverged"


def test_what_a_teacher_locked_is_asked_for_at_the_locked_value():
    run = scripted_run(TrainingConfig(hidden_sizes=(16,), epochs=2))
    table = {"name": "trained", "where": {"hidden_sizes": [16], "epochs": 5}}
    assert not find(Facts(runs=[run]), **table).passed
    assert find(Facts(runs=[run], locked={"epochs": 2, "l1": 0.0}), **table).passed


COMPARED = {
    "name": "compared",
    "where": {"hidden_sizes": [64], "training_images": 500},
    "other": {"hidden_sizes": [16]},
}


def test_compared_gives_the_difference_and_names_the_runs_and_only_what_differs():
    small = named_run("small", TrainingConfig(hidden_sizes=(16,), training_images=500))
    large = named_run(
        "large",
        TrainingConfig(hidden_sizes=(64,), training_images=500),
        accuracies=((0.3, 0.3), (0.9, 0.9), (0.99, 0.93)),
    )
    found = find(Facts(runs=(small, large), before=Before(frozenset({"small"}))), **COMPARED)
    assert found.value == pytest.approx(5) and found.says == "compared_validation_accuracy_more"
    assert found.numbers == {"first": "93.00", "second": "88.00", "difference": "5.00"}
    assert found.settings == {"where": {"hidden_sizes": (64,)}, "other": {"hidden_sizes": (16,)}}
    assert found.runs == {"run": "large", "other_run": "small"}
    for measure in ("validation_loss", "drawn_accuracy"):
        same = find(Facts(runs=(small, large)), **COMPARED, measure=measure)
        assert (same.value, same.says) == (0, f"compared_{measure}_same")
    swapped = COMPARED | {"where": {"hidden_sizes": [16]}, "other": {"hidden_sizes": [64]}}
    assert find(Facts(runs=(small, large)), **swapped).says == "compared_validation_accuracy_less"


def test_a_stopped_run_of_before_is_no_partner_and_the_way_to_one_is_told():
    stopped = named_run("old", TrainingConfig(hidden_sizes=(16,), training_images=500), status=Status.STOPPED)
    new = named_run("new", TrainingConfig(hidden_sizes=(64,), training_images=500, seed=3))
    found = find(Facts(runs=(stopped, new)), **COMPARED)
    assert (found.passed, found.says) == (False, "no_partner")
    assert found.wants == TrainingConfig(hidden_sizes=(16,), training_images=500, seed=3)


def test_runs_that_differ_in_more_are_named_with_what_differs():
    small = named_run("small", TrainingConfig(hidden_sizes=(16,), training_images=500, batch_size=32))
    large = named_run("large", TrainingConfig(hidden_sizes=(64,), training_images=500))
    found = find(Facts(runs=(small, large)), **COMPARED)
    assert found.says == "unequal" and found.runs == {"run": "large", "other_run": "small"}
    assert (found.settings["has"], found.settings["other_has"]) == ({"batch_size": 128}, {"batch_size": 32})
    again = named_run("again", found.wants)
    assert find(Facts(runs=(small, large, again)), **COMPARED).passed


def test_an_equal_pair_is_found_among_runs_that_are_not():
    old = named_run("old", TrainingConfig(hidden_sizes=(16,), training_images=500))
    pair = named_run("pair", TrainingConfig(hidden_sizes=(64,), training_images=500))
    odd = named_run("odd", TrainingConfig(hidden_sizes=(64,), training_images=500, batch_size=32))
    found = find(Facts(runs=(old, pair, odd), before=Before(frozenset({"old"}))), **COMPARED)
    assert found.runs == {"run": "pair", "other_run": "old"}


def test_without_a_hidden_layer_there_is_no_activation_to_name():
    none = named_run("none", TrainingConfig(hidden_sizes=()))
    linear = named_run("linear", TrainingConfig(activation="linear"))
    found = find(
        Facts(runs=(none, linear)),
        name="compared",
        where={"hidden_sizes": [64, 64], "activation": "linear"},
        other={"hidden_sizes": [], "activation": "relu"},
    )
    assert found.settings["other"] == {"hidden_sizes": ()}


def test_overfitting_needs_validation_up_and_training_down():
    overfitted = scripted_run(losses=((2.0, 2.1), (0.5, 0.4), (0.1, 0.6)))
    found = find(Facts(runs=[overfitted]), name="overfits")
    assert found.passed and found.value == pytest.approx(50)
    assert (found.numbers["low"], found.numbers["epoch"], found.numbers["last"]) == ("0.400", "2", "0.600")
    sound = scripted_run()
    assert find(Facts(runs=[sound]), name="overfits").says == "no_overfitting"
    ran_off = scripted_run(losses=((0.5, 0.4), (1.0, 0.5), (3.0, 4.0)))
    assert not find(Facts(runs=[ran_off]), name="overfits").passed


def test_an_ensemble_wants_networks_that_differ_in_the_seed(mnist):
    ones, zeros = (100 * float((mnist.test_labels == digit).mean()) for digit in (1, 0))
    runs = [
        named_run(str(seed), TrainingConfig(seed=seed), network=guessing(digit))
        for seed, digit in ((1, 1), (2, 1), (3, 0))
    ]
    found = find(Facts(runs=runs), name="ensemble", where={"seed": 3}, count=3)
    assert found.value == pytest.approx(ones - (2 * ones + zeros) / 3)
    assert found.numbers["together"] == f"{ones:.2f}%" and found.says == "ensemble"
    few = find(Facts(runs=runs[1:]), name="ensemble", where={"seed": 3}, count=3)
    assert (few.says, few.numbers["have"], few.wants) == ("too_few_networks", "2", TrainingConfig(seed=1))


def test_teaching_counts_the_digits_taught_and_test_digits_before_and_after():
    picture = np.full((28, 28), 200, np.uint8)
    taught, held_back = (OwnDigit(picture, 7), OwnDigit(picture, 7)), (OwnDigit(picture, 1),)
    parent = Parent("p", guessing(1), Score(0.2, 9_700, 10_000), taught, held_back)
    run = scripted_run(network=guessing(7), score=Score(0.3, 9_650, 10_000), parent=parent)
    facts = Facts(runs=[scripted_run(), run], own_digits=[OwnDigit(picture, 3)])  # drawn after the teaching
    assert find(facts, name="taught").value == 1
    assert find(facts, name="forgot").value == -50
    assert find(facts, name="taught").numbers["test_after"] == "96.50%"
    assert find(facts, name="taught").numbers["count"] == "3"
    assert find(Facts(runs=[scripted_run()]), name="taught").says == "not_taught"
    assert find(facts, name="trained").passed  # the taught run does not stand in for it


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
        ({"name": "compared", "where": {}, "other": {}, "measure": "beauty"}, "measure", "drawn_accuracy"),
        ({"name": "trained", "since": "first"}, "since", "int"),
        ({"name": "reads", "digit": "seven"}, "digit", "int"),
    ],
)
def test_a_check_that_cannot_be_made_says_where_and_what_would_be_right(table, field, right):
    with pytest.raises(CheckError) as caught:
        make_check(table)
    assert caught.value.field == field
    assert right in caught.value.right


def test_every_check_does_without_any_facts():
    for name in CHECKS:
        table = {"name": name} | {
            "compared": {"where": {}, "other": {}},
            "ensemble": {"where": {}},
        }.get(name, {})
        assert not make_check(table).find(Facts()).passed
