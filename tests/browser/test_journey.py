"""The main job in a real browser: train, watch, draw, reload."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import journey


def test_a_visitor_trains_watches_pauses_resumes_draws_a_three_and_reloads(visit):
    page = visit()
    page.locator(".st-key-go_build a").click()
    journey.start_training(page, epochs=200)
    journey.wait_curve(page, 25)
    page.locator(".st-key-pause button").click()
    page.locator(".st-key-resume button").wait_for()
    # The slice under way still counts; it has long ended by the time another page was opened and something read there.
    token = journey.run_token(page)
    journey.go(page, "draw")
    page.locator("canvas.upper-canvas").wait_for()
    journey.draw(page, journey.THREE)
    journey.expect_reading(page, 3)
    page.reload()
    journey.expect_reading(page, 3)
    journey.go(page, "train")
    journey.wait_curve(page, 1)
    paused_at = journey.curve_length(page)
    page.reload()
    journey.settled(page)
    assert journey.curve_length(page) == paused_at < 400
    page.locator(".st-key-resume button").click()
    journey.wait_curve(page, paused_at + 1)
    assert journey.run_token(page) == token
    page.locator(".st-key-stop button").click()
    journey.wait_result(page)
    journey.go(page, "home")
    expect(page.locator(".st-key-continue")).to_contain_text("784 → 64 → 64 → 10")
    outside = [
        url for url in page.requested if not url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:"))
    ]
    assert outside == []


def test_a_visitor_on_a_phone_does_the_same_in_chinese_with_a_finger(visit):
    page = visit("/train", locale="zh-CN", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    expect(page.locator("html")).to_have_attribute("lang", "zh")
    expect(page.locator("h1")).to_have_text("训练网络")
    page.locator(".st-key-train button").tap()
    assert re.search(r"测试准确率\s+9\d\.\d\d%\s+手写得分\s+\d", journey.wait_result(page))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    journey.go(page, "draw")
    page.locator("canvas.upper-canvas").wait_for()
    journey.draw_with_finger(page, journey.THREE)
    journey.expect_reading(page, 3)
    page.reload()
    journey.expect_reading(page, 3)
    page.locator(".st-key-clear button").tap()
    expect(page.locator(".st-key-prediction")).to_contain_text("还没有写")


def test_with_no_network_draw_trains_the_standard_one_and_reads_and_undo_takes_back_the_last_stroke_only(visit):
    page = visit("/draw")
    page.locator(".st-key-train button").click()
    page.locator("canvas.upper-canvas").wait_for()
    journey.draw(page, journey.SEVEN)
    journey.expect_reading(page, 7)
    journey.settled(page)
    before = journey.seen(page).get_attribute("src")
    journey.draw(page, [(60, 240), (220, 240), (220, 40), (60, 40), (60, 240)])
    journey.expect_another_picture(page, before)
    page.locator(".st-key-undo button").click()
    expect(journey.seen(page)).to_have_attribute("src", before)
    journey.expect_reading(page, 7)
    page.locator(".st-key-undo button").click()
    expect(page.locator(".st-key-prediction")).to_contain_text("Nothing drawn yet")


def test_everything_can_be_done_with_the_keyboard(visit):
    page = visit("/train")
    page.locator(".st-key-epochs input").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.st-key-train') !== null"):
            break
    page.keyboard.press("Enter")
    journey.wait_result(page)
    journey.go(page, "draw")
    page.locator(".st-key-sample_5 button").focus()
    page.keyboard.press("Enter")
    journey.expect_reading(page, 5)


def test_a_hidden_curve_and_a_zoom_survive_updates(visit):
    page = visit("/train")
    journey.start_training(page, epochs=200)
    journey.wait_updates(page, 5)
    node = "document.querySelectorAll('.st-key-curves .plot')[0]"
    page.evaluate(f"{node}.marked = true")
    found = f"[...{node}.querySelectorAll('.annotation')].find((one) => one.textContent.includes('validation'))"
    page.wait_for_function(f"{node} && {found}")  # after the first epoch
    page.locator(".st-key-pause button").click()  # the name stands still, wherever a busy machine's mouse arrives
    page.locator(".st-key-resume button").wait_for()
    journey.settled(page)
    name = page.evaluate(
        f"""() => {{
            const box = {found}.getBoundingClientRect()
            return [box.left + box.width / 2, box.top + box.height / 2]
        }}"""
    )
    page.mouse.click(*name)
    page.wait_for_function(f"{node}?._fullData?.[1].visible === 'legendonly'")
    whole = page.evaluate(f"{node}._fullLayout.xaxis.range.slice()")
    plot = page.locator(".st-key-curves .plot").first.bounding_box()
    page.mouse.move(plot["x"] + 90, plot["y"] + 60)
    page.mouse.down()
    page.mouse.move(plot["x"] + 170, plot["y"] + 140, steps=8)
    page.mouse.up()
    page.wait_for_function(
        f"whole => {node}?._fullLayout?.xaxis.range[1] - {node}?._fullLayout?.xaxis.range[0] < (whole[1] - whole[0]) / 2",
        arg=whole,
    )
    zoomed = page.evaluate(f"{node}._fullLayout.xaxis.range.slice()")
    page.locator(".st-key-resume button").click()
    page.locator(".st-key-pause button").wait_for()
    journey.wait_updates(page, journey.updates(page) + 5)
    assert page.evaluate(f"{node}._fullLayout.xaxis.range.slice()") == pytest.approx(zoomed)
    assert page.evaluate(f"{node}._fullData[1].visible") == "legendonly"
    assert page.evaluate(f"{node}.marked") is True
    page.locator(".st-key-stop button").click()
    journey.wait_result(page)


def test_the_language_switch_keeps_everything_else(visit):
    page = visit("/train")
    journey.start_training(page, hidden_size_1=48, epochs=1)
    journey.wait_result(page)
    token = journey.run_token(page)
    page.get_by_role("radio", name="中文").click()
    expect(page.locator("h1")).to_have_text("训练网络")
    expect(page.locator("html")).to_have_attribute("lang", "zh")
    expect(page.locator(".st-key-hidden_size_1 input")).to_have_value("48")
    assert token in page.url
    assert "lang=zh" in page.url
    journey.go(page, "home")
    expect(page.locator("h1")).to_have_text("手写数字实验室")


def test_a_copied_link_gives_somebody_else_the_same_experiment(visit):
    page = visit("/train?hidden_sizes=32,16&epochs=3&seed=5&training_images=2000")
    page.locator(".st-key-copy_link summary").click()
    link = page.locator(".st-key-copy_link code").inner_text().strip()
    page.locator(".st-key-train button").click()
    first = journey.wait_result(page)
    other = visit(link[link.index("/train") :])
    expect(other.locator(".st-key-hidden_size_2 input")).to_have_value("16")
    other.locator(".st-key-train button").click()
    assert journey.wait_result(other) == first
