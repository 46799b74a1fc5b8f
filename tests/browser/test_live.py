"""What moves by itself while a network trains, on a slow machine: nothing doubles, nothing jumps, nothing turns grey."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.browser import journey

# Notes at every frame how often each thing is there, and where the curves begin.
WATCH = """() => {
  window.most = {}
  const note = (name, value) => (window.most[name] = Math.max(window.most[name] ?? 0, value))
  const inside = (key, part) =>
    [...document.querySelectorAll(`.st-key-${key} *`)].flatMap((node) => [...(node.shadowRoot?.querySelectorAll(part) ?? [])])
  const look = () => {
    note("digits", inside("strip", "li").length)
    note("plots", document.querySelectorAll(".st-key-curves .plot").length)
    note("graphs", document.querySelectorAll(".st-key-curves .nsewdrag").length)
    note("faded", [...document.querySelectorAll(".stElementContainer:has(.stBidiComponent)")]
      .filter((node) => getComputedStyle(node).opacity !== "1").length)
    const curves = document.querySelector(".st-key-curves")
    if (curves) note("height", curves.clientHeight)
    requestAnimationFrame(look)
  }
  look()
}"""


@pytest.fixture
def busy_core() -> Iterator[None]:
    """A process that does nothing but keep a core busy."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    yield
    process.kill()
    process.wait()


def test_on_a_slow_busy_machine_curves_and_digits_are_there_once_all_through_a_run(visit, busy_core):
    page = visit("/train?epochs=24&training_images=10000")
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda told: errors.append(told.text) if told.type == "error" else None)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 6})
    journey.settled(page)
    page.evaluate(WATCH)
    page.evaluate("window.axes = document.querySelector('.st-key-curves')")
    page.locator(".st-key-train button").click()
    journey.wait_curve(page, 1)
    assert page.evaluate("window.axes === document.querySelector('.st-key-curves')"), (
        "the axes were to become the run's charts"
    )
    height = page.locator(".st-key-curves").bounding_box()["height"]
    journey.wait_result(page)
    journey.settled(page)
    most = page.evaluate("window.most")
    assert (most["digits"], most["plots"], most["graphs"], most["faded"]) == (16, 2, 2, 0)
    assert most["height"] == pytest.approx(height, abs=1)
    assert errors == []
