"""What an address means: the browser may ask with the one of before, for a while, and asking changes nothing."""

import copy

import pytest

from ui.state import address
from ui.state.language import LANGUAGE, current_language, set_language, settle_language


def begin() -> None:
    address.page_begins()
    settle_language()


def test_a_language_pressed_stays_though_the_browser_asks_with_the_address_of_before(screen):
    screen.query_params["lang"] = "en"
    begin()
    set_language("zh")
    screen.query_params["lang"] = "en"  # the browser has not heard of it
    assert current_language() == "zh"
    assert screen.query_params["lang"] == "en"  # asking puts nothing right
    begin()
    assert (current_language(), screen.query_params["lang"]) == ("zh", "zh")


def test_once_the_browser_has_heard_the_address_of_before_means_what_it_says(screen):
    screen.query_params["lang"] = "en"
    begin()
    set_language("zh")
    begin()  # with the address as it was put
    begin()
    screen.query_params["lang"] = "en"  # the browser's Back
    begin()
    assert current_language() == "en"


def test_a_browser_that_never_hears_means_what_it_says_after_a_while(screen, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(address.time, "monotonic", lambda: now[0])
    address.put_text("run", "new", address.next_page())
    del screen.query_params["run"]
    assert address.meant_text("run") == "new"
    now[0] += address.ECHO_SECONDS
    assert address.meant_text("run") is None


@pytest.mark.parametrize("said", [None, "en", "zh", "xx"])
def test_asking_changes_neither_session_nor_address(screen, said):
    begin()
    set_language("zh")
    if said is not None:
        screen.query_params["lang"] = said
    before = copy.deepcopy((screen.session_state, screen.query_params))
    for _ in range(2):
        current_language()
        address.meant_text("lang")
    assert (screen.session_state, screen.query_params) == before


def test_what_the_address_says_is_the_language_from_then_on(screen):
    screen.query_params["lang"] = "zh"
    begin()
    assert LANGUAGE.get() == "zh"
    del screen.query_params["lang"]
    begin()
    assert current_language() == "zh"


def test_parameters_that_are_left_out_leave_the_address(screen):
    screen.query_params.update(epochs="3", seed="2", lang="en")
    address.put_into_url(("epochs", "seed"), {"seed": "4"})
    assert screen.query_params == {"seed": "4", "lang": "en"}
