"""Remembers what was computed of a network as long as the network lives, and no more bytes than it may; knows nothing of what that is."""

import functools
import itertools
import sys
import threading
import weakref
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Concatenate, Generic, ParamSpec, TypeVar

import numpy as np

from model.network import Network

P = ParamSpec("P")
R = TypeVar("R")
Of = Callable[Concatenate[Network, P], R]


@dataclass(eq=False)
class _Answer(Generic[R]):
    """Something computed: its ``value``, how many bytes it takes, and at which tick it was last asked for."""

    value: R
    size: int
    asked: int


class _Answers(Generic[R]):
    """The answers of one function by network and by what else was given; safe to call from any thread."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._ticks = itertools.count()
        self._by_network: weakref.WeakKeyDictionary[Network, dict[Hashable, _Answer[R]]] = weakref.WeakKeyDictionary()

    def find(self, network: Network, given: Hashable) -> _Answer[R] | None:
        with self._lock:
            found = self._by_network.get(network, {}).get(given)
            if found is not None:
                found.asked = next(self._ticks)
            return found

    def keep(self, network: Network, given: Hashable, value: R) -> None:
        """Keep an answer; one that is the network itself, or larger than everything may be, is not kept."""
        size = bytes_of(value)
        if value is network or size > self._most_bytes:
            return
        with self._lock:
            self._by_network.setdefault(network, {})[given] = _Answer(value, size, next(self._ticks))
            while self._size() > self._most_bytes:
                self._forget_the_oldest()

    def size(self) -> int:
        """How many bytes all answers take."""
        with self._lock:
            return self._size()

    def _size(self) -> int:
        return sum(answer.size for _, _, answer in self._all())

    def _all(self) -> Iterator[tuple[dict[Hashable, _Answer[R]], Hashable, _Answer[R]]]:
        for answers in list(self._by_network.values()):
            for given, answer in answers.items():
                yield answers, given, answer

    def _forget_the_oldest(self) -> None:
        answers, given, _ = min(self._all(), key=lambda found: found[2].asked)
        del answers[given]


def remembered(most_bytes: int) -> Callable[[Of[P, R]], Of[P, R]]:
    """A function of a network and of hashable values computes each answer once, and drops it with its network.

    Beyond ``most_bytes`` for all networks together, those asked for longest ago are forgotten. No answer may hold the network it is of,
    or neither would ever go; an answer that *is* the network is simply not kept.
    """

    def decorate(compute: Of[P, R]) -> Of[P, R]:
        answers: _Answers[R] = _Answers(most_bytes)

        @functools.wraps(compute)
        def of(network: Network, /, *values: P.args, **named: P.kwargs) -> R:
            given = (values, tuple(sorted(named.items())))
            found = answers.find(network, given)
            if found is not None:
                return found.value
            value = compute(network, *values, **named)
            answers.keep(network, given, value)
            return value

        return of

    return decorate


def bytes_of(value: object) -> int:
    """About how many bytes a value takes, with all it is made of."""
    if isinstance(value, np.ndarray):
        return int(value.nbytes)
    if is_dataclass(value):
        return sum(bytes_of(getattr(value, item.name)) for item in fields(value))
    if isinstance(value, Mapping):
        return sys.getsizeof(value) + sum(bytes_of(part) for pair in value.items() for part in pair)
    if isinstance(value, (tuple, list, set, frozenset)):
        return sys.getsizeof(value) + sum(map(bytes_of, value))
    return sys.getsizeof(value)
