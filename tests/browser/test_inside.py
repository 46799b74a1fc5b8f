"""Look inside in the real browser: click a neuron, follow a mistake to its why, damage the network and repair it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import journey


@pytest.fixture
def trained(trained_run):
    """The address of a short run that has ended."""
    return f"/inside?{trained_run('epochs=1')}"


def choose_part(page: Page, name: str) -> None:
    page.locator(".st-key-inside_part").get_by_role("radio", name=name).click()


SEEN_LINES = "stage => [...stage.querySelectorAll('path')].filter((path) => path.classList.contains('seen')).length"


def test_pointing_shows_a_neurons_own_lines_and_a_click_adds_up_its_sum(visit, trained):
    page = visit(trained)
    flow = page.locator(".st-key-flow .flow")
    expect(flow.locator("h4")).to_contain_text("The score of the 7")
    units = flow.locator("button.unit")
    expect(units).to_have_count(24)
    stage, overview = flow.locator(".stage"), flow.locator(".stage").evaluate(SEEN_LINES)
    units.nth(2).hover()
    expect(flow.locator("button.aside")).not_to_have_count(0)
    assert 0 < stage.evaluate(SEEN_LINES) < overview
    expect(flow.locator(".told")).to_contain_text("Layer 1, neuron")
    page.locator("h1").hover()
    expect(flow.locator("button.aside")).to_have_count(0)
    assert stage.evaluate(SEEN_LINES) == overview
    units.nth(2).click()
    expect(flow.locator("tr.later")).not_to_have_count(0)
    expect(flow.locator(".end")).to_contain_text("that is what it says")
    expect(page.locator(".st-key-neuron")).to_be_visible()
    sums = [float(text) for text in flow.locator("tbody td:nth-child(3)").all_inner_texts()]
    totals = flow.locator("tbody td:nth-child(4)").all_inner_texts()
    assert sum(sums) == pytest.approx(float(totals[-1]))
    page.keyboard.press("ArrowRight")
    expect(units.nth(14)).to_be_focused()
    flow.get_by_role("button", name="3: score").click()
    expect(flow.locator("h4")).to_contain_text("The score of the 3")
    expect(page.locator(".st-key-part_flow")).to_contain_text("Only what feeds the 3 is drawn")
    expect(page.locator(".st-key-neuron")).to_have_count(0)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(flow).to_have_class(re.compile("narrow"))
    journey.expect_nothing_cut(page)


def test_a_clicked_neuron_says_what_it_looks_for_and_can_be_switched_off(visit, trained):
    page = visit(trained)
    unit = page.locator(".st-key-flow button.unit").first
    number = unit.inner_text()
    unit.click()
    neuron = page.locator(".st-key-neuron")
    expect(neuron).to_contain_text(f"Neuron {number} of layer 1")
    expect(neuron.locator("img.seen")).to_be_visible()
    expect(neuron.locator(".st-key-images_most button")).to_have_count(10)
    page.locator(".st-key-switch button").click()
    expect(page.locator(".st-key-damage_warning")).to_contain_text("damaged")
    page.locator(".st-key-switched_off button").click()
    expect(page.locator(".st-key-damage_warning")).to_have_count(0)
    neuron.locator(".st-key-images_most button").first.click()
    expect(page.locator(".st-key-flow_image input")).not_to_have_value("1")


def test_a_cell_of_the_matrix_leads_to_an_image_and_the_image_to_its_why(visit, trained):
    page = visit(trained)
    choose_part(page, "Its mistakes")
    matrix = page.locator(".st-key-matrix")
    expect(matrix.locator("button")).to_have_count(100)
    matrix.get_by_role("button", name="a 4 was read as 9").click()
    images = page.locator(".st-key-cell_gallery button")
    expect(page.locator(".st-key-cell_images")).to_contain_text("images of a 4 read as 9")
    images.first.click()
    expect(page.locator(".st-key-chosen_image")).to_contain_text("It is a 4. Your network reads a 9")
    expect(page.locator(".st-key-why")).to_contain_text("Why 9?")
    expect(images.first).to_have_attribute("aria-pressed", "true")
    page.locator(".st-key-follow_image button").click()
    expect(page.locator(".st-key-part_flow")).to_contain_text("It is a 4. Your network reads a 9")


def test_the_matrix_is_walked_with_the_arrow_keys(visit, trained):
    page = visit(trained)
    choose_part(page, "Its mistakes")
    cells = page.locator(".st-key-matrix button")
    expect(cells).to_have_count(100)
    cells.first.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    expect(cells.nth(13)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-cell_images")).to_contain_text("images of a 1 read as 3")


def test_a_damage_slider_costs_accuracy_and_repair_gives_it_back(visit, trained):
    page = visit(trained)
    choose_part(page, "Try to break it")
    number = page.locator(".st-key-broken_accuracy [data-testid=stMetricValue]")
    whole = number.inner_text()
    slider = page.locator(".st-key-damage_share").get_by_role("slider")
    slider.press("End")
    expect(number).not_to_have_text(whole)
    assert float(number.inner_text().rstrip("%")) < float(whole.rstrip("%")) - 20
    expect(page.locator(".st-key-damage_warning")).to_be_visible()
    page.locator(".st-key-repair_network button").click()
    expect(number).to_have_text(whole)
    page.locator(".st-key-image_rotation").get_by_role("slider").press("End")
    expect(number).not_to_have_text(whole)
    page.locator(".st-key-repair_images button").click()
    expect(number).to_have_text(whole)


def test_a_phone_shows_few_large_tiles_and_more_when_asked(visit, trained):
    page = visit(trained, viewport={"width": 390, "height": 844})
    choose_part(page, "What neurons look for")
    tiles = page.locator(".st-key-tiles_0 .gallery > button:visible")
    expect(tiles).to_have_count(12)
    boxes = [tiles.nth(number).bounding_box() for number in range(4)]
    assert boxes[0]["y"] == boxes[1]["y"] < boxes[3]["y"]
    assert min(box["width"] for box in boxes) >= 96
    more = page.get_by_role("button", name="Show 12 more")
    more.focus()
    page.keyboard.press("Enter")
    expect(tiles).to_have_count(24)
    expect(tiles.nth(12)).to_be_focused()
    expect(page.locator(".st-key-tiles_0 [role=status]")).to_have_text("24 of 64 shown")
    page.get_by_role("button", name="Show all 64").click()
    expect(tiles).to_have_count(64)
    expect(page.locator(".st-key-tiles_0 .foot button:visible")).to_have_count(0)
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(tiles).to_have_count(64)


def test_the_map_shows_the_image_pointed_at(visit, trained):
    page = visit(trained)
    choose_part(page, "Map of the digits")
    page.wait_for_function("document.querySelector('.st-key-map .plot')?._fullData?.[0]?.x?.length > 0")
    place = page.evaluate(
        """() => {
            const plot = document.querySelector('.st-key-map .plot')
            plot.scrollIntoView({ block: 'center' })
            const { xaxis, yaxis } = plot._fullLayout
            const box = plot.getBoundingClientRect()
            const [x, y] = [plot._fullData[0].x[0], plot._fullData[0].y[0]]
            return { x: box.left + xaxis._offset + xaxis.d2p(x), y: box.top + yaxis._offset + yaxis.d2p(y) }
        }"""
    )
    page.mouse.move(place["x"] - 3, place["y"])
    page.mouse.move(place["x"], place["y"])
    expect(page.locator(".st-key-map .point-picture")).to_be_visible()
    sheet = page.locator(".st-key-map .point-picture").evaluate("element => element.style.backgroundImage")
    assert page.request.get(
        re.search(r'url\("?([^")]+)', sheet)[1].replace("/app", page.url.split("/inside")[0] + "/app", 1)
    ).ok
