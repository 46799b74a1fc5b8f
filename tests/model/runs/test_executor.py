"""The executor: how many processes, and a new one when it breaks."""

import os
import threading
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import pytest

from model.runs import executor
from model.runs.executor import WORKERS_VARIABLE, Workers, make_executor, worker_count


class BreakableExecutor(ThreadPoolExecutor):
    """Threads in place of processes; broken on demand."""

    broken = False

    def submit(self, *arguments: Any, **named: Any) -> "Future[Any]":
        if self.broken:
            raise BrokenProcessPool("a child process terminated abruptly")
        return super().submit(*arguments, **named)


class Maker:
    """Makes executors and remembers them."""

    def __init__(self) -> None:
        self.made: list[BreakableExecutor] = []

    def __call__(self) -> Executor:
        self.made.append(BreakableExecutor(1))
        return self.made[-1]


@pytest.mark.parametrize(("text", "count"), [("1", 1), ("2", 2), ("64", 64)])
def test_the_environment_says_how_many_workers(text: str, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WORKERS_VARIABLE, text)
    assert worker_count() == count


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "two", "", " ", "²", "1e3"])
def test_nonsense_in_the_environment_is_refused_by_name(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WORKERS_VARIABLE, text)
    with pytest.raises(ValueError, match=WORKERS_VARIABLE) as caught:
        worker_count()
    assert repr(text) in str(caught.value)


def test_otherwise_there_is_one_worker_a_core_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(WORKERS_VARIABLE, raising=False)
    assert worker_count() == len(os.sched_getaffinity(0))
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0})
    assert worker_count() == 1


def test_the_executor_of_this_machine_has_that_many_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(executor.SCHEDULER_VARIABLE, raising=False)
    monkeypatch.setenv(WORKERS_VARIABLE, "3")
    asked: list[tuple[int, dict[str, Any]]] = []
    monkeypatch.setattr("loky.ProcessPoolExecutor", lambda count, **named: asked.append((count, named)))
    make_executor()
    ((count, named),) = asked
    assert count == 3 and named["initializer"] is executor.warm_up_here
    assert named["env"]["TF_NUM_INTRAOP_THREADS"] == named["env"]["OPENBLAS_NUM_THREADS"] == "1"


def test_an_executor_is_made_at_first_use_and_kept() -> None:
    maker = Maker()
    pool = Workers(maker)
    assert maker.made == [] and not pool.ready
    assert pool.submit(sum, [1, 2]).result(10) == 3
    assert pool.submit(sum, [3, 4]).result(10) == 7
    assert len(maker.made) == 1
    pool.shutdown()


def test_a_broken_executor_is_replaced_and_the_work_done() -> None:
    maker = Maker()
    pool = Workers(maker)
    pool.submit(sum, [1]).result(10)
    maker.made[0].broken = True
    assert pool.submit(sum, [1, 2]).result(10) == 3
    assert len(maker.made) == 2
    pool.shutdown()


def test_what_the_work_raises_reaches_whoever_asked() -> None:
    pool = Workers(Maker())
    with pytest.raises(ZeroDivisionError):
        pool.submit(divmod, 1, 0).result(10)
    pool.shutdown()


def test_workers_are_ready_once_one_of_them_has_answered() -> None:
    gate = threading.Event()

    def make() -> Executor:
        executor = ThreadPoolExecutor(1)
        executor.submit(gate.wait)
        return executor

    pool = Workers(make)
    pool.start()
    assert not pool.ready
    gate.set()
    pool.submit(os.getpid).result(10)
    assert pool.ready
    pool.shutdown()
    assert not pool.ready


def test_shutdown_twice_and_before_any_start_is_nothing() -> None:
    pool = Workers(Maker())
    pool.shutdown()
    pool.shutdown()


def test_after_shutdown_nothing_starts_by_itself_again() -> None:
    maker = Maker()
    pool = Workers(maker)
    pool.start()
    pool.shutdown()
    with pytest.raises(RuntimeError, match="shut down"):
        pool.submit(sum, [1])
    assert len(maker.made) == 1


def test_shutdown_does_not_wait_for_ever_for_work_that_submits_more() -> None:
    """As a run does: the callback of a slice submits the next one."""
    gate = threading.Event()
    pool = Workers(Maker())
    refused: list[Exception] = []

    def submit_more(done: "Future[Any]") -> None:
        try:
            pool.submit(sum, [1])
        except RuntimeError as error:
            refused.append(error)

    pool.submit(gate.wait).add_done_callback(submit_more)
    closing = threading.Thread(target=pool.shutdown, daemon=True)
    closing.start()
    closing.join(0.2)
    gate.set()
    closing.join(10)
    assert not closing.is_alive()
    assert len(refused) == 1
