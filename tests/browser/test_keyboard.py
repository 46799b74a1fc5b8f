"""A whole visit without a pointer: train, pause, draw a 4, look inside, begin a lesson; only keys are pressed."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser import journey

TABS_MOST = 150
FOCUSED = "node => node.getRootNode().activeElement === node"


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus, as somebody does who has no mouse; shown, and not only had."""
    target.wait_for()
    for _ in range(TABS_MOST):
        if target.evaluate(FOCUSED):
            assert target.evaluate("node => node.matches(':focus-visible')")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached in {TABS_MOST} steps of Tab")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    tab_to(page, target)
    page.keyboard.press(key)


def arrows(page: Page, **steps: int) -> None:
    for name, count in steps.items():
        for _ in range(count):
            page.keyboard.press(f"Arrow{name.capitalize()}")


def test_train_pause_draw_a_4_look_inside_and_a_lesson_by_keys_alone(visit):
    page = visit("/?epochs=8")
    journey.settled(page)
    press(page, page.locator(".st-key-go_build a"))
    page.locator(".st-key-navigate_train_current").wait_for()
    press(page, page.locator(".st-key-train button"))
    press(page, page.locator(".st-key-pause button"))
    press(page, page.locator(".st-key-resume button"))
    journey.wait_result(page)

    press(page, page.locator(".st-key-navigate_draw a"))
    page.locator(".st-key-navigate_draw_current").wait_for()
    canvas = page.locator(".st-key-canvas canvas.upper-canvas")
    expect(canvas).to_have_attribute("aria-description", re.compile("Space puts the pen down"))
    tab_to(page, canvas)
    arrows(page, left=2, up=4)
    page.keyboard.press("Space")
    arrows(page, down=4, right=5)
    page.keyboard.press("Space")
    expect(page.locator(".st-key-undo button")).to_be_enabled()
    arrows(page, left=1, up=4)
    page.keyboard.press("Space")
    arrows(page, down=9)
    page.keyboard.press("Space")
    journey.expect_reading(page, 4)

    press(page, page.locator(".st-key-navigate_inside a"))
    page.locator(".st-key-navigate_inside_current").wait_for()
    tab_to(page, page.locator(".st-key-inside_part").get_by_role("radio").first)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    unit = page.locator(".st-key-tiles_0 .gallery button[tabindex='0']").first
    tab_to(page, unit)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-tiles_0 .gallery button[aria-pressed=true]")).to_have_count(1)

    press(page, page.locator(".st-key-navigate_home a"))
    page.locator(".st-key-navigate_home_current").wait_for()
    press(page, page.locator(".st-key-go_lesson_neuron a"))
    panel = page.locator(".st-key-lesson_panel")
    expect(panel).to_contain_text("Step 1 of")
    first = panel.locator("[role=radiogroup] input").first
    tab_to(page, first)
    page.keyboard.press("Space")
    press(page, page.locator(".st-key-lesson_go a"))
    page.locator(".st-key-navigate_train_current").wait_for()
    press(page, page.locator(".st-key-lesson_close button"))
    expect(panel).to_have_count(0)
