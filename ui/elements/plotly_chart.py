"""The project's own Streamlit elements: Plotly figures that update in place, the strip of digits, and the document's settings."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import plotly.graph_objects as go
import streamlit as st

from ui.asset_files import ASSETS, AssetError, asset_text
from ui.colours import BLUE, ORANGE
from ui.elements.served_files import FILES, PLOTLY
from ui.state.drawing import GUARD
from ui.state.language import plain_words, t
from ui.state.values import Value

COMPONENTS: Final = ASSETS / "components"
# Colours of figures of marks, by the names the styles have for them.
MARKS: Final = MappingProxyType({BLUE: "--blue-mark", ORANGE: "--orange-mark"})
BUTTONS: Final = ("back", "close", "whole", "left", "right", "listen", "quiet")


@dataclass(frozen=True)
class Chart:
    """A figure, what it says in words for those who cannot see it, and its height in pixels.

    Attributes:
        close_look: heights (low, high) of the y axis that a button beside the figure switches to and back; None for no such button.
        sound: whether a button plays its curves as tones.
        marks: whether its blue and orange are those of the styles' marks, lighter on a dark page; not where they stand beside other hues or
            behind words.
        notes: a line below the figure, such as what its marks mean; empty keeps its place, None takes none.
    """

    figure: go.Figure
    label: str
    height: int = 300
    close_look: tuple[float, float] | None = None
    notes: str | None = None
    sound: bool = False
    marks: bool = False


def live_charts(
    charts: Sequence[Chart], key: str, failed: str, on_click: Callable[[object], None] | None = None
) -> None:
    """Show figures side by side, or below each other where it is narrow; a later call with the same key updates them in place.

    ``failed`` is what the visitor reads should the browser be unable to load Plotly. ``on_click`` is called, before the page is drawn
    again, with the ``customdata`` of the point that was clicked. A figure whose ``layout.meta`` is a sheet of pictures (``url``,
    ``columns``, ``rows``) shows the picture of the point pointed at: the one whose number is the point's ``customdata``.
    """
    figures = [
        {
            "figure": chart.figure.to_json(),
            "title": chart.figure.layout.title.text,
            "label": chart.label,
            "height": chart.height,
            "close": chart.close_look,
            "notes": chart.notes,
            "sound": chart.sound,
            "marks": chart.marks,
        }
        for chart in charts
    ]
    words = {name: t(f"chart.{name}") for name in BUTTONS} | {"speed": t("chart.speed", speed="{speed}")}
    try:
        FILES[Path(PLOTLY).name].content()
    except AssetError as error:
        failed = unreadable_message(error)
    data = {
        "plotly": PLOTLY,
        "figures": figures,
        "colours": dict(MARKS),
        "failed": failed,
        "words": words,
        "clicks": on_click is not None,
    }

    def clicked() -> None:
        point = last_sent(key, "clicked")
        if on_click is not None and point is not None:
            on_click(point)

    if PLOT(key=key, data=data, on_clicked_change=clicked) is None:
        for chart in charts:
            st.caption(chart.label)


def digit_strip(digits: Sequence[dict[str, str]], label: str, key: str) -> None:
    """A row of digits; each has ``picture`` (a data URL), ``answer``, ``state`` (right, wrong or unknown) and ``label``."""
    STRIP(key=key, data={"digits": list(digits), "label": label})


def document_settings(
    language: str,
    cookie: str,
    visitor: str,
    seconds: int,
    told: bool,
    remembered: bool,
    on_forgetful: Callable[[], None],
) -> None:
    """Tell the browser the document's language and the cookie to keep for ``seconds``.

    ``on_forgetful`` is called when the browser does not keep it, unless the visitor was ``told``. A browser that is not known to be
    ``remembered`` brings the cookie back at once.
    """
    data = {
        "language": language,
        "cookie": cookie,
        "visitor": visitor,
        "seconds": seconds,
        "told": told,
        "remembered": remembered,
    }
    DOCUMENT(key="document_settings", data=data, on_forgetful_change=on_forgetful)


KEYS: Final = ("how", "at", "drawing", "lowered", "lifted", "dropped", "undone", "cleared", "nothing")


def guard_canvas(label: str, brush: int, ink: str, strokes: int, live: bool, heard: int) -> None:
    """Give the drawing canvas its name, hide its own untranslated tools, let one pointer draw at a time, and let the keyboard draw.

    ``brush`` in pixels and ``ink`` as a CSS colour are those of the canvas: the stroke under way is drawn with them. ``strokes`` is how
    many the app knows of: whoever leaves the page at once after a stroke leaves it when that one is among them. Where it is ``live``,
    the stroke under way is told as ``moving``, for the next time once the app has ``heard`` of the number before.
    """
    # Places are put into these words by the browser.
    keys = {name: t(f"canvas_keys.{name}", across="{across}", down="{down}") for name in KEYS}
    data = {"label": label, "brush": brush, "ink": ink, "strokes": strokes, "live": live, "heard": heard, "keys": keys}
    CANVAS_GUARD(key=GUARD, data=data, on_moving_change=lambda: None)


def file_picker(label: str, accept: str, most_bytes: int, key: str) -> dict[str, object] | None:
    """A button that lets the visitor choose a file; what was chosen: ``bytes``, and ``content`` in base64 or None."""
    data = {"label": label, "accept": accept, "bytes": most_bytes}
    shown = FILE_PICKER(key=key, data=data, on_picked_change=lambda: None)
    picked = getattr(shown, "picked", None)
    return picked if isinstance(picked, dict) else None


def beginning_in_sight(opened: int, panel: str) -> None:
    """Bring the page's top into sight when a lesson was ``opened`` once more in this tab, and that of its panel when it shows another
    ``panel``, named so that it differs whenever something else is to be read first."""
    BEGINNING(key="beginning", data={"opened": opened, "panel": panel})


def bring_into_sight(part: str, number: str | None) -> None:
    """Scroll to the element of class ``part`` where the page is narrow, once for each ``number``; None leaves the page where it is."""
    INTO_SIGHT(key="into_sight", data={"part": part, "number": number})


def announce(words: str, key: str) -> None:
    """Say something to those who listen to the page: once, however often it is asked for in a row."""
    ANNOUNCER(key=key, data={"words": words})


@dataclass(frozen=True)
class OwnElement:
    """An element whose browser side is ``name``.js, and ``name``.css where it is ``styled``; called, it stands on the page.

    Attributes:
        html: one empty node, which the script fills.
        parts: further scripts it calls; what every element needs (element.js) is always there.
        isolated: whether it has its styles for itself; else it shares the page's.
    """

    name: str
    html: str
    parts: tuple[str, ...] = ()
    styled: bool = True
    isolated: bool = True

    def __call__(self, **given: object) -> object:
        """Put it on the page; where its files cannot be read, the sentence that says so, and None."""
        try:
            declared = _declared(self)
        except AssetError as error:
            st.error(unreadable_message(error))
            return None
        return declared(**{name: _as_shown(value) for name, value in given.items()})

    def declare(self) -> Callable[..., object]:
        """Tell Streamlit of it.

        Raises:
            AssetError: when one of its files cannot be read.
        """
        js = "\n".join(asset_text(COMPONENTS / f"{part}.js") for part in ("element", *self.parts, self.name))
        css = asset_text(COMPONENTS / f"{self.name}.css") if self.styled else None
        return st.components.v2.component(
            f"digit_lab_{self.name}", html=self.html + "\n", js=js, css=css, isolate_styles=self.isolated
        )


def _as_shown(value: object) -> object:
    """What an element is given, with texts as the words they are: it does not read Markdown."""
    if isinstance(value, str):
        return plain_words(value)
    if isinstance(value, Mapping):
        return {name: _as_shown(item) for name, item in value.items()}
    return [_as_shown(item) for item in value] if isinstance(value, list | tuple) else value


def last_sent(key: str, name: str) -> object:
    """What the element of ``key`` tells under ``name``; in its callbacks."""
    return getattr(Value[object](key, None).get(), name)


@functools.cache
def _declared(element: OwnElement) -> Callable[..., object]:
    return element.declare()


def unreadable_message(error: AssetError) -> str:
    """Which file the app cannot read, in which folder it should be, why, and what to do."""
    reason = t(f"file.{error.reason}") if error.reason != "other" else error.detail
    return t("file.unreadable", file=error.path.name, folder=error.folder, reason=reason)


PLOT: Final = OwnElement("plot", '<div class="plots"></div>', parts=("tone",), isolated=False)
STRIP: Final = OwnElement("strip", '<ol class="strip"></ol>')
DOCUMENT: Final = OwnElement("document", "<span hidden></span>", styled=False)
CANVAS_GUARD: Final = OwnElement("canvas_guard", "<span hidden></span>", parts=("keyboard_pen",), styled=False)
FILE_PICKER: Final = OwnElement("file_picker", '<div class="picker"></div>')
BEGINNING: Final = OwnElement("beginning", "<span hidden></span>", styled=False)
ANNOUNCER: Final = OwnElement("announcer", '<p role="status"></p>', styled=False)
INTO_SIGHT: Final = OwnElement("into_sight", "<span hidden></span>", styled=False)
