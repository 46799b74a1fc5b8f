"""Home reads while one draws, pictures grow while a network learns, and one goes back through a run: in the real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import journey

UNITS = ".st-key-first_layer .units"
REWIND = ".st-key-rewind input[type=range], .st-key-rewind [role=slider]"
HOW_TO_DRAW = re.compile("Space puts the pen down")


def test_home_reads_while_the_finger_still_moves_before_anything_was_trained(visit):
    page = visit("/")
    journey.settled(page)
    box = journey.canvas_box(page)
    page.mouse.move(*journey.on_canvas(box, journey.SEVEN[0]))
    page.mouse.down()
    for place in journey.SEVEN[1:]:
        page.mouse.move(*journey.on_canvas(box, place), steps=8)
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
    page = visit("/train?epochs=60&training_images=20000")
    page.locator(".st-key-train button").click()
    units = page.locator(UNITS)
    expect(units).to_have_attribute("data-updates", re.compile(r"^([2-9]|\d\d+)$"))  # while it trains
    page.locator(".st-key-stop button").click()
    journey.wait_result(page)
    journey.settled(page)
    expect(units.locator("i")).to_have_count(32)
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
    page.add_init_script(SILENT_AUDIO)
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


def test_a_digit_can_be_made_of_cells_by_keyboard_and_the_pen_takes_over(visit, trained_run):
    page = visit(f"/draw?{trained_run()}")
    page.locator(".st-key-cells_fold summary").click()
    grid = page.locator(".st-key-cells .cells")
    first = grid.get_by_role("button", name="Row 1, column 1", exact=True)
    first.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    for _ in range(9):
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
    expect(grid.locator("[aria-pressed=true]")).to_have_count(9)
    journey.expect_reading(page, 1)
    expect(page.locator(".st-key-undo button")).to_be_enabled()
    journey.draw(page, [(60, 60), (90, 60)])
    expect(grid.locator("[aria-pressed=true]")).to_have_count(0)
    page.locator(".st-key-clear button").click()
    expect(page.locator(".st-key-prediction")).to_contain_text("Nothing drawn yet")


NETWORK = ".st-key-diagram .network"


def test_before_a_run_the_picture_of_the_network_answers_to_the_knobs_and_sets_them(visit):
    page = visit("/train")
    journey.settled(page)
    circles = page.locator(f"{NETWORK} .units circle")
    standard = circles.count()
    journey.set_knob(page, "hidden_size_1", 384)
    expect(circles).not_to_have_count(standard)
    larger = circles.count()
    assert larger > standard
    journey.set_knob(page, "hidden_size_1", 784)
    expect(circles).not_to_have_count(larger)
    assert circles.count() > larger
    # By button, several presses at once, and back by dragging down with the mouse.
    less = page.locator(f"{NETWORK} li").nth(2).get_by_role("button").first
    for _ in range(2):
        less.click()
    expect(page.locator(".st-key-hidden_size_2 input")).to_have_value("32")
    expect(page.locator(f"{NETWORK} .told")).to_have_text("Units in layer 2 now: 32.")
    box = page.locator(f"{NETWORK} .grips rect").first.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0], middle[1] + 80, steps=5)
    page.mouse.up()
    expect(page.locator(".st-key-hidden_size_1 input")).to_have_value("192")
    expect(page.locator(f"{NETWORK} .lines line")).to_have_count(0)


def test_while_it_trains_the_picture_carries_the_strongest_weights_and_nothing_moves_when_a_run_begins_and_ends(visit):
    page = visit("/train?epochs=40&training_images=20000")
    journey.settled(page)
    top = "name => document.querySelector(name).getBoundingClientRect().top"
    axes = page.evaluate(top, ".st-key-curves")
    page.locator(".st-key-train button").click()
    journey.wait_curve(page, 1)
    lines = page.locator(".st-key-weights_picture .lines line")
    expect(lines).to_have_count(3 * 48)
    assert abs(page.evaluate(top, ".st-key-curves") - axes) <= 1
    growing = page.evaluate(top, ".st-key-growing")
    ends = "lines => lines.map(line => [line.getAttribute('y1'), line.getAttribute('y2'), line.getAttribute('class')].join()).join(';')"
    root = page.locator(".st-key-weights_picture .lines").element_handle()
    before = lines.evaluate_all(ends)
    page.wait_for_function(
        f"([root, before]) => ({ends})([...root.querySelectorAll('line')]) !== before", arg=[root, before]
    )
    page.locator(".st-key-stop button").click()
    journey.wait_result(page)
    assert page.evaluate(top, ".st-key-curves") == pytest.approx(axes, abs=1)
    assert page.evaluate(top, ".st-key-growing") == pytest.approx(growing, abs=1)


def test_those_who_listen_hear_that_a_run_began_and_ended_and_not_each_tick(visit):
    page = visit("/train?epochs=3&training_images=20000")
    page.locator(".st-key-train button").click()
    told = page.locator(".st-key-run_told [role=status]")
    told.wait_for(state="attached")
    told.evaluate(
        """told => {
            window.heard = []
            new MutationObserver(() => heard.push(told.textContent)).observe(told, { childList: true })
        }"""
    )
    journey.wait_result(page)
    expect(told).to_have_text(re.compile(r"^Run 1: .+ Test accuracy \d"))
    assert len(page.evaluate("heard")) <= 3
