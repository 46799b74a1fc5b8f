"""Races, hints and reports in the real browser."""

import re

from playwright.sync_api import expect

from tests.browser import journey


def choose_starts(page, words: str) -> None:
    page.locator(".st-key-race_starts").get_by_role("radio", name=words).click()
    expect(page.locator(".st-key-race_starts").get_by_role("radio", name=words)).to_be_checked()


def test_a_race_of_three_trains_side_by_side_and_says_what_the_numbers_show(visit, browser):
    page = visit("/compare")
    expect(page.get_by_text("Nothing to compare yet")).to_be_visible()
    journey.choose(page, "race_preset", "Ways of stepping downhill")
    choose_starts(page, "1 start")
    page.locator(".st-key-start_race button").click()
    expect(page.locator(".lanes li")).to_have_count(3)
    node = "document.querySelectorAll('.st-key-curves .plot')[0]"
    page.wait_for_function(f"{node}?._fullData?.length === 3 && {node}._fullData.some(t => t.x?.length > 1)")
    page.evaluate(f"{node}.marked = true")
    expect(page.locator(".st-key-verdict")).to_contain_text("This time optimiser Adam read most")
    expect(page.locator(".lanes li").nth(2)).to_contain_text(re.compile(r"9\d\.\d% of the validation images right"))
    expect(page.locator(".st-key-verdict")).to_contain_text("told once and used for nothing above")
    dots = page.locator(".st-key-seed_dots .plot")
    expect(dots).to_have_attribute("aria-label", re.compile(r"optimiser Adam: 9\d\.\d%; 95% interval"))
    assert page.evaluate(f"{node}.marked") is True
    page.wait_for_function(f"{node}._fullData.map(t => t.x.length).join() === '6,6,6'")  # drawn after the words
    expect(page.locator(".runs tbody tr")).to_have_count(3)
    expect(page.locator(".runs mark").first).to_contain_text("optimiser Adam")
    zoom_survives_another_look(page, node)
    report_opens_offline(page, browser)


def test_races_of_unequal_size_a_run_beside_them_and_repeated_seeds_stand_a_reload_and_a_new_session(visit):
    page = visit(f"/train?{journey.QUICK}&hidden_sizes=8")
    journey.settled(page)
    journey.go(page, "compare")
    journey.choose(page, "race_preset", "Your own comparison")
    journey.choose(page, "race_knob", "Learning rate (size of each step)")
    choose_starts(page, "1 start")
    start_race(page, 3)
    journey.settled(page)
    page.locator(".st-key-race_values_learning_rate input").press("Backspace")
    expect(page.locator(".st-key-start_race button")).to_have_text("Start the race (2 networks)")
    watch_ranges(page)
    start_race(page, 2)
    journey.go(page, "train")
    page.locator(".st-key-train button").click()
    journey.wait_result(page)
    journey.go(page, "compare")
    expect(page.locator(".runs tbody tr")).to_have_count(6)
    page.locator(".st-key-repeat_race button").click()
    expect(page.locator(".runs tbody tr")).to_have_count(10)
    expect(page.locator(".st-key-verdict")).to_contain_text("over 3 starts")
    before = same_looks_everywhere(page, lanes=2, curves=3)
    page.reload()
    assert same_looks_everywhere(page, lanes=2, curves=3) == before
    other = page.context.new_page()
    other.goto(page.url.split("?")[0])
    assert same_looks_everywhere(other, lanes=2, curves=3) == before


def start_race(page, lanes: int) -> None:
    """Start the race that is chosen and see it through to its end; the ranges of the curves stay what they can be."""
    page.locator(".st-key-start_race button").click()
    expect(page.locator(".lanes li")).to_have_count(lanes)
    expect(page.locator(".lanes li").first).to_contain_text("of the validation images right")
    expect(page.locator(".st-key-verdict")).to_contain_text("This time")
    expect(page.locator(".stException")).to_have_count(0)
    assert (
        page.evaluate(
            "(window.rangesSeen ?? []).filter(([x, y]) => x[0] !== 0 || x[1] !== 1 || y[0] !== 0 || y[1] !== 1)"
        )
        == []
    )


def watch_ranges(page) -> None:
    """Remember every range that the chart of accuracies is drawn with from now on."""
    page.evaluate(
        """() => {
          window.rangesSeen = []
          const plot = document.querySelectorAll('.st-key-curves .plot')[1]
          const see = () => window.rangesSeen.push([plot._fullLayout.xaxis.range.slice(), plot._fullLayout.yaxis.range.slice()])
          plot.on('plotly_afterplot', see)
          see()
        }"""
    )


LOOKS = """() => {
  const stroke = (image) => atob(image.src.split(',')[1]).match(/stroke="(#\\w+)"/)[1]
  const drawn = (node) => [node.querySelector('strong').innerText, stroke(node.querySelector('img'))]
  const lines = document.querySelector('.st-key-curves .plot')._fullData.filter((line) => line.showlegend)
  return {
    curves: lines.map((line) => [line.name, line.line.color]),
    lanes: [...document.querySelectorAll('.lanes li')].map(drawn),
    rows: [...document.querySelectorAll('.runs tbody tr')].map(drawn),
  }
}"""


def same_looks_everywhere(page, lanes: int, curves: int) -> dict:
    """What is drawn how; the race's list, the curves and the table agree, and no two names are the same."""
    journey.settled(page)
    expect(page.locator(".lanes li")).to_have_count(lanes)
    expect(page.locator(".runs tbody tr")).to_have_count(10)
    expect(page.locator(".stException")).to_have_count(0)
    page.wait_for_function(
        "count => document.querySelector('.st-key-curves .plot')?._fullData?.filter((line) => line.showlegend).length === count",
        arg=curves,
    )
    looks = page.evaluate(LOOKS)
    drawn, listed, rows = (dict(looks[part]) for part in ("curves", "lanes", "rows"))
    assert len(drawn) == curves and len(rows) == len(looks["rows"])
    for title, colour in listed.items():
        assert [drawn[name] for name in drawn if name.startswith(title)] == [colour]
        assert colour in {rows[name] for name in rows if name.startswith(title)}
    return looks


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


def report_opens_offline(page, browser) -> None:
    """The saved file, opened by a browser that is cut off, asks for nothing and shows everything."""
    with page.expect_download() as download:
        page.locator(".st-key-save_comparison button").click()
    path = download.value.path()
    named = path.with_name("report.html")
    named.write_bytes(path.read_bytes())
    context = browser.new_context(offline=True)
    asked, failed = [], []
    paper = context.new_page()
    paper.on("request", lambda request: asked.append(request.url))
    paper.on("console", lambda message: failed.append(message.text))
    paper.goto(named.as_uri())
    expect(paper.locator("h1")).to_have_text("Digit Lab: comparison of 3 runs")
    expect(paper.locator("body")).to_contain_text("This time optimiser Adam read most")
    expect(paper.locator("circle")).to_have_count(3)
    expect(paper.locator(".confusion")).to_have_count(3)
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
    journey.choose(page, "race_preset", "每步看多看少")
    page.locator(".st-key-start_race button").click()
    page.locator(".st-key-stop_race button").click()
    expect(page.locator(".st-key-verdict")).to_be_visible()
    expect(page.locator(".runs tbody tr")).to_have_count(9)
    journey.expect_nothing_cut(page)
