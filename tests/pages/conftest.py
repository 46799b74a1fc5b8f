from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from model.runs.executor import prepare_process
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def threads_for_workers() -> Iterator[Executor]:
    """The engine in this process: the same slices, in one thread instead of worker processes."""
    from model.runs.store import RUNS
    from ui.prediction import out_of_distribution

    executor = ThreadPoolExecutor(1, initializer=prepare_process)
    out_of_distribution.forget()
    RUNS.workers.use(lambda: executor)
    yield executor
    RUNS.close()
    executor.shutdown()


@pytest.fixture(autouse=True)
def no_clearing_after_keras(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit clears Keras's session after every run of a script, a second's work, where a process has Keras; the app's never has."""
    monkeypatch.setattr("streamlit.runtime.scriptrunner.script_runner._clean_problem_modules", lambda: None)


@pytest.fixture
def open_page():
    def opened(name: str, **query: str) -> AppTest:
        page = AppTest.from_file(str(ROOT / name), default_timeout=PATIENCE)
        for key, value in query.items():
            page.query_params[key] = value
        return page.run()

    return opened


def button(page: AppTest, key: str) -> Any:
    return page.button(key=key)


def words(page: AppTest) -> str:
    """Every text on the page."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "error", "warning", "info", "success")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(page, kind))


def finished(page: AppTest) -> Any:
    """The run in the page's URL, once it has ended."""
    from model.runs.store import RUNS

    run = RUNS.find(page.query_params["run"])
    assert run is not None
    assert run.wait_until(lambda view: view.ended, PATIENCE)
    return run
