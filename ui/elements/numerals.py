"""Numbers as text that says no more than is true: a share that is not zero never reads 0%, and nothing reads -0."""

import math

import numpy as np


def percent(share: float, digits: int = 0) -> str:
    """A share, 0 to 1, in percent with so many ``digits`` after the point, such as 97.3%; – for one that is not known (nan).

    Rounding never turns some into none or nearly all into all: 0.00001 reads <0.1% with one digit, and 0.99999 ≥99.9%. No share
    begins with what Markdown takes for a mark of its own, so that a line or a cell may begin with one.
    """
    if math.isnan(share):
        return "–"
    step = 10.0**-digits
    shown = round(100 * share, digits)
    if shown == 0 and share > 0:
        return f"<{step:.{digits}f}%"
    if shown == 100 and share < 1:
        return f"≥{100 - step:.{digits}f}%"
    return f"{shown:z.{digits}f}%"


def decimal(value: float, digits: int = 2) -> str:
    """A number with so many ``digits`` after the point; what rounds to zero has no sign."""
    return f"{value:z.{digits}f}"


def plain(value: float, digits: int = 6) -> str:
    """A number as one types it, to so many ``digits``: 0.00001, never 1e-05."""
    return (
        np.format_float_positional(value, precision=digits, unique=True, fractional=False, trim="-") if value else "0"
    )


def thousands(value: float, digits: int = 12) -> str:
    """The same with a comma after every three digits before the point: 100,000 and 0.000001."""
    whole, point, fraction = plain(value, digits).partition(".")
    return f"{int(whole):,}{point}{fraction}" if abs(value) >= 1 else whole + point + fraction


def signed(value: float, digits: int = 2) -> str:
    """A number that is added to something, with its sign: +0.31, -2.90; what rounds to zero has none."""
    rounded = round(value, digits)
    return f"{rounded:+.{digits}f}" if rounded else f"{0:.{digits}f}"
