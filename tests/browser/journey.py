"""What a visitor does with hands and eyes, for the browser tests."""

import itertools
import re

from playwright.sync_api import Page, expect

THREE = [(80, 70), (140, 50), (190, 80), (180, 120), (130, 140), (190, 160), (200, 210), (140, 240), (80, 220)]
SEVEN = [(70, 70), (205, 70), (170, 140), (130, 230)]


def updates(page: Page) -> int:
    """How many times the curves were drawn in the element that stands there now."""
    return int(page.locator(".st-key-curves .plots").get_attribute("data-updates") or 0)


def curve_length(page: Page, plot: int = 0, trace: int = 0) -> int:
    """Points of one curve as Plotly holds them."""
    return page.evaluate(
        "([plot, trace]) => document.querySelectorAll('.st-key-curves .plot')[plot]?._fullData?.[trace]?.x?.length ?? 0",
        [plot, trace],
    )


def wait_updates(page: Page, least: int) -> None:
    page.wait_for_function(
        "least => Number(document.querySelector('.st-key-curves .plots')?.dataset.updates ?? 0) >= least",
        arg=least,
        timeout=60_000,
    )


def start_training(page: Page, **sizes: int) -> None:
    for key, value in sizes.items():
        field = page.locator(f".st-key-{key} input")
        field.fill(str(value))
        field.press("Enter")
        expect(field).to_have_value(str(value))
    page.locator(".st-key-train button").click()
    page.locator(".st-key-pause button").wait_for()
    page.wait_for_function(
        "document.querySelector('.st-key-curves .plot')?._fullData?.[0]?.x?.length > 0", timeout=60_000
    )


def wait_result(page: Page) -> str:
    page.locator(".st-key-result").wait_for(timeout=90_000)
    return page.locator(".st-key-result").inner_text()


def go(page: Page, name: str) -> None:
    page.locator(f".st-key-navigate_{name} a").click()
    page.locator(f".st-key-navigate_{name}_current").wait_for()


def draw(page: Page, points: list[tuple[int, int]], scale: float = 1, shift: tuple[float, float] = (0, 0)) -> None:
    """One stroke on the canvas, in canvas pixels."""
    box = page.locator("canvas.upper-canvas").bounding_box()
    places = [(box["x"] + shift[0] + scale * x, box["y"] + shift[1] + scale * y) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()


def draw_with_finger(page: Page, points: list[tuple[int, int]]) -> None:
    """The same stroke by touch."""
    box = page.locator("canvas.upper-canvas").bounding_box()
    fine = [
        (x0 + (x1 - x0) * part / 6, y0 + (y1 - y0) * part / 6)
        for (x0, y0), (x1, y1) in itertools.pairwise(points)
        for part in range(1, 7)
    ]
    session = page.context.new_cdp_session(page)
    for kind, (x, y) in [("touchStart", points[0]), *(("touchMove", place) for place in fine)]:
        touch = [{"x": box["x"] + x, "y": box["y"] + y}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touch})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def expect_reading(page: Page, digit: int) -> None:
    expect(page.locator(".st-key-prediction")).to_have_text(re.compile(rf"^\s*{digit}\s*$"), timeout=20_000)
