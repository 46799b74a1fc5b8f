"""What is drawn in this tab: the canvas and its strokes, or a sample digit looked at instead, and what was last judged of it."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from model.data.cell_strokes import cell_strokes
from model.network import FloatArray
from ui.state.canvas_strokes import (
    CanvasDrawing,
    CanvasImage,
    CanvasState,
    StrokeUnderWay,
    is_canvas_state,
    pen_stroke,
    stroke_under_way,
    strokes_of,
)
from ui.state.values import Value
from ui.state.visitor import current_visitor, this_tab
from ui.state.visitors import CANVAS_SIDE, Drawing

GUARD: Final = "canvas_guard"
CANVAS: Final = Value[CanvasState | None]("canvas", None)
BRUSH: Final = Value("brush", 20)
CELLS: Final = Value[tuple[int, ...]]("_cells", ())
PREPARE: Final = Value("prepare", True)
VOTERS: Final = Value("voters", 1)
DRAWING: Final = Value[Drawing | None]("_drawing", None)
PICTURE: Final = Value[FloatArray | None]("_picture", None)
DRAWING_NUMBER: Final = Value("_drawing_number", 0)
FIRST_DRAWING: Final = Value[CanvasDrawing | None]("_first_drawing", None)
REDRAWN: Final = Value("_redrawn", 0)
REFUSED: Final = Value("_canvas_refused", False)
# What the guard of the canvas tells, and the last number it told before the drawing became what it is.
GUARD_TELLS: Final = Value[object](GUARD, None)
TOLD_BEFORE: Final = Value("_told_before", 0)
SAMPLE: Final = Value[int | None]("_sample", None)
KEPT: Final = Value[int | None]("_kept", None)
# What tells one drawing, and what was done with it, from another: the picture, how many own digits, the sample digit, the voters.
Judged = tuple[bytes | None, int, int | None, int]
JUDGED: Final = Value[Judged | None]("_judged", None)


def settle_drawing() -> None:
    """Take over what this browser's memory holds, once, and only into a tab that has no drawing of its own; at a page's beginning."""
    memory = current_visitor()
    if not DRAWING.there and (memory.drawing is not None or memory.last_picture is not None):
        DRAWING.give(memory.drawing)
        PICTURE.give(memory.last_picture)
        DRAWING_NUMBER.give(memory.drawing_number)


def settle_canvas() -> None:
    """Check what came under the canvas's name before anybody reads it; what is no drawing is refused, and the one before it stays."""
    if CANVAS.get() is None or is_canvas_state(CANVAS.get(), CANVAS_SIDE):
        return
    drawn = current_drawing()
    _draw_anew([] if drawn is None else list(drawn.strokes.get("objects", [])))
    REFUSED.give(True)


def was_refused() -> bool:
    """Whether the last thing that came under the canvas's name was no drawing."""
    return REFUSED.get()


def canvas_begins_with() -> CanvasDrawing:
    """What the canvas is to show when it is put on the page; stays the same until it is cleared or put there anew.

    It must not follow the strokes: a canvas whose first drawing changes draws everything again.
    """
    settle_drawing()
    first = FIRST_DRAWING.get()
    if first is None or not CANVAS.there:
        kept = None if CANVAS.there else current_drawing()
        DRAWING.give(kept)  # even if nothing: from now on this tab's own
        PICTURE.begin()
        first = kept.strokes if kept else {"objects": []}
        FIRST_DRAWING.give(first)
    return first.copy()


def current_drawing() -> Drawing | None:
    """What is drawn in this tab; in a new one what this browser drew last."""
    return DRAWING.get() if DRAWING.there else current_visitor().drawing


def last_picture() -> FloatArray | None:
    """The drawing of this tab as the network sees it, (28, 28); in a new one what this browser drew last."""
    return PICTURE.get() if DRAWING.there else current_visitor().last_picture


def drawing_number() -> int:
    """The how many-th drawing or sample digit of this visitor is looked at in this tab; 0 before the first."""
    if DRAWING.there:
        return DRAWING_NUMBER.get()
    memory = current_visitor()
    return memory.drawing_number if memory.drawing is not None or memory.last_picture is not None else 0


def keep_drawing(drawn: Drawing | None) -> None:
    """Take over what the canvas sent; a new stroke ends the look at a sample digit."""
    settle_drawing()
    if drawn == current_drawing():
        return
    REFUSED.reset()
    if current_drawing() is None:
        _begin_drawing()
    _set_drawing(drawn)
    if drawn is None:
        follow(None)
    else:
        SAMPLE.give(None)
        KEPT.give(None)


