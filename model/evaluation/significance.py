"""What chance alone allows for a share that was counted; knows no network and no run."""

import math
from statistics import NormalDist
from typing import Final

NORMAL_95: Final = NormalDist().inv_cdf(0.975)


def wilson_interval(right: int, count: int) -> tuple[float, float]:
    """Between which shares the true one lies in 95 of 100 such cases, 0 to 1, when ``right`` of ``count`` were counted, at least 1.

    Wilson 1927, "Probable inference, the law of succession, and statistical inference".
    """
    share, weight = right / count, NORMAL_95**2 / count
    middle = (share + weight / 2) / (1 + weight)
    half = NORMAL_95 / (1 + weight) * math.sqrt(share * (1 - share) / count + weight / count / 4)
    return max(middle - half, 0.0), min(middle + half, 1.0)
