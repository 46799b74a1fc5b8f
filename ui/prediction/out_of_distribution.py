"""Whether a picture looks like a digit at all, for the pages: has a worker make what is compared with; knows no Streamlit."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

from model.evaluation.out_of_distribution import Detector, ReferenceSet, detector_of, reference_set, use_reference_set
from model.network import FloatArray, Network
from model.network_memory import remembered
from model.runs.executor import Workers

# Seconds from a failure to the next try; after the last of them there is none.
PAUSES: Final = (1.0, 10.0, 60.0)

SERVER: Final = "the server"  # in whose line it waits: everybody's pages need it

LOGGER = logging.getLogger(__name__)


class Preparation:
    """The reference set on its way: asked of a worker once, and a few times more where it fails. Safe to call from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """As if it had never been asked for."""
        self._asked: Future[ReferenceSet] | None = None
        self._here = False
        self._failures = 0
        self._again_at = 0.0

    @property
    def given_up(self) -> bool:
        """Whether it failed for good: nobody tries again before the server is started anew."""
        return self._failures > len(PAUSES)

    def prepare(self, workers: Workers) -> bool:
        """Have a worker make the reference set, where that is still to do; whether it is here. Returns at once."""
        with self._lock:
            if self._here:
                return True
            if self._asked is None and not self.given_up and self._clock() >= self._again_at:
                self._asked = workers.in_turn(SERVER, None, reference_set)
            if self._asked is not None and self._asked.done():
                self._collect(self._asked)
            return self._here

    def _collect(self, asked: "Future[ReferenceSet]") -> None:
        self._asked = None
        error = None if asked.cancelled() else asked.exception()
        if asked.cancelled() or error is not None:
            self._failed(error)
            return
        use_reference_set(asked.result())
        self._here = True

    def _failed(self, error: BaseException | None) -> None:
        if not self._failures:
            LOGGER.warning(
                "what pictures are compared with could not be made; tried again %d times: %r", len(PAUSES), error
            )
        if not self.given_up:
            self._failures += 1
        if not self.given_up:
            self._again_at = self._clock() + PAUSES[self._failures - 1]


_PREPARATION: Final = Preparation()
prepare: Final = _PREPARATION.prepare
forget: Final = _PREPARATION.forget


def given_up() -> bool:
    """Whether no picture can be doubted, for what it would be compared with failed for good."""
    return _PREPARATION.given_up


def doubts(network: Network, picture: FloatArray) -> bool:
    """Whether the picture (28, 28) is perhaps no digit, by the rule of this network."""
    return bool(Detector(network, *_scales_and_limit(network)).exceeds(picture[None])[0])


@remembered(most_bytes=100_000)
def _scales_and_limit(network: Network) -> tuple[tuple[float, float], float]:
    """The numbers of a network's rule; the rule itself holds the network."""
    rule = detector_of(network)
    return rule.scales, rule.limit
