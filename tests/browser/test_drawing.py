"""Hands, pens, strokes broken off, and browsers that falsify pixels: what the eye sees, what Undo knows and what is read agree."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from model.drawing import prepare
from tests.browser import journey
from tests.browser.pointers import SEEN, SURFACE, Fingers, Pen, along, seen
from tests.browser.test_handwriting import SCRIBBLE

SEVEN = journey.SEVEN
ON_SEVEN = [(75, 70), (150, 70), (198, 84), (130, 225)]
PALM, NEAR_PALM = (250, 200), (248, 210)
FALSIFY = """
    const honestly = HTMLCanvasElement.prototype.toDataURL
    window.honestly = canvas => honestly.call(canvas)
    HTMLCanvasElement.prototype.toDataURL = function () {
        const white = Object.assign(document.createElement('canvas'), { width: this.width, height: this.height })
        const pen = white.getContext('2d')
        pen.fillStyle = '#fff'
        pen.fillRect(0, 0, white.width, white.height)
        return honestly.call(white)
    }
"""

# Whether there is no ink left at places of the canvas.
LEFT = f"([surface, places]) => Math.max(...({SEEN})([surface, places])) === 0"


@pytest.fixture
def draw_page(visit, trained_run) -> Page:
    """Draw with a network that knows a 7 when it sees one."""
    page = visit(f"/draw?{trained_run()}", has_touch=True)
    page.locator(SURFACE).wait_for()
    page.locator(".st-key-canvas_guard").wait_for(state="attached")
    expect(page.locator(".st-key-prediction")).to_contain_text("Nothing drawn yet")
    return page


def expect_seven_alone(page: Page) -> None:
    """A seven is read, seen, and the only stroke that Undo knows; then the canvas is as empty as it was."""
    journey.expect_reading(page, 7)
    assert min(seen(page, *ON_SEVEN)) > 200
    assert max(seen(page, PALM, NEAR_PALM)) == 0
    page.locator(".st-key-undo button").click()
    expect_nothing(page)


def draw_and_press(page: Page, points: list[tuple[int, int]], button: str) -> None:
    """A stroke, and a press before the canvas has told of it: in the same breath as the pen is lifted."""
    page.evaluate(
        "button => addEventListener('pointerup', () => queueMicrotask(() => document.querySelector(button).click()), { once: true })",
        button,
    )
    journey.draw(page, points)


def test_what_is_pressed_at_once_after_a_stroke_acts_on_that_stroke(draw_page):
    page = draw_page
    journey.draw(page, SEVEN)
    journey.expect_reading(page, 7)
    journey.settled(page)
    before = journey.seen(page).get_attribute("src")
    draw_and_press(page, [(60, 240), (220, 240), (220, 40), (60, 40)], ".st-key-undo button")
    page.wait_for_function(LEFT, arg=[page.locator(SURFACE).element_handle(), [[220, 240], [60, 150]]])
    journey.settled(page)
    journey.expect_reading(page, 7)
    expect(journey.seen(page)).to_have_attribute("src", before)
    assert min(seen(page, *ON_SEVEN)) > 200

    page.locator(".st-key-clear button").click()
    expect_nothing(page)
    draw_and_press(page, SEVEN, ".st-key-navigate_train a")
    page.locator(".st-key-navigate_train_current").wait_for()
    journey.go(page, "draw")
    journey.expect_reading(page, 7)
    assert min(seen(page, *ON_SEVEN)) > 200


def expect_nothing(page: Page) -> None:
    expect(page.locator(".st-key-prediction")).to_contain_text("Nothing drawn yet")
    expect(page.locator(".st-key-undo button")).to_be_disabled()
    page.wait_for_function(
        "surface => ![...surface.parentElement.querySelectorAll('canvas')].some(layer => "
        "layer.getContext('2d').getImageData(0, 0, 280, 280).data.some((value, index) => index % 4 == 0 && value > 0))",
        arg=page.locator(SURFACE).element_handle(),
    )


def test_the_moving_touch_or_pen_draws_and_a_resting_hand_leaves_no_ink(draw_page):
    page, line = draw_page, along(SEVEN)
    fingers = Fingers(page)

    fingers.down(1, PALM, radius=30)
    fingers.down(2, line[0])
    fingers.move(2, line[1:])
    assert min(seen(page, *ON_SEVEN[:3])) > 200, "ink follows the finger"
    assert max(seen(page, PALM, NEAR_PALM)) == 0
    fingers.up(2)
    fingers.up(1)
    expect_seven_alone(page)

    fingers.down(1, PALM)  # a small hand, which slides a little as it is put down, and is lifted first
    fingers.move(1, [(250, 204), (249, 208), NEAR_PALM])
    fingers.down(2, line[0])
    fingers.move(2, line[1:])
    fingers.up(1)
    fingers.up(2)
    expect_seven_alone(page)

    fingers.down(2, line[0])  # a hand put down while the finger draws, sliding along
    fingers.move(2, line[1:6])
    fingers.down(1, PALM, radius=30)
    for step, place in enumerate(line[6:]):
        fingers.move(2, [place])
        fingers.move(1, [(250, 200 + step % 12)])
    fingers.up(2)
    fingers.move(1, [(250, 150), (250, 100)])
    fingers.up(1)
    expect_seven_alone(page)

    fingers.down(1, PALM)  # a hand that has drawn when the pen comes
    fingers.move(1, along([PALM, (250, 120)]))
    Pen(page).stroke(SEVEN)
    fingers.up(1)
    expect_seven_alone(page)

    fingers.down(1, PALM)  # the hand again, between two strokes of the pen
    fingers.up(1)
    Pen(page).stroke(SEVEN)
    expect_seven_alone(page)


def test_a_stroke_that_is_broken_off_is_seen_known_to_undo_and_read(draw_page):
    page, line = draw_page, along(SEVEN)
    fingers = Fingers(page)
    fingers.down(1, line[0])
    fingers.move(1, line[1:])
    fingers.cancel()
    expect_seven_alone(page)

    fingers.down(1, PALM)  # the system takes a resting hand away
    fingers.cancel()
    fingers.down(1, line[0])
    fingers.move(1, line[1:])
    fingers.up(1)
    expect_seven_alone(page)

    box = page.locator(SURFACE).bounding_box()
    for broken_off in ("window.dispatchEvent(new Event('blur'))", "window.dispatchEvent(new Event('pagehide'))"):
        page.mouse.move(*journey.on_canvas(box, line[0]))
        page.mouse.down()
        for place in line[1:]:
            page.mouse.move(*journey.on_canvas(box, place))
        page.evaluate(broken_off)
        journey.expect_reading(page, 7)
        page.mouse.move(*journey.on_canvas(box, PALM))
        page.mouse.up()
        expect_seven_alone(page)


def test_two_strokes_one_after_a_break_are_both_kept(draw_page):
    page = draw_page
    fingers = Fingers(page)
    fingers.down(1, (70, 70))
    fingers.move(1, along([(70, 70), (205, 70)])[1:])
    fingers.cancel()
    expect(page.locator(".st-key-undo button")).to_be_enabled()
    fingers.down(1, (205, 70))
    fingers.move(1, along([(205, 70), (130, 230)])[1:])
    fingers.up(1)
    journey.expect_reading(page, 7)
    assert min(seen(page, *ON_SEVEN)) > 200


def test_a_browser_that_falsifies_pixels_is_read_as_drawn(draw_page):
    page = draw_page
    page.add_init_script(FALSIFY)
    page.reload()
    page.locator(SURFACE).wait_for()
    page.locator(".st-key-canvas_guard").wait_for(state="attached")
    journey.draw(page, SEVEN)
    journey.expect_reading(page, 7)
    picture = page.locator(".st-key-seen img")
    expect(picture).to_have_attribute("alt", re.compile("^Your drawing"))
    journey.settled(page)
    shown = pixels(picture.get_attribute("src"))[..., 0]
    surface = page.locator(SURFACE).element_handle()
    drawn = pixels(surface.evaluate("surface => honestly(surface.parentElement.querySelector('.lower-canvas'))"))
    difference = np.abs(prepare(drawn)[0] * 255 - shown)
    assert difference.mean() < 0.5
    assert difference.max() < 20


def pixels(address: str) -> np.ndarray:
    picture = Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2])))
    return np.asarray(picture.convert("RGBA"), np.uint8)


def test_each_tab_of_a_browser_comes_back_to_its_own_drawing(draw_page):
    first = draw_page
    journey.draw(first, SEVEN)
    journey.expect_reading(first, 7)
    second = first.context.new_page()
    second.goto(first.url)
    journey.expect_reading(second, 7)
    second.locator(".st-key-clear button").click()
    journey.draw(second, [(140, 40), (138, 120), (135, 240)])
    journey.expect_reading(second, 1)
    journey.go(first, "train")
    expect(first.locator(".st-key-followed .plot")).to_have_count(1)
    journey.go(first, "draw")
    journey.expect_reading(first, 7)
    assert min(seen(first, *ON_SEVEN)) > 200
    first.reload()
    journey.expect_reading(first, 1)


PLACES = ("answer", "bars_place", "bars", "remark", "seen", "tools_area")


def places(page: Page) -> dict[str, float]:
    """Where each part begins, once nothing moves."""
    journey.settled(page)
    return {name: page.locator(f".st-key-{name}").first.bounding_box()["y"] for name in PLACES}


def test_on_a_phone_answer_and_bars_stand_under_the_canvas_and_nothing_moves_when_a_doubt_comes(visit, trained_run):
    page = visit(f"/draw?{trained_run()}", viewport={"width": 390, "height": 844}, has_touch=True)
    page.locator(".st-key-bars .plot").wait_for()
    expect(page.locator(".st-key-prediction")).to_contain_text("Nothing drawn yet")
    blank = places(page)
    canvas = page.locator(SURFACE).bounding_box()
    assert canvas["width"] == canvas["height"] == pytest.approx(390 - 32, abs=1)  # the width of the page
    foot = canvas["y"] + canvas["height"]
    for name in ("answer", "bars"):
        box = page.locator(f".st-key-{name}").first.bounding_box()
        assert foot <= box["y"] < foot + 60, name
        assert box["y"] + box["height"] <= 844 - 30, f"{name} is out of sight where the type is a little larger"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    journey.draw_with_finger(page, SEVEN)
    journey.expect_reading(page, 7)
    assert places(page) == blank
    page.locator(".st-key-clear button").click()
    expect(page.locator(".st-key-prediction")).to_contain_text("Nothing drawn yet")
    journey.draw(page, SCRIBBLE)
    doubt = page.locator(".st-key-doubt")
    expect(doubt).to_contain_text("not sure this is a digit")
    answer = page.locator(".st-key-prediction h2")
    assert doubt.bounding_box()["y"] < answer.bounding_box()["y"]
    assert answer.evaluate("heading => parseFloat(getComputedStyle(heading).fontSize)") < 50
    assert places(page) == blank


def test_the_canvas_is_as_large_as_its_column_and_reads_alike_at_every_size(visit):
    page = visit("/", viewport={"width": 1280, "height": 800})
    for width, side in ((1280, 400), (390, 358), (320, 288)):
        page.set_viewport_size({"width": width, "height": 800})
        journey.settled(page)
        box = journey.canvas_box(page)
        assert box["width"] == box["height"] == pytest.approx(side, abs=1)
        journey.draw(page, SEVEN)
        journey.expect_reading(page, 7)
        page.locator(".st-key-clear button").click()
        expect(page.locator(".st-key-prediction")).to_contain_text("Its answer stands here")
