"""Reading what people draw, saying why, doubting, and being taught, in the real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import journey

SCRIBBLE = [
    (40, 60),
    (220, 90),
    (60, 130),
    (230, 60),
    (90, 220),
    (200, 40),
    (50, 180),
    (240, 200),
    (120, 30),
    (70, 240),
    (230, 130),
]


@pytest.fixture
def drawing_page(visit, trained_run):
    """The Draw page with a network that is good at handwriting, but trained for a few epochs only."""
    page = visit(f"/train?{trained_run()}", has_touch=True)
    expect(page.locator(".st-key-result")).to_contain_text("Drawn score")
    journey.go(page, "draw")
    page.locator("canvas.upper-canvas").wait_for()
    return page


def test_a_seven_in_the_corner_small_huge_or_by_finger_is_read_as_seven(drawing_page):
    page = drawing_page
    brush = page.locator(".st-key-brush").get_by_role("slider")
    for scale, shift in ((0.55, (-20, -20)), (0.45, (130, 130)), (1.2, (-30, -30))):
        if scale < 0.5:  # a small digit wants a thin pen
            with journey.rerun(page):
                for _ in range(6):
                    brush.press("ArrowLeft")
        journey.draw(page, journey.SEVEN, scale, shift)
        journey.expect_reading(page, 7)
        page.locator(".st-key-clear button").click()
        expect(page.locator(".st-key-prediction")).to_contain_text("Nothing drawn yet")
    journey.draw_with_finger(page, journey.SEVEN)
    journey.expect_reading(page, 7)


def test_why_shows_what_speaks_for_and_against_and_can_be_asked_of_another_digit(drawing_page):
    page = drawing_page
    journey.draw(page, journey.SEVEN)
    journey.expect_reading(page, 7)
    why = page.locator(".st-key-why")
    expect(why).to_contain_text("Why 7?")
    expect(why).to_contain_text("speaks most for 7")
    expect(why.locator("img")).to_have_count(2)
    expect(page.locator(".st-key-remark")).not_to_contain_text("Checking")
    journey.open_list(page, "against")
    with journey.rerun(page):  # the list stays open while the page is drawn again
        page.locator(".st-key-prepare input").evaluate("toggle => toggle.click()")
    page.get_by_role("option", name="1", exact=True).click()
    expect(why).to_contain_text("rather than 1")


def test_a_scribble_is_doubted_and_a_digit_is_not(drawing_page):
    page = drawing_page
    journey.draw(page, SCRIBBLE)
    expect(page.locator(".st-key-doubt")).to_contain_text("not sure this is a digit")
    page.locator(".st-key-clear button").click()
    expect(page.locator(".st-key-prediction")).to_contain_text("Nothing drawn yet")
    journey.draw(page, journey.THREE)
    journey.expect_reading(page, 3)
    journey.settled(page)
    expect(page.locator(".st-key-doubt")).to_have_count(0)


def test_five_corrections_teach_it_and_the_report_appears(drawing_page, visit):
    page = drawing_page
    for number in range(5):
        journey.draw(page, journey.SEVEN, 0.8 + 0.08 * number)
        page.locator(".st-key-teach_4 button").click()
        expect(page.locator(f".st-key-own_{number}")).to_be_visible()
    page.locator(".st-key-teach button").click()
    # While it ends, the page shows the report of before and the one that follows it for a moment.
    report = page.locator(".st-key-teaching_report").filter(has_text="What teaching did")
    expect(report).to_be_visible()
    assert re.search(r"4 / 4", report.inner_text())
    page.reload()
    expect(page.locator(".st-key-own_4")).to_be_visible()
    with page.expect_download() as download:
        page.locator(".st-key-save_digits button").click()
    page.locator(".st-key-remove_all button").click()
    expect(page.locator(".st-key-own_0")).to_have_count(0)
    page.locator(".st-key-load_digits input[type=file]").set_input_files(download.value.path())
    expect(page.locator(".st-key-own_4")).to_be_visible()
    other = visit(f"/draw{page.url[page.url.index('?') :]}")
    expect(other.locator(".st-key-own_0")).to_have_count(0)


def test_a_pinned_drawing_is_followed_through_training(drawing_page):
    page = drawing_page
    journey.draw(page, journey.SEVEN)
    journey.expect_reading(page, 7)
    page.locator(".st-key-pin button").click()
    journey.go(page, "train")
    expect(page.locator(".st-key-followed .plot")).to_have_count(1)  # pinned and the last one drawn, and followed once
    journey.press_train(page)
    journey.wait_result(page)
    expect(page.locator(".st-key-minds .plot").first).to_have_attribute("aria-label", re.compile("7 from epoch"))
