"""Whoever has a token looks; only the owner commands; a look can be given away and taken back."""

import pytest

from model.config import TrainingConfig
from model.runs.executor import Workers
from model.runs.look import RunLook
from model.runs.store import NotOwner, Runs

COMMANDS = {"pause", "resume", "step", "stop", "train_longer", "change", "watch", "give_up_way_back"}


@pytest.fixture
def runs():
    from concurrent.futures import Future

    workers = Workers()
    workers.submit = lambda function, *arguments: Future()  # nothing is ever done
    return Runs(workers)


@pytest.fixture
def run(runs):
    return runs.start(TrainingConfig(), owner="anna")


def test_the_owner_commands_and_nobody_else(runs, run):
    assert runs.commanded(run.token, "anna") is run
    for other in ("ben", "", None):
        with pytest.raises(NotOwner):
            runs.commanded(run.token, other)
    assert runs.commanded("a token that was never given", "ben") is None


def test_what_a_token_shows_has_no_commands(runs, run):
    look = runs.look(run.token)
    assert look.view().token == run.token
    assert not [name for name in COMMANDS if hasattr(look, name)]
    assert {name for name in vars(RunLook) if not name.startswith("_")} == {"view", "readings"}


def test_a_look_given_away_shows_the_run_under_another_token_until_it_is_taken_back(runs, run):
    given = runs.share(run.token, "anna")
    assert given != run.token and runs.share(run.token, "anna") == given == runs.shared(run.token)
    assert runs.look(given).view().token == given, "the token that commands is not to be seen"
    assert runs.find(given) is None and runs.commanded(given, "anna") is None
    runs.withdraw(run.token, "anna")
    assert runs.look(given) is None and runs.shared(run.token) is None
    assert runs.look(run.token) is not None
    assert runs.share(run.token, "anna") not in (given, None), "what was taken back stays so"


def test_only_the_owner_gives_away_and_takes_back(runs, run):
    with pytest.raises(NotOwner):
        runs.share(run.token, "ben")
    given = runs.share(run.token, "anna")
    with pytest.raises(NotOwner):
        runs.withdraw(run.token, "ben")
    assert runs.look(given) is not None


def test_a_run_that_is_gone_takes_its_looks_along(runs, run):
    given = runs.share(run.token, "anna")
    runs.drop(run.token)
    assert runs.look(given) is None and runs.share(run.token, "anna") is None
