"""Training on a Dask cluster: a real scheduler and real workers that know nothing of the project, lost on purpose amid a run."""

import io
import operator
import os
import signal
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from benchmarks.chromium import free_port
from benchmarks.local_cluster import LocalCluster
from model.runs import executor
from model.runs.cluster import PACKAGES, Cluster, Missing, engine_archive, other_pythons, scheduler_address
from model.runs.executor import SCHEDULER_VARIABLE, Workers, cluster_address
from model.runs.run import Status
from model.runs.store import Runs
from tests.model.runs.undisturbed import REAL, Undisturbed, assert_undisturbed
from tests.patience import PATIENCE

LOOK = 0.05
LONG = 8_000_000  # numbers take a worker about 0.2 s to add up
SUMS = [(LONG + more) * (LONG + more - 1) // 2 for more in range(20)]


def until(holds: Callable[[], bool]) -> None:
    """Wait for what is sure to come."""
    for _ in range(int(PATIENCE / LOOK)):
        if holds():
            return
        time.sleep(LOOK)
    raise AssertionError("it never came")


def sums(cluster: Cluster, count: int) -> list["Future[int]"]:
    """Things to do that take a while, and can be told from each other."""
    return [cluster.submit(sum, range(LONG + more)) for more in range(count)]


def answered(asked: list["Future[int]"]) -> list[int]:
    return [future.result(PATIENCE) for future in asked]


def light_engine(warm_up: str = "pass") -> bytes:
    """An archive as the app's own, whose engine is there at once: what happens to scheduler and workers is what is tried."""
    files = {
        "model/__init__.py": "",
        "model/runs/__init__.py": "",
        "model/runs/executor.py": f"def warm_up():\n    {warm_up}\n",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, code in files.items():
            archive.writestr(name, code)
    return packed.getvalue()


# --- addresses, code and versions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["tcp://192.168.1.5:8786", "tcp://lab:1", "tls://[::1]:8786", "ws://lab.school.example:80"]
)
def test_the_environment_says_where_the_scheduler_is(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SCHEDULER_VARIABLE, text)
    assert cluster_address() == text


@pytest.mark.parametrize(
    "text", ["lab", "lab:8786", "tcp://lab", "tcp://:8786", "tcp://lab:port", "tcp://lab:99999", "http://lab:80", "🙂"]
)
def test_what_is_no_address_is_refused_by_name(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SCHEDULER_VARIABLE, text)
    with pytest.raises(ValueError, match=SCHEDULER_VARIABLE) as caught:
        cluster_address()
    assert repr(text) in str(caught.value) and "tcp://" in str(caught.value)
    with pytest.raises(ValueError, match=SCHEDULER_VARIABLE):
        scheduler_address(text, SCHEDULER_VARIABLE)


def test_without_what_a_cluster_needs_the_setting_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SCHEDULER_VARIABLE, "tcp://lab:8786")
    monkeypatch.setattr(executor.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"requirements-cluster\.txt"):
        cluster_address()


def test_the_engine_travels_whole_and_the_same_each_time() -> None:
    packed = engine_archive()
    assert packed == engine_archive()
    root = Path(executor.__file__).parents[2]
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        names = set(archive.namelist())
        assert archive.read("model/runs/turns.py") == (root / "model/runs/turns.py").read_bytes()
    assert {path.relative_to(root).as_posix() for path in (root / "model").rglob("*.py")} | {
        "assets/mnist.npz"
    } == names


def test_workers_with_another_python_are_named_with_what_they_need() -> None:
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    told = {
        "tcp://one:1": {"host": {"python": f"{here}.99.final.0"}},
        "tcp://two:2": {"host": {"python": "3.8.2.final.0"}},
    }
    (other,) = other_pythons(told)
    assert "tcp://two:2" in other and "3.8" in other and here in other


def test_what_a_worker_lacks_is_named_with_both_versions() -> None:
    from model.runs.cluster_worker import lacks

    assert lacks({name: version(name) for name in PACKAGES}) == []
    assert lacks({"numpy": "0.1", "no-such-package": "2"}) == [
        f"numpy 0.1 (here: {version('numpy')})",
        "no-such-package 2 (here: none)",
    ]


# --- a cluster that is not there, or is no use ---------------------------------------------------------------------


def test_nobody_waits_for_a_scheduler_that_is_not_there() -> None:
    began = threading.active_count()
    away = Cluster(f"tcp://127.0.0.1:{free_port()}", light_engine())
    workers = Workers(lambda: away)
    workers.start()
    later = workers.in_turn("anybody", 1.0, operator.add, 1, 2)
    assert not later.done() and not workers.ready and workers.count == 1
    assert workers.missing == Missing.SCHEDULER
    assert workers.waiting(later).overdue and not workers.waiting(None).overdue
    workers.kill()
    with pytest.raises(RuntimeError, match="shut down"):
        workers.submit(operator.add, 1, 2)
    with pytest.raises(RuntimeError, match="let go of"):
        away.submit(operator.add, 1, 2)
    assert threading.active_count() >= began


