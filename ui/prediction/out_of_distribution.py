"""Whether a picture looks like a digit at all, for the pages: has a worker make what is compared with; knows no Streamlit."""

import threading
from concurrent.futures import Future
from typing import Any

from model.evaluation.out_of_distribution import Detector, ReferenceSet, detector_of, reference_set, use_reference_set
from model.network import FloatArray, Network
from model.network_memory import remembered
from model.runs.executor import Workers

_lock = threading.Lock()
_asked: list["Future[ReferenceSet]"] = []


def prepare(workers: Workers) -> bool:
    """Have a worker make the reference set once; whether it is here. Asks again when the worker was lost."""
    with _lock:
        lost = _asked and _asked[0].done() and (_asked[0].cancelled() or _asked[0].exception() is not None)
        if not _asked or lost:
            future: Future[Any] = workers.submit(reference_set)
            _asked[:] = [future]
        if not _asked[0].done():
            return False
        if not _asked[0].cancelled() and _asked[0].exception() is None:
            use_reference_set(_asked[0].result())
            return True
        return False


def doubts(network: Network, picture: FloatArray) -> bool:
    """Whether the picture (28, 28) is perhaps no digit, by the rule of this network."""
    return bool(Detector(network, *_scales_and_limit(network)).exceeds(picture[None])[0])


@remembered(most_bytes=100_000)
def _scales_and_limit(network: Network) -> tuple[tuple[float, float], float]:
    """The numbers of a network's rule; the rule itself holds the network."""
    rule = detector_of(network)
    return rule.scales, rule.limit
