"""Train in the real browser: nothing jumps, a preset leaves the run alone, Back says what it does, curves come into sight on a phone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import journey

SMALL = "/train?epochs=3&training_images=2000"


def top(page: Page, key: str) -> float:
    """Where an element begins, in pixels from the top of the page whatever is scrolled."""
    return page.evaluate(
        """key => {
            const [element, page] = [key, "train_page"].map((name) => document.querySelector(".st-key-" + name))
            return Math.round(element.getBoundingClientRect().top - page.getBoundingClientRect().top)
        }""",
        key,
    )


@pytest.mark.parametrize("width", [1280, 390])
def test_curves_and_train_keep_their_places_from_the_first_frame_to_the_hints(visit, width):
    page = visit(SMALL, viewport={"width": width, "height": 844})
    journey.settled(page)
    button = top(page, "train")
    journey.start_training(page)
    curves = top(page, "curves")
    page.locator(".st-key-preset_best button:visible").first.click()
    expect(page.locator(".st-key-now_and_next")).to_contain_text("384")
    assert (top(page, "train"), top(page, "curves")) == (button, curves)
    journey.wait_result(page)
    page.locator(".st-key-why_train").wait_for()
    assert (top(page, "train"), top(page, "curves")) == (button, curves)
    field = page.locator(".st-key-hidden_layers input")
    field.fill("4")
    field.press("Enter")
    page.locator(".st-key-hidden_size_4").wait_for()
    assert (top(page, "train"), top(page, "curves")) == (button, curves)


def test_back_says_which_run_one_looks_at_now(visit):
    page = visit(SMALL)
    for _ in range(2):
        journey.start_training(page)
        journey.wait_result(page)
    expect(page.locator(".st-key-run_head")).to_contain_text("Run 2")
    page.go_back()
    expect(page.get_by_text("You are looking at another run now: Run 1.")).to_be_visible()
    expect(page.locator(".st-key-run_head")).to_contain_text("Run 1")


def test_on_a_phone_the_curves_come_into_sight_when_train_is_pressed(visit):
    page = visit(SMALL, viewport={"width": 390, "height": 844})
    journey.start_training(page)
    page.wait_for_function(
        """() => {
            const box = document.querySelector(".st-key-run_head").getBoundingClientRect()
            return box.top >= 0 && box.top < 200
        }"""
    )