def under_way() -> StrokeUnderWay | None:
    """The stroke that is being drawn on top of the drawing; None while none is, or when this is one that ended before."""
    told = stroke_under_way(getattr(GUARD_TELLS.get(), "moving", None))
    drawn = current_drawing()
    if told is None or told.points is None or told.number <= TOLD_BEFORE.get():
        return None
    return told if told.strokes == (drawn.stroke_count if drawn else 0) else None


def heard_of() -> int:
    """The number of what the guard of the canvas told last; 0 before it told anything."""
    told = stroke_under_way(getattr(GUARD_TELLS.get(), "moving", None))
    return 0 if told is None else told.number


def _set_drawing(drawn: Drawing | None) -> None:
    TOLD_BEFORE.give(heard_of())
    DRAWING.give(drawn)
    current_visitor().drawing = drawn


def _begin_drawing() -> None:
    """What is looked at from now on is another drawing or sample digit than before, with a number of its own."""
    memory = current_visitor()
    memory.drawing_number += 1
    DRAWING_NUMBER.give(memory.drawing_number)


def clear_drawing() -> None:
    """Empty the canvas and forget the drawing, here and in the visitor's memory; only in a callback."""
    KEPT.give(None)
    REFUSED.reset()
    _draw_anew([])
    _set_drawing(None)
    follow(None)
    SAMPLE.give(None)


def undo_stroke() -> None:
    """Take the last stroke off the canvas; only in a callback.

    The strokes are those the canvas sent last, which this tab may not have read yet.
    """
    settle_canvas()
    raw = ((CANVAS.get() or CanvasState()).get("drawing") or CanvasImage()).get("raw") or CanvasDrawing()
    strokes = raw.get("objects") or (current_drawing() or Drawing({}, None)).strokes.get("objects", [])
    _put(strokes[:-1])


def cells() -> list[int]:
    """The cells of the grid that the drawing was made of; none once it is anything else."""
    drawn = current_drawing()
    lines, expected = (drawn.lines if drawn else None), strokes_of({"objects": _strokes_through(CELLS.get())})
    if lines is None or expected is None or len(lines) != len(expected):
        return []
    same = all(np.array_equal(line.points, other.points) for line, other in zip(lines, expected, strict=True))
    return list(CELLS.get()) if same else []


def draw_cells(chosen: Sequence[int]) -> None:
    """Have the canvas show strokes through these cells, in place of what is drawn; only in a callback.

    Raises:
        ValueError: for a cell that is not on the grid.
    """
    _put(_strokes_through(chosen))
    CELLS.give(tuple(sorted(set(chosen))))


def _strokes_through(chosen: Sequence[int]) -> list[object]:
    return [pen_stroke(points, BRUSH.get()) for points in cell_strokes(chosen, CANVAS_SIDE)]


def _put(strokes: list[object]) -> None:
    """Have the canvas show these strokes in place of what is drawn, and know of them; none of them empties it."""
    if not strokes:
        clear_drawing()
        return
    _draw_anew(strokes)
    drawn = Drawing({"objects": strokes}, None)
    if drawn.lines is not None:
        keep_drawing(drawn)


def _draw_anew(strokes: list[object]) -> None:
    """Have the canvas show these strokes; the number makes it a drawing it has not shown before."""
    REDRAWN.give(REDRAWN.get() + 1)
    FIRST_DRAWING.give({"objects": strokes, "redrawn": REDRAWN.get()})
    CANVAS.give({"drawing": {"raw": {"objects": strokes}, "data": None}, "backgroundFit": None})


def chosen_sample() -> int | None:
    """The sample digit being looked at instead of the canvas."""
    return SAMPLE.get()


def choose_sample(digit: int) -> None:
    """Look at a sample digit; the canvas is emptied. Only in a callback."""
    clear_drawing()
    _begin_drawing()
    SAMPLE.give(digit)


def follow(picture: FloatArray | None) -> None:
    """Make this the last picture of this tab and of the visitor; a picture that stays the same stays the same object."""
    last = last_picture()
    if picture is not None and last is not None and np.array_equal(picture, last):
        return
    PICTURE.give(picture)
    memory = current_visitor()
    memory.last_picture = picture
    memory.remember_picture(this_tab(), picture)


def judged() -> None:
    """What is drawn now was judged."""
    JUDGED.give(_judgeable())


def drawing_changed() -> bool:
    """Whether what is drawn has changed since it was judged."""
    return JUDGED.get() != _judgeable()


def _judgeable() -> Judged:
    picture = last_picture()
    seen = None if picture is None else picture.tobytes()
    return seen, len(current_visitor().own_digits), chosen_sample(), VOTERS.get() or 1
