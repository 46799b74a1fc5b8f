"""Who is forgotten and who is not: whoever is there or has something to lose stays, strangers who only looked go first."""

import pytest

from model.runs.token_registry import Registry, RegistryFull
from ui.state import visitors
from ui.state.visitors import PRESENCE, VISITORS, Visitor


@pytest.fixture
def active(monkeypatch) -> set[str]:
    open_tabs: set[str] = set()
    monkeypatch.setattr(PRESENCE, "is_active", open_tabs.__contains__)
    return open_tabs


@pytest.fixture
def clocked():
    now = [0.0]
    kept: Registry[Visitor] = Registry(
        5,
        busy=lambda one: one.has_content or one.is_there,
        stays=lambda one: one.is_there,
        clock=lambda: now[0],
        idle_seconds=100.0,
    )
    return kept, now


def test_the_server_keeps_visitors_by_these_rules(active):
    token, visitor = VISITORS.add(Visitor)
    assert not visitor.has_content and not visitor.is_there
    visitor.enter("tab")
    active.add("tab")
    assert visitor.is_there
    VISITORS.drop(token)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("runs", ["token"]),
        ("lesson", "neuron"),
        ("places", {"neuron": visitors.Place()}),
        ("own_digits", [object()]),
        ("pins", {"a": 1}),
    ],
)
def test_whoever_has_something_to_lose_is_never_let_go_for_strangers(clocked, active, field, value):
    kept, now = clocked
    token, anna = kept.add(Visitor)
    setattr(anna, field, value)
    for _ in range(520):
        now[0] += 0.1
        kept.add(Visitor)
    assert kept.find(token) is anna


def test_whoever_is_there_is_not_let_go_either_nor_for_their_age(clocked, active):
    kept, now = clocked
    token, anna = kept.add(Visitor)
    anna.enter("tab")
    active.add("tab")
    for _ in range(520):
        now[0] += 1.0
        kept.add(Visitor)
    assert kept.find(token) is anna
    active.clear()
    now[0] += 101
    assert kept.find(token) is None


def test_where_all_are_there_or_have_something_a_newcomer_is_refused(clocked, active):
    kept, _ = clocked
    for _ in range(5):
        kept.add(Visitor)[1].runs.append("token")
    with pytest.raises(RegistryFull):
        kept.add(Visitor)


def test_strangers_of_one_address_share_a_line_until_their_browser_brings_the_cookie_back():
    one, other, elsewhere = (
        Visitor("a", address="10.0.0.1"),
        Visitor("b", address="10.0.0.1"),
        Visitor("c", address="10.0.0.2"),
    )
    assert one.turn == other.turn != elsewhere.turn
    one.remembered = True
    assert one.turn == "a"


def test_the_names_of_tabs_that_are_gone_are_forgotten(active):
    visitor = Visitor("a")
    for number in range(50):
        visitor.enter(f"tab {number}")
    assert len(visitor.sessions) == 1
