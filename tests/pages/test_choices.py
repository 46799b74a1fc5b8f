"""Choices through AppTest: what is chosen is a value, whatever language its label was written in when the browser last heard of it."""

import ast
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import ROOT, words
from tests.patience import PATIENCE

# What a page may not call itself: a widget whose value the browser sends as a label.
UNGUARDED = {"selectbox", "segmented_control", "pills", "multiselect", "radio", "select_slider"}


def calls(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {
        node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in UNGUARDED
    }  # naming one is enough: it could be passed on and called elsewhere


class TellsOneLabel(list):
    """Options of which the browser tells this label, whichever is chosen."""

    label: str

    def __getitem__(self, index):
        return self.label


def test_only_the_module_of_choices_touches_widgets_that_send_labels() -> None:
    screen = [ROOT / "app.py", *(ROOT / "ui").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
    assert {path.name for path in screen if calls(path)} == {"choices.py"}


@pytest.mark.parametrize(
    ("knob", "stale"),
    [
        ("schedule", "cosine with warm-up"),
        ("optimizer", "SGD with momentum"),
        ("activation", "linear (no bend)"),
        ("augmentation", "strong"),
    ],
)
def test_a_label_of_the_language_before_still_means_its_value(open_page, knob, stale):
    """The browser goes on sending the label it knows until it has heard of the new one."""
    value = {"schedule": "cosine", "optimizer": "momentum", "activation": "linear", "augmentation": "strong"}[knob]
    page = open_page("pages/train.py", lang="en")
    page.selectbox(key=knob).set_value(value).run()
    page.segmented_control(key="language_en").set_value("zh").run()
    told = TellsOneLabel(page.selectbox(key=knob).options)
    told.label = stale
    page.selectbox(key=knob).options = told
    page.number_input(key="epochs").set_value(11).run()
    assert not page.exception
    assert page.selectbox(key=knob).value == value
    assert page.query_params[knob] == value
    assert "不行" not in words(page)


def test_the_language_can_be_switched_again_and_again(open_page):
    page = open_page("pages/glossary.py", lang="en")
    for before, after in (("en", "zh"), ("zh", "en"), ("en", "zh"), ("zh", "en")):
        page.segmented_control(key=f"language_{before}").set_value(after).run()
        assert page.query_params["lang"] == after
        assert not page.exception


def a_choice_told_again() -> None:
    import streamlit as st

    from ui.state.choices import forget_choice, newly_chosen, offer

    offer("choice", {"A": "a", "B": "b"}, "a", False)
    st.session_state["choice"] = "B"
    st.markdown(newly_chosen("choice"))
    forget_choice("choice")
    st.markdown(newly_chosen("choice"))


def test_a_choice_that_was_forgotten_when_it_was_chosen_may_be_told_once_more():
    page = AppTest.from_function(a_choice_told_again, default_timeout=PATIENCE).run()
    assert not page.exception
    assert [element.value for element in page.markdown] == ["True", "False"]


def what_the_app_insists_on() -> None:
    import streamlit as st

    from ui.state.choices import insist, offer, said

    labels = {name.upper(): name for name in "abcd"}
    told = st.session_state.get("tells")
    if told is not None:
        st.session_state["choice"] = list(told)
    given = st.session_state.get("gives")
    if given is not None:
        insist("choice", list(given))
    said_now = said("choice", ["a"])
    offer("choice", labels, ["a"], False)
    st.markdown("".join(said_now))
    st.markdown("".join(st.session_state["choice"]))


def test_what_the_app_chose_is_not_undone_by_a_browser_that_tells_what_was_chosen_before():
    """It may tell so more than once, and of more than one choice of before; until it tells that it has heard."""
    page = AppTest.from_function(what_the_app_insists_on, default_timeout=PATIENCE)

    def after(tells: str | None = None, gives: str | None = None) -> list[str]:
        page.session_state["tells"], page.session_state["gives"] = tells, gives
        page.run()
        assert not page.exception
        return [element.value for element in page.markdown]

    assert after() == ["a", "a"]
    assert after(gives="bc") == ["bc", "bc"]
    assert after(tells="A") == ["bc", "bc"]
    assert after(tells="A", gives="bcd") == ["bcd", "bcd"]
    assert after(tells="BC") == ["bcd", "bcd"]
    assert after(tells="A") == ["bcd", "bcd"]
    assert after(tells="D") == ["d", "d"]  # the visitor has chosen otherwise
    assert after(tells="BCD") == ["bcd", "bcd"]  # heard
    assert after(tells="A") == ["a", "a"]  # and so this is meant
