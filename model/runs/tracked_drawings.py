"""Pictures followed through a run: what its network said of each on the way; knows nothing of who drew them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from model.network import FloatArray, Network, predict


@dataclass(frozen=True, eq=False)
class Reading:
    """What the network said of a watched picture after ``step`` batches: ``probabilities`` (10,) float32."""

    step: int
    probabilities: FloatArray


class TrackedDrawings:
    """The pictures of every owner, (28, 28) float 0..1 by name, and what was said of them. Whoever uses it from threads locks."""

    def __init__(self) -> None:
        self._pictures: dict[tuple[str, str], FloatArray] = {}
        self._readings: dict[tuple[str, str], list[Reading]] = {}

    def watch(self, owner: str, pictures: Mapping[str, FloatArray], network: Network | None, step: int) -> None:
        """Follow these pictures of an owner from ``step`` on, where the network is this one; None says nothing yet.

        Pictures of the same owner that are no longer named are let go; those of other owners stay. A picture that comes under
        another name, the same object, keeps what was said of it.
        """
        own = {(owner, name): picture for name, picture in pictures.items()}
        others = {name: picture for name, picture in self._pictures.items() if name[0] != owner}
        before = {id(picture): name for name, picture in self._pictures.items() if name[0] == owner}
        known = {name: self._readings.get(before[id(own[name])], []) for name in own if id(own[name]) in before}
        kept = {name: self._readings[name] for name in others if name in self._readings}
        self._pictures, self._readings = others | own, kept | {name: list(readings) for name, readings in known.items()}
        self._read([name for name in own if name not in known], network, step)

    def read(self, network: Network | None, step: int) -> None:
        """Have the network, as it is after ``step`` batches, read every picture."""
        self._read(self._pictures, network, step)

    def readings(self, owner: str, name: str) -> tuple[Reading, ...]:
        """What was said of an owner's picture on the way, oldest first."""
        return tuple(self._readings.get((owner, name), ()))

    def names(self, owner: str) -> tuple[str, ...]:
        """The names of an owner's pictures."""
        return tuple(name for whose, name in self._pictures if whose == owner)

    def _read(self, keys: Iterable[tuple[str, str]], network: Network | None, step: int) -> None:
        keys = list(keys)
        if network is None or not keys:
            return
        answers = predict(network, np.stack([self._pictures[key] for key in keys]))
        for key, probabilities in zip(keys, answers, strict=True):
            self._readings.setdefault(key, []).append(Reading(step, probabilities))
