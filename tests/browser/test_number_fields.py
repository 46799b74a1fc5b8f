"""Number fields in a real browser: what is typed means what it says, or the old value comes back with a sentence."""

import re

import pytest
from playwright.sync_api import Page, expect

NOT_A_NUMBER = ("abc", "--", "1.5.2", "1_5", "e", "1²")
# One field of each kind: fractions below zero too, of which only the first digits show; fractions from zero up; whole numbers.
FIELDS = {
    "hand_inputs_1": "/by_hand?hand_x=0.123456,2,3",
    "hill_rate_adam": "/by_hand?hand_part=hill",
    "epochs": "/train",
}


def enter(page: Page, key: str, text: str, leave: str = "Enter") -> None:
    field = page.locator(f".st-key-{key} input")
    field.click()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text) if not text.isascii() else page.keyboard.type(text)
    page.keyboard.press(leave)


def expect_refused(page: Page, key: str, old: str, sentence: str) -> None:
    expect(page.locator(".number-told")).to_have_text(re.compile(sentence))
    expect(page.locator(".number-told")).to_be_visible()
    expect(page.locator(f".st-key-{key} input")).to_have_value(old)


@pytest.mark.parametrize("key", FIELDS)
def test_what_is_no_number_gives_way_to_the_old_value_and_a_sentence_says_so(visit, key):
    page = visit(FIELDS[key])
    field = page.locator(f".st-key-{key} input")
    expect(field).to_have_attribute("type", "text")
    old, address = field.input_value(), page.url
    for text in NOT_A_NUMBER:
        enter(page, key, text)
        expect_refused(page, key, old, f"^“{re.escape(text)}” is not a number.* stays {re.escape(old)}\\.")
    for text in ("", "   "):
        enter(page, key, text, leave="Tab")
        expect_refused(page, key, old, f"was left empty, so {re.escape(old)} stays")
    for text in ("1e999", "-1e9", "99999999"):
        enter(page, key, text, leave="Tab")
        expect_refused(page, key, old, f"^“{text}” is outside the limits.* from .* to ")
    for arrow in ("ArrowUp", "ArrowDown"):
        enter(page, key, "abc", leave=arrow)
        expect_refused(page, key, old, "is not a number")
    enter(page, key, "1,5")
    expect_refused(page, key, old, "^“1,5” can be read in two ways")
    field.fill("7")
    field.press("Escape")
    expect(field).to_have_value(old)
    expect(page.locator(".number-told")).to_be_hidden()
    assert page.url == address
    enter(page, key, "３")
    expect(field).to_have_value("3")


def test_a_comma_is_a_decimal_sign_where_people_write_it_so_and_never_lost(visit):
    page = visit("/by_hand", locale="de-DE")
    expect(page.locator(".st-key-hand_inputs_1 input")).to_have_attribute("type", "text")
    enter(page, "hand_inputs_1", "-1,5")
    page.wait_for_function("location.search.includes('hand_x=-1.5')")
    expect(page.locator(".st-key-hand_inputs_1 input")).to_have_value("-1.5")
    enter(page, "hand_inputs_1", "1.500,5")
    expect_refused(page, "hand_inputs_1", "-1.5", "can be read in two ways")
    enter(page, "hand_inputs_1", "-0")
    page.wait_for_function("location.search.includes('hand_x=0%2C') || location.search.includes('hand_x=0,')")
    expect(page.locator(".st-key-hand_inputs_1 input")).to_have_value("0")


def test_the_sentence_is_chinese_and_stays_on_a_telephone(visit):
    page = visit("/train", locale="zh-CN", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    expect(page.locator(".st-key-epochs input")).to_have_attribute("type", "text")
    assert page.locator(".st-key-epochs input").get_attribute("inputmode") == "numeric"
    enter(page, "epochs", "1.5")
    expect_refused(page, "epochs", "10", "^“1.5”不是整数，“.*”仍是 10。可以填 1 到 200 的整数。$")
    box = page.locator(".number-told").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    enter(page, "epochs", "1e1")
    expect(page.locator(".number-told")).to_be_hidden()
    expect(page.locator(".st-key-epochs input")).to_have_value("10")
