"""Numbers that a browser tells, believed only within their limits; knows no Streamlit."""

from typing import TypeGuard

# Of a whole number whose limits are looked at elsewhere.
SMALL, LARGE = -(10**9), 10**9


def is_whole(told: object, low: int = SMALL, high: int = LARGE) -> TypeGuard[int]:
    """Whether it is a whole number from ``low`` to ``high``, both allowed; true and false are none."""
    return isinstance(told, int) and not isinstance(told, bool) and low <= told <= high


def is_number(told: object, most: float) -> TypeGuard[float]:
    """Whether it is a number of at most that size, which no nan and no infinity is; true and false are none."""
    return isinstance(told, int | float) and not isinstance(told, bool) and abs(told) <= most
