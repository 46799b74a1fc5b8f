"""By hand in a real browser: one training step number by number, a changed weight, a gradient under the pointer, a hill."""

import re

import pytest
from playwright.sync_api import Page, expect

from model.by_hand import STEP_NAMES, Sheet, train_by_hand, training_step
from ui.by_hand_formulas import number

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def expect_numbers(page: Page, sheet: Sheet, step: str) -> None:
    """The step's results stand in the formula and in the text for screen readers."""
    computed = training_step(sheet)
    results = computed.steps[STEP_NAMES.index(step)].results
    told = "; ".join(", ".join(map(number, row)) for row in next(iter(results.values())).tolist())
    expect(page.locator("#hand_spoken")).to_contain_text(told)
    formula = page.locator(".st-key-hand_formula")
    for matrix in results.values():
        for value in matrix.ravel().tolist():
            shown = number(abs(value)).split("e")[0]
            expect(formula).to_contain_text(shown)


def picture_ready(page: Page) -> None:
    page.wait_for_function("document.querySelector('.st-key-hand_picture .plot')?._fullData?.length > 0")


def lit_numbers(page: Page) -> list[str]:
    """The texts Plotly drew into the picture."""
    return page.locator(".st-key-hand_picture .plot svg text").all_inner_texts()


def test_one_whole_training_step_is_walked_with_the_keyboard_and_its_numbers_are_right(visit):
    page = visit("/by_hand")
    picture_ready(page)
    for step in STEP_NAMES[:-1]:
        expect_numbers(page, Sheet(), step)
        page.locator(".st-key-hand_next button").press("Enter")
    expect_numbers(page, Sheet(), STEP_NAMES[-1])
    computed = training_step(Sheet())
    expect(page.locator(".st-key-hand_formula_area")).to_contain_text(
        f"from {number(computed.loss)} to {number(computed.next_loss)}"
    )
    expect(page.locator(".st-key-hand_next button")).to_be_disabled()
    page.locator(".st-key-hand_back button").press("Enter")
    expect_numbers(page, Sheet(), STEP_NAMES[-2])
    assert "hand_step=output_update" in page.url
    # KaTeX carries MathML, and nothing came from anywhere else.
    expect(page.locator(".st-key-hand_formula math").first).to_be_attached()
    assert [url for url in page.requested if not re.match(r"(http|ws)://127\.0\.0\.1|data:|blob:", url)] == []


def test_a_changed_weight_changes_formula_picture_table_and_link(visit):
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
    page.locator(".st-key-hand_one button").click()
    expect(page.locator(".st-key-hand_loss_now")).to_contain_text(number(train_by_hand(sheet, 1).losses[-1]))
    expect_numbers(page, train_by_hand(sheet, 1).sheet, "hidden_sum")
    page.reload()
    expect_numbers(page, train_by_hand(sheet, 1).sheet, "hidden_sum")


@pytest.mark.parametrize("options", [{}, PHONE], ids=["pointer", "finger"])
def test_a_weight_under_the_pointer_shows_its_gradient_twice(visit, options):
    page = visit("/by_hand", **options)
    picture_ready(page)
    plot = page.locator(".st-key-hand_picture .plot")
    plot.scroll_into_view_if_needed()
    x, y = page.evaluate(
        """() => {
          const plot = document.querySelector('.st-key-hand_picture .plot')
          const trace = plot._fullData.find((trace) => trace.name === 'W1')
          const { _fullLayout: layout } = plot
          const box = plot.getBoundingClientRect()
          const { xaxis, yaxis } = layout
          return [box.left + xaxis._offset + xaxis.d2p(trace.x[0]), box.top + yaxis._offset + yaxis.d2p(trace.y[0])]
        }"""
    )
    if options:
        page.touchscreen.tap(x, y)
    else:
        page.mouse.move(x - 3, y)
        page.mouse.move(x, y, steps=3)
    slope = float(training_step(Sheet()).matrices["GW1"][0, 0])
    told = page.locator(".st-key-hand_picture .hoverlayer")
    expect(told).to_contain_text("w⁽¹⁾₁₁ = 0.5")
    expect(told).to_contain_text(f"by the formula: {slope:.8f}")
    expect(told).to_contain_text("they agree")


def test_the_optimisers_walk_on_the_hill_and_the_surface_is_drawn(visit):
    page = visit("/by_hand?hand_part=hill")
    page.wait_for_function(
        "document.querySelectorAll('.st-key-hill .plot')[1]?._fullData?.length === 6", timeout=60_000
    )
    page.locator(".st-key-hill_to_start button").click()
    expect(page.locator(".st-key-hill .plot").first).to_have_attribute("aria-label", re.compile("After 0 steps"))
    page.locator(".st-key-hill_one_step button").click()
    expect(page.locator(".st-key-hill .plot").first).to_have_attribute("aria-label", re.compile("After 1 steps"))
    walked = "document.querySelectorAll('.st-key-hill .plot')[0]._fullData.slice(1).map((trace) => trace.x.length)"
    assert page.evaluate(walked) == [2] * 5


def test_on_a_phone_nothing_of_the_page_is_cut_off(visit):
    page = visit("/by_hand", locale="zh-CN", **PHONE)
    picture_ready(page)
    expect(page.locator("h1")).to_have_text("亲手算一遍")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    fields = page.locator("[class*='st-key-hand_row_hidden_0'] input")
    assert len({round(box["y"]) for box in (field.bounding_box() for field in fields.all())}) == 1
