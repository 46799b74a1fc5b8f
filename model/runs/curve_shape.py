"""What a curve does, as numbers that a sentence can tell: how long it moves fast, whether it still moves at its end, where it turns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

EPOCHS_LEAST: Final = 3
# The share of its whole way after which a curve is no longer fast.
FAST_SHARE: Final = 0.8
# A curve is flat at its end when the last third of it makes less than this share of its way.
FLAT_SHARE: Final = 0.05
# It has turned when it has gone back this share of the way to its best.
TURN_SHARE: Final = 0.05
# Less than this share of its height is no way at all.
LEVEL_SHARE: Final = 0.02


@dataclass(frozen=True)
class CurveShape:
    """What a curve of one value an epoch does.

    Attributes:
        level: it hardly moves at all; then the rest says nothing.
        fast_until: the epoch, counted from 1, by which four fifths of its way to the best value were made.
        best_at: the epoch of its best value.
        turned: it has gone back since by a twentieth of its way or more.
        still_moving: its best is at its end, and the last third made a twentieth of the way or more.
    """

    level: bool
    fast_until: int
    best_at: int
    turned: bool
    still_moving: bool


def curve_shape(values: Sequence[float], falls: bool) -> CurveShape | None:
    """The shape of a curve with one finite value an epoch; ``falls`` where lower is better. None for fewer than three epochs.

    Raises:
        ValueError: for a value that is no finite number.
    """
    if len(values) < EPOCHS_LEAST:
        return None
    heights = np.asarray(values, float)
    if not np.isfinite(heights).all():
        raise ValueError("a curve has a value that is no finite number")
    gained = (heights[0] - heights) if falls else (heights - heights[0])
    best = int(heights.argmin() if falls else heights.argmax())
    way = float(gained[best])
    span = float(gained.max() - gained.min())
    if span <= LEVEL_SHARE * float(np.abs(heights).max()):
        return CurveShape(level=True, fast_until=1, best_at=best + 1, turned=False, still_moving=False)
    fast = int(np.argmax(gained >= FAST_SHARE * way)) if way > 0 else 0
    turned = float(gained[best] - gained[-1]) >= TURN_SHARE * span
    before_last_third = gained[: max(1, len(gained) - len(gained) // 3)].max()
    moving = not turned and float(gained[best] - before_last_third) >= FLAT_SHARE * span
    return CurveShape(level=False, fast_until=fast + 1, best_at=best + 1, turned=turned, still_moving=moving)
