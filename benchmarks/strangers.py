"""``python -m benchmarks.strangers``: 10,000 crafted messages to the running server, and a flood of strangers beside five learners."""

import argparse
import base64
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import InvalidMessage, InvalidStatus

from benchmarks.chromium import free_port
from benchmarks.measuring import ROOT, machine, spread
from benchmarks.memory import resident
from benchmarks.raw_visitor import RawVisitor

MESSAGES: Final = 10_000
TABS: Final = 5
STRANGERS: Final = 200
LEARNERS: Final = 5
LONG_RUN: Final = "train?epochs=200"
SETTLE_SECONDS: Final = 20.0
WATCH_SECONDS: Final = 20.0
REFUSED: Final = (InvalidStatus, InvalidMessage, OSError, TimeoutError, StopIteration)


def main() -> None:
    """Print what either did to the server and to those who were there."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--strangers", type=int, default=STRANGERS)
    chosen = parser.parse_args()
    print(machine())
    with served() as server:
        crafted_messages(server, chosen.messages)
    with served() as server:
        flood(server, chosen.strangers)


class Server:
    """The app in a process of its own, and what it wrote."""

    def __init__(self, port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self.port, self.process, self._log = port, process, log

    @property
    def megabytes(self) -> float:
        """Its resident memory."""
        return resident(str(self.process.pid))

    def faults(self) -> int:
        """How many pages broke off, as its log says."""
        return len(re.findall("a page broke off|Uncaught", self._log.read_text(errors="replace")))

    def told_faults(self) -> list[str]:
        """The last lines of what broke off, each kind once."""
        blocks = re.split("a page broke off|Uncaught", self._log.read_text(errors="replace"))[1:]
        return sorted(
            {
                next((line for line in block.splitlines() if re.match(r"\w+(\.\w+)*(Error|Exception)", line)), "?")
                for block in blocks
            }
        )


@contextmanager
def served() -> Iterator[Server]:
    """A server that has answered and whose workers are warm."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as lines:
            process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
                cwd=ROOT,
                stdout=lines,
                stderr=lines,
            )
        try:
            _wait_for(port)
            warm(port)
            yield Server(port, process, log)
        finally:
            process.terminate()
            process.wait()


def _wait_for(port: int) -> None:
    for _ in range(1200):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def warm(port: int) -> None:
    """Every page once, and a run to its end, so that what is kept anyway is there."""
    with RawVisitor(port, "train?epochs=1", home="127.0.0.9") as visitor:
        visitor.open()
        visitor.press("train")
        while visitor.ticking:
            time.sleep(0.2)
            visitor.tick()
    for page in PAGES:
        with RawVisitor(port, page, home="127.0.0.9") as visitor:
            visitor.open()


def learner(port: int, number: int, page: str = LONG_RUN) -> RawVisitor:
    """Somebody with a cookie, on the page and about to train."""
    home = f"127.0.1.{number + 1}"
    with RawVisitor(port, page, home=home) as first:
        first.open()
        cookie = first.keeps
    visitor = RawVisitor(port, page, home=home, cookie=cookie)
    visitor.open()
    return visitor


