"""The project's own elements, mounted as Streamlit mounts them: however they are run and cleaned up, nothing is left or doubled."""

import itertools
import json
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

import plotly.graph_objects as go
import pytest
import streamlit as st
from playwright.sync_api import Page, Route, expect

from ui.draw import cells as draw_cells
from ui.elements import gallery, number_field, plotly_chart
from ui.elements.figure_style import plain_figure
from ui.glossary import term_highlighter
from ui.inside import flow_picture
from ui.train import first_layer, network_picture

PICTURE = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
MOUNT = """
async (spec) => {
  const { default: run } = await import(URL.createObjectURL(new Blob([spec.js], { type: "text/javascript" })))
  const host = document.body.appendChild(document.createElement("div"))
  const parentElement = spec.isolated ? host.attachShadow({ mode: "open" }) : host
  const inside = document.createElement("div")
  inside.append(document.createRange().createContextualFragment(spec.html))
  parentElement.append(inside)
  const root = inside.querySelector(spec.root)
  const cleanups = []
  const settled = async () => {
    await window.digitLabPlotly?.catch(() => {})
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve))
  }
  const counts = []
  for (const [kind, number] of spec.order) {
    if (kind === "run") {
      const made = run({ data: spec.data[number], parentElement, setTriggerValue() {}, setStateValue() {} })
      cleanups.push(made ?? (() => {}))
    }
    if (kind === "clean") cleanups[number]()
    if (kind === "wait") await settled()
  }
  await settled()
  counts.push(root.querySelectorAll(spec.part).length, root.childNodes.length)
  host.remove()
  return counts
}
"""

BEGUN = """
async (spec) => {
  const { default: run } = await import(URL.createObjectURL(new Blob([spec.js], { type: "text/javascript" })))
  const parentElement = document.body.appendChild(document.createElement("div"))
  parentElement.innerHTML = spec.html
  window.again = (data) => (window.cleanup = run({ data, parentElement }))
  window.given = spec.data
  window.again(spec.data)
}
"""


def figure(count: int) -> dict[str, Any]:
    line = plain_figure([go.Scatter(x=list(range(count)), y=list(range(count)))], "title")
    return {"figure": line.to_json(), "title": "title", "label": "a line", "height": 300, "close": None, "notes": None}


def plots(count: int) -> dict[str, Any]:
    words = dict.fromkeys(plotly_chart.BUTTONS, "word")
    return {"plotly": "plotly.js", "figures": [figure(3)] * count, "failed": "no", "words": words, "clicks": False}


def digits(count: int) -> dict[str, Any]:
    digit = {"picture": PICTURE, "answer": "4", "state": "right", "label": "a 4"}
    return {"digits": [digit] * count, "label": "digits"}


def pictures(count: int) -> dict[str, Any]:
    items = [{"value": value, "text": "", "label": "a 4", "state": ""} for value in range(count)]
    return {
        "sheet": {"url": PICTURE, "columns": 1, "rows": 1},
        "items": items,
        "label": "all",
        "chosen": None,
        "side": 28,
    }


def cells(count: int) -> dict[str, Any]:
    cell = {"text": "1", "label": "one", "strength": 3, "state": ""}
    rows = [{"name": "row", "cells": [cell]}] * count
    return {"columns": ["one"], "rows": rows, "label": "all", "corner": "", "chosen": None}


def words(count: int) -> dict[str, Any]:
    entries = [{"name": f"word{n}", "forms": [], "plain": "plain", "exact": "exact"} for n in range(count)]
    return {"words": entries, "labels": {"button": "words"}, "language": "en", "here": False}


def units(count: int) -> dict[str, Any]:
    return {"sheet": {"url": PICTURE, "columns": count, "rows": 1}, "count": count, "label": "units"}


def layers(count: int) -> dict[str, Any]:
    sizes = [{"name": "layer", "size": 16}] * (count + 2)
    lines = [[[0, 1, 100], [2, 3, -50]]] * (count + 1)
    say = {"less": "less", "more": "more", "now": "now"}
    return {
        "layers": sizes, "lines": lines, "height": 100, "label": "network", "low": 1, "high": 99, "step": 16, "words": say,
        "editable": True,
    }  # fmt: skip


def grid(count: int) -> dict[str, Any]:
    return {"columns": count, "rows": 2, "chosen": [0], "words": {"group": "cells", "cell": "cell"}}


