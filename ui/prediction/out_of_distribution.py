"""Whether a picture looks like a digit at all, for the pages: has a worker make what is compared with; knows no Streamlit."""

import functools
import threading
from concurrent.futures import Future
from typing import Any

from model.evaluation.out_of_distribution import Doubt, Memory, doubt_of, memory, remember
from model.network import FloatArray, Network
from model.runs.executor import Workers

_lock = threading.Lock()
_asked: list["Future[Memory]"] = []


def prepare(workers: Workers) -> bool:
    """Have a worker make the memory once; whether it is here. Asks again when the worker was lost."""
    with _lock:
        lost = _asked and _asked[0].done() and (_asked[0].cancelled() or _asked[0].exception() is not None)
        if not _asked or lost:
            future: Future[Any] = workers.submit(memory)
            _asked[:] = [future]
        if not _asked[0].done():
            return False
        if not _asked[0].cancelled() and _asked[0].exception() is None:
            remember(_asked[0].result())
            return True
        return False


def doubts(network: Network, picture: FloatArray) -> bool:
    """Whether the picture (28, 28) is perhaps no digit, by the rule of this network."""
    return bool(_rule(network).doubts(picture[None])[0])


@functools.lru_cache(maxsize=32)
def _rule(network: Network) -> Doubt:
    return doubt_of(network)
