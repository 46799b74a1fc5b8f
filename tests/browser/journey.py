"""What a visitor does with hands and eyes, for the browser tests; every wait is for something the app shows."""

import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

T = TypeVar("T")

THREE = [(80, 70), (140, 50), (190, 80), (180, 120), (130, 140), (190, 160), (200, 210), (140, 240), (80, 220)]
SEVEN = [(70, 70), (205, 70), (170, 140), (130, 230)]

# Settings of a run, as a link has them: one that reads drawn digits well after few epochs, and one that only has to end.
READER = "epochs=6&pen_share=0.2&augmentation=gentle&schedule=cosine&learning_rate=0.004"
SIDE = 280  # pixels of the canvas, however large it lies on the screen
TRIES = 60  # how often a hand that missed what moved does it again
QUICK = "epochs=1&training_images=2000"

# A run that trains, or one so short that it has ended already.
UNDER_WAY = ".st-key-pause button, .st-key-result"

SETTLED = """() => {
  const app = document.querySelector('[data-testid=stApp]')
  return document.querySelector('h1') && app?.dataset.testScriptState === 'notRunning'
    && app.dataset.testConnectionState === 'CONNECTED' && !document.querySelector('[data-testid=stSkeleton]')
    && [...document.querySelectorAll('.plots')].every((plots) => plots.dataset.updates)
}"""
# Counts in every page of a visitor how often the server said that a script has run to its end: field 6 of its messages; 2 there means that
# it was cut short by another.
HEAR_RUNS = """
  window.scriptRuns = 0
  function ended(bytes) {
    let at = 0
    const number = () => {
      let value = 0
      for (let place = 1; ; place *= 128) {
        const byte = bytes[at++]
        value += (byte & 127) * place
        if (!(byte & 128)) return value
      }
    }
    while (at < bytes.length) {
      const tag = number()
      if (tag === 6 << 3) return number() !== 2
      if ((tag & 7) === 2) at += number()
      else number()
    }
    return false
  }
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given)
      this.addEventListener("message", ({ data }) => ended(new Uint8Array(data)) && window.scriptRuns++)
    }
  }
"""
CUT_OFF = """() => {
  // What stands in a box that scrolls sideways, and itself ends on the screen, can be reached.
  const scrolled = (element) => {
    for (let box = element.parentElement; box; box = box.parentElement)
      if (/auto|scroll/.test(getComputedStyle(box).overflowX) && box.scrollWidth > box.clientWidth
        && box.getBoundingClientRect().right <= innerWidth + 1 && !box.matches('.stMain, body, html')) return true
    return false
  }
  return [...document.querySelectorAll('.stMainBlockContainer *')]
  .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && element.checkVisibility({ visibilityProperty: true }))
  .filter((element) => !scrolled(element) && !element.closest('.draglayer')) // what takes a chart's drags is not seen
  .map((element) => element.outerHTML.slice(0, 160))
}"""

PAINTED = """(scheme) => {
  const [red, green, blue] = getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor.match(/\\d+/g)
  const dark = Number(red) + Number(green) + Number(blue) < 384
  const moving = document.getAnimations().some((one) => one.playState === 'running' && one.effect.getComputedTiming().endTime < Infinity)
  return dark === (scheme === 'dark') && !moving
}"""


def settled(page: Page) -> None:
    """Wait until the page stands as the server drew it: its script has run to its end, its charts are drawn, its words are found."""
    page.wait_for_function(SETTLED)
    expect(page.locator(".st-key-words_of_page button.open")).to_have_attribute("data-words", re.compile(r"\d"))


def shown(page: Page) -> None:
    """Wait until the browser has drawn what it knows."""
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
    )


def paint(page: Page, scheme: str) -> None:
    """Ask for light or dark colours, and wait until the whole page has taken them on and nothing fades any more."""
    page.emulate_media(color_scheme=scheme)
    settled(page)
    page.wait_for_function(PAINTED, arg=scheme)


@contextmanager
def rerun(page: Page) -> Iterator[None]:
    """Around an action whose effect cannot be seen: wait until the server has run the page's script to its end because of it.

    Only on a page where nothing trains: there the script runs again by itself.
    """
    settled(page)
    before = page.evaluate("window.scriptRuns")
    yield
    page.wait_for_function("before => window.scriptRuns > before", arg=before)
    shown(page)
    settled(page)


def parts(page: Page) -> Iterator[str]:
    """Every part of the page that stands open, shown one after the other; a page without parts is one."""
    buttons = page.locator(".st-key-inside_part button, .st-key-hand_part button")
    if not buttons.count():
        yield "whole"
    for place in range(buttons.count()):
        if buttons.nth(place).get_attribute("aria-checked") != "true":
            with rerun(page):
                buttons.nth(place).click()
        yield buttons.nth(place).inner_text()


def updates(page: Page) -> int:
    """How many times the curves were drawn in the element that stands there now."""
    return int(page.locator(".st-key-curves .plots").get_attribute("data-updates") or 0)


def curve_length(page: Page, plot: int = 0, trace: int = 0) -> int:
    """Points of one curve as Plotly holds them."""
    return page.evaluate(
        "([plot, trace]) => document.querySelectorAll('.st-key-curves .plot')[plot]?._fullData?.[trace]?.x?.length ?? 0",
        [plot, trace],
    )


def wait_updates(page: Page, least: int) -> None:
    page.wait_for_function(
        "least => Number(document.querySelector('.st-key-curves .plots')?.dataset.updates ?? 0) >= least", arg=least
    )


