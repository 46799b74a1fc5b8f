"""What a lesson holds fast, the engine refuses to change: from a link, at the start of a run, and while it goes on."""

import pickle

import pytest

from model.config import ConfigError, TrainingConfig
from model.locked_settings import FREE, LockError, Locks, config_of_link
from model.runs.executor import Workers
from model.runs.store import Runs
from tests.model.runs.hand_executor import HandExecutor

LOCKED = Locks({"learning_rate": 0.01, "epochs": 3, "dropout": 0.2}, frozenset({"dropout"}))


def test_a_config_with_the_locked_values_is_accepted_whatever_else_it_says():
    LOCKED.check(TrainingConfig(learning_rate=0.01, epochs=3, dropout=0.2, batch_size=7))


def test_another_value_is_refused_with_field_value_and_what_is_allowed():
    with pytest.raises(LockError) as caught:
        LOCKED.check(TrainingConfig(learning_rate=0.5, epochs=3, dropout=0.2))
    assert (caught.value.field, caught.value.value, caught.value.locked) == ("learning_rate", 0.5, 0.01)
    for part in ("learning_rate", "0.5", "0.01"):
        assert part in str(caught.value)
    assert isinstance(caught.value, ConfigError)


def test_a_refusal_survives_the_way_from_another_process():
    error = pickle.loads(pickle.dumps(LockError("epochs", 9, 3)))
    assert (error.field, error.value, error.locked) == ("epochs", 9, 3)


def test_locks_survive_the_way_through_a_link():
    query = LOCKED.to_query()
    assert query == {
        "lock": "learning_rate,epochs",
        "hide": "dropout",
        "learning_rate": "0.01",
        "epochs": "3",
        "dropout": "0.2",
    }
    assert Locks.from_query(query) == LOCKED
    assert FREE.to_query() == {} and Locks.from_query({}) == FREE


def test_the_layers_can_be_locked_too():
    locks = Locks({"hidden_sizes": (32, 16)})
    assert Locks.from_query(locks.to_query()) == locks
    with pytest.raises(LockError):
        locks.check(TrainingConfig())


def test_some_can_be_freed():
    assert LOCKED.without({"dropout", "seed"}) == Locks({"learning_rate": 0.01, "epochs": 3})


def test_a_field_without_a_value_in_the_link_is_held_at_its_default_and_so_is_one_with_nonsense():
    assert Locks.from_query({"lock": "epochs"}).values == {"epochs": 10}
    assert Locks.from_query({"lock": "epochs", "epochs": "many"}).values == {"epochs": 10}


@pytest.mark.parametrize("key", ["lock", "hide"])
def test_a_name_that_is_no_setting_is_named_with_what_would_be_right(key):
    with pytest.raises(ConfigError, match=r"speed.*learning_rate") as caught:
        Locks.from_query({key: "epochs,speed"})
    assert caught.value.field == key


@pytest.fixture
def executor():
    return HandExecutor()


@pytest.fixture
def runs(executor):
    return Runs(Workers(lambda: executor))


def test_the_engine_starts_no_run_against_the_locks(runs, executor):
    with pytest.raises(LockError, match="epochs"):
        runs.start(TrainingConfig(learning_rate=0.01, epochs=4, dropout=0.2), LOCKED)
    assert not runs.all() and not executor.queue


def test_a_run_keeps_its_locks_while_it_goes_on(runs):
    run = runs.start(TrainingConfig(learning_rate=0.01, epochs=3, dropout=0.2), LOCKED)
    run.pause()
    with pytest.raises(LockError, match="learning_rate"):
        run.change(learning_rate=0.1)
    assert run.view().config.learning_rate == 0.01 and run.view().changes == ()
    run.change(l2=0.01)
    assert run.view().config.l2 == 0.01
    run.stop()
    with pytest.raises(LockError, match="epochs"):
        run.train_longer(5)
    assert run.view().config.epochs == 3


# --- what a link sets ----------------------------------------------------------------------------------------------


def test_a_link_changes_what_it_says_and_leaves_the_rest():
    base = TrainingConfig(batch_size=7)
    config, errors = config_of_link({"epochs": "3", "hidden_sizes": "32,16"}, base, FREE)
    assert (config, errors) == (base.changed(epochs=3, hidden_sizes=(32, 16)), [])


def test_what_cannot_be_used_is_reported_and_changes_nothing():
    config, errors = config_of_link({"epochs": "many", "seed": "5", "dropout": "7"}, TrainingConfig(epochs=4), FREE)
    assert config == TrainingConfig(epochs=4, seed=5)
    assert [(name, text, error.field) for name, text, error in errors] == [
        ("epochs", "many", "epochs"),
        ("dropout", "7", "dropout"),
    ]


def test_a_link_cannot_change_what_is_locked_and_its_other_texts_count():
    config, errors = config_of_link({"epochs": "9", "seed": "5"}, TrainingConfig(), LOCKED)
    assert config == TrainingConfig(learning_rate=0.01, epochs=3, dropout=0.2, seed=5)
    assert [(name, text) for name, text, _ in errors] == [("epochs", "9")]
    assert isinstance(errors[0][2], LockError) and errors[0][2].locked == 3


def test_a_link_may_say_the_locked_value():
    config, errors = config_of_link({"epochs": "3"}, TrainingConfig(epochs=8), LOCKED)
    assert (config.epochs, errors) == (3, [])
