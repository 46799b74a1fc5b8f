"""How fast a run is trained, and how much fits into a slice; measures nothing itself and knows nothing of runs."""

from dataclasses import dataclass, replace
from typing import Final

SLICE_SECONDS: Final = 0.22
GROWTH: Final = 4
LATEST_SHARE: Final = 0.3
SHORTEST: Final = 1e-6


@dataclass(frozen=True)
class Throughput:
    """What the slices of a run so far tell of the next.

    Attributes:
        steps_per_second: on the wall clock, the latest slice weighing ``LATEST_SHARE``; None before the second slice.
        slice_points: how many points of the curves the next slice holds: as many as fit into ``SLICE_SECONDS``, but no more than
            ``GROWTH`` times as many as in the slice before.
    """

    steps_per_second: float | None = None
    slice_points: int = 1

    def measured(self, steps: int, points: int, seconds: float, wall: float, first: bool) -> "Throughput":
        """After a slice of so many steps and points that trained for ``seconds`` and was away for ``wall`` seconds.

        The ``first`` slice of a run waits for whatever is made ready for it, and tells nothing of the speed.
        """
        affordable = int(SLICE_SECONDS * points / max(seconds, SHORTEST))
        slice_points = max(1, min(affordable, self.slice_points * GROWTH))
        return Throughput(self.steps_per_second if first else self._mixed(steps / max(wall, SHORTEST)), slice_points)

    def _mixed(self, speed: float) -> float:
        before = self.steps_per_second
        return (1 - LATEST_SHARE) * before + LATEST_SHARE * speed if before else speed

    def interrupted(self) -> "Throughput":
        """After a pause: how fast it was says nothing any more, how much fits into a slice does."""
        return replace(self, steps_per_second=None)
