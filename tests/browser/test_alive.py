"""Home reads while one draws, pictures grow while a network learns, and one goes back through a run: in the real browser."""

import re

from playwright.sync_api import expect

from tests.browser import journey

UNITS = ".st-key-first_layer .units"
REWIND = ".st-key-rewind input[type=range], .st-key-rewind [role=slider]"
HOW_TO_DRAW = re.compile("Space puts the pen down")


def test_home_reads_while_the_finger_still_moves_before_anything_was_trained(visit):
    page = visit("/")
    journey.settled(page)
    box = journey.canvas_box(page)
    page.mouse.move(box["x"] + journey.SEVEN[0][0], box["y"] + journey.SEVEN[0][1])
    page.mouse.down()
    for x, y in journey.SEVEN[1:]:
        page.mouse.move(box["x"] + x, box["y"] + y, steps=8)
    journey.expect_reading(page, 7)  # the pen is still down
    expect(page.locator(".st-key-undo button")).to_be_disabled()
    page.mouse.up()
    expect(page.locator(".st-key-undo button")).to_be_enabled()
    journey.expect_reading(page, 7)
    page.locator(".st-key-undo button").click()
    expect(page.locator(".st-key-prediction")).to_contain_text("Its answer stands here")


def test_a_digit_can_be_drawn_with_the_keyboard_alone_and_every_key_is_told(visit):
    page = visit("/")
    journey.settled(page)
    canvas = page.locator(".st-key-canvas canvas.upper-canvas")
    expect(canvas).to_have_attribute("aria-description", HOW_TO_DRAW)
    page.locator(".st-key-clear button").focus()
    while not canvas.evaluate("canvas => canvas.getRootNode().activeElement === canvas"):
        page.keyboard.press("Tab")
    told = page.locator(".st-key-canvas .own-told")
    expect(told).to_contain_text("Arrow keys move the cursor")
    for _ in range(5):
        page.keyboard.press("ArrowUp")
    expect(told).to_have_text("50% across, 14% down")
    page.keyboard.press("Space")
    expect(told).to_have_text("Pen down")
    for _ in range(10):
        page.keyboard.press("ArrowDown")
    expect(told).to_have_text("Drawing: 50% across, 86% down")
    page.keyboard.press("Space")
    journey.expect_reading(page, 1)
    page.keyboard.press("Shift+ArrowRight")
    expect(told).to_have_text("51% across, 86% down")
    page.keyboard.press("u")
    expect(page.locator(".st-key-prediction")).to_contain_text("Its answer stands here")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    expect(told).to_have_text("Stroke dropped")
    expect(page.locator(".st-key-undo button")).to_be_disabled()


def test_a_stroke_is_taken_back_by_a_key_pressed_at_once_after_it(visit):
    """The app knows of no stroke at that moment, and Undo is still grey."""
    page = visit("/")
    journey.settled(page)
    canvas = page.locator(".st-key-canvas canvas.upper-canvas")
    expect(canvas).to_have_attribute("aria-description", HOW_TO_DRAW)  # before that no key reaches it
    canvas.focus()
    for _ in range(5):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    for _ in range(10):
        page.keyboard.press("ArrowDown")
    journey.expect_reading(page, 1)  # the pen is still down
    page.keyboard.press("Space")
    page.keyboard.press("u")
    expect(page.locator(".st-key-canvas .own-told")).to_have_text("Last stroke taken back")
    expect(page.locator(".st-key-prediction")).to_contain_text("Its answer stands here")
    expect(page.locator(".st-key-undo button")).to_be_disabled()


def test_the_first_layers_pictures_grow_while_it_trains_and_one_goes_back_through_the_run(visit):
    page = visit("/train?epochs=4&training_images=20000")
    page.locator(".st-key-train button").click()
    journey.wait_result(page)
    journey.settled(page)
    units = page.locator(UNITS)
    expect(units.locator("i")).to_have_count(32)
    assert int(units.get_attribute("data-updates")) >= 2
    sheet = "units => units.style.getPropertyValue('--sheet')"
    now = units.evaluate(sheet)
    slider = page.locator(REWIND).first
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator(".st-key-rewind")).to_contain_text("as they were at epoch 0.0")
    page.wait_for_function(
        "([node, now]) => node.style.getPropertyValue('--sheet') !== now", arg=[units.element_handle(), now]
    )
    page.keyboard.press("End")
    expect(page.locator(".st-key-rewind")).to_contain_text("as it is now")
    page.wait_for_function(
        "([node, now]) => node.style.getPropertyValue('--sheet') === now", arg=[units.element_handle(), now]
    )
    page.locator(".st-key-film_play button").click()
    page.locator(".st-key-film_stop button").wait_for()
    page.locator(".st-key-film_play button").wait_for()
    expect(page.locator(".st-key-rewind")).to_contain_text("as it is now")


SILENT_AUDIO = """
  window.heard = []
  const param = (name) => ({
    setValueAtTime(value, at) { heard.push([name, value, at]) },
    linearRampToValueAtTime(value, at) { heard.push([name, value, at]) },
  })
  window.AudioContext = class { currentTime = 0; destination = {}; close() { heard.push(["closed"]) } }
  class Node { constructor(context, options) { Object.assign(this, options) } connect(next) { return next } start() {} stop() {} }
  window.OscillatorNode = class extends Node { frequency = param("pitch") }
  window.GainNode = class extends Node { gain = param("gain") }
  window.StereoPannerNode = Node
"""


def test_a_curve_is_heard_as_high_as_it_stands_and_escape_is_silence(visit, trained_run):
    page = visit("/glossary")
    page.context.add_init_script(SILENT_AUDIO)
    journey.open_path(page, f"/train?{trained_run()}")
    listen = page.locator(".st-key-curves button.listen").first
    expect(listen).to_have_attribute("aria-label", "Listen")
    listen.click()
    expect(listen).to_have_attribute("aria-label", "Silence")
    pitches = [told[1] for told in page.evaluate("heard") if told[0] == "pitch"]
    points = page.evaluate(
        "document.querySelector('.st-key-curves .plot')._fullData.map((trace) => Array.from(trace.y))"
    )
    top = page.evaluate("document.querySelector('.st-key-curves .plot')._fullLayout.yaxis.range[1]")
    expected = [220 * 2 ** (2 * height / top) for curve in points for height in curve]
    assert len(pitches) == len(expected)
    assert all(abs(told - right) < 0.5 for told, right in zip(pitches, expected, strict=True))
    page.keyboard.press("Escape")
    expect(listen).to_have_attribute("aria-label", "Listen")
    assert page.evaluate("heard.at(-1)[0]") == "closed"
    speed = page.locator(".st-key-curves button.speed").first
    speed.click()
    expect(speed).to_have_text("2×")
