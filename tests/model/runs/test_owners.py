"""Whoever has a token looks; only the owner commands; a look can be given away and taken back."""

from concurrent.futures import Future

import pytest

from model.config import TrainingConfig
from model.runs import driver
from model.runs.executor import Workers
from model.runs.look import RunLook
from model.runs.run import Status
from model.runs.store import UNSEEN_SECONDS, MemoryFull, NotOwner, Runs, bytes_of
from tests.model.runs.hand_executor import CONFIG, SCORE, HandExecutor, fake_slice

COMMANDS = {"pause", "resume", "step", "stop", "train_longer", "change", "watch", "give_up_way_back"}


@pytest.fixture
def runs():
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


# --- who is looked at, and who is there ------------------------------------------------------------------------------


@pytest.fixture
def hand(monkeypatch):
    monkeypatch.setattr(driver, "timed_slice", fake_slice)
    monkeypatch.setattr(driver, "final_scores", lambda network: (SCORE, SCORE))
    return HandExecutor()


@pytest.fixture
def there() -> set[str]:
    return set()


@pytest.fixture
def clocked(hand, there):
    now = [1000.0]
    runs = Runs(Workers(lambda: hand), clock=lambda: now[0])
    runs.know_owners(lambda owner: owner, there.__contains__)
    return runs, now


def test_a_run_nobody_looks_at_rests_and_goes_on_when_somebody_does(clocked, hand):
    runs, now = clocked
    run = runs.start(CONFIG, owner="anna")
    hand.work()
    assert len(hand.queue) == 1
    now[0] += UNSEEN_SECONDS + 1
    hand.work()
    assert not hand.queue and run.view().status == Status.TRAINING, "what was under way still counts"
    step = run.view().step
    assert runs.look(run.token) is not None
    assert len(hand.queue) == 1
    hand.work()
    assert run.view().step > step


def test_it_goes_on_while_its_owner_is_there_or_a_program_started_it(clocked, hand, there):
    runs, now = clocked
    there.add("anna")
    runs.start(CONFIG, owner="anna")
    runs.start(CONFIG)
    now[0] += 10 * UNSEEN_SECONDS
    hand.work(6)
    assert len(hand.queue) == 2


def test_a_visitors_many_runs_share_one_line(clocked, hand):
    runs, _ = clocked
    many = [runs.start(CONFIG.changed(epochs=50), owner="many") for _ in range(8)]
    one = runs.start(CONFIG.changed(epochs=50), owner="one")
    hand.work(40)
    steps = [run.view().step for run in many]
    assert one.view().step >= sum(steps) / 2, "half of all turns are the one's"


def test_strangers_that_share_a_line_have_one_turn_together(hand):
    runs = Runs(Workers(lambda: hand))
    runs.know_owners(lambda owner: "strangers" if owner.startswith("stranger") else owner, lambda owner: True)
    strangers = [runs.start(CONFIG.changed(epochs=50), owner=f"stranger {number}") for number in range(20)]
    anna = runs.start(CONFIG.changed(epochs=50), owner="anna")
    hand.work(60)
    assert anna.view().step >= sum(run.view().step for run in strangers) / 2


# --- memory ----------------------------------------------------------------------------------------------------------


def test_ended_runs_keep_weights_alone_and_those_unseen_for_longest_make_room(hand):
    config = CONFIG.changed(hidden_sizes=(64,))
    runs = Runs(Workers(lambda: hand), run_bytes=bytes_of(config, at_work=True) + 3 * bytes_of(config, at_work=False))
    first, second = runs.start(config), None
    hand.work_off()
    assert first.view().ended
    second = runs.start(config)
    hand.work_off()
    third = runs.start(config)
    hand.work_off()
    runs.look(first.token)
    assert bytes_of(config, at_work=True) == 3 * bytes_of(config, at_work=False) == 12 * config.weight_count
    runs.start(config)
    assert second in runs.all(), "there was room for one more at work"
    hand.work_off()
    runs.start(config)
    assert second not in runs.all() and {first, third} <= set(runs.all())


def test_a_run_for_which_there_is_no_room_beside_those_at_work_is_refused(hand):
    config = CONFIG.changed(hidden_sizes=(64,))
    runs = Runs(Workers(lambda: hand), run_bytes=2 * bytes_of(config, at_work=True))
    runs.start(config)
    runs.start(config)
    with pytest.raises(MemoryFull) as caught:
        runs.start(config)
    assert caught.value.capacity == 2 * bytes_of(config, at_work=True)
