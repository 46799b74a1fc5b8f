"""A store of things reached by an unguessable token alone, bounded in number and idle time; knows nothing of what it keeps."""

import secrets
import threading
import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

Thing = TypeVar("Thing")

TOKEN_BYTES: Final = 16
IDLE_SECONDS: Final = 2 * 60 * 60.0


class RegistryFull(RuntimeError):
    """Every place is taken by something that is busy; carries the ``capacity``."""

    def __init__(self, capacity: int) -> None:
        super().__init__(f"all {capacity} places are taken by things still at work")
        self.capacity = capacity


class Registry(Generic[Thing]):
    """Token -> thing. What nobody looked at for two hours goes; when it is full, the idle one longest unseen goes.

    Args:
        capacity: how many are kept.
        busy: which of them are never let go to make room.
        dropped: called with each that was let go.
        clock, idle_seconds: for how long one is kept that nobody looks at.
        stays: which of them are kept for longer than that.
    """

    def __init__(
        self,
        capacity: int,
        busy: Callable[[Thing], bool] = lambda thing: False,
        dropped: Callable[[Thing], None] = lambda thing: None,
        clock: Callable[[], float] = time.monotonic,
        idle_seconds: float = IDLE_SECONDS,
        stays: Callable[[Thing], bool] = lambda thing: False,
    ) -> None:
        self._capacity, self._busy, self._dropped = capacity, busy, dropped
        self._clock, self._idle_seconds, self._stays = clock, idle_seconds, stays
        self._things: dict[str, Thing] = {}
        self._seen: dict[str, float] = {}
        self._lock = threading.RLock()

    def add(self, make: Callable[[str], Thing]) -> tuple[str, Thing]:
        """Make a thing under a fresh token of 128 random bits and keep it.

        Raises:
            RegistryFull: when as many busy things are kept as there are places.
        """
        with self._lock:
            self._drop_unseen()
            if len(self._things) >= self._capacity:
                self._drop_oldest_idle()
            token = secrets.token_urlsafe(TOKEN_BYTES)
            thing = self._things[token] = make(token)
            self._seen[token] = self._clock()
            return token, thing

    def find(self, token: str | None) -> Thing | None:
        """The thing of a token, marked as seen now; None for a token that was never given or whose thing is gone."""
        with self._lock:
            self._drop_unseen()
            if token is None or token not in self._things:
                return None
            self._seen[token] = self._clock()
            return self._things[token]

    def peek(self, token: str) -> Thing | None:
        """The same, without marking it as seen."""
        with self._lock:
            return self._things.get(token)

    def unseen_seconds(self, token: str) -> float:
        """For how long nobody looked at a thing; no time for one that is gone."""
        with self._lock:
            return self._clock() - self._seen[token] if token in self._seen else 0.0

    def drop(self, token: str) -> None:
        """Forget a thing; nothing happens if it is gone already."""
        with self._lock:
            thing = self._things.pop(token, None)
            self._seen.pop(token, None)
        if thing is not None:
            self._dropped(thing)

    def all(self) -> list[Thing]:
        """Every thing kept, without marking any as seen; for counting, not for showing to a visitor."""
        with self._lock:
            return list(self._things.values())

    def longest_unseen_first(self) -> list[Thing]:
        """The same, the one longest unseen first."""
        with self._lock:
            return [self._things[token] for token in sorted(self._things, key=self._seen.__getitem__)]

    def _drop_unseen(self) -> None:
        latest = self._clock() - self._idle_seconds
        for token in [token for token, seen in self._seen.items() if seen < latest]:
            if not self._stays(self._things[token]):
                self.drop(token)

    def _drop_oldest_idle(self) -> None:
        idle = [token for token, thing in self._things.items() if not self._busy(thing)]
        if not idle:
            raise RegistryFull(self._capacity)
        self.drop(min(idle, key=self._seen.__getitem__))
