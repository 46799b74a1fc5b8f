"""What is chosen survives a change of the language and what the browser tells next: every choice, on every page, at any moment of a run."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser import journey

CHOICES = """() => {
  const said = {
    stSelectbox: (one) => one.querySelector('input').value,
    stMultiSelect: (one) => one.querySelector('[role=group]')?.innerText ?? one.innerText,
    stButtonGroup: (one) => [...one.querySelectorAll('[aria-checked=true], [aria-pressed=true]')].map((each) => each.innerText).join(', '),
    stRadio: (one) => one.querySelector('label:has(input:checked)')?.innerText ?? '',
  }
  const found = {}
  for (const [kind, told] of Object.entries(said))
    for (const one of document.querySelectorAll(`[data-testid=${kind}]`)) {
      const key = one.closest('[class*=st-key-]').className.match(/st-key-(\\w+)/)[1]
      if (one.checkVisibility() && !key.startsWith('language_')) found[key] = told(one)
    }
  return found
}"""
STANDS = "place => place.querySelector('input').value + place.querySelectorAll('[data-tag]').length"
OPEN_ALL = "document.querySelectorAll('details:not([open]) > summary').forEach((summary) => summary.click())"
BOX, SEVERAL, BAR, LIST = "stSelectbox", "stMultiSelect", "stButtonGroup", "stRadio"
# The same until a field is seen, for a page that is drawn anew closes what had been opened just before.
OPENED = f"key => {{ {OPEN_ALL}; return document.querySelector(`.st-key-${{key}} input`)?.checkVisibility() }}"
# The button that takes away one of several that are chosen.
REMOVE = "[data-testid=stMultiSelect] [data-tag] button"
# A page opens in a way that shows choices which another choice brings up.
PARTS = {"inside_part": 5, "hand_part": 3}


def choose_another(page: Page, key: str, told: Callable[[Page], AbstractContextManager[None]] = journey.rerun) -> None:
    """Choose what stands last in a choice, and where several can be chosen, one more or one less.

    ``told`` waits until the server has heard of it, where nothing trains.
    """
    place = page.locator(f".st-key-{key}").first
    if place.locator(REMOVE).count():
        with told(page):
            until_another(page, key, lambda: place.locator(REMOVE).last.click(timeout=5_000))
    elif place.get_by_test_id(BOX).count() or place.get_by_test_id(SEVERAL).count():
        wanted = last_option(page, key)
        if place.get_by_test_id(BOX).count() == 0 or wanted != place.locator("input").first.input_value():
            with told(page):
                choose_last(page, key)
    elif place.get_by_test_id(BAR).count():
        button = place.get_by_test_id(BAR).locator("button").last
        if button.get_attribute("aria-checked") != "true":
            with told(page):
                button.click()
    else:
        label = place.get_by_test_id(LIST).locator("label:has(input)").last
        if not label.locator("input").is_checked():
            with told(page):
                label.click()


def last_option(page: Page, key: str) -> str:
    """What stands last in a list."""
    said = journey.from_list(page, key, lambda: page.get_by_role("option").last.inner_text(timeout=5_000))
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    return said


def choose_last(page: Page, key: str) -> None:
    """Choose the last option of a list, which closes under the mouse when something scrolls."""

    def choose() -> None:
        journey.open_list(page, key)
        page.get_by_role("option").last.click(timeout=5_000)

    until_another(page, key, choose)


def until_another(page: Page, key: str, act: Callable[[], None]) -> None:
    """Do it again for as long as the same stands chosen, as a hand would that missed what moved."""
    place = page.locator(f".st-key-{key}").first
    before = place.evaluate(STANDS)
    while place.evaluate(STANDS) == before:
        try:
            act()
        except PlaywrightTimeout:
            page.keyboard.press("Escape")


def choose_everything(page: Page) -> None:
    """Move every choice of the page once, those too that another choice brings up; which part is shown stays."""
    page.evaluate(OPEN_ALL)
    moved = set(PARTS)
    while waiting := [key for key in page.evaluate(CHOICES) if key not in moved]:
        moved.add(waiting[0])
        choose_another(page, waiting[0])


def switch(page: Page, language: str) -> None:
    before, label = ("en", "中文") if language == "zh" else ("zh", "English")
    page.locator(f".st-key-language_{before} button", has_text=label).click()
    expect(page.locator("html")).to_have_attribute("lang", re.compile(language))
    page.locator(f".st-key-language_{language}").wait_for()
    journey.settled(page)


def expect_choices_survive(page: Page) -> None:
    """Into the other language and back: what the browser tells on the way back are labels of the language before."""
    expect(page.get_by_test_id("stException")).to_have_count(0)
    journey.settled(page)
    page.evaluate(
        OPEN_ALL
    )  # the app may have drawn the page anew by itself since, as when what doubt compares with is there
    before = page.evaluate(CHOICES)
    switch(page, "zh")
    expect(page.get_by_test_id("stException")).to_have_count(0)
    page.evaluate(OPEN_ALL)
    chinese = page.evaluate(CHOICES)
    assert set(chinese) == set(before)
    english = {key: text for key, text in chinese.items() if re.search("[a-z]{4}", text) and text == before[key]}
    assert english == {}, page.url
    switch(page, "en")
    expect(page.get_by_test_id("stException")).to_have_count(0)
    page.evaluate(OPEN_ALL)
    assert page.evaluate(CHOICES) == before, page.url


def every_part(page: Page, key: str) -> None:
    """The same in every part of a page that has parts."""
    journey.settled(page)
    for part in range(PARTS[key]):
        button = page.locator(f".st-key-{key} button").nth(part)
        if button.get_attribute("aria-checked") != "true":
            with journey.rerun(page):
                button.click()
        choose_everything(page)
        expect_choices_survive(page)


def test_choices_survive_the_language_before_there_is_a_run(visit):
    page = visit("/train?lang=en")
    journey.settled(page)
    page.locator(".st-key-preset_handwriting button").first.click()
    expect(page.locator(".st-key-epochs input")).to_have_value("38")
    switch(page, "zh")
    page.locator(".st-key-epochs input").press("ArrowUp")
    page.wait_for_url(re.compile("epochs=39"))
    journey.settled(page)
    expect(page.get_by_test_id("stAlert").filter(has_text="不行")).to_have_count(0)
    assert "schedule=cosine" in page.url and "optimizer=adamw" in page.url
    switch(page, "en")
    choose_everything(page)
    expect_choices_survive(page)
    for name in ("home", "compare"):
        journey.go(page, name)
        journey.settled(page)
        choose_everything(page)
        expect_choices_survive(page)
    journey.go(page, "by_hand")
    every_part(page, "hand_part")


def test_choices_survive_the_language_while_a_run_trains(visit):
    page = visit("/train?lang=en&epochs=200&batch_size=64&schedule=cosine")
    journey.settled(page)
    journey.start_training(page)
    page.evaluate(OPEN_ALL)
    for name in (None, "draw", "inside", "compare"):
        if name is not None:
            journey.go(page, name)
        journey.settled(page)
        expect_choices_survive(page)
    journey.go(page, "train")
    page.locator(".st-key-pause button").wait_for()
    expect(page.locator(".st-key-progress")).to_contain_text("of 200")
    page.wait_for_function(OPENED, arg="learning_rate", polling=500)
    choose_another(page, "learning_rate", lambda page: nullcontext())
    switch(page, "zh")
    page.locator(".st-key-stop button").click()
    journey.wait_result(page)
    assert "schedule=cosine" in page.url or page.locator(".st-key-schedule input").input_value() != "constant"


def test_choices_survive_the_language_after_a_run(visit, trained_run):
    page = visit(f"/inside?lang=en&{trained_run()}")
    journey.settled(page)
    every_part(page, "inside_part")
    journey.go(page, "draw")
    journey.settled(page)
    page.locator(".st-key-sample_5 button").click()
    journey.expect_reading(page, 5)
    choose_everything(page)
    expect_choices_survive(page)
    journey.open_path(page, f"/?lang=en&lesson=heads&{trained_run()}")
    choose_everything(page)
    expect_choices_survive(page)
