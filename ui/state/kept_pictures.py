"""Pictures a visitor keeps: digits drawn and named, to teach a network, and drawings pinned, to follow them through training."""

from typing import Final

import numpy as np

from model.network import FloatArray
from model.training.fine_tuning import OWN_DIGITS_MOST, OwnDigit
from ui.state.drawing import KEPT, clear_drawing, last_picture
from ui.state.values import Value
from ui.state.visitor import current_visitor, this_tab
from ui.state.visitors import PINS_MOST

PINNED: Final = Value("_pinned", 0)


def name_drawing(picture: FloatArray | None, digit: int) -> None:
    """Put a prepared picture (28, 28) into the visitor's own set as that digit, and empty the canvas; only in a callback."""
    own = current_visitor().own_digits
    if picture is not None and len(own) < OWN_DIGITS_MOST:
        own.append(OwnDigit(np.asarray((picture * 255).round(), np.uint8), digit))
        clear_drawing()
        KEPT.give(digit)


def kept_as() -> int | None:
    """The digit the last drawing was named and kept as; None once something else is drawn or chosen."""
    return KEPT.get()


def forget_own_digit(number: int) -> None:
    """Remove one digit of the visitor's own set."""
    KEPT.give(None)
    own = current_visitor().own_digits
    if number < len(own):
        del own[number]


def forget_own_digits() -> None:
    """Remove the visitor's whole set."""
    KEPT.give(None)
    current_visitor().own_digits.clear()


def pin(picture: FloatArray) -> None:
    """Follow a picture through training, unless it is followed already; the oldest pin makes room for a seventh."""
    visitor = current_visitor()
    if pinned_as(picture) is not None:
        return
    last = last_picture()
    if last is not None and np.array_equal(last, picture):
        picture = last  # the same object, which carries what was read of it so far
    PINNED.give(PINNED.get() + 1)
    while len(visitor.pins) >= PINS_MOST:
        del visitor.pins[next(iter(visitor.pins))]
    visitor.pins[f"{visitor.token[:4]}{this_tab()}{PINNED.get()}"] = picture


def pinned_as(picture: FloatArray) -> str | None:
    """The name under which a picture is followed; None when it is not pinned."""
    pins = current_visitor().pins
    return next((name for name, pinned in pins.items() if np.array_equal(pinned, picture)), None)


def unpin(name: str) -> None:
    """Follow a picture no longer."""
    current_visitor().pins.pop(name, None)
