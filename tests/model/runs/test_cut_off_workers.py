"""A worker killed in the middle of a result breaks the pool, as a worker killed at any other moment does; real processes."""

import multiprocessing.connection as connection
import os
import signal
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from typing import Any

import pytest
from loky import ProcessPoolExecutor

from model.runs.cut_off_workers import watched
from tests.patience import PATIENCE


def die_while_handing_over() -> bytes:
    """Give a result of which half the first message reaches the pool."""

    def half(self: Any, buffer: bytes, write: Any = os.write) -> None:
        write(self._handle, bytes(buffer)[: max(1, len(buffer) // 2)])
        os.kill(os.getpid(), signal.SIGKILL)

    connection.Connection._send = half  # type: ignore[attr-defined]
    return bytes(1_000_000)


def pid_and_more() -> tuple[int, bytes]:
    return os.getpid(), bytes(1_000_000)


@pytest.fixture(params=[1, 2])
def pool(request: pytest.FixtureRequest) -> Iterator[Any]:
    made = watched(ProcessPoolExecutor(request.param))
    yield made
    made.shutdown(wait=True, kill_workers=True)


def test_a_worker_killed_while_it_hands_over_its_result_breaks_the_pool(pool: Any) -> None:
    assert pool.submit(pid_and_more).result(PATIENCE)[0] != os.getpid()
    dying = pool.submit(die_while_handing_over)
    after = [pool.submit(pid_and_more) for _ in range(6)]
    assert isinstance(dying.exception(PATIENCE), BrokenExecutor)
    for future in after:  # done before the end of that worker, or broken with it; never left waiting
        error = future.exception(PATIENCE)
        assert error is None or isinstance(error, BrokenExecutor)
    with pytest.raises(BrokenExecutor):
        pool.submit(pid_and_more)


def test_a_worker_killed_at_any_other_moment_breaks_it_too_and_a_sound_pool_goes_on(pool: Any) -> None:
    pids = {pool.submit(pid_and_more).result(PATIENCE)[0] for _ in range(8)}
    assert len(pids) >= 1
    os.kill(pids.pop(), signal.SIGKILL)
    with pytest.raises(BrokenExecutor):
        for _ in range(1_000):
            pool.submit(pid_and_more).result(PATIENCE)
