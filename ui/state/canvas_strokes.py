"""What the canvas tells of its strokes, as strokes for the pen; believes nothing it has not checked, and knows no Streamlit."""

import base64
import binascii
import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypedDict

import numpy as np
import numpy.typing as npt

from model.data.rasterizer import Stroke
from ui.colours import WHITE
from ui.state.told import is_number, is_whole

STROKES_MOST: Final = 400
COMMANDS_MOST: Final = 20_000
LENGTH_MOST: Final = 20_000.0  # pixels; seventy times across the canvas
WIDTH_MOST: Final = 100.0
FARTHEST: Final = 2_000.0  # a stroke may leave the canvas, but not for ever
PIECE: Final = 2.0  # pixels of a curve that may pass for straight
PIECES_MOST: Final = 64
# Of a stroke that is told of while it is drawn.
POINTS_MOST: Final = 400
COUNT_MOST: Final = 10**9 - 1
# What an object must be for its path to lie where it is drawn: neither turned nor stretched.
UNCHANGED: Final = {"scaleX": 1, "scaleY": 1, "angle": 0, "skewX": 0, "skewY": 0, "flipX": False, "flipY": False}
NUMBERS: Final = {"M": 2, "L": 2, "Q": 4}
# What the canvas may send at all, whether or not its strokes can be drawn here: values in all, how deep they lie, and of each how much.
VALUES_MOST: Final = 200_000
DEPTH_MOST: Final = 8
TEXT_MOST: Final = 200
NUMBER_MOST: Final = 1e9
PNG_HEAD: Final = "data:image/png;base64,"
# A picture of 280 by 280 pixels without any compression, and something over.
PNG_BYTES_MOST: Final = 400_000
SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"

Points = npt.NDArray[np.float64]


class CanvasDrawing(TypedDict, total=False):
    """A drawing as the canvas describes it; what stands in ``objects`` may be anything, for the browser sends it.

    ``redrawn`` makes one a drawing that the canvas has not shown before.
    """

    objects: list[object]
    redrawn: int


class CanvasImage(TypedDict, total=False):
    """A drawing with its pixels as a data URL, if the canvas sent them."""

    raw: CanvasDrawing
    data: str | None


class CanvasState(TypedDict, total=False):
    """What the canvas tells the server."""

    drawing: CanvasImage
    backgroundFit: object


def is_canvas_state(told: object, side: int) -> bool:
    """Whether what came under the canvas's name is what a canvas of ``side`` pixels sends; looked at before any of it is decoded.

    That is a bounded description of at most ``STROKES_MOST`` objects, and nothing or a PNG of exactly its size.
    """
    if not isinstance(told, Mapping) or told.get("backgroundFit") is not None:
        return False
    drawing = told.get("drawing")
    if drawing is None:
        return True
    if not isinstance(drawing, Mapping):
        return False
    return _is_description(drawing.get("raw")) and _is_png(drawing.get("data"), side)


def _is_description(raw: object) -> bool:
    if raw is None:
        return True
    objects = raw.get("objects") if isinstance(raw, Mapping) else None
    if (
        not isinstance(objects, list)
        or len(objects) > STROKES_MOST
        or not all(isinstance(one, dict) for one in objects)
    ):
        return False
    return _is_bounded(raw)


def _is_bounded(told: object) -> bool:
    """Whether it is JSON of no more and no larger values than any drawing has."""
    waiting: list[tuple[object, int]] = [(told, 0)]
    seen = 0
    while waiting:
        value, depth = waiting.pop()
        seen += 1
        if seen > VALUES_MOST or depth > DEPTH_MOST:
            return False
        if isinstance(value, Mapping):
            if not all(isinstance(name, str) and len(name) <= TEXT_MOST for name in value):
                return False
            waiting += [(item, depth + 1) for item in value.values()]
        elif isinstance(value, list):
            waiting += [(item, depth + 1) for item in value]
        elif isinstance(value, str):
            if len(value) > TEXT_MOST:
                return False
        elif not (value is None or isinstance(value, bool) or is_number(value, NUMBER_MOST)):
            return False
    return True


def _is_png(data: object, side: int) -> bool:
    """Whether it is nothing, or a data URL of a PNG that says of itself to be ``side`` by ``side`` pixels."""
    if data is None or data == PNG_HEAD:
        return True
    if (
        not isinstance(data, str)
        or not data.startswith(PNG_HEAD)
        or len(data) > len(PNG_HEAD) + PNG_BYTES_MOST * 4 // 3
    ):
        return False
    try:
        png = base64.b64decode(data[len(PNG_HEAD) :], validate=True)
    except (binascii.Error, ValueError):
        return False
    head = png[:24]
    return (
        len(head) == 24
        and head[:8] == SIGNATURE
        and head[12:16] == b"IHDR"
        and struct.unpack(">II", head[16:]) == (side, side)
    )


