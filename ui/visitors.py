"""What the server remembers of a visitor between sessions: runs, drawing, lesson, under an unguessable token; knows no Streamlit."""

import io
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from model.facts import Before, Finding
from model.handwriting import OwnDigit
from model.locks import FREE, Locks
from model.network import FloatArray
from model.race import Race
from model.registry import Registry, RegistryFull

# A class of thirty with several browsers each, and a school's other classes on the same afternoon.
VISITORS_KEPT: Final = 500
PINS_MOST: Final = 6
RUNS_MOST: Final = 20


@dataclass(frozen=True)
class Drawing:
    """A drawing as the canvas gave it: its strokes and its pixels.

    Attributes:
        strokes: the canvas's own description of the strokes, to draw them again.
        png: the pixels as PNG bytes.
    """

    strokes: dict[str, Any]
    png: bytes

    @property
    def pixels(self) -> npt.NDArray[np.uint8]:
        """The pixels, (280, 280, 4) uint8."""
        return np.asarray(Image.open(io.BytesIO(self.png)).convert("RGBA"))


@dataclass
class Place:
    """Where a visitor is in one lesson: the ``step`` (from 0), and of each step by its number what concerns it alone.

    Attributes:
        opened: what was there already when the step was opened for the first time.
        predicted: the choice predicted.
        found: what its check found once it was passed.
    """

    step: int = 0
    opened: dict[int, Before] = field(default_factory=dict)
    predicted: dict[int, int] = field(default_factory=dict)
    found: dict[int, Finding] = field(default_factory=dict)


class OwnRunsFull(RegistryFull):
    """A visitor has as many runs as are kept for one, and too few of them have ended to make room."""


@dataclass(frozen=True)
class RaceEntry:
    """A race of this visitor: what is compared, and the tokens of its runs, ``tokens[seed][variant]``."""

    race: Race
    tokens: tuple[tuple[str, ...], ...]

    @property
    def all_tokens(self) -> tuple[str, ...]:
        """Every run of the race."""
        return tuple(token for row in self.tokens for token in row)

    def lane(self, variant: int) -> tuple[str, ...]:
        """The runs of one variant, one a seed."""
        return tuple(row[variant] for row in self.tokens)


@dataclass
class Visitor:
    """One browser. Kept on this server's memory alone, for two hours after its last visit.

    Attributes:
        runs: tokens of its runs, oldest first, at most ``RUNS_MOST``.
        run_names: what the visitor calls them, by token.
        run_numbers: the how many-th run of this visitor each is, by token; no number is given twice.
        races: races that have runs left, the latest last.
        drawing_number: how many drawings were begun and sample digits chosen; so the number of the last of them.
        last_picture: the last drawing as the network sees it, (28, 28).
        pins: pictures (28, 28) to follow through training, by name.
        own_digits: digits drawn and named, to teach.
        lesson: the name of the lesson that is open.
        places: where the visitor is in every lesson begun.
        locks: what the teacher's link holds fast while the lesson is open.
    """

    token: str
    runs: list[str] = field(default_factory=list)
    run_names: dict[str, str] = field(default_factory=dict)
    run_numbers: dict[str, int] = field(default_factory=dict)
    races: list[RaceEntry] = field(default_factory=list)
    drawing: Drawing | None = None
    drawing_number: int = 0
    last_picture: FloatArray | None = None
    pins: dict[str, FloatArray] = field(default_factory=dict)
    own_digits: list[OwnDigit] = field(default_factory=list)
    lesson: str | None = None
    places: dict[str, Place] = field(default_factory=dict)
    locks: Locks = FREE


VISITORS: Final[Registry[Visitor]] = Registry(VISITORS_KEPT)
