"""Typed accessors: what is there, what stands for it while nothing is, and what is taken once."""

from ui.state.choices import offer
from ui.state.values import Value

EPOCHS = Value("epochs", 10)


def test_what_was_never_said_has_its_standard_value_and_is_not_there():
    assert EPOCHS.get() == 10 and not EPOCHS.there
    EPOCHS.begin()
    assert EPOCHS.there


def test_what_was_given_stays_until_it_is_taken():
    EPOCHS.give(3)
    EPOCHS.give_if_missing(4)
    EPOCHS.begin()
    assert EPOCHS.get() == 3
    assert EPOCHS.take() == 3 and EPOCHS.take() == 10 and not EPOCHS.there


def test_a_choice_says_a_value_though_the_browser_told_a_label(screen):
    schedule = Value("schedule", "constant")
    offer("schedule", {"always the same": "constant", "slower and slower": "cosine"}, "constant", False)
    screen.session_state["schedule"] = "slower and slower"
    assert schedule.get() == "cosine"
    schedule.reset()
    assert schedule.get() == "constant"
