"""What comes under the canvas's name and is no drawing: refused in a sentence, before it is decoded, and what was drawn stays."""

import base64
import io
import struct
import zlib

import pytest
from PIL import Image

from tests.pages.conftest import words
from tests.pages.test_tabs import SEVEN, strokes

REFUSED = "was not taken"


def data_url(content: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def picture(size: tuple[int, int] = (280, 280), kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size).save(buffer, kind)
    return buffer.getvalue()


def head(width: int, height: int) -> bytes:
    inside = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + inside + struct.pack(">I", zlib.crc32(inside))


def told(raw: object = None, data: object = None) -> dict:
    return {"drawing": {"raw": {"objects": []} if raw is None else raw, "data": data}, "backgroundFit": None}


PATH = {"type": "Path", "path": SEVEN, "strokeWidth": 20}
MALFORMED = {
    "a large picture": told({"objects": [PATH]}, data_url(picture((4000, 4000)))),
    "a picture said to be huge": told({"objects": [PATH]}, data_url(head(60_000, 60_000))),
    "TIFF": told({"objects": [PATH]}, data_url(picture(kind="TIFF"))),
    "EPS": told({"objects": [PATH]}, data_url(picture(kind="EPS"))),
    "TIFF by its name": told({"objects": [PATH]}, data_url(picture(kind="TIFF"), "tiff")),
    "words": told({"objects": [PATH]}, "hello"),
    "no base64": told({"objects": [PATH]}, "data:image/png;base64,???"),
    "more than a picture holds": told({"objects": [PATH]}, "data:image/png;base64," + "A" * 2_000_000),
    "data is a list": told({"objects": [PATH]}, [1]),
    "too many strokes": told({"objects": [PATH] * 401}),
    "a stroke of too many points": told({"objects": [{**PATH, "path": [["L", 1, 1]] * 60_000}]}),
    "objects are words": told({"objects": "path"}),
    "an object is a number": told({"objects": [1]}),
    "raw is a list": told([1]),
    "endless numbers": told({"objects": [{**PATH, "strokeWidth": float("inf")}]}),
    "very deep": told({"objects": [{"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": 1}}}}}}}}]}),
    "a long word": told({"objects": [{**PATH, "stroke": "#" * 10_000}]}),
    "drawing is words": {"drawing": "x", "backgroundFit": None},
    "drawing is a list": {"drawing": [1, 2], "backgroundFit": None},
    "an image behind it": {"drawing": None, "backgroundFit": {"naturalWidth": 1}},
    "nothing of a canvas": {"hello": 1, "backgroundFit": 3},
}


# One canvas on both pages: on Home is looked at that it is checked there, too.
CASES = [("pages/draw.py", name) for name in MALFORMED]
CASES += [("app.py", name) for name in ("a large picture", "drawing is words", "raw is a list")]


@pytest.mark.parametrize(("page_name", "name"), CASES)
def test_what_is_no_drawing_is_refused_in_words_and_the_drawing_before_it_stays(open_page, page_name, name):
    page = open_page(page_name)
    page.session_state["canvas"] = strokes(SEVEN)
    page.session_state["canvas"]["drawing"]["data"] = data_url(picture())
    page.run()
    before = page.session_state["_drawing"]
    assert before.lines is not None
    page.session_state["canvas"] = MALFORMED[name]
    page.run()
    assert not page.exception
    assert REFUSED in words(page)
    assert page.session_state["_drawing"] is before
    page.run()
    assert not page.exception, "it does not come back"
    page.button(key="undo").click().run()
    assert not page.exception


def test_undo_right_after_it_is_safe(open_page):
    page = open_page("pages/draw.py")
    page.session_state["canvas"] = strokes(SEVEN)
    page.session_state["canvas"]["drawing"]["data"] = data_url(picture())
    page.run()
    page.session_state["canvas"] = told({"objects": [1, 2, 3]})
    page.button(key="undo").click().run()
    assert not page.exception


def test_the_next_drawing_takes_the_sentence_away(open_page):
    page = open_page("pages/draw.py")
    page.session_state["canvas"] = MALFORMED["words"]
    page.run()
    assert REFUSED in words(page)
    page.session_state["canvas"] = strokes(SEVEN)
    page.session_state["canvas"]["drawing"]["data"] = data_url(picture())
    page.run()
    assert REFUSED not in words(page)
