"""The registry: found by token alone, bounded in number and in idle time."""

import re

import pytest

from model.runs.token_registry import Registry, RegistryFull

TWO_HOURS = 2 * 60 * 60


class Clock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def add_things(registry: Registry[str], clock: Clock, *names: str) -> list[str]:
    """Each a second after the one before; the tokens."""
    tokens = []
    for name in names:
        tokens.append(registry.add(lambda token, name=name: name)[0])  # type: ignore[misc]
        clock.now += 1
    return tokens


def test_a_thing_is_found_by_its_token_and_knows_it() -> None:
    registry: Registry[list[str]] = Registry(3)
    token, thing = registry.add(lambda token: [token])
    assert thing == [token]
    assert registry.find(token) is thing


@pytest.mark.parametrize("token", [None, "", "x", "../../etc/passwd", "\x00", "A" * 10_000])
def test_a_token_that_was_never_given_finds_nothing(token: str | None) -> None:
    registry: Registry[str] = Registry(3)
    registry.add(lambda token: "thing")
    assert registry.find(token) is None


def test_tokens_hold_128_bits_fit_in_a_link_and_never_repeat() -> None:
    registry: Registry[str] = Registry(2_000)
    tokens = [registry.add(lambda token: "thing")[0] for _ in range(2_000)]
    assert len(set(tokens)) == 2_000
    # 22 letters of 64 hold 132 bits.
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22,}", token) for token in tokens)
    # Neither a counter nor a clock: no place in the token is the same everywhere, and the first letters do not repeat.
    assert all(len({token[place] for token in tokens}) > 10 for place in range(21))
    assert len({token[:8] for token in tokens}) == 2_000


def test_a_token_of_one_registry_opens_nothing_in_another() -> None:
    one, other = Registry[str](3), Registry[str](3)
    token, _ = one.add(lambda token: "thing")
    assert other.find(token) is None


def test_what_nobody_looked_at_for_two_hours_is_gone(clock: Clock) -> None:
    dropped: list[str] = []
    registry: Registry[str] = Registry(9, dropped=dropped.append, clock=clock)
    (token,) = add_things(registry, clock, "a")
    clock.now += TWO_HOURS + 1
    assert registry.find(token) is None
    assert dropped == ["a"] and registry.all() == []


def test_looking_keeps_a_thing_for_two_more_hours(clock: Clock) -> None:
    registry: Registry[str] = Registry(9, clock=clock)
    seen, unseen = add_things(registry, clock, "seen", "unseen")
    for _ in range(3):
        clock.now += TWO_HOURS - 10
        assert registry.find(seen) == "seen"
    assert registry.find(unseen) is None


def test_counting_is_not_looking(clock: Clock) -> None:
    registry: Registry[str] = Registry(9, clock=clock)
    (token,) = add_things(registry, clock, "a")
    clock.now += TWO_HOURS - 10
    assert registry.all() == ["a"]
    clock.now += 20
    assert registry.find(token) is None


def test_a_full_registry_drops_the_one_longest_unseen(clock: Clock) -> None:
    dropped: list[str] = []
    registry: Registry[str] = Registry(3, dropped=dropped.append, clock=clock)
    a, b, c = add_things(registry, clock, "a", "b", "c")
    registry.find(a)
    add_things(registry, clock, "d")
    assert dropped == ["b"]
    assert registry.find(b) is None
    assert [registry.find(token) for token in (a, c)] == ["a", "c"]
    assert len(registry.all()) == 3


def test_what_is_busy_stays_and_a_younger_idle_one_goes(clock: Clock) -> None:
    registry: Registry[str] = Registry(3, busy=lambda thing: thing.startswith("busy"), clock=clock)
    tokens = add_things(registry, clock, "busy 1", "idle", "busy 2")
    add_things(registry, clock, "busy 3")
    assert [registry.find(token) for token in tokens] == ["busy 1", None, "busy 2"]


def test_when_all_are_busy_the_newcomer_is_refused_and_nobody_is_dropped(clock: Clock) -> None:
    made: list[str] = []
    registry: Registry[str] = Registry(2, busy=lambda thing: True, clock=clock)
    tokens = add_things(registry, clock, "a", "b")
    with pytest.raises(RegistryFull, match="2") as caught:
        registry.add(lambda token: made.append(token) or "c")  # type: ignore[func-returns-value]
    assert caught.value.capacity == 2
    assert made == []
    assert [registry.find(token) for token in tokens] == ["a", "b"]


def test_dropping_forgets_once_and_tells_once(clock: Clock) -> None:
    dropped: list[str] = []
    registry: Registry[str] = Registry(2, dropped=dropped.append, clock=clock)
    (token,) = add_things(registry, clock, "a")
    registry.drop(token)
    registry.drop(token)
    assert registry.find(token) is None and dropped == ["a"]
