"""Fingers, hands and pens on the drawing canvas, for the browser tests."""

import itertools
from collections.abc import Sequence

from playwright.sync_api import Page

from tests.browser.journey import on_canvas

Place = tuple[float, float]
SURFACE = "canvas.upper-canvas"
# What the eye sees at places of the canvas: the brightest of its layers, 0 to 255.
SEEN = """([surface, places]) => {
    const layers = [...surface.parentElement.querySelectorAll('canvas')]
    return places.map(([x, y]) => Math.max(...layers.map(layer => {
        const [red, , , alpha] = layer.getContext('2d').getImageData(x, y, 1, 1).data
        return red * alpha / 255
    })))
}"""


def along(points: Sequence[Place], parts: int = 8) -> list[Place]:
    """The points with more of them on the lines between."""
    fine = [
        (x0 + (x1 - x0) * part / parts, y0 + (y1 - y0) * part / parts)
        for (x0, y0), (x1, y1) in itertools.pairwise(points)
        for part in range(1, parts + 1)
    ]
    return [points[0], *fine]


def seen(page: Page, *places: Place) -> list[float]:
    """How bright the canvas is at places, in canvas pixels."""
    surface = page.locator(SURFACE).element_handle()
    return page.evaluate(SEEN, [surface, [list(place) for place in places]])


class Fingers:
    """Touches on the canvas by the number of the finger, in canvas pixels; ``radius`` tells a hand from a fingertip."""

    def __init__(self, page: Page) -> None:
        self._box = page.locator(SURFACE).bounding_box()
        self._session = page.context.new_cdp_session(page)
        self._down: dict[int, dict[str, float]] = {}

    def down(self, finger: int, place: Place, radius: float = 8) -> None:
        self._down[finger] = self._touch(finger, place, radius)
        self._send("touchStart")

    def move(self, finger: int, places: Sequence[Place]) -> None:
        for place in places:
            self._down[finger] = self._touch(finger, place, self._down[finger]["radiusX"])
            self._send("touchMove")

    def up(self, finger: int) -> None:
        del self._down[finger]
        self._send("touchEnd")

    def cancel(self) -> None:
        """The system takes all touches away."""
        self._down.clear()
        self._send("touchCancel")

    def _touch(self, finger: int, place: Place, radius: float) -> dict[str, float]:
        x, y = on_canvas(self._box, place)
        return {"x": x, "y": y, "id": finger, "radiusX": radius, "radiusY": radius}

    def _send(self, kind: str) -> None:
        points = [] if kind == "touchCancel" else list(self._down.values())
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


class Pen:
    """A pen on the canvas, in canvas pixels."""

    def __init__(self, page: Page) -> None:
        self._box = page.locator(SURFACE).bounding_box()
        self._session = page.context.new_cdp_session(page)

    def stroke(self, points: Sequence[Place]) -> None:
        self._send("mousePressed", points[0], 1)
        for place in along(points)[1:]:
            self._send("mouseMoved", place, 1)
        self._send("mouseReleased", points[-1], 0)

    def _send(self, kind: str, place: Place, buttons: int) -> None:
        x, y = on_canvas(self._box, place)
        event = {"type": kind, "x": x, "y": y, "pointerType": "pen", "force": 0.5, "buttons": buttons}
        button = {"button": "none"} if kind == "mouseMoved" and not buttons else {"button": "left", "clickCount": 1}
        self._session.send("Input.dispatchMouseEvent", event | button)
