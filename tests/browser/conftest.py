"""The app served as visitors get it, and a browser to visit it with: patient, and sparing with what costs time.

What a browser test costs is servers, trained runs, browser contexts and page loads, in this order. So

- **one server** a session (``server``), started when the first test asks for it;
- **a run is trained once** a session: ``trained_run()`` gives ``run=TOKEN`` of a finished run that reads drawn digits well, and
  ``trained_run("epochs=1&training_images=2000")`` of any other settings; open it anywhere: ``visit(f"/inside?{trained_run()}")``.
  The run is shared: look at it, draw for it, damage it, teach it (that makes a new run), but do not train it longer. It belongs to
  another visitor, so it does not stand in Compare's list. Press Train in a test only when training itself is what is tested, and then
  on few images and epochs (``journey.QUICK``) unless it has to learn;
- **one browser for all**: the first ``visit`` of a test comes in a browser that keeps the app's scripts compiled from one test to the next,
  a third of what a page costs, and nothing else: cookies and storage are cleared, and it is a new visitor. Further visits, and those
  that ask for more than a size of the window, come in contexts of their own;
- **one context a visitor**: a second page of the same visitor is ``page.context.new_page()``, another page of
  the app is ``journey.go`` or ``journey.open_path``, another size is ``page.set_viewport_size``;
- **no fixed waits**: ``expect`` and every wait give up only after ``PATIENCE``, which costs nothing while all is well; what a page
  does of itself is awaited by what it then shows, by ``journey.settled(page)`` (the script has run to its end and the charts are
  drawn) or by ``with journey.rerun(page):`` around an action that shows nothing but has to have reached the server.
"""

import contextlib
import functools
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from benchmarks.chromium import QUIET, find_chromium, free_port
from model.runs.executor import WORKERS_VARIABLE
from tests.browser import journey
from tests.browser.proxies import relay

ROOT = Path(__file__).resolve().parents[2]
ARTIFACTS = Path(__file__).parent / "artifacts"
PATIENCE = 300_000
USUAL = {"viewport": {"width": 1280, "height": 900}, "locale": "en-US"}

expect.set_options(timeout=PATIENCE)


class Server:
    """A real server of the app in its own process group, with one worker: every architecture is compiled once, not once a core."""

    def __init__(self, *options: str, path: str = "") -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}{path}"
        command = [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            "app.py",
            "--server.port",
            str(self.port),
            "--server.address",
            "127.0.0.1",
            *options,
        ]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {WORKERS_VARIABLE: "1"},
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._wait()

    def workers(self) -> list[int]:
        """Process numbers of the training workers."""
        return [pid for pid in descendants(self.process.pid) if "loky.backend.popen_loky" in command_line(pid)]

    def stop(self) -> None:
        self._tell_all(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self._tell_all(signal.SIGKILL)
            self.process.wait()
        self._reader.join(10)

    def _tell_all(self, what: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):  # all of them are gone
            os.killpg(self.process.pid, what)

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            self.lines.extend(output)

    def _wait(self) -> None:
        for _ in range(1200):
            try:
                with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=1):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the server did not start:\n" + "".join(self.lines))


