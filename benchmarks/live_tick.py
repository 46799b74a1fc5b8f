"""``python -m benchmarks.live_tick``: what the growing pictures of Train cost at each tick, in time on the server and in bytes sent."""

import argparse
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import WebSocket, sync_playwright
from streamlit.testing.v1 import AppTest

from benchmarks.chromium import QUIET, find_chromium
from benchmarks.first_paint import serve
from benchmarks.measuring import ROOT, machine, ratio, spread
from model.config import TrainingConfig
from model.runs.store import RUNS
from ui.train import run_monitor

SIZES = {"64-64": (64, 64), "784-784": (784, 784)}
RUN_PAGE = """
from model.runs.store import RUNS
from ui.train.run_monitor import show_run
import streamlit as st
show_run(RUNS.find(st.query_params["run"]))
"""


def main() -> None:
    """Print both costs, each beside a tick without the pictures."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--pairs", type=int, default=20)
    pairs = parser.parse_args().pairs
    print(machine())
    for name, sizes in SIZES.items():
        server_seconds(name, sizes, pairs)
    RUNS.workers.shutdown()
    for name, sizes in SIZES.items():
        bytes_a_tick(name, sizes)


def server_seconds(name: str, sizes: tuple[int, ...], pairs: int) -> None:
    """The run's part of the page drawn once, with the growing pictures and without, in turn."""
    run = RUNS.start(TrainingConfig(hidden_sizes=sizes, epochs=1))
    run.wait_until(lambda view: view.ended, 300)
    page = AppTest.from_string(RUN_PAGE, default_timeout=60)
    page.query_params["run"] = run.token
    parts: dict[str, Any] = {part: getattr(run_monitor, part) for part in ("show_first_layer", "network_picture")}
    nothing: Callable[..., None] = lambda *_: None  # noqa: E731
    seconds: dict[str, list[float]] = {"with": [], "without": []}
    for turn in range(pairs + 2):
        for which, found in seconds.items():
            for part, shown in parts.items():
                setattr(run_monitor, part, shown if which == "with" else nothing)
            started = time.perf_counter()
            page.run()
            if page.exception:
                raise RuntimeError(str(page.exception))
            if turn >= 2:
                found.append(time.perf_counter() - started)
    for part, shown in parts.items():
        setattr(run_monitor, part, shown)
    print(f"{name}: a tick with growing pictures {spread(seconds['with'])}, without {spread(seconds['without'])}")
    print(f"  ratio {ratio(seconds['with'], seconds['without']):.2f}")


def bytes_a_tick(name: str, sizes: tuple[int, ...]) -> None:
    """What the server sends a browser from one update of the curves to the next."""
    process, address = serve(ROOT / "app.py", ROOT)
    received: list[int] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda payload: received.append(len(payload)))

    try:
        with sync_playwright() as playwright:
            page = playwright.chromium.launch(executable_path=find_chromium(), args=QUIET).new_page()
            page.on("websocket", listen)
            query = TrainingConfig(hidden_sizes=sizes, epochs=200).to_query()
            page.goto(f"{address}train?" + "&".join(f"{field}={value}" for field, value in query.items()))
            page.locator(".st-key-train button").click(timeout=120_000)
            updates = "Number(document.querySelector('.st-key-curves .plots')?.dataset.updates ?? 0)"
            page.wait_for_function(f"{updates} >= 10", timeout=300_000)
            received.clear()
            before = page.evaluate(updates)
            page.wait_for_function(f"before => {updates} >= before + 10", arg=before, timeout=300_000)
            ticks = page.evaluate(updates) - before
    finally:
        process.terminate()
        process.wait()
    print(f"{name}: {sum(received) / ticks / 1000:.1f} kB a tick, in {len(received) / ticks:.1f} messages")


if __name__ == "__main__":
    main()
