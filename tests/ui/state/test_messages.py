"""What a page tells stays until the visitor does something: drawn again by the app itself, it tells the same."""

import pytest

from ui.state import messages
from ui.state.messages import redraw, say, take_message, to_tell


class Redrawn(Exception):
    """The script ends here, and another one begins."""


@pytest.fixture(autouse=True)
def streamlit_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def rerun() -> None:
        raise Redrawn

    monkeypatch.setattr(messages.st, "rerun", rerun)


def redrawn() -> None:
    with pytest.raises(Redrawn):
        redraw()


def test_what_was_told_stays_when_the_app_draws_its_page_again_and_goes_when_the_visitor_does_something() -> None:
    told = [("info", "Another run")]
    assert to_tell(told) == tuple(told)
    for _ in range(3):
        redrawn()
        assert to_tell([]) == tuple(told)
    assert to_tell([]) == ()
    redrawn()
    assert to_tell([]) == ()


def test_what_comes_while_the_app_draws_again_is_told_after_what_was_told_and_once() -> None:
    to_tell([("warning", "Lost")])
    redrawn()
    assert to_tell([("info", "Removed"), ("warning", "Lost")]) == (("warning", "Lost"), ("info", "Removed"))


def test_the_answer_to_what_the_visitor_does_takes_the_place_of_what_was_told() -> None:
    to_tell([("error", "No such name")])
    say("Too long a name")
    redrawn()
    assert to_tell([("error", str(take_message()))]) == (("error", "Too long a name"),)
