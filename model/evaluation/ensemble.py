"""Several networks that read together: the mean of what each says, and what that gains; knows no screen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from model.network import Array, FloatArray, Network, Score, predict

IMAGES_AT_ONCE = 1000


@dataclass(frozen=True)
class Gain:
    """What a vote gains on labelled images: the score of each network ``alone``, in their order, and of all ``together``."""

    alone: tuple[Score, ...]
    together: Score

    @property
    def over_mean(self) -> float:
        """Accuracy of the vote less the mean accuracy of the networks, -1 to 1."""
        return self.together.accuracy - sum(score.accuracy for score in self.alone) / len(self.alone)

    @property
    def over_best(self) -> float:
        """Accuracy of the vote less that of the best single network, -1 to 1."""
        return self.together.accuracy - max(score.accuracy for score in self.alone)


def vote(networks: Sequence[Network], images: Array) -> FloatArray:
    """The mean of the networks' probabilities, (N, 10) float32; ``images`` as for ``model.network.predict``.

    Averaging what several networks say, each from another random start: Hansen and Salamon 1990, "Neural Network Ensembles";
    Lakshminarayanan, Pritzel and Blundell 2017, "Simple and Scalable Predictive Uncertainty Estimation using Deep Ensembles".

    Raises:
        ValueError: without a network, or for images of another shape.
    """
    return np.asarray(np.mean(votes(networks, images), axis=0), np.float32)


def votes(networks: Sequence[Network], images: Array) -> FloatArray:
    """What each network says by itself, (networks, N, 10) float32; ``images`` as for ``predict``.

    Raises:
        ValueError: without a network, or for images of another shape.
    """
    if not networks:
        raise ValueError("no network to vote; expected at least one")
    return np.stack([predict(network, images) for network in networks])


def gain(networks: Sequence[Network], images: Array, labels: npt.NDArray[np.uint8]) -> Gain:
    """How the networks do alone and together on ``images`` (N, 28, 28) with ``labels`` (N,) 0..9, a thousand at a time.

    Raises:
        ValueError: without a network or an image.
    """
    if not len(images):
        raise ValueError("no image to read; expected at least one")
    tallies = np.zeros((len(networks) + 1, 2))
    for start in range(0, len(images), IMAGES_AT_ONCE):
        target = labels[start : start + IMAGES_AT_ONCE]
        votes_cast = votes(networks, images[start : start + IMAGES_AT_ONCE])
        for row, probabilities in enumerate([*votes_cast, votes_cast.mean(axis=0)]):
            given = np.maximum(probabilities[np.arange(len(target)), target], np.float32(1e-12))
            tallies[row] += -np.log(given).sum(dtype=np.float64), (probabilities.argmax(axis=1) == target).sum()
    scores = [Score(loss / len(images), int(correct), len(images)) for loss, correct in tallies]
    return Gain(tuple(scores[:-1]), scores[-1])