def wait_curve(page: Page, least: int) -> None:
    """Wait until the first curve has at least so many points."""
    page.wait_for_function(
        "least => document.querySelector('.st-key-curves .plot')?._fullData?.[0]?.x?.length >= least", arg=least
    )


def set_knob(page: Page, key: str, value: int) -> None:
    """Type a number into a field of the Train page."""
    field = page.locator(f".st-key-{key} input")
    field.fill(str(value))
    field.press("Enter")
    expect(field).to_have_value(str(value))


def open_list(page: Page, key: str) -> None:
    """Open a list to choose from. It closes when anything scrolls, also when a scroll of before is only told of afterwards."""
    field = page.locator(f".st-key-{key} input").first
    field.scroll_into_view_if_needed()
    shown(page)
    field.click()


def from_list(page: Page, key: str, act: Callable[[], T]) -> T:
    """Open a list and do something with it, again where a page that is drawn anew closed it before: ``act`` gives up after a moment."""
    for _ in range(TRIES - 1):
        open_list(page, key)
        try:
            return act()
        except PlaywrightTimeout:
            page.keyboard.press("Escape")
    open_list(page, key)
    return act()


def choose(page: Page, key: str, option: str) -> None:
    """Choose an option of a list by its words."""
    from_list(page, key, lambda: page.get_by_role("option", name=option, exact=True).click(timeout=5_000))


def press_train(page: Page) -> str:
    """Press Train, wait for the new run, and return its token; another run may have stood there before."""
    before = re.search(r"run=([\w-]+)", page.url)
    page.locator(".st-key-train button").click()
    page.wait_for_function(
        "before => /[?&]run=/.test(location.search) && !(before && location.search.includes(before))",
        arg=before and before[1],
    )
    return run_token(page)


def start_training(page: Page, **sizes: int) -> None:
    for key, value in sizes.items():
        set_knob(page, key, value)
    press_train(page)
    page.locator(UNDER_WAY).first.wait_for()
    wait_curve(page, 1)


def wait_result(page: Page) -> str:
    """What stands there once a run has ended and was tested: both scores, which come one after the other on a slow machine."""
    expect(page.locator(".st-key-result").get_by_text("%")).to_have_count(2)
    return page.locator(".st-key-result").inner_text()


def run_token(page: Page) -> str:
    """The run in the page's address."""
    page.wait_for_url(re.compile(r"[?&]run=[\w-]+"))
    return re.search(r"run=([\w-]+)", page.url)[1]


def go(page: Page, name: str) -> None:
    """Another page of the app, by the navigation; the glossary is where the list of words leads."""
    if name == "glossary":
        page.locator(".st-key-words_of_page button.open").click()
        page.locator(".st-key-words_of_page button.all").click()
        page.locator(".st-key-words_of_page button.open[aria-current]").wait_for()
        return
    page.locator(f".st-key-navigate_{name} a").click()
    page.locator(f".st-key-navigate_{name}_current").wait_for()


def open_path(page: Page, path: str) -> None:
    """Load another address of the same server in the same page, and wait until it stands."""
    page.goto("/".join(page.url.split("/", 3)[:3]) + path)
    settled(page)


def canvas_box(page: Page) -> dict[str, float]:
    """Where the canvas is on the screen, once it stands still and nothing covers it."""
    canvas = page.locator("canvas.upper-canvas")
    canvas.hover()  # not a trial click, which presses where the canvas may hear it
    return canvas.bounding_box()


def on_canvas(box: dict[str, float], place: tuple[float, float]) -> tuple[float, float]:
    """A place in canvas pixels, of which there are 280 in a row, as one on the screen, where the canvas lies in ``box``."""
    return box["x"] + place[0] * box["width"] / SIDE, box["y"] + place[1] * box["height"] / SIDE


def draw(page: Page, points: list[tuple[int, int]], scale: float = 1, shift: tuple[float, float] = (0, 0)) -> None:
    """One stroke on the canvas, in canvas pixels."""
    box = canvas_box(page)
    places = [on_canvas(box, (shift[0] + scale * x, shift[1] + scale * y)) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()


def draw_with_finger(page: Page, points: list[tuple[int, int]]) -> None:
    """The same stroke by touch."""
    box = canvas_box(page)
    fine = [
        (x0 + (x1 - x0) * part / 6, y0 + (y1 - y0) * part / 6)
        for (x0, y0), (x1, y1) in itertools.pairwise(points)
        for part in range(1, 7)
    ]
    session = page.context.new_cdp_session(page)
    for kind, place in [("touchStart", points[0]), *(("touchMove", place) for place in fine)]:
        x, y = on_canvas(box, place)
        touch = [{"x": x, "y": y}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touch})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def expect_reading(page: Page, digit: int) -> None:
    expect(page.locator(".st-key-prediction")).to_have_text(re.compile(rf"^\s*{digit}\s*$"))


def expect_another_picture(page: Page, before: str) -> None:
    """The network sees another picture than ``before``, the address of the one it saw."""
    expect(seen(page)).not_to_have_attribute("src", before)


def seen(page: Page) -> Locator:
    """The picture that the network sees of the drawing."""
    return page.locator(".st-key-seen img")


def expect_nothing_cut(page: Page, where: object = "") -> None:
    """Nothing of the page reaches beyond the right edge of the screen, once its charts have taken their new size."""
    settled(page)
    try:
        page.wait_for_function(f"() => ({CUT_OFF})().length === 0")
    except PlaywrightTimeout:
        raise AssertionError(f"cut off on {where or page.url}: {page.evaluate(CUT_OFF)}") from None