def flows(count: int) -> dict[str, Any]:
    unit = {"number": "1", "said": 1, "given": 1, "off": False, "label": "a neuron"}
    digit = {"score": "1", "share": "9%", "short": "9%", "rank": "", "from": 0, "length": 9, "label": "a digit"}
    keys = [f"1-{number}" for number in range(10)]
    steps = [["bias", "", "+1", "1", None, 0, 9, False]]
    total = {"title": "sum", "steps": steps, "bands": [28], "end": "1", "heat": False, "zero": 0}
    return {
        "label": "flow",
        "picture": {"url": PICTURE, "label": "a 4"},
        "heat": {"url": PICTURE, "columns": 1, "rows": 1, "keys": ["0-0"]},
        "heads": ["pixels", "layer", "digits"],
        "layers": [[unit | {"key": f"0-{number}"} for number in range(count)]],
        "digits": [digit | {"key": key, "digit": key[2:]} for key in keys],
        "zero": 0,
        "lines": [["p", "0-0", 1, True], ["0-0", "1-4", 1, True], ["0-0", "1-5", -1, False]],
        "answer": "1-4",
        "shown": "1-4",
        "sums": {key: total for key in [*keys, *(f"0-{number}" for number in range(count))]},
        "words": {"hint": "", "again": "again", "next_step": "next", "heat": "heat", "columns": [""] * 5},
    }


CANVAS = {"label": "canvas", "brush": 20, "ink": "#FFF", "live": False, "heard": 0, "strokes": 0, "keys": None}
FILE = {"label": "file", "accept": "", "bytes": 9}
# The element, its data for a count, what is counted and how often it is there for that count.
ELEMENTS: dict[str, tuple[plotly_chart.OwnElement, Callable[[int], Any], str, str, Callable[[int], int]]] = {
    "plot": (plotly_chart.PLOT, plots, ".plots", ".plot .nsewdrag", lambda count: count),
    "units": (first_layer.UNITS, units, ".units", "i", lambda count: count),
    "strip": (plotly_chart.STRIP, digits, ".strip", "li img", lambda count: count),
    "gallery": (gallery.GALLERY, pictures, ".gallery", "button", lambda count: count),
    "flow": (flow_picture.FLOW, flows, ".flow", "button.unit", lambda count: count),
    "matrix": (gallery.MATRIX, cells, "table", "button", lambda count: count),
    "terms": (term_highlighter.TERMS, words, ".terms", "button", lambda count: 1),
    "file_picker": (plotly_chart.FILE_PICKER, lambda count: FILE, ".picker", "button", lambda count: 1),
    "canvas_guard": (plotly_chart.CANVAS_GUARD, lambda count: CANVAS, "span", "*", lambda count: 0),
    "network_picture": (network_picture.PICTURE, layers, ".network", "li", lambda count: count + 2),
    "cells": (draw_cells.GRID, grid, ".cells", "button", lambda count: 2 * count),
    "announcer": (plotly_chart.ANNOUNCER, lambda count: {"words": "said"}, "p", "*", lambda count: 0),
    "number_field": (number_field.WATCHER, lambda count: {"sentences": {}}, ".number-fields", "p", lambda count: 1),
}  # fmt: skip


def orders(runs: int) -> Iterator[tuple[tuple[str, int], ...]]:
    """Every order of ``runs`` runs and a cleanup of each at most, where no cleanup comes before its run."""
    for cleaned in itertools.product((False, True), repeat=runs):
        steps = [("run", n) for n in range(runs)] + [("clean", n) for n in range(runs) if cleaned[n]]
        for order in set(itertools.permutations(steps)):
            begun = [number for kind, number in order if kind == "run"]
            after = all(order.index(("run", n)) < order.index(("clean", n)) for k, n in order if k == "clean")
            if begun == sorted(begun) and after:
                yield order


