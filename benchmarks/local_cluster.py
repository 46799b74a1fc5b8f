"""A Dask cluster on this machine, for trying, tests and benchmarks; ``python -m benchmarks.local_cluster`` serves the app with one."""

# Scheduler and workers start in an empty folder and know nothing of the project, as on other machines.

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from benchmarks.chromium import free_port
from model.runs.executor import SCHEDULER_VARIABLE

ROOT: Final = Path(__file__).resolve().parents[1]
LOOK_SECONDS: Final = 0.5


class LocalCluster:
    """A scheduler and workers with one thread each, in processes of their own.

    Args:
        workers: how many.
        core: on which of the machine's cores all workers run; None for wherever there is room.
    """

    def __init__(self, workers: int, core: int | None = None) -> None:
        self.port = free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._core = core
        self._log = os.open(Path(self._folder.name) / "log", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        self.scheduler = self._start_scheduler()
        self.workers = [self._start_worker() for _ in range(workers)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def kill_scheduler(self) -> None:
        """End the scheduler at once, as a power cut would."""
        end(self.scheduler, signal.SIGKILL)

    def kill_worker(self, number: int) -> None:
        """End one worker and what watches over it at once, as a power cut would."""
        end(self.workers[number], signal.SIGKILL)

    def mend(self) -> None:
        """Start again what has ended, as whatever keeps services running would."""
        if self.scheduler.poll() is not None:
            self.scheduler = self._start_scheduler()
        self.workers = [self._start_worker() if worker.poll() is not None else worker for worker in self.workers]

    def said(self) -> str:
        """What scheduler and workers wrote."""
        return (Path(self._folder.name) / "log").read_text(errors="replace")

    def stop(self) -> None:
        """End all of it."""
        for process in [*self.workers, self.scheduler]:
            end(process, signal.SIGKILL)
        os.close(self._log)
        self._folder.cleanup()

    def _start_scheduler(self) -> "subprocess.Popen[bytes]":
        return self._start(
            "dask_scheduler", "--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard", "--no-show"
        )

    def _start_worker(self) -> "subprocess.Popen[bytes]":
        worker = self._start("dask_worker", self.address, "--nthreads", "1", "--memory-limit", "0", "--no-dashboard")
        if self._core is not None:
            os.sched_setaffinity(worker.pid, {self._core})
        return worker

    def _start(self, what: str, *arguments: str) -> "subprocess.Popen[bytes]":
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{what}", *arguments],
            cwd=self._folder.name,
            env=environment,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )


def end(process: "subprocess.Popen[bytes]", how: signal.Signals) -> None:
    """End a process that leads a group, with all it started; nothing where it has ended already."""
    if process.poll() is None:
        os.killpg(process.pid, how)
    process.wait()


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve the app with a scheduler and workers of this machine, until it is ended; starts again what dies of them."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--port", default="8501", help="where the app is served")
    parser.add_argument("--workers", type=int, default=2, help="how many workers train")
    chosen = parser.parse_args(arguments)
    with LocalCluster(chosen.workers) as cluster:
        print(f"scheduler {cluster.address} (process {cluster.scheduler.pid}), ", end="")
        print(f"workers {', '.join(str(worker.pid) for worker in cluster.workers)}; end them and see")
        app = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", chosen.port],
            cwd=ROOT,
            env=os.environ | {SCHEDULER_VARIABLE: cluster.address},
        )
        try:
            while app.poll() is None:
                time.sleep(LOOK_SECONDS)
                cluster.mend()
        except KeyboardInterrupt:
            print("ending")
        finally:
            app.terminate()
            app.wait()


if __name__ == "__main__":
    main()
