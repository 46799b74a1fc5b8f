"""Races, hints and reports in the real browser."""

import re

from playwright.sync_api import expect

from tests.browser import journey


def choose(page, key: str, option: str) -> None:
    page.locator(f".st-key-{key} [data-baseweb=select], .st-key-{key} input").first.click()
    page.get_by_role("option", name=option, exact=True).click()


def test_a_race_of_three_trains_side_by_side_and_says_what_the_numbers_show(visit):
    page = visit("/compare")
    expect(page.get_by_text("Nothing to compare yet")).to_be_visible()
    choose(page, "race_preset", "Few or many images")
    page.locator(".st-key-start_race button").click()
    expect(page.locator(".lanes li")).to_have_count(3)
    node = "document.querySelectorAll('.st-key-curves .plot')[0]"
    page.wait_for_function(f"{node}?._fullData?.length === 3 && {node}._fullData.some(t => t.x?.length > 1)")
    page.evaluate(f"{node}.marked = true")
    expect(page.locator(".st-key-verdict")).to_contain_text("Images 55,000 reads most")
    expect(page.locator(".lanes li").nth(2)).to_contain_text(re.compile(r"9\d\.\d\d% of the test images right"))
    assert page.evaluate(f"{node}.marked") is True
    assert page.evaluate(f"{node}._fullData.map(t => t.x.length)") == [6, 6, 6]
    expect(page.locator(".runs tbody tr")).to_have_count(3)
    expect(page.locator(".runs mark").first).to_contain_text("images 55,000")
    zoom_survives_another_look(page, node)
    report_opens_offline(page)


def zoom_survives_another_look(page, node: str) -> None:
    """A zoom stays when the page is drawn again, and goes when the axis becomes another."""
    page.locator(".st-key-curves").scroll_into_view_if_needed()
    plot = page.locator(".st-key-curves .plot").first.bounding_box()
    page.mouse.move(plot["x"] + 90, plot["y"] + 90)
    page.mouse.down()
    page.mouse.move(plot["x"] + 220, plot["y"] + 180, steps=8)
    page.mouse.up()
    zoomed = page.evaluate(f"{node}._fullLayout.xaxis.range.slice()")
    before = journey.updates(page)
    page.locator(".st-key-run_actions").scroll_into_view_if_needed()
    page.get_by_label("Your name for it").fill("mine")
    page.get_by_label("Your name for it").press("Enter")
    expect(page.locator(".runs")).to_contain_text("mine")
    journey.wait_updates(page, before + 1)
    assert page.evaluate(f"{node}._fullLayout.xaxis.range.slice()") == zoomed
    page.locator(".st-key-curve_axis").get_by_role("radio", name="seconds of training").click()
    page.wait_for_function(f"{node}._fullLayout.xaxis.title.text === 'seconds of training'")
    assert page.evaluate(f"{node}._fullLayout.xaxis.range.slice()") != zoomed


def report_opens_offline(page) -> None:
    """The saved file, opened by a browser that is cut off, asks for nothing and shows everything."""
    with page.expect_download() as download:
        page.locator(".st-key-save_comparison button").click()
    path = download.value.path()
    named = path.with_name("report.html")
    named.write_bytes(path.read_bytes())
    context = page.context.browser.new_context(offline=True)
    asked, failed = [], []
    paper = context.new_page()
    paper.on("request", lambda request: asked.append(request.url))
    paper.on("console", lambda message: failed.append(message.text))
    paper.goto(named.as_uri())
    expect(paper.locator("h1")).to_have_text("Digit Lab: comparison of 3 runs")
    expect(paper.locator("body")).to_contain_text("reads most")
    expect(paper.locator("polyline")).to_have_count(6)
    expect(paper.locator(".mistakes img").first).to_be_visible()
    assert paper.evaluate(
        "[...document.querySelectorAll('.mistakes img')].every(i => i.complete && i.naturalWidth === 28)"
    )
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == [] and failed == []
    context.close()
    with page.expect_download() as download:
        page.locator(".st-key-csv_comparison button").click()
    assert len(download.value.path().read_text("utf-8").splitlines()) > 60


def test_a_hint_says_what_it_saw_and_its_remedy_trains_beside_the_run(visit):
    page = visit("/train?activation=linear&epochs=2&training_images=2000")
    page.locator(".st-key-train button").click()
    journey.wait_result(page)
    page.locator(".st-key-why_train summary").click()
    hint = page.locator(".st-key-hint_train_no_bend")
    expect(hint).to_contain_text("activation linear, and")
    token = journey.run_token(page)
    hint.get_by_role("button", name="Try it: activation linear (no bend) → ReLU").click()
    page.wait_for_function(f"!location.search.includes('{token}')")
    expect(page.locator(".st-key-result")).to_be_visible()
    expect(page.locator(".st-key-hint_train_no_bend")).to_have_count(0)
    journey.go(page, "compare")
    expect(page.locator(".runs tbody tr")).to_have_count(2)
    expect(page.locator(".runs tbody tr").first.locator("mark")).to_contain_text("activation ReLU")


def test_on_a_phone_the_table_becomes_cards_and_nothing_is_cut_off(visit):
    page = visit("/compare", viewport={"width": 390, "height": 844}, locale="zh-CN")
    choose(page, "race_preset", "每步看多看少")
    page.locator(".st-key-start_race button").click()
    page.locator(".st-key-stop_race button").click()
    expect(page.locator(".st-key-verdict")).to_be_visible()
    expect(page.locator(".runs tbody tr")).to_have_count(3)
    journey.expect_nothing_cut(page)
