"""What the server remembers of a visitor between sessions: runs, drawing, lesson, under an unguessable token; knows no Streamlit."""

import functools
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from model.data.rasterizer import Stroke, draw
from model.lessons.facts import Before, Finding
from model.locked_settings import FREE, Locks
from model.network import FloatArray
from model.runs.limits import whole_setting
from model.runs.race import Race
from model.runs.token_registry import Registry, RegistryFull
from model.training.fine_tuning import OwnDigit
from ui.state.canvas_strokes import CanvasDrawing, strokes_of

# A class of thirty with several browsers each, a school's other classes on the same afternoon, and strangers who only look.
VISITORS_KEPT: Final = 1_000
VISITORS_SETTING: Final = "DIGIT_LAB_VISITORS"
PINS_MOST: Final = 6
RUNS_MOST: Final = 20
TABS_MOST: Final = 6
CANVAS_SIDE: Final = 280


@dataclass(frozen=True)
class Drawing:
    """A drawing as the canvas gave it: its strokes and its pixels.

    Attributes:
        strokes: the canvas's own description of the strokes, to draw them again.
        png: the pixels as PNG bytes, if the canvas sent them.
    """

    strokes: CanvasDrawing
    png: bytes | None

    @property
    def stroke_count(self) -> int:
        """How many strokes the canvas told of, whatever they are."""
        objects = self.strokes.get("objects")
        return len(objects) if isinstance(objects, list) else 0

    @functools.cached_property
    def lines(self) -> list[Stroke] | None:
        """The strokes as the pen takes them; None when they are anything but plain strokes."""
        return strokes_of(self.strokes)

    @functools.cached_property
    def pixels(self) -> npt.NDArray[np.uint8]:
        """The pixels, (280, 280, 4) uint8, drawn from the strokes.

        A browser that protects its visitor's privacy falsifies the pixels it hands out, never the strokes. Where the strokes cannot be
        drawn here, the browser's pixels are taken; where those are no picture of a canvas, there is none.
        """
        drawn = _decoded(self.png) if self.lines is None else draw(self.lines, CANVAS_SIDE)
        return np.zeros((CANVAS_SIDE, CANVAS_SIDE, 4), np.uint8) if drawn is None else drawn


def _decoded(png: bytes | None) -> npt.NDArray[np.uint8] | None:
    """The pixels of a PNG of a canvas, (280, 280, 4) uint8; None for anything else, of which no more than its head is read."""
    try:
        picture = Image.open(io.BytesIO(png or b""), formats=["PNG"])
        return np.asarray(picture.convert("RGBA")) if picture.size == (CANVAS_SIDE, CANVAS_SIDE) else None
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return None


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

    @property
    def lanes(self) -> tuple[tuple[str, ...], ...]:
        """The runs of each variant, one a seed."""
        return tuple(zip(*self.tokens, strict=True))

    def variant(self, token: str) -> int:
        """Which variant a run of the race is, counted from 0.

        Raises:
            ValueError: for a run that is not of this race.
        """
        for row in self.tokens:
            if token in row:
                return row.index(token)
        raise ValueError("no run of this race")

    def seed(self, token: str) -> int:
        """The seed of a run of the race."""
        row = next(place for place, tokens in enumerate(self.tokens) if token in tokens)
        return self.race.seeds(1, first=row)[0]


@dataclass
class Visitor:
    """One browser. Kept on this server's memory alone, for two hours after its last visit.

    Attributes:
        runs: tokens of its runs, oldest first, at most ``RUNS_MOST``.
        run_names: what the visitor calls them, by token.
        run_numbers: the how many-th run of this visitor each is, by token; no number is given twice.
        looks: with which colour and dashes each run is drawn, by token; the seeds of one variant share theirs.
        races: races that have runs left, the latest last.
        drawing_number: how many drawings were begun and sample digits chosen; so the number of the last of them.
        last_picture: the last drawing of any of its tabs as the network sees it, (28, 28).
        tab_pictures: the same of each tab, by the name of the tab, the one that drew last at the end; at most ``TABS_MOST``.
        shown_runs: whose curves were looked at last; a new session begins with these.
        listed_runs: the runs there were when that was chosen.
        pins: pictures (28, 28) to follow through training, by name.
        own_digits: digits drawn and named, to teach.
        lesson: the name of the lesson that is open.
        places: where the visitor is in every lesson begun.
        locks: what the teacher's link holds fast while the lesson is open.
        sessions: of its tabs, by the names the server has for them.
        remembered: its browser is known to keep the cookie.
        address: from where it came.
    """

    token: str
    runs: list[str] = field(default_factory=list)
    run_names: dict[str, str] = field(default_factory=dict)
    run_numbers: dict[str, int] = field(default_factory=dict)
    looks: dict[str, int] = field(default_factory=dict)
    races: list[RaceEntry] = field(default_factory=list)
    shown_runs: list[str] = field(default_factory=list)
    listed_runs: set[str] = field(default_factory=set)
    drawing: Drawing | None = None
    drawing_number: int = 0
    last_picture: FloatArray | None = None
    tab_pictures: dict[str, FloatArray] = field(default_factory=dict)
    pins: dict[str, FloatArray] = field(default_factory=dict)
    own_digits: list[OwnDigit] = field(default_factory=list)
    lesson: str | None = None
    places: dict[str, Place] = field(default_factory=dict)
    locks: Locks = FREE
    sessions: set[str] = field(default_factory=set)
    remembered: bool = False
    address: str = ""

    @property
    def has_content(self) -> bool:
        """Whether it would lose something if it were forgotten."""
        kept = (
            self.runs,
            self.drawing,
            self.tab_pictures,
            self.pins,
            self.own_digits,
            self.lesson,
            self.places,
            self.locks,
        )
        return any(map(bool, kept))

    @property
    def is_there(self) -> bool:
        """Whether one of its tabs is open now."""
        return any(map(PRESENCE.is_active, self.sessions))

    @property
    def turn(self) -> str:
        """In whose line its work waits: its own; of browsers that keep no cookie, and are new at every visit, in that of their address."""
        return self.token if self.remembered else f"at {self.address}"

    def enter(self, session: str) -> None:
        """One of its tabs is open, known by this name."""
        if session not in self.sessions:
            self.sessions = {one for one in self.sessions if PRESENCE.is_active(one)} | {session}

    def remember_picture(self, tab: str, picture: FloatArray | None) -> None:
        """Keep what a tab drew last, or that it drew nothing; the tab that has drawn nothing for longest makes room."""
        self.tab_pictures.pop(tab, None)
        if picture is not None:
            self.tab_pictures[tab] = picture
        while len(self.tab_pictures) > TABS_MOST:
            del self.tab_pictures[next(iter(self.tab_pictures))]


@dataclass
class Presence:
    """Who knows whether a tab is open: nobody, until the server tells."""

    is_active: Callable[[str], bool] = lambda session: False


PRESENCE: Final = Presence()
# Whoever is there, or has something to lose, is never let go to make room; whoever is there, not for its age either.
VISITORS: Final[Registry[Visitor]] = Registry(
    whole_setting(VISITORS_SETTING, VISITORS_KEPT),
    busy=lambda visitor: visitor.has_content or visitor.is_there,
    stays=lambda visitor: visitor.is_there,
)
