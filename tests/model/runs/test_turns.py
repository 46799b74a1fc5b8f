"""Turns: everybody's line advances alike, what hangs is done elsewhere, and only what was in a lost pool alone is to blame for it."""

from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from model.runs.turns import FIRST_SECONDS, GRACE_SECONDS, STALLED_SECONDS, Stall, Turns

ERROR = BrokenProcessPool("a child process terminated abruptly")


class Pool:
    """An executor worked by hand: what was handed over, in its order, with the futures that are given back."""

    def __init__(self) -> None:
        self.handed: list[tuple[str, Future[Any]]] = []
        self.renewed = 0
        self.stalled = Stall.NONE
        self.now = 100.0

    def submit(self, function: Any, *arguments: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        self.handed.append((arguments[0], future))
        return future

    def renew(self) -> None:
        self.renewed += 1

    def names(self) -> list[str]:
        return [name for name, _ in self.handed]

    def finish(self, name: str, result: object = None, error: Exception | None = None) -> None:
        future = next(future for one, future in self.handed if one == name and not future.done())
        future.set_exception(error) if error else future.set_result(result)

    def lose_all(self, error: Exception | None = ERROR) -> None:
        """None cancels what was handed over, as an executor does that was let go."""
        for _, future in list(self.handed):
            if not future.done() and error is None:
                future.cancel()
            elif not future.done():
                future.set_exception(error)


@pytest.fixture
def pool() -> Pool:
    return Pool()


def turns_of(pool: Pool, workers: int = 1) -> Turns:
    return Turns(pool.submit, lambda: workers, lambda: pool.stalled, pool.renew, lambda: pool.now)


def put(turns: Turns, whose: str, name: str, seconds: float | None = 0.2) -> "Future[Any]":
    return turns.submit(whose, seconds, print, name)


def test_one_with_many_waits_as_long_as_one_with_few(pool: Pool) -> None:
    turns = turns_of(pool)
    for number in range(6):
        put(turns, "many", f"many {number}")
    put(turns, "few", "few 0")
    put(turns, "other", "other 0")
    order = []
    while any(not future.done() for _, future in pool.handed):
        name = next(name for name, future in pool.handed if not future.done())
        order.append(name)
        pool.finish(name)
    assert order[:2] == ["many 0", "many 1"], "what the workers had nothing better to do for"
    assert order[2:5] == ["few 0", "other 0", "many 2"] or order[2:5] == ["many 2", "few 0", "other 0"]
    assert order[-1] == "many 5"


@given(some.lists(some.integers(1, 8), min_size=2, max_size=6), some.integers(1, 3))
def test_nobody_comes_twice_before_another_who_waits_came_once(counts: list[int], workers: int) -> None:
    pool = Pool()
    turns = turns_of(pool, workers)
    for whose, count in enumerate(counts):
        for number in range(count):
            put(turns, str(whose), f"{whose} {number}")
    handed_first = len(pool.handed)
    while any(not future.done() for _, future in pool.handed):
        pool.finish(next(name for name, future in pool.handed if not future.done()))
    assert sorted(pool.names()) == sorted(f"{w} {n}" for w, count in enumerate(counts) for n in range(count))
    later = [name.split()[0] for name in pool.names()[handed_first:]]
    left = {
        str(w): count - sum(name.split()[0] == str(w) for name in pool.names()[:handed_first])
        for w, count in enumerate(counts)
    }
    for place, whose in enumerate(later):
        waiting = {other for other, count in left.items() if count}
        since = later[max(0, place - len(waiting) + 1) : place]
        assert whose not in since, f"{whose} again while {waiting} wait: {later}"
        left[whose] -= 1


def test_no_more_is_handed_over_than_workers_and_one(pool: Pool) -> None:
    turns = turns_of(pool, 2)
    for number in range(9):
        put(turns, str(number), str(number))
    assert len(pool.handed) == 3
    pool.finish("0")
    assert len(pool.handed) == 4


def test_who_waits_is_told_how_many_are_before_and_about_how_long(pool: Pool) -> None:
    turns = turns_of(pool)
    futures = [put(turns, str(number), str(number)) for number in range(6)]
    assert turns.waiting(futures[0]).before == 0 and turns.waiting(futures[0]).seconds == 0
    assert [turns.waiting(future).before for future in futures[2:]] == [0, 1, 2, 3]
    assert turns.waiting(futures[5]).seconds > turns.waiting(futures[3]).seconds > 0
    assert turns.waiting(None).before == 0


def test_what_hangs_is_told_within_three_seconds_and_done_again_and_a_late_answer_changes_nothing(pool: Pool) -> None:
    turns = turns_of(pool)
    future = put(turns, "a", "a")
    pool.stalled = Stall.SOME
    pool.now += 2.4
    turns.look()
    assert not turns.waiting(future).overdue and len(pool.handed) == 1
    pool.now += 0.5
    turns.look()
    assert turns.waiting(future).overdue and pool.names() == ["a", "a"]
    pool.handed[1][1].set_result("second")
    assert future.result(0) == "second"
    pool.handed[0][1].set_result("first, late")
    assert future.result(0) == "second"
    assert not turns.waiting(future).overdue


def test_an_answer_that_comes_while_it_waits_to_be_done_again_is_taken_once(pool: Pool) -> None:
    turns = turns_of(pool, 1)
    slow, other = put(turns, "slow", "slow"), put(turns, "other", "other", 60.0)
    put(turns, "third", "third", 60.0)
    pool.stalled = Stall.SOME
    pool.now += 3
    turns.look()  # its place is taken by who waited
    pool.handed[0][1].set_result("late")
    assert slow.result(0) == "late"
    for name in ("other", "third"):
        pool.finish(name)
    assert pool.names().count("slow") <= 2
    assert other.done()


@pytest.mark.parametrize(("seconds", "patience"), [(0.1, GRACE_SECONDS), (5.0, 50.0), (None, FIRST_SECONDS)])
def test_patience_is_ten_times_its_like_and_at_least_some_seconds(
    pool: Pool, seconds: float | None, patience: float
) -> None:
    turns = turns_of(pool)
    future = put(turns, "a", "a", seconds)
    pool.now += patience - 0.1
    turns.look()
    assert not turns.waiting(future).overdue
    pool.now += 0.2
    turns.look()
    assert turns.waiting(future).overdue


@pytest.mark.parametrize("seconds", [0.1, 5.0, None])
def test_where_a_worker_is_seen_to_stand_still_patience_is_short(pool: Pool, seconds: float | None) -> None:
    turns = turns_of(pool)
    future = put(turns, "a", "a", seconds)
    pool.now += STALLED_SECONDS + 0.1
    turns.look()
    assert not turns.waiting(future).overdue
    pool.stalled = Stall.SOME
    turns.look()
    assert turns.waiting(future).overdue


def test_workers_that_all_stand_still_are_replaced_at_once(pool: Pool) -> None:
    turns = turns_of(pool)
    future = put(turns, "a", "a")
    pool.stalled = Stall.ALL
    turns.look()
    assert pool.renewed == 0
    pool.now += STALLED_SECONDS + 0.1
    turns.look()
    assert pool.renewed == 1 and pool.names() == ["a", "a"]
    pool.stalled = Stall.NONE
    pool.handed[1][1].set_result("done")
    assert future.result(0) == "done"


def test_while_some_still_work_the_others_are_not_replaced_at_once(pool: Pool) -> None:
    turns = turns_of(pool)
    put(turns, "a", "a")
    pool.stalled = Stall.SOME
    pool.now += STALLED_SECONDS + 0.1
    turns.look()
    assert pool.renewed == 0
    for _ in range(4):
        pool.now += 60
        turns.look()
    assert pool.renewed >= 1


@pytest.mark.parametrize("error", [ERROR, None, ConnectionResetError()])
def test_a_lost_pool_is_nobodys_failure(pool: Pool, error: Exception | None) -> None:
    turns = turns_of(pool, 3)
    futures = [put(turns, str(number), str(number)) for number in range(4)]
    for _ in range(2):
        pool.lose_all(error)
        pool.now += 5
        turns.look()
    assert not any(future.done() for future in futures), "each is done again"
    while any(not future.done() for _, future in pool.handed):
        pool.finish(next(name for name, future in pool.handed if not future.done()), "done")
        pool.now += 5
        turns.look()
    assert [future.result(0) for future in futures] == ["done"] * 4


def test_what_kills_its_worker_is_found_out_and_the_others_go_on(pool: Pool) -> None:
    turns = turns_of(pool, 2)
    bad, good = put(turns, "bad", "bad"), put(turns, "good", "good")
    for _ in range(12):
        open_now = [name for name, future in pool.handed if not future.done()]
        if "bad" in open_now:
            pool.lose_all()
        elif open_now:
            pool.finish(open_now[0], "done")
        pool.now += 5
        turns.look()
        if bad.done() and good.done():
            break
    assert good.result(0) == "done"
    assert isinstance(bad.exception(0), BrokenProcessPool)


def test_an_error_of_the_work_itself_goes_to_whoever_asked_at_once(pool: Pool) -> None:
    turns = turns_of(pool)
    future = put(turns, "a", "a")
    pool.finish("a", error=ZeroDivisionError())
    assert isinstance(future.exception(0), ZeroDivisionError)
    assert pool.names() == ["a"]


def test_a_pool_that_cannot_be_started_is_tried_again_later(pool: Pool) -> None:
    refusing = [True]

    def submit(function: Any, *arguments: Any) -> "Future[Any]":
        if refusing[0]:
            raise ConnectionRefusedError("no scheduler")
        return pool.submit(function, *arguments)

    turns = Turns(submit, lambda: 1, lambda: False, clock=lambda: pool.now)
    future = put(turns, "a", "a")
    refusing[0] = False
    pool.now += 10
    turns.look()
    pool.finish("a", "done")
    assert future.result(0) == "done"


def test_what_is_forgotten_is_cancelled_and_its_answer_ignored(pool: Pool) -> None:
    turns = turns_of(pool)
    handed, waiting, more = (put(turns, name, name) for name in "abc")
    turns.forget()
    assert all(future.done() for future in (handed, waiting, more))
    pool.handed[0][1].set_result("late")
    again = put(turns, "a", "again")
    pool.finish("again", 1)
    assert again.result(0) == 1


def test_what_was_cancelled_before_its_turn_is_not_done_and_what_is_being_done_goes_on(pool: Pool) -> None:
    turns = turns_of(pool)
    futures = [put(turns, whose, f"{whose} {number}") for number in range(3) for whose in "ab"]
    assert pool.names() == ["a 0", "b 0"]
    assert not futures[0].cancel(), "it is under way"
    assert futures[2].cancel() and futures[5].cancel()
    while any(not future.done() for _, future in pool.handed):
        pool.finish(next(name for name, future in pool.handed if not future.done()), "done")
    assert sorted(pool.names()) == ["a 0", "a 2", "b 0", "b 1"]
    assert [future.cancelled() for future in futures] == [False, False, True, False, False, True]
    assert futures[0].result(0) == futures[4].result(0) == "done"


def test_the_end_is_told_to_whoever_has_not_cancelled(pool: Pool) -> None:
    turns = turns_of(pool)
    futures = [put(turns, "a", str(number)) for number in range(4)]
    assert futures[3].cancel()
    turns.forget()
    assert [type(future.exception(0)) for future in futures[:3]] == [CancelledError] * 3 and futures[3].cancelled()


def test_while_there_are_no_workers_at_all_nothing_is_overdue_and_nothing_done_twice(pool: Pool) -> None:
    away = [True]
    turns = Turns(pool.submit, lambda: 1, lambda: pool.stalled, pool.renew, lambda: pool.now, lambda: away[0])
    future = put(turns, "anybody", "work")
    for _ in range(100):
        pool.now += GRACE_SECONDS
        turns.look()
    assert pool.names() == ["work"] and not turns.waiting(future).overdue
    away[0] = False
    pool.now += GRACE_SECONDS / 2
    turns.look()
    assert pool.names() == ["work"]
    pool.now += GRACE_SECONDS
    turns.look()
    assert pool.names() == ["work", "work"] and turns.waiting(future).overdue
    pool.finish("work", 7)
    assert future.result(0) == 7