def source_tree() -> set[str]:
    """Every file of the project but what Python, Git and the tests themselves keep."""
    kept = {".git", ".venv", "__pycache__", "artifacts"}
    folders = (ROOT, *(ROOT / name for name in ("assets", "model", "pages", "ui", ".streamlit")))
    paths = {path for folder in folders for path in (folder.iterdir() if folder == ROOT else folder.rglob("*"))}
    return {str(path) for path in paths if not kept & set(path.parts) and not path.name.endswith("_cache")}


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def descendants(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            child = int(path.parent.name)
            found += [child, *descendants(child)]
    return found


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    before = source_tree()
    running = Server()
    yield running
    running.stop()
    assert source_tree() == before, "the server wrote into the source tree"
    failures = [line for line in running.lines if "Traceback" in line or "cannot say" in line]
    assert not failures, "the server logged errors, or refused what a real browser told:\n" + "".join(running.lines)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    running = playwright.chromium.launch(executable_path=find_chromium(), args=QUIET)
    yield running
    running.close()


@pytest.fixture(scope="session")
def usual_context(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """A browser with a profile on the disk, where it keeps scripts compiled; see ``as_new``."""
    profile = tmp_path_factory.mktemp("profile")
    running = playwright.chromium.launch_persistent_context(
        profile, executable_path=find_chromium(), args=QUIET, **USUAL
    )
    yield made_patient(running)
    running.close()


def as_new(context: BrowserContext, address: str) -> BrowserContext:
    """The context without anything an earlier visitor of the app at this address left in it, but for compiled scripts."""
    context.clear_cookies()
    blank = context.pages[0]  # stays: without a page the browser would end
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(address))
    context.new_cdp_session(blank).send(
        "Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage,indexeddb,service_workers"}
    )
    return context


def patient_context(browser: Browser, **options: object) -> BrowserContext:
    """A new visitor's browser, in English on a laptop unless ``options`` say otherwise."""
    return made_patient(browser.new_context(**USUAL | options))


def made_patient(context: BrowserContext) -> BrowserContext:
    context.set_default_timeout(PATIENCE)
    context.add_init_script(journey.HEAR_RUNS)
    return context


@pytest.fixture(scope="session")
def trained_run(browser: Browser, server: Server) -> Callable[..., str]:
    """``trained_run(query)``: ``run=TOKEN`` of a finished run of these settings, trained at the first call of the session and shared."""

    @functools.cache
    def trained(query: str = journey.READER) -> str:
        context = patient_context(browser)
        page = context.new_page()
        page.goto(f"{server.address}/train?{query}")
        page.locator(".st-key-train button").click()
        journey.wait_result(page)
        token = journey.run_token(page)
        context.close()
        return f"run={token}"

    return trained


@pytest.fixture
def visit(browser: Browser, usual_context: BrowserContext, server: Server, request: pytest.FixtureRequest):
    """``visit(path)`` opens a page as a new visitor; keeps a screenshot of the last one when the test fails."""
    contexts = []

    def context_for(address: str, options: dict[str, object]) -> BrowserContext:
        if usual_context not in contexts and not options:
            return as_new(usual_context, address)
        return patient_context(browser, **options)

    def open_page(path: str = "/", address: str | None = None, viewport: object = None, **options: object) -> Page:
        context = context_for(address or server.address, options)
        contexts.append(context)
        page = context.new_page()
        if viewport:
            page.set_viewport_size(viewport)
        page.requested = []
        page.on("request", lambda asked: page.requested.append(asked.url))
        page.goto((address or server.address) + path)
        page.wait_for_selector("h1")
        return page

    yield open_page
    name = re.sub(r"\W+", "_", request.node.name)
    for number, context in enumerate(contexts):
        for page in context.pages:
            if getattr(request.node, "failed", False):
                ARTIFACTS.mkdir(exist_ok=True)
                page.screenshot(path=ARTIFACTS / f"{name}_{number}.png")
        if context is usual_context:
            leave(context)
        else:
            context.close()


def leave(context: BrowserContext) -> None:
    """Close what a test opened, and let go of what it told the context."""
    context.unroute_all()
    context.set_offline(False)
    context.clear_permissions()
    for page in context.pages[1:]:
        page.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    report = yield
    if report.when == "call" and report.failed:
        item.failed = True
    return report


class CuttableLine:
    """A TCP line to the server that can be cut and mended, like school Wi-Fi."""

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._target = target
        self._open = True
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._open = False
        for end in self._sockets:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        self._sockets.clear()

    def mend(self) -> None:
        self._open = True

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if not self._open:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self._target))
            self._sockets += [near, far]
            threading.Thread(target=relay, args=(near, far), daemon=True).start()


@pytest.fixture
def line(server: Server) -> Iterator[CuttableLine]:
    made = CuttableLine(server.port)
    yield made
    made.close()
