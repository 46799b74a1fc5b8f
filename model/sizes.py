"""The sizes of what every network here reads and says; imports nothing."""

from typing import Final

SIDE: Final = 28
PIXELS: Final = SIDE * SIDE
DIGITS: Final = 10
