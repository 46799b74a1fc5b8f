"""Round numbers for the ticks of an axis, of plain numbers and of shares as log odds; knows no chart."""

import math
from typing import Final

TICKS: Final = 5
# Between which an axis of log odds can end.
ROUND_SHARES: Final = (
    0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99,
    0.993, 0.995, 0.997, 0.998, 0.999, 0.9995, 0.9999,
)  # fmt: skip
ODDS_TICKS: Final = 6


def log_odds_of(share: float) -> float:
    """The log odds of a share, 0 to 1; none and all are taken for one in a million less."""
    inside = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(inside / (1 - inside))


def nice_ticks(low: float, high: float) -> list[float]:
    """Round numbers, evenly spaced by 1, 2 or 5 times a power of ten, from at most ``low`` to at least ``high``; two or more."""
    span = max(high - low, 1e-9)
    rough = span / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [step * count for count in range(first, max(last, first + 1) + 1)]


def rounded_up(number: float) -> float:
    """The next round number, so that an axis changes seldom: each change of its range would undo a zoom."""
    return nice_ticks(0, number)[-1]


def odds_ticks(low: float, high: float) -> list[tuple[float, float]]:
    """(log odds, share) at round shares, from at most ``low`` to at least ``high``, none too close to the next; two or more."""
    below = [share for share in ROUND_SHARES if share <= low] or [ROUND_SHARES[0]]
    above = [share for share in ROUND_SHARES if share >= high and share > below[-1]] or [ROUND_SHARES[-1]]
    ends = log_odds_of(below[-1]), log_odds_of(above[0])
    ticks = [(ends[1], above[0])]
    for share in reversed(ROUND_SHARES):
        odds = log_odds_of(share)
        if ends[0] <= odds <= ticks[-1][0] - (ends[1] - ends[0]) / ODDS_TICKS:
            ticks.append((odds, share))
    if ticks[-1][1] != below[-1]:
        ticks[-1 if len(ticks) > 2 else len(ticks) :] = [(ends[0], below[-1])]
    return ticks[::-1]
