"""A lesson from start to end, a teacher's locked link, the pipeline and the glossary, in the real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import journey

PANEL = ".st-key-lesson_panel"


def choose(page, number):
    page.locator(f"{PANEL} [role=radiogroup] label").nth(number).click()


def train_this_step(page, seed):
    """Follow the step's link, which sets the knobs, and train once they are set: then the address names only what is not standard."""
    page.locator(".st-key-lesson_go a").click()
    page.locator(".st-key-navigate_train_current").wait_for()
    page.wait_for_url(lambda url: f"seed={seed}" in url and "optimizer=" not in url)
    page.locator(".st-key-train button").click()


def expect_done(page):
    expect(page.locator(".st-key-lesson_finding")).to_contain_text(re.compile("You were right|It came otherwise"))


def expect_large_and_whole(page):
    """On a projector charts and buttons are larger, nothing is cut, and what was found and the way on are in sight."""
    for name in ("lesson_finding", "lesson_next"):
        expect(page.locator(f".st-key-{name}")).to_be_in_viewport(ratio=1)
    assert page.locator(".st-key-lesson_next button").bounding_box()["height"] >= 50
    plot = page.locator(".st-key-curves .plot").first
    assert plot.evaluate("plot => plot._fullLayout.font.size") > 15
    assert plot.bounding_box()["height"] > 300
    cut = page.evaluate(
        """() => [...document.querySelectorAll("p, label, button, a")]
            .filter((e) => e.offsetParent && e.innerText && e.clientWidth > 2 && e.scrollWidth > e.clientWidth + 1)
            .filter((e) => getComputedStyle(e).overflowX !== "visible").map((e) => e.innerText)"""
    )
    assert cut == []


def next_step(page, title):
    page.locator(".st-key-lesson_next button").click()
    expect(page.locator(PANEL)).to_contain_text(title)


def test_a_lesson_from_start_to_end_with_its_checks(visit):
    # As a teacher in a hurry would, with a projector.
    page = visit(
        "/?present=1&lock=training_images,epochs&training_images=2000&epochs=2",
        viewport={"width": 1920, "height": 1080},
    )
    panel = page.locator(PANEL)
    expect(panel).to_contain_text("Locked for this lesson: images 2,000, epochs 2")
    page.locator(".st-key-go_lesson_heads a").click()
    expect(panel).to_contain_text("Step 1 of 4")
    page.wait_for_function("document.querySelector('.stMain').scrollTop === 0")
    expect(page.locator(".st-key-lesson_go")).to_have_count(0)  # predict first
    for number, seed in enumerate((1, 2, 3), 1):
        choose(page, 1)
        train_this_step(page, seed)
        expect(page.locator(".st-key-hidden_size_1 input")).to_have_value("32")
        expect_done(page)
        if number == 1:
            expect_large_and_whole(page)
        next_step(page, f"Step {number + 1} of 4")
    page.reload()
    expect(panel).to_contain_text("Step 4 of 4")
    choose(page, 0)
    page.locator(".st-key-lesson_go a").click()
    page.locator(".st-key-navigate_draw_current").wait_for()
    page.locator(".st-key-sample_4 button").click()
    journey.expect_reading(page, 4)
    expect(panel).to_contain_text("at least 3 networks vote")
    journey.choose(page, "voters", "3 networks vote")
    expect(page.locator(".st-key-ballots tr")).to_have_count(4)
    expect(page.get_by_text("Together these 3 networks read")).to_be_visible()
    expect_done(page)
    page.locator(".st-key-lesson_next button").click()
    expect(panel).to_contain_text(re.compile(r"Done! \d of your 4 predictions came true"))
    page.locator(".st-key-lesson_close button").click()
    expect(panel).to_have_count(0)
    assert "lesson=" not in page.url
    # The pipeline on Home now shows this visitor's own.
    journey.go(page, "home")
    for name in ("data", "features", "training", "optimisation", "deployment"):
        expect(page.locator(f".st-key-station_{name} img.thumbnail")).to_have_count(1)
    expect(page.locator(".st-key-station_optimisation")).to_contain_text("your networks (3)")
    page.locator(".st-key-station_use").click(position={"x": 20, "y": 20})
    page.locator(".st-key-navigate_draw_current").wait_for()


