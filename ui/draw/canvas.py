"""The drawing canvas: the only module that knows streamlit-drawable-canvas; gives the pixels drawn and keeps the drawing."""

import numpy as np
import numpy.typing as npt
import streamlit as st
from streamlit_drawable_canvas import CanvasResult, st_canvas

from model.data.rasterizer import Stroke, draw
from model.data.stroke_gaps import with_thinner_brush
from model.drawing import Placement, find_ink, prepare, resize_only
from ui.colours import BLACK, WHITE
from ui.elements.plotly_chart import guard_canvas
from ui.prediction.network_input import NetworkInput
from ui.state.canvas_strokes import STROKES_MOST
from ui.state.drawing import (
    BRUSH,
    CANVAS,
    PREPARE,
    canvas_begins_with,
    clear_drawing,
    current_drawing,
    follow,
    heard_of,
    keep_drawing,
    settle_canvas,
    under_way,
    undo_stroke,
    was_refused,
)
from ui.state.language import t
from ui.state.visitors import CANVAS_SIDE as SIDE
from ui.state.visitors import Drawing

BRUSH_LEAST, BRUSH_MOST = 8, 36
INK, PAPER = WHITE, BLACK


def drawing_place(live: bool = False) -> NetworkInput | None:
    """The canvas with Clear and Undo; returns what the network is to see, or None for a blank canvas.

    Where it is ``live`` that holds the stroke under way too; only in a fragment, for it is told of again and again.
    """
    st.caption(t("draw.how"))
    settle_canvas()
    first = canvas_begins_with()
    with st.container(horizontal=True, key="canvas_buttons"):
        st.button(t("draw.clear"), key="clear", on_click=clear_drawing)
        undo = st.empty()
    brush = BRUSH.get()
    with st.container(key="canvas_place"):
        result = st_canvas(
            key=CANVAS.key,
            width=SIDE,
            height=SIDE,
            stroke_width=brush,
            stroke_color=INK,
            background_color=PAPER,
            initial_drawing=first,
            return_image_data=True,
        )
    _take(result)
    drawing = current_drawing()
    guard_canvas(
        t("home.canvas" if live else "draw.canvas"),
        brush,
        INK,
        drawing.stroke_count if drawing else 0,
        live,
        heard_of(),
    )
    if was_refused():
        st.warning(t("draw.refused", side=SIDE, strokes=STROKES_MOST))
    undo.button(t("draw.undo"), key="undo", on_click=undo_stroke, disabled=drawing is None)
    so_far = _so_far(brush) if live else None
    return _network_input(PREPARE.get()) if so_far is None else so_far


def _so_far(brush: int) -> NetworkInput | None:
    """What the network is to see of the drawing together with the stroke under way; None where none is under way."""
    drawing, stroke = current_drawing(), under_way()
    finished = [] if drawing is None else drawing.lines
    if stroke is None or stroke.points is None or finished is None:
        return None
    rgba = draw([*finished, Stroke(stroke.points, brush)], SIDE)
    found = prepare(rgba)
    return None if found is None else NetworkInput(found[0], find_ink(rgba), found[1])


def drawing_tools() -> None:
    """How wide the brush is, and whether the drawing is prepared."""
    # A browser that draws it late begins at the value given here.
    st.slider(
        t("draw.brush"),
        BRUSH_LEAST,
        BRUSH_MOST,
        BRUSH.standard,
        step=2,
        key=BRUSH.key,
        persist_state="session",
        width=180,
    )
    st.toggle(t("draw.prepare"), key=PREPARE.key, value=True, persist_state="session")
    st.caption(t("draw.prepare_help"))


def _network_input(prepared: bool) -> NetworkInput | None:
    """What the network is to see of the drawing: prepared as MNIST was, or only made smaller."""
    drawing = current_drawing()
    if drawing is None:
        return None
    rgba = pixels(drawing)
    if not prepared:
        small = resize_only(rgba)
        follow(small)
        where = Placement((SIDE, SIDE), 0, 0, SIDE / 28, 0, 0)
        return None if small is None else NetworkInput(small, find_ink(rgba), where, prepared=False)
    found = prepare(rgba)
    follow(None if found is None else found[0])
    thinner = with_thinner_brush(drawing.lines, SIDE) if drawing.lines else None
    return None if found is None else NetworkInput(found[0], find_ink(rgba), found[1], thinner=thinner)


def pixels(drawing: Drawing) -> npt.NDArray[np.uint8]:
    """The pixels of a drawing, (280, 280, 4) uint8."""
    return drawing.pixels


def _take(result: CanvasResult) -> None:
    """Keep what the canvas sent, if it sent something since it was put on the page: a drawing, or that it is empty."""
    if result.json_data is None or result.image_bytes is None:
        return
    empty = not result.json_data.get("objects")
    keep_drawing(None if empty else Drawing(result.json_data, result.image_bytes))
