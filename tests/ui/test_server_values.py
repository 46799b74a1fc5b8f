"""What a browser says of an element is taken over where the element can say it; else what it said before stays."""

import json

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import WStates

from ui.server import guard_values


@pytest.fixture
def states(monkeypatch: pytest.MonkeyPatch) -> WStates:
    """A session with a number of which 3.5 was said."""
    for owner, name in (
        (WStates, "set_widget_from_proto"), (WStates, "__getitem__"), (AppSession, "_handle_clear_cache_request")
    ):  # fmt: skip
        monkeypatch.setattr(owner, name, getattr(owner, name))
    guard_values()
    states = WStates()
    states.set_widget_metadata(known("number", "double_value", lambda told: 0.0 if told is None else float(told)))
    states.set_widget_metadata(known("list", "double_array_value", lambda told: [1.0] if told is None else [told[0]]))
    states.set_widget_metadata(known("own", "json_value", lambda told: told or {}))
    states.set_widget_from_proto(WidgetState(id="number", double_value=3.5))
    return states


def known(name: str, kind: str, reader: object) -> "WidgetMetadata[object]":
    return WidgetMetadata(name, reader, lambda value: value, kind)  # type: ignore[arg-type]


def told(name: str, **value: object) -> WidgetState:
    return WidgetState(id=name, **value)  # type: ignore[arg-type]


def test_what_an_element_can_say_is_taken_over(states: WStates) -> None:
    assert states["number"] == 3.5
    states.set_widget_from_proto(told("number", double_value=-2.0))
    assert states["number"] == -2.0
    states.set_widget_from_proto(told("number", int_value=7))  # Streamlit declares whole numbers as it does others
    assert states["number"] == 7.0
    states.set_widget_from_proto(told("own", json_value=json.dumps({"a": 1})))
    assert states["own"] == {"a": 1}


@pytest.mark.parametrize(
    "nonsense",
    [
        told("number", string_value="x"), told("number", bool_value=True),
        told("number", json_value="{}"), told("number", bytes_value=b"x"), told("list", string_value="x"),
        told("list", double_array_value={"data": []}), told("own", json_value="{"), told("own", string_value="{}"),
    ],
)  # fmt: skip
def test_anything_else_leaves_what_was_said_before(states: WStates, nonsense: WidgetState) -> None:
    states.set_widget_from_proto(told("list", double_array_value={"data": [7.0]}))
    states.set_widget_from_proto(told("own", json_value='{"kept": true}'))
    states.set_widget_from_proto(nonsense)
    assert [states["number"], states["list"], states["own"]] == [3.5, [7.0], {"kept": True}]


def test_of_an_element_that_comes_later_nonsense_counts_as_nothing(states: WStates) -> None:
    later, unsaid = "$$ID-1-later", "$$ID-2-unsaid"
    states.set_widget_from_proto(told(later, string_value="x"))
    states.set_widget_metadata(known(later, "double_value", lambda told: 5.0 if told is None else float(told)))
    assert later in states.states and later not in states
    states.set_widget_from_proto(told(unsaid))
    states.set_widget_metadata(known(unsaid, "double_value", lambda told: told))
    assert unsaid not in states


@pytest.mark.parametrize("name", ["", "x", "_visitor", "a" * 5_000, "$$", "🙂"])
def test_names_that_no_element_can_have_are_not_kept(states: WStates, name: str) -> None:
    states.set_widget_from_proto(told(name, string_value="x"))
    assert name not in states.states


def test_guarding_twice_guards_once(states: WStates) -> None:
    before = WStates.set_widget_from_proto
    guard_values()
    assert WStates.set_widget_from_proto is before