def test_a_locked_link_holds_the_knob_and_the_engine_refuses_it_from_the_address(visit):
    page = visit(
        "/train?lesson=heads&lock=learning_rate,training_images&hide=dropout&learning_rate=0.01&training_images=500&epochs=1"
    )
    page.locator(".st-key-more_knobs summary").click()
    expect(page.locator(".st-key-learning_rate input")).to_be_disabled()
    expect(page.locator(".st-key-batch_size input")).to_be_enabled()
    expect(page.locator(".st-key-dropout")).to_have_count(0)
    expect(page.locator(PANEL)).to_contain_text("Locked for this lesson: learning rate 0.01")
    address = page.url.split("?")[0]
    page.goto(f"{address}?lesson=heads&learning_rate=0.3&epochs=1")
    expect(page.get_by_text("0.3 is refused. While this lesson is open, only 0.01 is allowed.")).to_be_visible()
    page.locator(".st-key-more_knobs summary").click()
    expect(page.locator(".st-key-learning_rate input")).to_be_disabled()
    assert "lock=learning_rate" in page.url
    journey.go(page, "draw")
    assert "lock=learning_rate" in page.url and "learning_rate=0.01" in page.url
    journey.go(page, "train")
    page.locator(".st-key-train button").click()
    journey.wait_result(page)
    assert page.locator(".st-key-progress, .stProgress").first.is_visible()
    page.locator(".st-key-lesson_close button").click()
    expect(page.locator(".st-key-learning_rate input")).to_be_enabled()


# Where the marked word that begins so stands on the screen.
MARKED = """begins => {
  const range = [...CSS.highlights.get('digit-lab-term')].find((one) => one.toString().toLowerCase().startsWith(begins))
  range.startContainer.parentElement.scrollIntoView({ block: 'center' })
  const box = range.getBoundingClientRect()
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}"""
MARKS = """() => [...CSS.highlights.get('digit-lab-term')].map((range) => ({
  word: range.toString().toLowerCase(),
  quiet: Boolean(range.startContainer.parentElement.closest('h1, h2, h3, h4, h5, h6, button, a, label, summary, th')),
  seen: range.startContainer.parentElement.checkVisibility(),
}))"""


@pytest.mark.parametrize("path", ["/", "/train", "/compare", "/by_hand"])
def test_a_word_is_marked_once_and_in_running_text(visit, path):
    page = visit(path)
    journey.settled(page)
    marks = page.evaluate(MARKS)
    assert marks
    assert len({mark["word"] for mark in marks}) == len(marks)
    assert all(mark["seen"] and not mark["quiet"] for mark in marks)
    listed = int(page.locator(".st-key-words_of_page button.open").get_attribute("data-words"))
    assert listed >= len(marks)


@pytest.mark.parametrize("touch", [False, True])
def test_a_word_is_explained_on_hover_on_tap_and_by_key(visit, touch):
    page = visit("/train", has_touch=touch, viewport={"width": 390 if touch else 1280, "height": 900})
    journey.settled(page)
    word = page.evaluate(MARKED, "epoch")
    explanation = page.get_by_text("Once through all the images.")
    expect(page.locator(".st-key-words_of_page button.open")).to_have_attribute("data-words", re.compile("[1-9]"))
    expect(explanation).to_have_count(0)
    if touch:
        page.touchscreen.tap(word["x"], word["y"])
    else:
        page.mouse.move(word["x"], word["y"])
    expect(explanation).to_be_visible()
    page.keyboard.press("Escape")
    expect(explanation).to_be_hidden()
    page.locator(".st-key-words_of_page button.open").focus()
    page.keyboard.press("Enter")
    entry = page.locator(".st-key-words_of_page summary").filter(has_text="epoch")
    entry.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-words_of_page .list").get_by_text("Once through all the images.")).to_be_visible()


def test_on_a_phone_the_lesson_leaves_the_page_usable_and_folds_away(visit):
    page = visit("/train?lesson=neuron&lang=zh", viewport={"width": 390, "height": 844}, has_touch=True)
    panel = page.locator(PANEL)
    expect(panel).to_contain_text("第 1 步，共 4 步")
    assert panel.bounding_box()["height"] <= 844 * 0.46
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    panel.locator("summary").tap()
    expect(panel.get_by_text("第 1 步，共 4 步")).to_be_hidden()
    page.locator(".st-key-train button").tap()
    page.locator(".st-key-pause button").wait_for()
    page.locator(".st-key-stop button").tap()
