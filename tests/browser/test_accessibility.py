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
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
    options = {"runOnly": rules, "resultTypes": ["violations"], "selectors": False}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{item['id']}: {item['help']}: {[node['html'][:160] for node in item['nodes']]}" for item in found]


def lasting_violations(page, scheme: str) -> list[str]:
    """What axe still finds when it looks again: on a slow machine it may have looked while something faded in."""
    for _ in range(5):
        found = violations(page)
        if not found:
            break
        journey.paint(page, scheme)
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_and_every_part_is_accessible_in_light_and_dark(visit, trained_run, language):
    page = visit(f"/?lang={language}", locale="zh-CN" if language == "en" else "en-US")
    for path in PAGES:
        journey.open_path(page, f"{path}{'&' if '?' in path else '?'}lang={language}&{trained_run()}")
        if path == "/draw":
            page.locator(".st-key-sample_4 button").click()
            journey.expect_reading(page, 4)
        for part in journey.parts(page):
            for scheme in ("light", "dark"):
                journey.paint(page, scheme)
                assert lasting_violations(page, scheme) == [], (path, part, scheme)
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


@pytest.mark.parametrize("trained", [False, True])
def test_nothing_is_cut_off_at_390_pixels_or_at_200_percent(visit, trained_run, trained):
    page = visit()
    for path in PAGES:
        journey.open_path(page, f"{path}{'&' if '?' in path else '?'}{trained_run()}" if trained else path)
        for part in journey.parts(page):
            for viewport in ({"width": 390, "height": 844}, {"width": 640, "height": 450}):
                page.set_viewport_size(viewport)
                journey.expect_nothing_cut(page, (path, part, viewport))
