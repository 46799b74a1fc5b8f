"""``python -m benchmarks.inside``: the server's part of Look inside, first views and clicks, for the standard and the best network."""

import argparse
import logging
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final
from unittest import mock

from streamlit.testing.v1 import AppTest

from benchmarks.measuring import ROOT, machine, spread
from model.config import PRESETS, TrainingConfig
from model.network import Network
from model.runs.driver import Run
from model.runs.store import RUNS

SHAPES: Final = {"standard": (64, 64), "best": PRESETS["best"].hidden_sizes}
PARTS: Final = ("flow", "tiles", "map", "mistakes", "break")


def main() -> None:
    """Open each part of the page with a network nobody has looked at, then click; print seconds of the page's script."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    logging.disable(logging.WARNING)  # Streamlit's remarks on being run by a program
    print(machine())
    print("Seconds the server works for the page, without the way to the browser; in brackets the range")
    for name, sizes in SHAPES.items():
        run = trained(sizes)
        opened(run)  # what is done once for all networks, such as imports
        print(f"\n784-{'-'.join(map(str, sizes))}-10 ({name})")
        for part in PARTS:
            print(f"  first view, {part:<14} {spread([first_view(run, part) for _ in range(times)])}")
        for click, change in CLICKS.items():
            print(f"  click: {click:<19} {spread(clicks(run, change, times))}")
    RUNS.workers.shutdown()


def trained(sizes: tuple[int, ...]) -> Run:
    """A run of one epoch, ended."""
    run = RUNS.start(TrainingConfig(hidden_sizes=sizes, epochs=1))
    if not run.wait_until(lambda view: view.score is not None, 300):
        sys.exit(f"the run has not ended: {run.view().status}")
    return run


def opened(run: Run, part: str = "flow") -> AppTest:
    """The page with that part chosen."""
    page = AppTest.from_file(str(ROOT / "pages" / "inside.py"), default_timeout=60)
    page.query_params["run"] = run.token
    page.session_state["inside_part"] = part
    return checked(page.run())


def checked(page: AppTest) -> AppTest:
    """The page, unless it failed."""
    if page.exception:
        sys.exit(f"the page failed: {page.exception[0].value}")
    return page


def first_view(run: Run, part: str) -> float:
    """Seconds to the first view of a network that is new to the server: the run's own, as another object."""
    view = run.view()
    network = Network(view.network.activation, view.network.weights)  # type: ignore[union-attr]
    with mock.patch.object(run, "view", return_value=replace(view, network=network)):
        started = time.perf_counter()
        opened(run, part)
        return time.perf_counter() - started


def clicks(run: Run, change: tuple[str, Callable[[AppTest, int], object]], times: int) -> list[float]:
    """Seconds of some clicks, each to something not seen before."""
    part, act = change
    page = opened(run, part)
    seconds = []
    for number in range(1, times + 1):
        act(page, number)
        started = time.perf_counter()
        checked(page.run())
        seconds.append(time.perf_counter() - started)
    return seconds


def _give(key: str, value: Callable[[int], object]) -> Callable[[AppTest, int], None]:
    def act(page: AppTest, number: int) -> None:
        page.session_state[key] = value(number)

    return act


CLICKS: Final[dict[str, tuple[str, Callable[[AppTest, int], object]]]] = {
    "next image": ("flow", _give("flow_image", lambda number: number + 1)),
    "neuron": ("flow", _give("_unit", lambda number: (number % 2, number))),
    "neuron off": ("flow", _give("_off", lambda number: frozenset({(0, number)}))),
    "tile": ("tiles", _give("_unit", lambda number: (0, number))),
    "cell": ("mistakes", _give("_cell", lambda number: 40 + number)),
    "why": ("mistakes", _give("_mistake", lambda number: ("worst", number))),
    "weights noise": ("break", _give("damage_noise", lambda number: 10 * number)),
    "neurons off": ("break", _give("damage_share", lambda number: 5 * number)),
    "image noise": ("break", _give("image_noise", lambda number: 5 * number)),
    "rotation": ("break", _give("image_rotation", lambda number: 5 * number)),
}


if __name__ == "__main__":
    main()
