"""Boxes to choose from say nothing in Streamlit's own English: what they would say by themselves is given to them, or switched off."""

import ast

import pytest

from tests.test_architecture import SCREEN, short

BOXES = ("selectbox", "multiselect")


def boxes() -> list[tuple[str, ast.Call]]:
    """Every call that draws a box to choose from, with where it stands."""
    return [
        (f"{short(path)}:{node.lineno}", node)
        for path in SCREEN
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in BOXES
    ]


def values(call: ast.Call) -> dict[str | None, str]:
    return {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}


def test_the_app_has_boxes_to_choose_from() -> None:
    assert {call.func.attr for _, call in boxes() if isinstance(call.func, ast.Attribute)} == set(BOXES)


@pytest.mark.parametrize(("place", "call"), boxes(), ids=[place for place, _ in boxes()])
def test_a_box_speaks_the_visitors_language(place: str, call: ast.Call) -> None:
    given = values(call)
    # "Choose an option", "Choose options"
    assert given.get("placeholder", "").startswith("t("), place
    # "You can only select up to 6 options. Remove an option first."
    assert "max_selections" not in given, place
    if isinstance(call.func, ast.Attribute) and call.func.attr == "multiselect":
        # "Select all"
        assert given.get("select_all") == "False", place
    elif "accept_new_options" not in given:
        # "No results", while something is typed that no option has
        assert given.get("filter_mode") == "None", place
