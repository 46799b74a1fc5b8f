"""The project's own Streamlit elements: Plotly figures that update in place, the strip of digits, and the document's settings."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import plotly.graph_objects as go
import streamlit as st

from ui import session
from ui.language import t
from ui.served_files import PLOTLY

ROOT: Final = Path(__file__).resolve().parent.parent
COMPONENTS: Final = ROOT / "assets" / "components"
BUTTONS: Final = ("back", "close", "whole", "left", "right")


@dataclass(frozen=True)
class Chart:
    """A figure, what it says in words for those who cannot see it, and its height in pixels.

    Attributes:
        close_look: heights (low, high) of the y axis that a button beside the figure switches to and back; None for no such button.
        notes: a line below the figure, such as what its marks mean; empty keeps its place, None takes none.
    """

    figure: go.Figure
    label: str
    height: int = 300
    close_look: tuple[float, float] | None = None
    notes: str | None = None


def live_charts(charts: Sequence[Chart], key: str, failed: str, on_click: Callable[[Any], None] | None = None) -> None:
    """Show figures side by side, or below each other where it is narrow; a later call with the same key updates them in place.

    ``failed`` is what the visitor reads should the browser be unable to load Plotly. ``on_click`` is called, before the page is drawn
    again, with the ``customdata`` of the point that was clicked. A figure whose ``layout.meta`` is a sheet of pictures (``url``,
    ``columns``, ``rows``) shows the picture of the point pointed at: the one whose number is the point's ``customdata``.
    """
    figures = [
        {
            "figure": chart.figure.to_json(),
            "label": chart.label,
            "height": chart.height,
            "close": chart.close_look,
            "notes": chart.notes,
        }
        for chart in charts
    ]
    words = {name: t(f"chart.{name}") for name in BUTTONS}
    data = {"plotly": PLOTLY, "figures": figures, "failed": failed, "words": words, "clicks": on_click is not None}

    def clicked() -> None:
        point = session.chosen(key).clicked
        if on_click is not None and point is not None:
            on_click(point)

    _plot()(key=key, data=data, on_clicked_change=clicked)


def digit_strip(digits: Sequence[dict[str, str]], label: str, key: str) -> None:
    """A row of digits; each has ``picture`` (a data URL), ``answer``, ``state`` (right, wrong or unknown) and ``label``."""
    _strip()(key=key, data={"digits": list(digits), "label": label})


def document_settings(
    language: str, cookie: str, visitor: str, seconds: int, told: bool, on_forgetful: Callable[[], None]
) -> None:
    """Tell the browser the document's language and the cookie to keep for ``seconds``.

    ``on_forgetful`` is called when the browser does not keep it, unless the visitor was ``told``.
    """
    data = {"language": language, "cookie": cookie, "visitor": visitor, "seconds": seconds, "told": told}
    _document()(key="document_settings", data=data, on_forgetful_change=on_forgetful)


def guard_canvas(label: str, brush: int, ink: str) -> None:
    """Give the drawing canvas its name for screen readers, hide its own untranslated tools, and let one pointer draw at a time.

    ``brush`` in pixels and ``ink`` as a CSS colour are those of the canvas: the stroke under way is drawn with them.
    """
    _canvas_guard()(key="canvas_guard", data={"label": label, "brush": brush, "ink": ink})


def file_picker(label: str, accept: str, most_bytes: int, key: str) -> dict[str, Any] | None:
    """A button that lets the visitor choose a file; what was chosen: ``bytes``, and ``content`` in base64 or None."""
    data = {"label": label, "accept": accept, "bytes": most_bytes}
    picked = _file_picker()(key=key, data=data, on_picked_change=lambda: None).picked
    return picked if isinstance(picked, dict) else None


def own_element(name: str, html: str, parts: Sequence[str] = (), styled: bool = True, isolated: bool = True) -> Any:
    """Declare the element whose browser side is ``name``.js, and ``name``.css where it is ``styled``.

    ``parts`` are further scripts it calls; what every element needs (element.js) is always there. An element that is not ``isolated``
    shares the page's styles. ``html`` is one empty node, which the script fills.
    """
    js = "\n".join(component_file(f"{part}.js") for part in ("element", *parts, name))
    css = component_file(f"{name}.css") if styled else None
    return st.components.v2.component(f"digit_lab_{name}", html=html + "\n", js=js, css=css, isolate_styles=isolated)


def beginning_in_sight(opened: int, panel: str) -> None:
    """Bring the page's top into sight when a lesson was ``opened`` once more in this tab, and that of its panel when it shows another
    ``panel``, named so that it differs whenever something else is to be read first."""
    _beginning()(key="beginning", data={"opened": opened, "panel": panel})


def bring_into_sight(part: str, number: int | None) -> None:
    """Scroll to the element of class ``part`` where the page is narrow, once for each ``number``; None leaves the page where it is."""
    _into_sight()(key="into_sight", data={"part": part, "number": number})


def component_file(name: str) -> str:
    """The text of a file of the browser side of the project's elements."""
    return (COMPONENTS / name).read_text(encoding="utf-8")


@functools.cache
def _plot() -> Any:
    return own_element("plot", '<div class="plots"></div>', isolated=False)


@functools.cache
def _strip() -> Any:
    return own_element("strip", '<ol class="strip"></ol>')


@functools.cache
def _into_sight() -> Any:
    return own_element("into_sight", "<span hidden></span>", styled=False)


@functools.cache
def _document() -> Any:
    return own_element("document", "<span hidden></span>", styled=False)


@functools.cache
def _canvas_guard() -> Any:
    return own_element("canvas_guard", "<span hidden></span>", styled=False)


@functools.cache
def _file_picker() -> Any:
    return own_element("file_picker", '<div class="picker"></div>')


@functools.cache
def _beginning() -> Any:
    return own_element("beginning", html="<span hidden></span>", styled=False)
