"""By hand in a real browser: one training step number by number, a changed weight, a gradient under the pointer, a hill."""

import re

from playwright.sync_api import Page, expect

from model.by_hand import STEP_NAMES, Sheet, train_by_hand, training_step
from ui.by_hand_formulas import number

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def expect_numbers(page: Page, sheet: Sheet, step: str) -> None:
    """The step's results stand in the formula and in the text for screen readers."""
    results = training_step(sheet).steps[STEP_NAMES.index(step)].results
    told = "; ".join(", ".join(map(number, row)) for row in next(iter(results.values())).tolist())
    expect(page.locator("#hand_spoken")).to_contain_text(told)
    numbers = [number(abs(value)).split("e")[0] for matrix in results.values() for value in matrix.ravel().tolist()]
    page.wait_for_function(
        "numbers => numbers.every((n) => document.querySelector('.st-key-hand_formula').textContent.includes(n))",
        arg=numbers,
    )


def picture_ready(page: Page) -> None:
    page.wait_for_function("document.querySelector('.st-key-hand_picture .plot')?._fullData?.length > 0")


def point_at_first_weight(page: Page, finger: bool) -> None:
    page.locator(".st-key-hand_picture .plot").scroll_into_view_if_needed()
    x, y = page.evaluate(
        """() => {
          const plot = document.querySelector('.st-key-hand_picture .plot')
          const trace = plot._fullData.find((trace) => trace.name === 'W1')
          const { xaxis, yaxis } = plot._fullLayout
          const box = plot.getBoundingClientRect()
          return [box.left + xaxis._offset + xaxis.d2p(trace.x[0]), box.top + yaxis._offset + yaxis.d2p(trace.y[0])]
        }"""
    )
    if finger:
        page.touchscreen.tap(x, y)
    else:
        page.mouse.move(x - 3, y)
        page.mouse.move(x, y, steps=3)


def expect_gradient_told(page: Page, name: str, sheet: Sheet, by_formula: str, agree: str) -> None:
    slope = float(training_step(sheet).matrices["GW1"][0, 0])
    told = page.locator(".st-key-hand_picture .hoverlayer")
    expect(told).to_contain_text(name)
    expect(told).to_contain_text(f"{by_formula}: {slope:.8f}")
    expect(told).to_contain_text(agree)


def test_one_whole_training_step_is_walked_with_the_keyboard_and_its_numbers_are_right(visit):
    page = visit("/by_hand")
    picture_ready(page)
    for step in STEP_NAMES[:-1]:
        expect_numbers(page, Sheet(), step)
        page.locator(".st-key-hand_next button").press("Enter")
    expect_numbers(page, Sheet(), STEP_NAMES[-1])
    computed = training_step(Sheet())
    expect(page.locator(".st-key-hand_numbers_area")).to_contain_text(
        f"from {number(computed.loss)} to {number(computed.next_loss)}"
    )
    expect(page.locator(".st-key-hand_next button")).to_be_disabled()
    page.locator(".st-key-hand_back button").press("Enter")
    expect_numbers(page, Sheet(), STEP_NAMES[-2])
    assert "hand_step=output_update" in page.url
    # KaTeX carries MathML, and nothing came from anywhere else.
    expect(page.locator(".st-key-hand_formula math").first).to_be_attached()
    assert [url for url in page.requested if not re.match(r"(http|ws)://127\.0\.0\.1|data:|blob:", url)] == []


def test_a_changed_weight_changes_formula_picture_gradient_and_link(visit):
    page = visit("/by_hand")
    picture_ready(page)
    field = page.locator(".st-key-hand_hidden_weights_1 input")
    field.fill("2")
    field.press("Enter")
    sheet = Sheet(hidden_weights=(2.0, *Sheet().hidden_weights[1:]))
    expect_numbers(page, sheet, "hidden_sum")
    first_sum = number(float(training_step(sheet).matrices["z1"][0, 0]))
    page.wait_for_function(
        "wanted => [...document.querySelectorAll('.st-key-hand_picture .plot svg text')].some(t => t.textContent.includes(wanted))",
        arg=f"= {first_sum}",
    )
    assert "hand_w1=2%2C" in page.url or "hand_w1=2," in page.url
    point_at_first_weight(page, finger=False)
    expect_gradient_told(page, "w⁽¹⁾₁₁ = 2", sheet, "by the formula", "they agree")
    page.locator(".st-key-hand_one button").click()
    expect(page.locator(".st-key-hand_loss_now")).to_contain_text(number(train_by_hand(sheet, 1).losses[-1]))
    expect_numbers(page, train_by_hand(sheet, 1).sheet, "hidden_sum")
    page.reload()
    expect_numbers(page, train_by_hand(sheet, 1).sheet, "hidden_sum")


def test_the_optimisers_walk_on_the_hill_and_the_surface_is_drawn(visit):
    page = visit("/by_hand?hand_part=hill")
    page.wait_for_function("document.querySelectorAll('.st-key-hill .plot')[1]?._fullData?.length === 6")
    page.locator(".st-key-hill_to_start button").click()
    expect(page.locator(".st-key-hill .plot").first).to_have_attribute("aria-label", re.compile("After 0 steps"))
    page.locator(".st-key-hill_one_step button").click()
    expect(page.locator(".st-key-hill .plot").first).to_have_attribute("aria-label", re.compile("After 1 step:"))
    walked = "document.querySelectorAll('.st-key-hill .plot')[0]._fullData.slice(1).map((trace) => trace.x.length)"
    assert page.evaluate(walked) == [2] * 5


def test_on_a_phone_a_tapped_weight_shows_its_gradient_and_nothing_is_cut_off(visit):
    page = visit("/by_hand", locale="zh-CN", **PHONE)
    picture_ready(page)
    expect(page.locator("h1")).to_have_text("亲手算一遍")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    point_at_first_weight(page, finger=True)
    expect_gradient_told(page, "w⁽¹⁾₁₁ = 0.5", Sheet(), "公式法", "一致")
    fields = page.locator("[class*='st-key-hand_row_hidden_0'] input")
    expect(fields).to_have_count(4)
    assert len({round(box["y"]) for box in (field.bounding_box() for field in fields.all())}) == 1