def test_workers_that_lack_something_get_no_work_and_are_named(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    real = version
    monkeypatch.setattr("model.runs.cluster.PACKAGES", ("numpy", "keras"))
    monkeypatch.setattr(
        "model.runs.cluster.importlib.metadata.version", lambda name: "99.0" if name == "keras" else real(name)
    )
    with LocalCluster(1) as local:
        cluster = Cluster(local.address, light_engine())
        later = cluster.submit(operator.add, 1, 2)
        until(lambda: cluster.missing == Missing.PACKAGES)
        assert not later.done()
        cluster.shutdown()
    (record,) = [record for record in caplog.records if "lacks" in record.getMessage()]
    assert "keras 99.0" in record.getMessage() and "numpy" not in record.getMessage()


# --- losses --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def local() -> Iterator[LocalCluster]:
    with LocalCluster(2) as local:
        yield local


@pytest.fixture
def cluster(local: LocalCluster) -> Iterator[Cluster]:
    local.mend()
    cluster = Cluster(local.address, light_engine())
    until(lambda: cluster.threads == 2)
    yield cluster
    cluster.shutdown()


def test_answers_and_errors_come_back(cluster: Cluster) -> None:
    assert cluster.submit(operator.add, 1, 2).result(PATIENCE) == 3
    assert isinstance(cluster.submit(operator.truediv, 1, 0).exception(PATIENCE), ZeroDivisionError)
    assert cluster.missing is None and not cluster.stands_still()


def test_a_lost_worker_costs_nothing(cluster: Cluster, local: LocalCluster) -> None:
    asked = sums(cluster, 10)
    asked[0].result(PATIENCE)
    local.kill_worker(0)
    assert answered(asked) == SUMS[:10]


def test_a_lost_scheduler_is_told_and_costs_nothing(cluster: Cluster, local: LocalCluster) -> None:
    asked = sums(cluster, 20)
    asked[0].result(PATIENCE)
    local.kill_scheduler()
    until(lambda: cluster.missing == Missing.SCHEDULER)
    late = cluster.submit(sum, range(LONG))
    until(lambda: all(worker.poll() is not None for worker in local.workers))  # they end with their scheduler
    assert cluster.missing == Missing.SCHEDULER and not late.done()
    local.mend()
    assert answered(asked) == SUMS[:20] and late.result(PATIENCE) == SUMS[0]


def test_a_frozen_scheduler_is_told_and_costs_nothing(cluster: Cluster, local: LocalCluster) -> None:
    asked = sums(cluster, 20)
    os.kill(local.scheduler.pid, signal.SIGSTOP)
    until(lambda: cluster.missing == Missing.SCHEDULER)
    os.kill(local.scheduler.pid, signal.SIGCONT)
    assert answered(asked) == SUMS[:20]


def test_frozen_workers_are_noticed(cluster: Cluster, local: LocalCluster) -> None:
    for worker in local.workers:
        os.killpg(worker.pid, signal.SIGSTOP)
    until(cluster.stands_still)
    for worker in local.workers:
        os.killpg(worker.pid, signal.SIGCONT)
    until(lambda: not cluster.stands_still())
    assert cluster.submit(operator.add, 1, 2).result(PATIENCE) == 3


def test_a_worker_that_stands_still_keeps_a_new_server_from_nothing(cluster: Cluster, local: LocalCluster) -> None:
    """Another version of the engine, as after an update of the server."""
    os.killpg(local.workers[0].pid, signal.SIGSTOP)
    newer = Cluster(local.address, light_engine("newer = True"))
    until(lambda: newer.threads == 1)
    assert newer.missing is None
    assert newer.submit(operator.add, 1, 2).result(PATIENCE) == 3
    newer.shutdown()
    os.killpg(local.workers[0].pid, signal.SIGCONT)


# --- the whole ------------------------------------------------------------------------------------------------------


def test_a_run_is_bit_equal_though_worker_and_scheduler_are_lost_in_its_middle(undisturbed: Undisturbed) -> None:
    with LocalCluster(2) as local:
        workers = Workers(lambda: Cluster(local.address))
        workers.start()
        run = Runs(workers).start(REAL)
        assert run.wait_until(lambda view: len(view.points) >= 3, timeout=PATIENCE)
        local.kill_worker(0)
        assert run.wait_until(lambda view: len(view.points) >= 8, timeout=PATIENCE)
        local.kill_scheduler()
        until(lambda: run.view().overdue)
        assert run.view().status == Status.TRAINING and run.view().images_per_second is None
        local.mend()
        assert run.wait_until(lambda view: view.ended, timeout=PATIENCE)
        assert_undisturbed(run, undisturbed)
        workers.kill()
