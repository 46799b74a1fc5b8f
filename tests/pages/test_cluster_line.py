"""Where a cluster trains, every page says how it stands with it and waits for nothing."""

import io
import zipfile
from collections.abc import Iterator

import pytest

from benchmarks.chromium import free_port
from model.config import TrainingConfig
from model.runs.cluster import Cluster, Missing
from model.runs.executor import SCHEDULER_VARIABLE
from model.runs.store import RUNS
from tests.pages.conftest import words
from ui.elements.page_links import PAGES
from ui.state.language import text_in

AWAY = "their scheduler does not answer"


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """A cluster whose scheduler is not there."""
    address = f"tcp://127.0.0.1:{free_port()}"
    monkeypatch.setenv(SCHEDULER_VARIABLE, address)
    nothing = io.BytesIO()
    zipfile.ZipFile(nothing, "w").close()
    cluster = Cluster(address, nothing.getvalue())
    RUNS.workers.use(lambda: cluster)
    yield cluster
    cluster.shutdown()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_there_at_once_and_says_what_it_waits_for(open_page, away, name):
    page = open_page("app.py" if name == "home" else f"pages/{name}.py")
    assert not page.exception and AWAY in words(page)


def test_a_run_waits_for_the_cluster_and_says_so(open_page, away):
    run = RUNS.start(TrainingConfig())
    page = open_page("pages/train.py", run=run.token)
    assert not page.exception
    (progress,) = [one for one in page.get("progress")]
    assert AWAY in progress.proto.text
    away.missing, away.threads = None, 3
    page.run()
    assert AWAY not in words(page) and "3 networks at once" in words(page)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("missing", Missing)
def test_whatever_is_missing_has_words(missing, language):
    assert text_in(language, f"cluster.{missing}")


def test_where_this_computer_trains_no_page_speaks_of_others(open_page):
    assert "ther computers" not in words(open_page("pages/train.py"))
