"""A finger on a chart: a swipe scrolls the page, a tap tells the value, and what was enlarged or turned has its way back."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import journey

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SCROLLED = "document.querySelector('[data-testid=stMain]').scrollTop"
# What a chart shows: the ranges of its axes, or from where it is looked at.
LOOK = """plot => {
  const { xaxis, yaxis, scene } = plot._fullLayout
  return scene ? scene._scene.getCamera().eye : [xaxis.range.slice(), yaxis.range.slice()]
}"""


def swipe_over(page: Page, plot, look: str = LOOK) -> None:
    """Swipe down over the middle of a chart; the page has to follow, and the chart to stay as it is."""
    plot.scroll_into_view_if_needed()
    box, seen, before = plot.bounding_box(), plot.evaluate(look), page.evaluate(SCROLLED)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = page.context.new_cdp_session(page)
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for part in range(1, 13):
        moved = {"x": x + part, "y": y + 12 * part}
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [moved]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function(f"before => {SCROLLED} < before - 30", arg=before)
    assert plot.evaluate(look) == seen
    assert plot.locator(".zoombox").count() == 0


def tap(page: Page, plot, x: float, y: float) -> None:
    """Tap at a share of the chart's width and height."""
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    page.touchscreen.tap(box["x"] + x * box["width"], box["y"] + y * box["height"])


@pytest.mark.parametrize(("number", "tapped"), [(0, (0.6, 0.3)), (1, (0.55, 0.6))], ids=["from above", "in space"])
def test_the_hill_scrolls_tells_and_comes_back(visit, number, tapped):
    page = visit("/by_hand?hand_part=hill", **PHONE)
    journey.settled(page)
    plot = page.locator(".st-key-hill .plot").nth(number)
    frame = page.locator(".st-key-hill .frame").nth(number)
    swipe_over(page, plot)
    tap(page, plot, *tapped)
    expect(plot.locator(".hovertext").first).to_be_visible()
    back = frame.locator(".back")
    expect(back).to_be_hidden()
    if number == 1:
        before = plot.evaluate(LOOK)
        frame.locator(".right").tap()
        expect(back).to_be_visible()
        assert plot.evaluate(LOOK) != before
        back.tap()
        expect(back).to_be_hidden()
        assert plot.evaluate(LOOK) == pytest.approx(before)


def test_curves_and_a_clickable_picture_scroll_and_tell(visit, trained_run):
    page = visit(f"/train?{trained_run()}", **PHONE)
    journey.settled(page)
    curve = page.locator(".st-key-curves .plot").nth(1)
    swipe_over(page, curve)
    before = curve.evaluate(LOOK)
    tap(page, curve, 0.5, 0.5)
    expect(curve.locator(".hovertext").first).to_be_visible()
    assert curve.evaluate(LOOK) == before
    closer = page.locator(".st-key-curves .closer").nth(1)
    closer.tap()
    page.wait_for_function("document.querySelectorAll('.st-key-curves .plot')[1]._fullLayout.yaxis.range[0] > 0.5")
    closer.tap()
    page.wait_for_function("document.querySelectorAll('.st-key-curves .plot')[1]._fullLayout.yaxis.range[0] === 0")
    journey.open_path(page, f"/inside?{trained_run()}")
    picture = page.locator(".st-key-flow .stage")
    swipe_over(page, picture, "stage => stage.outerHTML")
