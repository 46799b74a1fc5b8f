"""Checks of a visitor's runs, on runs made up by hand so that what they must find is known."""

import numpy as np
import pytest

from model.config import TrainingConfig
from model.lessons.facts import Before, Facts
from model.network import Score
from model.runs.run import Parent, Status
from model.training.fine_tuning import OwnDigit
from tests.model.lessons.found import find, named_run
from tests.model.scripted import guessing, scripted_run


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
