"""Maps of neighbours (t-SNE), which a worker makes one at a time; remembers them as long as their network lives, and draws nothing."""

import threading
import time
import weakref
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

from model.interpretability.pca import neighbour_map, spaces
from model.network import FloatArray, Network
from model.runs.executor import Workers
from ui.inside.examined_network import map_images

PLACED: Final = 1_000


@dataclass(frozen=True)
class Waiting:
    """The map is being made since ``seconds``, which took ``expected`` the last time; zero seconds while another is made first."""

    seconds: float
    expected: float

    @property
    def share(self) -> float:
        """How far it should be by now, 0 to 1; never quite done before it is."""
        return min(self.seconds / self.expected, 0.95)


@dataclass(frozen=True, eq=False)
class _Asked:
    future: "Future[FloatArray]"
    since: float


@dataclass(eq=False)
class NeighbourMaps:
    """The maps that were asked for. Safe to call from any thread; one is made at a time, so that training goes on beside it."""

    workers: Workers
    expected: float = 6.0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _asked: "weakref.WeakKeyDictionary[Network, dict[tuple[int, bool], _Asked]]" = field(
        default_factory=weakref.WeakKeyDictionary
    )
    _made_now: "Future[FloatArray] | None" = None

    def of(self, network: Network, layer: int, on_test: bool, whose: str = "") -> FloatArray | Waiting:
        """Where a layer's first 1,000 images lie, (1000, 2), or how long that is being made; ``layer`` 0 is the pixels.

        It is made when it is the turn of ``whose`` asks for it first. One that failed is asked for again.
        """
        with self._lock:
            maps = self._asked.setdefault(network, {})
            asked = maps.get((layer, on_test))
            if asked is not None and asked.future.done() and asked.future.exception() is not None:
                asked = None
            if asked is None:
                if self._made_now is not None and not self._made_now.done():
                    return Waiting(0, self.expected)
                asked = maps[(layer, on_test)] = self._ask(network, layer, on_test, whose)
        if asked.future.done():
            return asked.future.result()
        return Waiting(time.monotonic() - asked.since, self.expected)

    def _ask(self, network: Network, layer: int, on_test: bool, whose: str) -> _Asked:
        images, _ = map_images(on_test)
        since = time.monotonic()
        future = self.workers.in_turn(whose, self.expected, neighbour_map, spaces(network, images[:PLACED])[layer])
        self._made_now = future
        future.add_done_callback(lambda _: self._finished(since))
        return _Asked(future, since)

    def _finished(self, since: float) -> None:
        self.expected = max(time.monotonic() - since, 0.5)
