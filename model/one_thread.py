"""Linear algebra on one thread, for results that are equal to the last bit on any number of cores; knows no network."""

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from threadpoolctl import OpenBLASController, ThreadpoolController

from model.library_types import BlasLibrary

_LOCK: Final = threading.Lock()
_users = 0
_before: list[tuple[BlasLibrary, int]] = []


@contextmanager
def one_thread() -> Iterator[None]:
    """Within it, and wherever else in this process meanwhile, NumPy's matrix products run on one thread; works as a decorator too.

    With several threads a BLAS library cuts a product elsewhere and adds up in another order, which shows in the last bits. What other
    threads of the process have asked for comes back when the last user has left.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _users
    with _LOCK:
        if _users == 0:
            _before[:] = [(library, library.get_num_threads()) for library in _libraries()]
        _set_threads([(library, 1) for library, _ in _before])
        _users += 1


def _leave() -> None:
    global _users
    with _LOCK:
        _users -= 1
        if _users == 0:
            _set_threads(_before)


def _set_threads(wanted: list[tuple[BlasLibrary, int]]) -> None:
    for library, count in wanted:
        if library.get_num_threads() != count:
            # threadpoolctl lets only the thread that asked first decide, and drops in silence what others ask for; here any may.
            OpenBLASController.clear_controlling_thread(force=True)
            library.set_num_threads(count)
            OpenBLASController.clear_controlling_thread(force=True)


@functools.cache
def _libraries() -> tuple[BlasLibrary, ...]:
    """The BLAS libraries loaded by the time something is computed first, NumPy's among them."""
    import numpy  # noqa: F401  loads its library

    return tuple(ThreadpoolController().select(user_api="blas").lib_controllers)
