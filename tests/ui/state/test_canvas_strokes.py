"""The canvas's description of strokes: read when it is one, refused when it is anything else, and never believed unchecked."""

import io
import math
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image

from model.drawing import to_mnist
from ui.state.canvas_strokes import COMMANDS_MOST, POINTS_MOST, STROKES_MOST, stroke_under_way, strokes_of
from ui.state.visitors import Drawing

SEVEN = [["M", 70, 70], ["L", 205, 70], ["Q", 170, 140, 150, 190], ["L", 130, 230]]


def path(*commands, **more):
    return {"type": "Path", "path": list(commands), "strokeWidth": 20, "stroke": "#FFFFFF"} | more


def drawing(*objects):
    return {"objects": list(objects)}


def png(colour="#FFFFFF", size=(280, 280)):
    buffer = io.BytesIO()
    Image.new("RGBA", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def huge():
    """The head of a PNG of sixty thousand by sixty thousand pixels, and nothing after it."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))


def test_moves_lines_and_curves_become_the_points_on_them():
    (stroke,) = strokes_of(drawing(path(*SEVEN)))
    assert stroke.width == 20
    assert stroke.points[0].tolist() == [70, 70]
    assert stroke.points[1].tolist() == [205, 70]
    assert stroke.points[-1].tolist() == [130, 230]
    halfway = np.array([205, 70]) / 4 + np.array([170, 140]) / 2 + np.array([150, 190]) / 4
    assert np.hypot(*(stroke.points - halfway).T).min() < 1e-9


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"objects": None},
        {"objects": "path"},
        drawing(),
        drawing(None),
        drawing({"type": "Path"}),
        drawing({"type": "Circle", "radius": 3}),
        drawing(path()),
        drawing(path(["L", 1, 1])),
        drawing(path(["M", 1])),
        drawing(path(["M", 1, 1], ["M", 2, 2])),
        drawing(path(["M", 1, 1], ["C", 1, 1, 2, 2, 3, 3])),
        drawing(path(["M", 1, 1], "L")),
        drawing(path(["M", 1, 1], [["L"], 2, 2])),
        drawing(path(["M", "1", 1])),
        drawing(path(["M", True, 1])),
        drawing(path(["M", math.nan, 1])),
        drawing(path(["M", math.inf, 1])),
        drawing(path(["M", 1e9, 1])),
        drawing(path(["M", 10**400, 1])),
        drawing(path(["M", 1, 1], strokeWidth=0)),
        drawing(path(["M", 1, 1], strokeWidth=-3)),
        drawing(path(["M", 1, 1], strokeWidth=1e6)),
        drawing(path(["M", 1, 1], strokeWidth=None)),
        drawing(path(["M", 1, 1], scaleX=2)),
        drawing(path(["M", 1, 1], angle=45)),
        drawing(path(*SEVEN), {"type": "Path"}),
        drawing(*[path(["M", 1, 1])] * (STROKES_MOST + 1)),
        drawing(path(["M", 1, 1], *[["L", 1, 1]] * COMMANDS_MOST)),
        drawing(path(["M", 0, 0], *[["L", 1900, 1900], ["L", 0, 0]] * 50)),
    ],
)
def test_anything_but_plain_strokes_is_left_to_the_pixels(wrong):
    assert strokes_of(wrong) is None
    assert Drawing(wrong, png()).pixels.shape == (280, 280, 4)


json_values = some.recursive(
    some.none()
    | some.booleans()
    | some.floats()
    | some.integers()
    | some.sampled_from(["M", "L", "Q", "path", "Path"]),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.sampled_from(["type", "path"]), inner),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None)
@given(some.lists(json_values, max_size=3), json_values)
def test_no_description_at_all_breaks_it(objects, width):
    named = [{"type": "Path", "path": value, "strokeWidth": width} for value in objects]
    for description in ({"objects": objects}, {"objects": named}):
        found = strokes_of(description)
        assert found is None or all(np.isfinite(stroke.points).all() for stroke in found)


def test_strokes_count_and_falsified_pixels_do_not():
    honest = Drawing(drawing(path(*SEVEN)), None)
    for falsified in (png("#FFFFFF"), png("#000000"), png("#12345678"), b"", None):
        seen = to_mnist(Drawing(drawing(path(*SEVEN)), falsified).pixels)
        assert np.array_equal(seen, to_mnist(honest.pixels))


@pytest.mark.parametrize("broken", [b"", b"no png", png()[:-40], png(size=(281, 280)), huge()])
def test_pixels_that_are_no_picture_of_a_canvas_are_a_blank_drawing(broken):
    assert to_mnist(Drawing(drawing({"type": "Path"}), broken).pixels) is None


def test_what_the_canvas_really_sends_is_understood():
    sent = {
        "lockMovementX": False, "lockRotation": False, "type": "Path", "version": "7.4.0", "originX": "center", "originY": "center",
        "left": 139.5, "top": 101.4062, "width": 5, "height": 4, "fill": None, "stroke": "#FFFFFF", "strokeWidth": 20,
        "strokeDashArray": None, "strokeLineCap": "round", "strokeDashOffset": 0, "strokeLineJoin": "round", "strokeUniform": False,
        "strokeMiterLimit": 10, "scaleX": 1, "scaleY": 1, "angle": 0, "flipX": False, "flipY": False, "opacity": 1, "shadow": None,
        "visible": True, "backgroundColor": "", "fillRule": "nonzero", "paintFirst": "fill", "skewX": 0, "skewY": 0,
        "globalCompositeOperation": "source-over",
        "path": [["M", 137.02, 99.40625], ["Q", 137, 99.40625, 138, 100.40625], ["Q", 139, 101.40625, 140.5, 102.40625],
                 ["L", 142.02, 103.40625]],
    }  # fmt: skip
    (stroke,) = strokes_of({"objects": [sent], "background": "#000000"})
    assert stroke.width == 20
    assert stroke.points.mean(axis=0) == pytest.approx([sent["left"], sent["top"]], abs=2)


def test_a_stroke_under_way_is_where_it_went_so_far():
    told = stroke_under_way({"number": 3, "strokes": 1, "points": [[1, 2], [3.5, 4]]})
    assert (told.number, told.strokes, told.points.tolist()) == (3, 1, [[1, 2], [3.5, 4]])
    assert stroke_under_way({"number": 4, "strokes": 0, "points": []}).points is None


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "moving",
        [],
        {},
        {"number": 1, "strokes": 0},
        {"number": -1, "strokes": 0, "points": []},
        {"number": True, "strokes": 0, "points": []},
        {"number": 1.5, "strokes": 0, "points": []},
        {"number": 10**12, "strokes": 0, "points": []},
        {"number": 1, "strokes": "0", "points": []},
        {"number": 1, "strokes": 0, "points": "[[1, 2]]"},
        {"number": 1, "strokes": 0, "points": [[1]]},
        {"number": 1, "strokes": 0, "points": [[1, 2, 3]]},
        {"number": 1, "strokes": 0, "points": [["1", 2]]},
        {"number": 1, "strokes": 0, "points": [[math.nan, 2]]},
        {"number": 1, "strokes": 0, "points": [[math.inf, 2]]},
        {"number": 1, "strokes": 0, "points": [[1e9, 2]]},
        {"number": 1, "strokes": 0, "points": [{"x": 1, "y": 2}]},
        {"number": 1, "strokes": 0, "points": [[1, 2]] * (POINTS_MOST + 1)},
    ],
)
def test_anything_else_is_no_stroke_under_way(wrong):
    assert stroke_under_way(wrong) is None