@pytest.fixture(scope="module")
def blank(browser) -> Iterator[Page]:
    """A page of its own with nothing but what the elements need; fails when the browser complains."""
    context = browser.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    script = (files("plotly") / "package_data" / "plotly.min.js").read_text("utf-8")
    page.route("http://app.test/", lambda route: route.fulfill(body="<title>a</title>", content_type="text/html"))
    page.route("http://app.test/plotly.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    page.goto("http://app.test/")
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def specified(monkeypatch) -> Callable[[str], dict[str, Any]]:
    """What the app tells Streamlit of an element."""

    def read(name: str) -> dict[str, Any]:
        told: dict[str, Any] = {}
        monkeypatch.setattr(st.components.v2, "component", lambda name, **spec: told.update(spec))
        ELEMENTS[name][0].declare()
        return {"html": told["html"], "js": told["js"], "isolated": told["isolate_styles"], "root": ELEMENTS[name][2]}

    return read


def expected(name: str, order: tuple[tuple[str, int], ...], counts: list[int]) -> tuple[int, bool]:
    """How many parts there are in the end, and whether the root is empty."""
    last = max(n for kind, n in order if kind == "run")
    ended = ("clean", last) in order
    return 0 if ended else ELEMENTS[name][4](counts[last]), ended


@pytest.mark.parametrize(("runs", "waits"), [(3, False), (2, True)])
@pytest.mark.parametrize("name", ELEMENTS)
def test_in_every_order_of_runs_and_cleanups_an_element_is_there_once_or_gone(blank, specified, name, runs, waits):
    counts = [2, 3, 1]
    spec = specified(name) | {"data": [ELEMENTS[name][1](count) for count in counts], "part": ELEMENTS[name][3]}
    found = {}
    for order in orders(runs):
        steps = [step for one in order for step in (one, *([("wait", 0)] if waits else []))]
        parts, nodes = blank.evaluate(MOUNT, spec | {"order": steps})
        wanted, empty = expected(name, order, counts)
        if parts != wanted or (empty and nodes):
            found[json.dumps(order)] = (parts, nodes)
    assert found == {}


@pytest.mark.parametrize("name", ELEMENTS)
def test_an_element_that_was_gone_for_good_begins_anew(blank, specified, name):
    order = [("run", 0), ("wait", 0), ("clean", 0), ("wait", 0), ("run", 1)]
    spec = specified(name) | {"data": [ELEMENTS[name][1](2)] * 2, "part": ELEMENTS[name][3], "order": order}
    spec["js"] = spec["js"].replace("HELD_MILLISECONDS = 1000", "HELD_MILLISECONDS = 0")
    assert blank.evaluate(MOUNT, spec)[0] == ELEMENTS[name][4](2)


def test_an_overtaken_cleanup_costs_neither_zoom_nor_hidden_curve_nor_focus(blank, specified):
    """Streamlit ends a run that the next one overtook; the element stays on the page."""
    layout = {"uirevision": "kept", "xaxis": {"range": [0, 8]}, "showlegend": True}
    two = {**json.loads(figure(9)["figure"]), "layout": layout}
    two["data"] = [{**two["data"][0], "name": name} for name in ("one", "two")]
    blank.evaluate(
        BEGUN, specified("plot") | {"data": plots(1) | {"figures": [figure(9) | {"figure": json.dumps(two)}]}}
    )
    blank.locator(".plots[data-updates='1']").wait_for()
    box = blank.locator(".plot .nsewdrag").bounding_box()
    blank.mouse.move(box["x"] + 50, box["y"] + 20)
    blank.mouse.down()
    blank.mouse.move(box["x"] + 150, box["y"] + 120, steps=5)
    blank.mouse.up()
    blank.locator(".legendtoggle").nth(1).click(force=True)
    blank.wait_for_function("document.querySelector('.plot')._fullData[1].visible === 'legendonly'")
    before = blank.evaluate("document.querySelector('.plot')._fullLayout.xaxis.range")
    gone, same, focused = blank.evaluate(
        """() => {
          const plot = document.querySelector(".plot")
          plot.focus()
          window.cleanup()
          const gone = document.querySelectorAll(".plot").length
          window.again(window.given)
          return [gone, document.querySelector(".plot") === plot, document.activeElement === plot]
        }"""
    )
    blank.locator(".plots[data-updates='2']").wait_for()
    assert (gone, same, focused) == (0, True, True)
    assert before[0] > 0.3
    assert blank.evaluate("document.querySelector('.plot')._fullLayout.xaxis.range") == before
    assert blank.evaluate("document.querySelector('.plot')._fullData[1].visible") == "legendonly"
    blank.locator(".back").click()
    blank.wait_for_function("document.querySelector('.plot')._fullLayout.xaxis.range[0] === 0")
    assert blank.locator(".back").is_hidden()
    assert blank.evaluate("document.querySelector('.plot')._fullData[1].visible") == "legendonly"
    blank.evaluate("document.body.replaceChildren()")


@pytest.fixture
def complaining(browser) -> Iterator[Page]:
    """A page of its own on which errors are meant to happen."""
    context = browser.new_context()
    page = context.new_page()
    page.route("http://app.test/", lambda route: route.fulfill(body="<title>a</title>", content_type="text/html"))
    page.goto("http://app.test/")
    yield page
    context.close()


def test_without_plotly_the_page_says_so_and_recovers_by_itself(complaining, specified):
    script = (files("plotly") / "package_data" / "plotly.min.js").read_text("utf-8")
    answers = iter([{"status": 503}, {"status": 200, "body": script, "content_type": "text/javascript"}])
    complaining.route("http://app.test/plotly.js", lambda route: route.fulfill(**next(answers)))
    spec = specified("plot") | {"data": plots(2) | {"failed": "not there"}}
    spec["js"] = spec["js"].replace("RETRY_MILLISECONDS = 3000", "RETRY_MILLISECONDS = 300")
    complaining.evaluate(BEGUN, spec)
    message = complaining.get_by_role("status")
    message.wait_for()
    assert message.inner_text() == "not there"
    complaining.locator(".plots[data-updates='1']").wait_for()
    assert complaining.locator(".plot .nsewdrag").count() == 2
    assert message.count() == 0


def test_a_figure_has_its_place_before_plotly_is_loaded(complaining, specified):
    script = (files("plotly") / "package_data" / "plotly.min.js").read_text("utf-8")
    asked: list[Route] = []
    complaining.route("http://app.test/plotly.js", lambda route: asked.append(route))
    complaining.add_style_tag(path=plotly_chart.COMPONENTS / "plot.css")
    data = plots(2)
    data["figures"][1]["notes"] = "what the marks mean"
    complaining.evaluate(BEGUN, specified("plot") | {"data": data})
    foot = "document.querySelector('.plots').getBoundingClientRect().bottom"
    waiting = complaining.evaluate(foot)
    assert waiting > 300
    complaining.wait_for_function("document.querySelector('script[src$=\"plotly.js\"]')")
    while not asked:
        complaining.wait_for_timeout(20)
    asked[0].fulfill(body=script, content_type="text/javascript")
    complaining.locator(".plots[data-updates='1']").wait_for()
    assert complaining.locator(".plot .nsewdrag").count() == 2
    assert complaining.evaluate(foot) == waiting


def test_a_figure_that_cannot_be_drawn_leaves_the_others_and_comes_back_with_the_next_update(complaining, specified):
    script = (files("plotly") / "package_data" / "plotly.min.js").read_text("utf-8")
    complaining.route(
        "http://app.test/plotly.js", lambda route: route.fulfill(body=script, content_type="text/javascript")
    )
    good, bad = plots(2) | {"failed": "not drawn"}, plots(2) | {"failed": "not drawn"}
    bad["figures"] = [{**figure(3), "figure": "{"}, figure(3)]
    complaining.evaluate(BEGUN, specified("plot") | {"data": bad})
    complaining.get_by_role("status").wait_for()
    assert complaining.locator(".plot .nsewdrag").count() == 1
    complaining.evaluate("data => window.again(data)", good)
    complaining.locator(".plots[data-updates]").wait_for()
    assert complaining.locator(".plot .nsewdrag").count() == 2
    assert complaining.get_by_role("status").count() == 0


def quick_picture(specified) -> dict[str, Any]:
    """A picture of two hidden layers that asks again soon, and remembers what it told."""
    spec = specified("network_picture") | {"data": layers(2) | {"lines": None}}
    spec["js"] = spec["js"].replace("AGAIN = 3000", "AGAIN = 50").replace("TOGETHER = 250", "TOGETHER = 50")
    return spec


HEARD = """
async (spec) => {
  const { default: run } = await import(URL.createObjectURL(new Blob([spec.js], { type: "text/javascript" })))
  const parentElement = document.body.appendChild(document.createElement("div"))
  parentElement.innerHTML = spec.html
  window.heard = []
  window.again = (data) => run({ data, parentElement, setTriggerValue: (name, value) => heard.push(value) })
  window.again(spec.data)
}
"""


def test_sizes_asked_for_in_two_layers_at_once_are_told_together(complaining, specified):
    complaining.evaluate(HEARD, quick_picture(specified))
    for layer in (1, 2):
        complaining.locator(".network li").nth(layer).get_by_role("button").last.click()
    complaining.wait_for_function("window.heard.length")
    assert complaining.evaluate("heard.at(-1)") == [{"layer": 1, "size": 32}, {"layer": 2, "size": 32}]


def test_a_size_that_a_busy_server_missed_is_asked_for_again_until_it_is_there(complaining, specified):
    spec = quick_picture(specified)
    complaining.evaluate(HEARD, spec)
    complaining.locator(".network li").nth(1).get_by_role("button").last.click()
    complaining.wait_for_function("window.heard.length >= 2")
    there = spec["data"] | {
        "layers": [one | {"size": 32} if n == 1 else one for n, one in enumerate(spec["data"]["layers"])]
    }
    told = complaining.evaluate("data => { window.again(data); return heard.length }", there)
    complaining.evaluate("() => new Promise((resolve) => setTimeout(resolve, 300))")
    assert complaining.evaluate("heard.length") == told


def test_a_size_that_is_never_given_is_not_shown_as_if_it_were(complaining, specified):
    complaining.evaluate(HEARD, quick_picture(specified))
    shown = complaining.locator(".network li b").nth(1)
    complaining.locator(".network li").nth(1).get_by_role("button").last.click()
    expect(shown).to_have_text("32")
    expect(shown).to_have_text("16")
    assert complaining.evaluate("heard.length") == 5