def watch(visitor: RawVisitor, seconds: float, found: list[float]) -> None:
    """Look at the run as a browser does, for so long; how long each look took."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        took = visitor.tick()
        if took:
            found.append(took)
        time.sleep(max(0.0, max(visitor.ticking.values(), default=0.2) - took))


# --- crafted messages ------------------------------------------------------------------------------------------------

PAGES: Final = ("", "train", "draw", "inside", "compare", "by_hand", "glossary")
WORDS: Final = [
    "", "0", "-1", "1e999", "NaN", "[CLICK](http://evil.example)", "![x](http://evil.example/p.png)", "<script>alert(1)</script>",
    "%00", "../../etc/passwd", "\u202e", "9" * 400, "a" * 5_000, "null", "{}", "[[]]", "$$ID-0-train", "😀" * 300,
    ":red[x] :material/home:", "`x`", "0x10", "１２", "Infinity",
]  # fmt: skip
FIELDS: Final = [
    "run", "lang", "lesson", "lock", "hide", "epochs", "hidden_layers", "hidden_size_1", "learning_rate", "batch_size",
    "hand_x", "hand_part", "inside_part", "race", "runs", "present", "look", "step", "seed", "optimizer", "unknown",
]  # fmt: skip
PNG: Final = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
PICTURES: Final = [
    PNG + (4000).to_bytes(4, "big") * 2 + b"\x08\x06\0\0\0" + b"\0" * 2_000,
    PNG + (280).to_bytes(4, "big") * 2 + b"\x08\x06\0\0\0" + b"\xff" * 500,
    b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    b"II*\0" + b"\0" * 400,
    b"GIF89a" + b"\xff" * 300,
    b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    b"",
    b"\0" * 900_000,
]


def words(dice: random.Random) -> str:
    """Something nobody would type."""
    return dice.choice(WORDS) if dice.random() < 0.8 else "".join(chr(dice.randrange(1, 0x2FFF)) for _ in range(30))


def query(dice: random.Random) -> str:
    """A query that says such things."""
    return "&".join(
        f"{dice.choice(FIELDS)}={urllib.parse.quote(words(dice), errors='replace')}" for _ in range(dice.randrange(5))
    )


def canvas_state(dice: random.Random) -> str:
    """What a canvas says, nearly."""
    picture = "data:image/png;base64," + base64.b64encode(dice.choice(PICTURES)).decode()
    objects = [
        {"type": dice.choice(["path", "image", 7]), "path": [["M", 1, 1]] * dice.choice([1, 50, 9_000])}
    ] * dice.choice([0, 1, 90])
    state = {
        "data": dice.choice([picture, None, 5, "x"]),
        "width": dice.choice([280, -1, 10**9]),
        "height": 280,
        "raw": {"objects": objects},
    }
    return json.dumps(
        dice.choice([state, [], None, {"raw": None}, {"raw": {"objects": "x"}}, state | {"backgroundFit": "x"}])
    )


def state(dice: random.Random, names: list[str]) -> WidgetState:
    """Something told under the name of an element of the page, or under none there is."""
    one = WidgetState()
    one.id = dice.choice(names) if names and dice.random() < 0.9 else words(dice)
    kind = dice.choice(
        ["trigger_value", "bool_value", "double_value", "int_value", "string_value", "double_array_value", "int_array_value",
         "string_array_value", "json_value", "bytes_value", "string_trigger_value", "json_trigger_value", "json_value", "json_value"]
    )  # fmt: skip
    if kind in ("trigger_value", "bool_value"):
        setattr(one, kind, True)
    elif kind == "double_value":
        one.double_value = dice.choice([float("nan"), float("inf"), -1e300, 0.5])
    elif kind == "int_value":
        one.int_value = dice.choice([-(2**62), -1, 0, 2**62])
    elif kind.endswith("array_value"):
        values: dict[str, list[object]] = {
            "d": [1.0, float("nan")],
            "i": [2**60, -1],
            "s": [words(dice) for _ in range(3)],
        }
        getattr(one, kind).data.extend(values[kind[0]] * dice.choice([0, 1, 500]))
    elif kind == "json_value":
        one.json_value = canvas_state(dice) if dice.random() < 0.7 else json.dumps(words(dice))
    elif kind == "bytes_value":
        one.bytes_value = dice.randbytes(dice.choice([0, 10, 50_000]))
    elif kind == "string_value":
        one.string_value = words(dice)
    elif kind == "json_trigger_value":
        one.json_trigger_value = json.dumps(
            dice.choice([{"event": words(dice), "value": words(dice)}, [], words(dice), None])
        )
    else:
        one.string_trigger_value.data = words(dice)
    return one


def message(dice: random.Random, tab: RawVisitor) -> bytes:
    """One crafted message."""
    kind = dice.random()
    if kind < 0.05:
        return dice.randbytes(dice.choice([0, 3, 200, 100_000]))
    told = BackMsg()
    if kind < 0.15:
        other = dice.choice(["clear_cache", "set_run_on_save", "stop_script", "load_git_info", "debug_disconnect_websocket",
                             "debug_shutdown_runtime", "app_heartbeat"])  # fmt: skip
        setattr(told, other, True)
        return bytes(told.SerializeToString())
    if kind < 0.2:
        told.file_urls_request.request_id = words(dice)
        told.file_urls_request.file_names.extend([words(dice)] * dice.choice([1, 50]))
        return bytes(told.SerializeToString())
    names = list(tab.widgets)
    states = [state(dice, names) for _ in range(dice.choice([0, 1, 1, 2, 5, 40]))]
    fragment = dice.choice(["", "", "", *tab.ticking, words(dice)])
    rerun = tab.rerun(states, fragment, query(dice) if dice.random() < 0.5 else None)
    if dice.random() < 0.1:
        rerun.rerun_script.page_name = words(dice)
        rerun.rerun_script.page_script_hash = words(dice)
    return bytes(rerun.SerializeToString())


def crafted_messages(server: Server, count: int) -> None:
    """Tabs that say what no browser says, one new wherever the server hangs up, beside somebody who watches a run."""
    witness = learner(server.port, 0)
    witness.press("train")
    quiet: list[float] = []
    watch(witness, WATCH_SECONDS, quiet)
    before, busy, said = server.megabytes, list[float](), Counter[str]()
    watching = threading.Event()

    def look() -> None:
        while not watching.is_set():
            watch(witness, 1.0, busy)

    thread = threading.Thread(target=look)
    thread.start()
    talkers = [threading.Thread(target=_talk, args=(server, number, count // TABS, said)) for number in range(TABS)]
    began = time.perf_counter()
    for talker in talkers:
        talker.start()
    for talker in talkers:
        talker.join()
    seconds = time.perf_counter() - began
    watching.set()
    thread.join()
    uploads = refused_uploads(server.port)
    time.sleep(SETTLE_SECONDS)
    print(f"{said['said']} crafted messages in {seconds:.0f} s from {said['new tabs']} tabs: ", end="")
    print(f"{said['faults']} faults shown, {server.faults()} in the log")
    for line in server.told_faults():
        print(f"    {line}")
    print(f"  memory {before:.0f} MB before, {server.megabytes:.0f} MB after; uploads refused: {uploads}")
    print(
        f"  another's look at a run: {spread(quiet)} before, {spread(busy)} meanwhile: {ratio_of_medians(busy, quiet):.1f} times"
    )


def _talk(server: Server, number: int, count: int, said: Counter[str]) -> None:
    dice = random.Random(number)
    left = count
    while left > 0:
        try:
            tab = RawVisitor(server.port, dice.choice(PAGES), home="127.0.0.2")
            tab.open()
        except REFUSED:
            time.sleep(0.5)
            continue
        said["new tabs"] += 1
        with tab:
            while left > 0 and tab.say(message(dice, tab)):
                left -= 1
                said["said"] += 1
            said["faults"] += tab.faults


def refused_uploads(port: int) -> bool:
    """Whether a file that no element asked for is refused."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/_stcore/upload_file/x/y", b"x" * 1000, method="PUT")
    try:
        urllib.request.urlopen(request, timeout=30).close()
    except urllib.error.HTTPError as answer:
        return answer.code == 404
    return False


