"""The project's own Streamlit elements: Plotly figures that update in place, the strip of digits, and the document's settings."""

import functools
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

import plotly
import plotly.graph_objects as go
import streamlit as st

from ui import session

ROOT: Final = Path(__file__).resolve().parent.parent
COMPONENTS: Final = ROOT / "assets" / "components"
STATIC: Final = ROOT / "static"
PLOTLY_FILE: Final = f"plotly-{plotly.__version__}.min.js"


@dataclass(frozen=True)
class Chart:
    """A figure, what it says in words for those who cannot see it, and its height in pixels."""

    figure: go.Figure
    label: str
    height: int = 300


def live_charts(charts: Sequence[Chart], key: str, failed: str, on_click: Callable[[Any], None] | None = None) -> None:
    """Show figures side by side, or below each other where it is narrow; a later call with the same key updates them in place.

    ``failed`` is what the visitor reads should the browser be unable to load Plotly. ``on_click`` is called, before the page is drawn
    again, with the ``customdata`` of the point that was clicked. A figure whose ``layout.meta`` is a sheet of pictures (``url``,
    ``columns``, ``rows``) shows the picture of the point pointed at: the one whose number is the point's ``customdata``.
    """
    figures = [{"figure": chart.figure.to_json(), "label": chart.label, "height": chart.height} for chart in charts]
    data = {"plotly": plotly_address(), "figures": figures, "failed": failed, "clicks": on_click is not None}

    def clicked() -> None:
        point = session.chosen(key).clicked
        if on_click is not None and point is not None:
            on_click(point)

    _plot()(key=key, data=data, on_clicked_change=clicked)


def digit_strip(digits: Sequence[dict[str, str]], label: str, key: str) -> None:
    """A row of digits; each has ``picture`` (a data URL), ``answer``, ``state`` (right, wrong or unknown) and ``label``."""
    _strip()(key=key, data={"digits": list(digits), "label": label})


def document_settings(language: str, cookie: str, visitor: str, seconds: int) -> None:
    """Tell the browser the document's language and the cookie to keep for ``seconds``."""
    data = {"language": language, "cookie": cookie, "visitor": visitor, "seconds": seconds}
    _document()(key="document_settings", data=data)


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


def component_file(name: str) -> str:
    """The text of a file of the browser side of the project's elements."""
    return (COMPONENTS / name).read_text(encoding="utf-8")


@functools.cache
def plotly_address() -> str:
    """Where the browser finds Plotly's script; copies it once from the installed package to the folder Streamlit serves."""
    target = STATIC / PLOTLY_FILE
    if not target.exists():
        STATIC.mkdir(exist_ok=True)
        with as_file(files("plotly") / "package_data" / "plotly.min.js") as source:
            part = target.with_suffix(".part")
            shutil.copyfile(source, part)
            part.replace(target)
    return static_address(PLOTLY_FILE)


def static_address(name: str) -> str:
    """Where the browser finds a file of the folder Streamlit serves."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{'/' + base if base else ''}/app/static/{name}"


@functools.cache
def _plot() -> Any:
    html = '<div class="plots"></div>\n'
    return st.components.v2.component(
        "digit_lab_plot", html=html, js=component_file("plot.js"), css=component_file("plot.css"), isolate_styles=False
    )


@functools.cache
def _strip() -> Any:
    html = '<ol class="strip"></ol>\n'
    return st.components.v2.component(
        "digit_lab_strip", html=html, js=component_file("strip.js"), css=component_file("strip.css")
    )


@functools.cache
def _document() -> Any:
    return st.components.v2.component(
        "digit_lab_document", html="<span hidden></span>\n", js=component_file("document.js")
    )


@functools.cache
def _canvas_guard() -> Any:
    return st.components.v2.component(
        "digit_lab_canvas_guard", html="<span hidden></span>\n", js=component_file("canvas_guard.js")
    )


@functools.cache
def _file_picker() -> Any:
    html = '<input type="file" hidden tabindex="-1" aria-hidden="true">\n<button type="button"></button>'
    css, js = component_file("file_picker.css"), component_file("file_picker.js")
    return st.components.v2.component("digit_lab_file_picker", html=html, css=css, js=js)
