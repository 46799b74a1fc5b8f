"""What the server remembers of a visitor between sessions: runs and drawing, under an unguessable token; knows no Streamlit."""

from dataclasses import dataclass, field
from typing import Any, Final

from model.handwriting import OwnDigit
from model.network import FloatArray
from model.registry import Registry

# A class of thirty with several browsers each, and a school's other classes on the same afternoon.
VISITORS_KEPT: Final = 500
PINS_MOST: Final = 6


@dataclass(frozen=True)
class Drawing:
    """A drawing as the canvas gave it: its strokes and its pixels.

    Attributes:
        strokes: the canvas's own description of the strokes, to draw them again.
        png: the pixels as PNG bytes.
    """

    strokes: dict[str, Any]
    png: bytes


@dataclass
class Visitor:
    """One browser. Kept on this server's memory alone, for two hours after its last visit.

    Attributes:
        last_picture: the last drawing as the network sees it, (28, 28).
        pins: pictures (28, 28) to follow through training, by name.
        own_digits: digits drawn and named, to teach.
    """

    token: str
    runs: list[str] = field(default_factory=list)
    drawing: Drawing | None = None
    last_picture: FloatArray | None = None
    pins: dict[str, FloatArray] = field(default_factory=dict)
    own_digits: list[OwnDigit] = field(default_factory=list)


VISITORS: Final[Registry[Visitor]] = Registry(VISITORS_KEPT)
