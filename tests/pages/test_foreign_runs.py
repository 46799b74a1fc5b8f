"""A link shows and never commands: what somebody else's run offers on every page, and what presses on it do."""

import pytest

from model.config import TrainingConfig
from model.runs.run import Status
from model.runs.store import RUNS
from tests.pages.conftest import words
from tests.patience import PATIENCE

COMMANDS = {"pause", "resume", "step", "stop", "train_longer", "share", "withdraw", "back_to_parent"}


def keys(page) -> set[str]:
    return {button.key for button in page.button}


@pytest.fixture
def foreign():
    """A run of somebody else that trains on for long."""
    started = RUNS.start(TrainingConfig(epochs=150, hidden_sizes=(32,)), owner="somebody else")
    assert started.wait_until(lambda view: bool(view.points), PATIENCE)
    return started


@pytest.mark.parametrize("paused", [False, True])
def test_somebody_elses_run_is_looked_at_and_not_commanded(open_page, foreign, paused):
    if paused:
        foreign.pause()
    page = open_page("pages/train.py", run=foreign.token)
    assert not page.exception
    assert not keys(page) & COMMANDS
    assert "somebody else's run" in words(page)
    assert "take_settings" in keys(page)
    assert not page.button(key="train").disabled, "one's own Train is there while theirs trains"


def test_its_settings_can_be_taken_and_ones_own_train_starts_ones_own_run(open_page, foreign):
    page = open_page("pages/train.py", run=foreign.token, training_images="500", epochs="1")
    assert page.number_input(key="hidden_size_1").value == 64, "knobs stay one's own until the settings are taken"
    page.button(key="take_settings").click().run()
    assert page.number_input(key="hidden_size_1").value == 32
    assert page.number_input(key="epochs").value == 150
    page.number_input(key="epochs").set_value(1).run()
    page.button(key="train").click().run()
    assert not page.exception
    token = page.query_params["run"][0] if isinstance(page.query_params["run"], list) else page.query_params["run"]
    assert token != foreign.token
    assert foreign.view().status == Status.TRAINING
    assert {"pause", "train_longer"} & keys(page)
    RUNS.find(token).stop()


def test_a_knob_that_acts_on_ones_own_run_leaves_theirs_alone(open_page, foreign):
    page = open_page("pages/train.py", run=foreign.token)
    page.selectbox(key="learning_rate").set_value(0.1).run()
    assert not page.exception
    assert foreign.view().config.learning_rate == TrainingConfig().learning_rate and not foreign.view().changes


def test_a_press_prepared_before_the_run_was_seen_to_be_theirs_is_refused_in_words(open_page, foreign, monkeypatch):
    """A page can show a button of a moment ago; the engine refuses what the page let through."""
    from ui.state import own_runs

    page = open_page("pages/train.py", run=foreign.token)
    from ui.train import run_monitor

    monkeypatch.setattr(run_monitor, "owns", lambda token: True)
    page.run()
    monkeypatch.setattr(own_runs, "owns", lambda token: True)
    page.button(key="pause").click().run()
    assert not page.exception
    assert "only they can have it do something" in words(page)
    assert foreign.view().status == Status.TRAINING


def test_their_run_is_not_followed_with_ones_own_drawings(open_page, foreign):
    page = open_page("pages/train.py", run=foreign.token)
    page.run()
    assert not foreign.watched(page.session_state["_visitor"])


def test_ones_own_run_can_be_shown_by_a_link_that_is_taken_back(open_page):
    page = open_page("pages/train.py", epochs="1", training_images="500")
    page.button(key="train").click().run()
    own = page.session_state["_run"]
    assert RUNS.find(own).wait_until(lambda view: view.ended and not view.busy, PATIENCE)
    page.run()
    page.button(key="share").click().run()
    look = RUNS.shared(own)
    link = next(text.value for text in page.text if f"run={look}" in text.value)
    assert own not in link
    other = open_page("pages/train.py", run=look)
    assert not keys(other) & COMMANDS and "take_settings" in keys(other)
    assert own not in str(other.query_params), "the token that the owner's address holds is not handed on"
    page.button(key="withdraw").click().run()
    assert RUNS.look(look) is None
    other.run()
    assert "take_settings" not in keys(other)


@pytest.mark.parametrize(
    "page_name", ["app.py", "pages/draw.py", "pages/inside.py", "pages/compare.py", "pages/by_hand.py"]
)
def test_every_page_shows_it_without_a_command(open_page, foreign, page_name):
    page = open_page(page_name, run=foreign.token)
    assert not page.exception
    assert not keys(page) & COMMANDS