def strokes_of(description: Mapping[str, object]) -> list[Stroke] | None:
    """The strokes of a drawing as the canvas describes it (``{"objects": [...]}``), in canvas pixels.

    None when it holds anything but plain pen strokes of known shape and size, or more of them than anybody draws: then only the
    pixels tell what it looks like.
    """
    objects = description.get("objects")
    if not isinstance(objects, list) or not 1 <= len(objects) <= STROKES_MOST:
        return None
    strokes = []
    commands, length = 0, 0.0
    for drawn in objects:
        stroke = _stroke(drawn)
        if stroke is None:
            return None
        commands += len(drawn["path"])
        length += float(np.hypot(*np.diff(stroke.points, axis=0).T).sum())
        if commands > COMMANDS_MOST or length > LENGTH_MOST:
            return None
        strokes.append(stroke)
    return strokes


def pen_stroke(points: Points, width: float) -> dict[str, object]:
    """A stroke through points (P, 2) as the canvas describes one; a single point is a dot."""
    (x, y), *others = points.tolist()
    path: list[list[object]] = [["M", x, y], *(["L", *place] for place in others or [[x, y]])]
    pen = {"fill": None, "stroke": WHITE, "strokeWidth": width, "strokeLineCap": "round", "strokeLineJoin": "round"}
    return {"type": "Path", "path": path, **pen}


@dataclass(frozen=True, eq=False)
class StrokeUnderWay:
    """What the canvas tells of a stroke while it is drawn.

    Attributes:
        number: of this telling; the next has a higher one.
        strokes: how many finished strokes there were below it.
        points: where it went so far, (P, 2) x, y in canvas pixels; None once there is none under way.
    """

    number: int
    strokes: int
    points: Points | None


def stroke_under_way(told: object) -> StrokeUnderWay | None:
    """The stroke that the canvas tells of while it is drawn; None where what is told is anything else."""
    if not isinstance(told, Mapping):
        return None
    number, strokes, points = told.get("number"), told.get("strokes"), told.get("points")
    if not (
        is_whole(number, 0, COUNT_MOST)
        and is_whole(strokes, 0, COUNT_MOST)
        and isinstance(points, list)
        and len(points) <= POINTS_MOST
    ):
        return None
    if not all(
        isinstance(one, list) and len(one) == 2 and all(is_number(part, FARTHEST) for part in one) for one in points
    ):
        return None
    return StrokeUnderWay(number, strokes, np.array(points, float) if points else None)


def _stroke(drawn: object) -> Stroke | None:
    if not isinstance(drawn, dict) or str(drawn.get("type")).lower() != "path":
        return None
    if any(drawn.get(name, value) != value for name, value in UNCHANGED.items()):
        return None
    path, width = drawn.get("path"), drawn.get("strokeWidth")
    if not isinstance(path, list) or len(path) > COMMANDS_MOST or not is_number(width, WIDTH_MOST) or width <= 0:
        return None
    points = _points(path)
    return None if points is None else Stroke(points, float(width))


def _points(path: Sequence[object]) -> Points | None:
    """The points along a path of moves, lines and quadratic curves, (P, 2); None for any other path."""
    corners: list[Points] = []
    for index, command in enumerate(path):
        if not isinstance(command, list) or not command or not isinstance(command[0], str):
            return None
        kind, numbers = command[0], command[1:]
        if (kind == "M") != (index == 0) or len(numbers) != NUMBERS.get(kind):
            return None
        if not all(is_number(number, FARTHEST) for number in numbers):
            return None
        given = np.array(numbers, float).reshape(-1, 2)
        corners.append(given if kind != "Q" else _curve(corners[-1][-1], given))
    return np.concatenate(corners) if corners else None


def _curve(start: Points, given: Points) -> Points:
    """Points on a quadratic Bezier curve from ``start`` (2,) with control and end point ``given`` (2, 2); without its start."""
    length = float(np.hypot(*np.diff([start, *given], axis=0).T).sum())
    pieces = min(math.ceil(length / PIECE) or 1, PIECES_MOST)
    share = np.linspace(0, 1, pieces + 1)[1:, None]
    return np.asarray((1 - share) ** 2 * start + 2 * share * (1 - share) * given[0] + share**2 * given[1])
