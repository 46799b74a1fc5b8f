"""By hand in a real browser: one training step number by number, a changed weight, a gradient under the pointer, a hill."""

import re

import pytest
from playwright.sync_api import Page, expect

from model.textbook.sheet import Sheet
from model.textbook.symbols import W1, Z1
from model.textbook.worked_example import STEP_NAMES, train_by_hand, training_step
from ui.by_hand.notation import number
from ui.state.language import texts

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
    slope = float(training_step(sheet).matrices[W1.gradient][0, 0])
    told = page.locator(".st-key-hand_picture .hoverlayer")
    expect(told).to_contain_text(name)
    expect(told).to_contain_text(f"{by_formula}{slope:.8f}")
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
    first_sum = number(float(training_step(sheet).matrices[Z1][0, 0]))
    page.wait_for_function(
        "wanted => [...document.querySelectorAll('.st-key-hand_picture .plot svg text')].some(t => t.textContent.includes(wanted))",
        arg=f"= {first_sum}",
    )
    assert "hand_w1=2%2C" in page.url or "hand_w1=2," in page.url
    point_at_first_weight(page, finger=False)
    expect_gradient_told(page, "w⁽¹⁾₁₁ = 2", sheet, "by the formula: ", "they agree")
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
    expect_gradient_told(page, "w⁽¹⁾₁₁ = 0.5", Sheet(), "公式法：", "一致")
    fields = page.locator("[class*='st-key-hand_row_hidden_0'] input")
    expect(fields).to_have_count(4)
    assert len({round(box["y"]) for box in (field.bounding_box() for field in fields.all())}) == 1


# Every text of the picture that lies on another, or is cut off by the picture's edge. A line of text is higher than its digits: two
# lines may share that air.
OVERLAPPING = """() => {
  const plot = document.querySelector('.st-key-hand_picture .plot')
  const frame = plot.getBoundingClientRect()
  const texts = [...plot.querySelectorAll('svg text')].filter((text) => text.textContent.trim() && !text.closest('.hoverlayer'))
  const lines = texts.flatMap((text) => (text.querySelector('tspan.line') ? [...text.querySelectorAll('tspan.line')] : [text]))
  const boxes = lines.map((text) => [text.textContent, text.getBoundingClientRect()])
  const inside = (box) => box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom
  const bad = boxes.filter(([, box]) => !inside(box)).map(([words]) => `cut: ${words}`)
  boxes.forEach(([words, box], index) => boxes.slice(index + 1).forEach(([others, other]) => {
    const wide = Math.min(box.right, other.right) - Math.max(box.left, other.left)
    const high = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top)
    if (wide > 0.5 && high > 3) bad.push(`${words} on ${others}`)
  }))
  return [boxes.length, bad]
}"""


def test_the_numbers_of_every_step_stand_in_the_picture_without_touching_and_new_ones_beside_the_old(visit):
    weights = "-0.4567,12.345,0.3,-0.2,0.6,0.1,0.8,0.2,-0.5,-0.3,0.4,-100.5"
    page = visit(f"/by_hand?hand_step=hidden_update&hand_w1={weights}", **PHONE)
    picture_ready(page)
    expect(page.locator(".st-key-hand_next kbd")).to_be_hidden()  # a telephone has no such keys
    for step in reversed(STEP_NAMES):
        picture = page.locator(".st-key-hand_picture .plot")
        expect(picture).to_have_attribute("aria-label", re.compile(re.escape(texts("en")[f"by_hand.step.{step}"])))
        for width, height in ((390, 844), (1280, 900)):
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_function(
                "() => { const plot = document.querySelector('.st-key-hand_picture .plot');"
                " return Math.abs(plot._fullLayout.width - plot.clientWidth) < 1 }"
            )
            count, bad = page.evaluate(OVERLAPPING)
            assert count >= 9 and bad == [], (step, width)
        if step.endswith("_update"):
            expect(page.locator(".st-key-hand_picture svg .annotation").first).to_contain_text("→")
        if step != STEP_NAMES[0]:
            page.locator(".st-key-hand_back button").press("Enter")


@pytest.mark.parametrize(("size", "query"), [((1280, 800), ""), ((390, 844), ""), ((1920, 1080), "?present=1")])
def test_the_picture_is_wide_and_stays_in_sight_with_the_fields(visit, size, query):
    page = visit(f"/by_hand{query}", viewport={"width": size[0], "height": size[1]})
    picture_ready(page)
    picture = page.locator(".st-key-hand_picture .plot")
    assert picture.bounding_box()["width"] > 0.6 * page.locator(".st-key-hand_area").bounding_box()["width"]
    fields = ["hand_inputs_1", "hand_hidden_biases_4", "hand_output_weights_8", "hand_targets_2"]
    for key in [*fields, "hand_learning_rate"]:
        page.locator(f".st-key-{key} input").focus()
        seen, field = picture.bounding_box(), page.locator(f".st-key-{key} input").bounding_box()
        assert seen["y"] >= -1 and field["y"] >= seen["y"] + seen["height"] - 1, key
        assert field["y"] + field["height"] <= size[1] + 2, key
    if size[0] > 800:
        page.locator(".st-key-hand_copy_link summary").scroll_into_view_if_needed()
        middles = [page.locator(f".st-key-{key} input").bounding_box() for key in fields]
        assert picture.bounding_box()["y"] >= -1 and max(box["y"] + box["height"] for box in middles) <= size[1]
        left = [box["x"] for box in middles]
        assert left == sorted(left)
