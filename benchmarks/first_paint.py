"""``python -m benchmarks.first_paint``: how soon a visitor sees something: first heading, first point, bars after a stroke."""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from playwright.sync_api import Browser, sync_playwright

from benchmarks.canvas_state import canvas_state
from benchmarks.chromium import QUIET, find_chromium, free_port
from benchmarks.measuring import ROOT, machine, ratio, spread

if TYPE_CHECKING:
    from model.config import TrainingConfig
    from model.runs.store import Runs

EMPTY_PAGE = "import streamlit as st\nst.title('Empty')\n"


def main() -> None:
    """Print the three waits of a visitor."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--pairs", type=int, default=7)
    pairs = parser.parse_args().pairs
    print(machine())
    headings(pairs)
    first_points()
    bars()


def headings(pairs: int) -> None:
    """Browser to first heading, ours and an empty Streamlit page in turn, every visit a new browser context."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        empty = Path(folder) / "empty.py"
        empty.write_text(EMPTY_PAGE, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=QUIET)
        servers = {"ours": serve(ROOT / "app.py", ROOT), "empty": serve(empty, Path(folder))}
        seconds: dict[str, list[float]] = {name: [] for name in (*servers, "canvas")}
        try:
            time.sleep(15)  # the workers have warmed up
            for _, address in servers.values():
                first_heading(browser, address)  # a first visit imports modules
            for _ in range(pairs):
                for name, (_, address) in servers.items():
                    seconds[name].append(first_heading(browser, address))
                seconds["canvas"].append(first_answer(browser, servers["ours"][1]))
        finally:
            for process, _ in servers.values():
                process.terminate()
                process.wait()
    print(
        f"Browser to first heading: ours {spread(seconds['ours'])}, an empty Streamlit page {spread(seconds['empty'])}"
    )
    print(f"  ratio {ratio(seconds['ours'], seconds['empty']):.2f}")
    print(f"Browser to a canvas that takes a stroke: {spread(seconds['canvas'])}")
    print(f"  ratio to the empty page's heading {ratio(seconds['canvas'], seconds['empty']):.2f}")


def serve(script: Path, folder: Path) -> tuple["subprocess.Popen[bytes]", str]:
    """A Streamlit server of a script, and its address, once it answers."""
    port = free_port()
    options = ["--server.port", str(port), "--server.headless", "true", "--browser.gatherUsageStats", "false"]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *options]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(4)
    return process, f"http://127.0.0.1:{port}/"


def first_heading(browser: Browser, address: str) -> float:
    """Seconds from opening the address in a fresh context to its first heading on the screen."""
    context = browser.new_context()
    page = context.new_page()
    started = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector("h1")
    seconds = time.perf_counter() - started
    context.close()
    return seconds


def first_answer(browser: Browser, address: str) -> float:
    """Seconds from opening Home in a fresh context until its canvas takes a stroke; it must then be read."""
    context = browser.new_context()
    page = context.new_page()
    started = time.perf_counter()
    page.goto(address, wait_until="commit")
    canvas = page.locator(".st-key-canvas canvas.upper-canvas[aria-label]")
    canvas.wait_for()
    seconds = time.perf_counter() - started
    box = canvas.bounding_box()
    if box is None:
        raise RuntimeError("the canvas is not to be seen")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 5
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + box["height"] / 2, steps=8)
    page.mouse.up()
    page.locator(".st-key-prediction h2").first.wait_for()
    context.close()
    return seconds


def first_points() -> None:
    """Train pressed on a warm server to the first point, for an architecture seen before."""
    from model.config import TrainingConfig
    from model.runs.executor import Workers
    from model.runs.store import Runs

    runs = Runs(Workers())
    seconds: dict[str, list[float]] = {}
    try:
        for name, config in {"64-64": TrainingConfig(), "256-128": TrainingConfig(hidden_sizes=(256, 128))}.items():
            seconds[name] = [first_point(runs, config.changed(seed=seed)) for seed in range(14)][4:]
    finally:
        runs.workers.shutdown()
    for name, values in seconds.items():
        print(f"Train pressed to first point, {name} seen before: {spread(values)}")


def first_point(runs: "Runs", config: "TrainingConfig") -> float:
    """Seconds to the first point of a run, which is then stopped."""
    started = time.perf_counter()
    run = runs.start(config)
    run.wait_until(lambda view: bool(view.points), 60)
    seconds = time.perf_counter() - started
    run.stop()
    run.wait_until(lambda view: view.score is not None, 60)
    return seconds


def bars() -> None:
    """The server's part from the end of a stroke to the bars: one rerun of the Draw page with a new drawing on it."""
    from streamlit.testing.v1 import AppTest

    from model.config import TrainingConfig
    from model.runs.store import RUNS

    run = RUNS.start(TrainingConfig(epochs=1))
    run.wait_until(lambda view: view.ended, 120)
    page = AppTest.from_file(str(ROOT / "pages" / "draw.py"), default_timeout=60)
    page.query_params["run"] = run.token
    page.run()
    rng = np.random.default_rng(0)
    seconds = []
    for _ in range(20):
        page.session_state["canvas"] = canvas_state([tuple(place) for place in rng.integers(40, 240, (6, 2)).tolist()])
        started = time.perf_counter()
        page.run()
        seconds.append(time.perf_counter() - started)
        if not page.header:
            raise RuntimeError("the drawing was not read")
    RUNS.workers.shutdown()
    print(f"End of a stroke to the bars, the server's part: {spread(seconds)}")


if __name__ == "__main__":
    main()