def ratio_of_medians(one: list[float], other: list[float]) -> float:
    """How many times longer."""
    return statistics.median(one) / statistics.median(other)


# --- a flood of strangers ----------------------------------------------------------------------------------------------


def flood(server: Server, count: int) -> None:
    """One address with tabs without a cookie, each of which trains as long as it may, and five learners who come afterwards."""
    among_themselves = class_of_learners(server.port, 100)
    tabs = list[RawVisitor]()
    refused = 0
    for _ in range(count):
        try:
            tab = RawVisitor(server.port, LONG_RUN, home="127.0.0.2")
            tab.open()
            tab.press("train")
            tabs.append(tab)
        except REFUSED:
            refused += 1
    beside = class_of_learners(server.port, 0)
    print(f"{count} tabs of one address without a cookie: {len(tabs)} train, {refused} were refused")
    for name, learned in (("among themselves", among_themselves), ("beside them", beside)):
        points, speeds = zip(*learned, strict=True)
        print(f"  {LEARNERS} learners {name}: first point {spread(points)}, {spread(speeds, 'images/s')}")
    # One line more shares the workers.
    fair = statistics.median(speed for _, speed in among_themselves) * LEARNERS / (LEARNERS + 1)
    slowest = min(speed for _, speed in beside)
    print(f"  a fair share is {fair:,.0f} images/s: the slowest has {slowest / fair:.2f} of it")
    for tab in tabs:
        with tab:
            pass


def class_of_learners(port: int, number: int) -> list[tuple[float, float]]:
    """Learners who press Train at the same time: of each what ``learn`` finds."""
    results = list[tuple[float, float]]()
    threads = [
        threading.Thread(target=lambda one: results.append(learn(port, one)), args=(number + one,))
        for one in range(LEARNERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def learn(port: int, number: int) -> tuple[float, float]:
    """Train as a learner: seconds from Train to the first point of the curves, and images a second after a while."""
    visitor = learner(port, number)
    with visitor:
        began = time.perf_counter()
        visitor.press("train")
        point = _until(visitor, lambda: bool(re.search(r"epoch \d", visitor.progress)), began)
        ends = time.monotonic() + WATCH_SECONDS
        speeds = list[float]()
        while time.monotonic() < ends:
            visitor.tick()
            told = re.search(r"([\d,]+) images a second", visitor.progress)
            if told:
                speeds.append(float(told[1].replace(",", "")))
            time.sleep(0.2)
        visitor.press("stop")
        return point, statistics.median(speeds)


def _until(visitor: RawVisitor, holds: Callable[[], bool], began: float) -> float:
    while not holds():
        visitor.tick()
        time.sleep(0.02)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
