"""The app finds its own things wherever it stands: at a port's root, at a base path, or below a path that a proxy strips."""

import re

import pytest

from tests.browser import journey
from tests.browser.conftest import Server
from tests.browser.proxies import StrippingProxy

LEFT = "net::ERR_ABORTED"
PAGES = ("/", "/train", "/draw", "/inside", "/compare", "/by_hand", "/glossary")


def complaints_of(page) -> list[str]:
    """What the browser complains of from now on: failed requests, errors and warnings in the console."""
    found: list[str] = []
    page.on("response", lambda got: found.append(f"{got.status} {got.url}") if got.status >= 400 else None)
    # What a page was still asking for when the next one was opened is not missing.
    page.on("requestfailed", lambda asked: None if asked.failure == LEFT else found.append(f"failed {asked.url}"))
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda told: found.append(told.text) if told.type in ("error", "warning") else None)
    return found


def test_every_page_opened_by_its_address_asks_for_nothing_that_is_not_there(visit):
    page = visit("/glossary")
    found = complaints_of(page)
    for path in PAGES:
        journey.open_path(page, path)
        assert found == [], path


@pytest.fixture(params=["a proxy that strips the path", "a base path"])
def standing(request, server) -> object:
    """The address of the app below a path of two parts, and the port it listens on."""
    if request.param == "a base path":
        own = Server("--server.baseUrlPath", "school/lab", path="/school/lab")
        yield own.address
        own.stop()
        assert not [line for line in own.lines if "Traceback" in line], "".join(own.lines)
    else:
        proxy = StrippingProxy(server.port, "/school/lab")
        yield proxy.address
        proxy.close()
        assert proxy.refused == []


def test_below_a_path_charts_pictures_links_and_cookie_are_right(visit, standing):
    page = visit(f"/train?{journey.QUICK}", address=standing)
    found = complaints_of(page)
    page.reload()
    journey.settled(page)
    assert page.locator(".st-key-curves .plot .main-svg").count() > 0
    journey.start_training(page)
    journey.wait_result(page)
    page.locator(".st-key-copy_link summary").click()
    link = page.locator(".st-key-copy_link code")
    link.wait_for()
    # Opened as this machine's own, the link names an address that others can reach, and the same port and path.
    _, port = standing.removesuffix("/school/lab").rsplit(":", 1)
    assert re.match(rf"http://[\w.:\[\]-]+:{port}/school/lab/train\?", link.inner_text())
    assert {cookie["path"] for cookie in page.context.cookies() if "digit_lab" in cookie["name"]} == {"/school/lab/"}
    journey.go(page, "inside")
    page.locator(".st-key-inside_part").get_by_role("radio", name="Map of the digits").click()
    page.wait_for_function("document.querySelector('.st-key-map .plot')?.layout?.meta")
    page.locator(".st-key-map .plot").scroll_into_view_if_needed()
    page.wait_for_function(POINT)
    spot = page.evaluate(POINT)
    with page.expect_response(re.compile(r"/school/lab/files/map-")) as picture:
        page.mouse.move(spot["x"] - 3, spot["y"])
        page.mouse.move(spot["x"], spot["y"])
    assert picture.value.ok
    assert found == []


# Where on the screen the first dot of the map is, once the map is drawn and in sight.
POINT = """() => {
  const plot = document.querySelector('.st-key-map .plot')
  const { xaxis, yaxis } = plot._fullLayout ?? {}
  const [x, y] = [plot._fullData?.[0]?.x?.[0], plot._fullData?.[0]?.y?.[0]]
  if (x === undefined || !xaxis?._length) return null
  const box = plot.getBoundingClientRect()
  return { x: box.left + xaxis._offset + xaxis.d2p(x), y: box.top + yaxis._offset + yaxis.d2p(y) }
}"""
