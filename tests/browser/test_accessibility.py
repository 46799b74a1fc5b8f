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
    page = visit(f"/train?{journey.READER}", color_scheme=scheme, locale=locale)
    page.locator(".st-key-train button").click()
    journey.wait_result(page)
    for path in PAGES:
        journey.open_path(page, path)
        if path == "/draw":
            page.locator(".st-key-sample_4 button").click()
            journey.expect_reading(page, 4)
        assert violations(page) == [], path
        expect(page.locator("html")).to_have_attribute("lang", language)


def test_canvas_and_charts_have_names(visit, trained_run):
    page = visit(f"/draw?{trained_run()}")
    label = page.locator("canvas.upper-canvas[aria-label]")
    label.wait_for(state="attached")
    assert "sample digit" in label.get_attribute("aria-label")
    page.locator(".st-key-sample_4 button").click()
    journey.expect_reading(page, 4)
    bars = page.locator(".st-key-bars .plot").first
    expect(bars).to_have_attribute("aria-label", re.compile("Most likely: 4"))


def test_nothing_is_cut_off_at_390_pixels_or_at_200_percent(visit):
    page = visit()
    for path in PAGES:
        journey.open_path(page, path)
        for viewport in ({"width": 390, "height": 844}, {"width": 640, "height": 450}):
            page.set_viewport_size(viewport)
            journey.expect_nothing_cut(page, (path, viewport))
