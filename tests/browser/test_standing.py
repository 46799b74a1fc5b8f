"""The app finds its own things wherever it stands: at a port's root, at a base path, or below a path that a proxy strips."""

import html
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.browser import journey
from tests.browser.conftest import Server
from tests.browser.proxies import StrippingProxy
from ui.server_guards import EMBED_SETTING

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


class PageAround(BaseHTTPRequestHandler):
    """A page of another site that shows whatever its address names in a frame."""

    def do_GET(self):
        content = f'<title>School</title><iframe src="{html.escape(self.path[2:])}" width="1200" height="800"></iframe>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Nobody reads it."""


@pytest.fixture
def school():
    """The address of another site."""
    serving = ThreadingHTTPServer(("127.0.0.1", 0), PageAround)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    yield f"http://localhost:{serving.server_port}"
    serving.shutdown()
    serving.server_close()


def test_a_page_of_another_site_shows_it_where_a_setting_lets_it_and_nowhere_else(visit, school, server, monkeypatch):
    page = visit("/glossary")
    with page.expect_console_message(lambda told: "frame-ancestors" in told.text):
        page.goto(f"{school}/?{server.address}/train")
    assert page.frame_locator("iframe").get_by_test_id("stApp").count() == 0
    monkeypatch.setenv(EMBED_SETTING, school)
    own = Server()
    try:
        page.goto(f"{school}/?{own.address}/train?{journey.QUICK}")
        inside = page.frame_locator("iframe")
        expect(inside.locator("h1")).to_have_text("Train a network")
        inside.locator(".st-key-train button").click()
        expect(inside.locator(".st-key-result")).to_contain_text("Test accuracy")
    finally:
        own.stop()
