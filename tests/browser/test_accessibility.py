"""What axe finds, and what it does not look for: language, labels, contrast, narrow screens, 200 % zoom."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser import journey

PAGES = (
    "/",
    "/train",
    "/draw",
    "/inside",
    "/compare",
    "/by_hand",
    "/glossary",
    "/train?lesson=heads",
    "/train?lesson=bigger&lock=epochs&hide=l1",
)


def violations(page) -> list[str]:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}).response["violations"]
    return [f"{item['id']}: {item['help']}: {[node['html'][:160] for node in item['nodes']]}" for item in found]


# Colours depend on the scheme and words on the language, neither on the other: two of the four combinations show both of each.
@pytest.mark.parametrize(("scheme", "locale", "language"), [("light", "en-US", "en"), ("dark", "zh-CN", "zh")])
def test_every_page_is_accessible(visit, scheme, locale, language):
    page = visit("/train", color_scheme=scheme, locale=locale)
    journey.start_training(page, epochs=2)
    journey.wait_result(page)
    address = page.url.split("/train")[0]
    for path in PAGES:
        page.goto(address + path)
        page.wait_for_selector("h1")
        page.wait_for_timeout(1000)
        if path == "/draw":
            page.locator(".st-key-sample_4 button").click()
            journey.expect_reading(page, 4)
        assert violations(page) == [], path
        expect(page.locator("html")).to_have_attribute("lang", language)


def test_canvas_and_charts_have_names(visit):
    page = visit("/draw")
    label = page.locator("canvas.upper-canvas[aria-label]")
    label.wait_for(state="attached")
    assert "sample digit" in label.get_attribute("aria-label")
    page.locator(".st-key-train button").click()
    page.locator(".st-key-sample_4 button").click()
    journey.expect_reading(page, 4)
    bars = page.locator(".st-key-bars .plot").first
    expect(bars).to_have_attribute("aria-label", re.compile("Most likely: 4"))


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_cut_off_at_390_pixels_or_at_200_percent(visit, path):
    for viewport in ({"width": 390, "height": 844}, {"width": 640, "height": 450}):
        page = visit(path, viewport=viewport)
        page.wait_for_timeout(1000)
        inner = page.evaluate(
            "[...document.querySelectorAll('.stMainBlockContainer *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1"
            " && getComputedStyle(e).visibility !== 'hidden').length"
        )
        assert inner == 0
