"""A model of many learners on one server: what each of them costs which part, and so how many each part carries."""

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from streamlit.testing.v1 import AppTest

from benchmarks.cluster_slice import SECONDS_A_STEP
from benchmarks.live_tick import RUN_PAGE
from benchmarks.measuring import ROOT
from model.config import PRESETS, TrainingConfig
from model.runs.limits import RUN_MEGABYTES_SETTING, RUNS_SETTING
from model.runs.store import ALL_RUN_BYTES, RUNS, RUNS_KEPT, bytes_of
from ui.server_guards import SOCKETS_AN_ADDRESS, SOCKETS_SETTING
from ui.state.visitors import VISITORS_KEPT, VISITORS_SETTING

LEARNERS: Final = 1_000
# What a busy learner does in a minute: trains the standard network once, watches it, and presses, draws or turns a page ten times.
TRAINS_A_MINUTE: Final = 1
ACTIONS_A_MINUTE: Final = 10
# A run is looked at five times a second where few train, see ``poll_seconds``, and every two seconds it still is seen to move.
LOOKS_A_SECOND: Final = 0.5
SLICE_SECONDS: Final = 0.25
# A network cable of today, in bytes a second.
CABLE: Final = 125e6
REPEATS: Final = 15


@dataclass(frozen=True)
class Costs:
    """Processor seconds, and kB, of one of each."""

    server_slice: float
    scheduler_slice: float
    kilobytes_slice: float


@dataclass(frozen=True)
class PageCosts:
    """Processor seconds of the web process: for a look at a run that trains, and for a whole page."""

    tick: float
    page: float


@dataclass(frozen=True)
class Part:
    """How many learners a part carries, as it stands and what moves that."""

    name: str
    learners: float
    moved_by: str


def page_costs() -> PageCosts:
    """Measured without a browser, on a run that has ended."""
    run = RUNS.start(TrainingConfig(epochs=1))
    run.wait_until(lambda view: view.ended, 300)
    tick = AppTest.from_string(RUN_PAGE, default_timeout=60)
    page = AppTest.from_file(str(ROOT / "pages" / "train.py"), default_timeout=60)
    costs = [_processor_seconds(one, run.token) for one in (tick, page)]
    RUNS.close()
    return PageCosts(*costs)


def _processor_seconds(page: AppTest, token: str) -> float:
    page.query_params["run"] = token
    found = []
    for _ in range(REPEATS):
        began = time.process_time()
        page.run()
        found.append(time.process_time() - began)
        if page.exception:
            raise RuntimeError(str(page.exception))
    return statistics.median(found)


def parts(pages: PageCosts, loop: Costs) -> list[Part]:
    """Every part, those first that carry fewest."""
    standard = PRESETS["standard"]
    trains = standard.total_steps * SECONDS_A_STEP * TRAINS_A_MINUTE / 60  # cores a learner
    slices = trains / SLICE_SECONDS + TRAINS_A_MINUTE / 60  # a second and learner; the last tests the network
    server = slices * loop.server_slice + ACTIONS_A_MINUTE / 60 * pages.page + trains * LOOKS_A_SECOND * pages.tick
    found = [
        Part("pages open at one address", SOCKETS_AN_ADDRESS, SOCKETS_SETTING),
        Part("runs kept, one a learner", RUNS_KEPT, RUNS_SETTING),
        Part("visitors kept", VISITORS_KEPT, VISITORS_SETTING),
        Part(
            "weights of runs at work, all at once",
            ALL_RUN_BYTES / bytes_of(standard, at_work=True),
            RUN_MEGABYTES_SETTING,
        ),
        Part(
            "the web process, which has one core",
            1 / server,
            "a second server with the same scheduler",
        ),
        Part("the scheduler, which has one core", 1 / (slices * loop.scheduler_slice), "a second cluster"),
        Part("the server's cable, 1 Gbit/s", CABLE / (slices * 1000 * loop.kilobytes_slice / 2), "a faster one"),
        Part("each core that trains", 1 / trains, "more workers, or DIGIT_LAB_WORKERS"),
    ]
    return sorted(found, key=lambda part: part.learners)


def tell_model(pages: PageCosts, loop: Costs) -> None:
    """Print what was assumed and measured, how many learners each part carries, and the first limit of 1,000."""
    print(f"\na look at a run {1000 * pages.tick:.0f} ms, a whole page {1000 * pages.page:.0f} ms of the web process")
    doing = f"trains the standard network {TRAINS_A_MINUTE}x and does {ACTIONS_A_MINUTE} things a minute"
    print(f"a learner {doing}; so many learners are carried by")
    found = parts(pages, loop)
    for part in found:
        print(f"  {part.name:<38} {part.learners:8,.0f}   {part.moved_by}")
    cores = LEARNERS * PRESETS["standard"].total_steps * SECONDS_A_STEP * TRAINS_A_MINUTE / 60
    first: Mapping[bool, str] = {True: "is the first limit of", False: "carries"}
    print(
        f"{found[0].name} {first[found[0].learners < LEARNERS]} {LEARNERS:,} learners, who also need {cores:.0f} cores that train"
    )
