"""The processes that train: an executor by name, warmed and replaced when it breaks; knows nothing of what it runs or of screens."""

import gc
import importlib.util
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar, cast

from model.config import TrainingConfig
from model.data.synthetic_digits import training_pool
from model.library_types import Answer
from model.runs.cluster import Cluster, Missing, scheduler_address
from model.runs.cut_off_workers import watched
from model.runs.limits import whole_number
from model.runs.turns import Stall, Turns, Waiting
from model.training.loop import train_steps, use_one_thread

T = TypeVar("T")
P = ParamSpec("P")

SCHEDULER_VARIABLE: Final = "DIGIT_LAB_DASK_SCHEDULER"
WORKERS_VARIABLE: Final = "DIGIT_LAB_WORKERS"
# How often a worker looks whether its server is still there.
PARENT_SECONDS: Final = 1.0
COMPUTE_ENVIRONMENT: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    # Keep memory for the next state instead of handing it back to the system after each: a large state then travels twice as fast.
    "MALLOC_MMAP_THRESHOLD_": "1000000000",
    "MALLOC_TRIM_THRESHOLD_": "1000000000",
}


def warm_up_here() -> None:
    """Make a worker of this machine ready; it ends when its server does."""
    threading.Thread(target=_end_without, args=(os.getppid(),), name="EndWithServer", daemon=True).start()
    warm_up()


def warm_up() -> None:
    """Make a worker ready, wherever it is: import TensorFlow, load the data, compile the standard network."""
    prepare_process()
    train_steps(TrainingConfig(), None, 1)
    # Loky collects garbage once a second, which takes 0.2 s with all that TensorFlow brings: none of that is ever garbage.
    gc.collect()
    gc.freeze()
    # Pen-drawn digits take two seconds to make; whoever trains without them need not wait.
    threading.Thread(target=training_pool, daemon=True).start()


def _end_without(parent: int) -> None:
    """End this process soon after the one that started it has ended, however that happened."""
    while os.getppid() == parent:
        time.sleep(PARENT_SECONDS)
    os._exit(0)


def prepare_process() -> None:
    """Import TensorFlow with one compute thread and without the greetings its libraries write to the error stream."""
    os.environ.update(COMPUTE_ENVIRONMENT)
    with _silent_error_stream():
        use_one_thread()


@contextmanager
def _silent_error_stream() -> Iterator[None]:
    """Point file descriptor 2 elsewhere for a while; exceptions still come through."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)


def worker_count() -> int:
    """One worker a core this process may use, or what the environment variable ``DIGIT_LAB_WORKERS`` says.

    Raises:
        ValueError: when the variable is not a whole number of at least 1.
    """
    text = os.environ.get(WORKERS_VARIABLE)
    if text is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return whole_number(WORKERS_VARIABLE, text)


def cluster_address() -> str | None:
    """Where the scheduler of a Dask cluster is that is to train, as ``DIGIT_LAB_DASK_SCHEDULER`` says; None where this machine trains.

    Raises:
        ValueError: when that is no address, or what a cluster needs is not installed.
    """
    text = os.environ.get(SCHEDULER_VARIABLE)
    if not text:
        return None
    address = scheduler_address(text, SCHEDULER_VARIABLE)
    if importlib.util.find_spec("distributed") is None:
        raise ValueError(
            f"{SCHEDULER_VARIABLE} is set, but a cluster needs what pip install -r requirements-cluster.txt installs"
        )
    return address


def make_executor() -> Executor:
    """The executor the environment asks for: loky's processes on this machine, or a Dask cluster's workers."""
    address = cluster_address()
    if address is not None:
        return Cluster(address)
    from loky import ProcessPoolExecutor

    pool = ProcessPoolExecutor(worker_count(), initializer=warm_up_here, env=COMPUTE_ENVIRONMENT)
    return cast(Executor, watched(pool))


class Workers:
    """An executor that is made at first use and made anew when it breaks. Safe to call from any thread."""

    def __init__(self, make: Callable[[], Executor] = make_executor) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._executor: Executor | None = None
        self._ready: Future[int] | None = None
        self._closed = False
        self._turns = Turns(
            lambda *work: self.submit(*work),
            lambda: self.count,
            self._stands_still,
            self.renew,
            absent=lambda: self.missing is not None,
        )

    def start(self) -> None:
        """Start the workers, so that the first visitor waits less; returns at once."""
        with self._lock:
            self._closed = False
            self._running()

    def use(self, make: Callable[[], Executor]) -> None:
        """Have executors made by ``make`` from the next work on, even after ``shutdown``; the one before is left to whoever made it."""
        with self._lock:
            self._make, self._executor, self._ready, self._closed = make, None, None, False
        self._turns.forget()

    @property
    def ready(self) -> bool:
        """Whether a worker has finished warming up."""
        ready = self._ready
        return ready is not None and ready.done() and ready.exception() is None

    @property
    def missing(self) -> Missing | None:
        """What of a cluster is waited for; None where nothing is, and for workers of this machine."""
        executor = self._executor
        return executor.missing if isinstance(executor, Cluster) else None

    @property
    def count(self) -> int:
        """How many things can be done at once; at least 1, also while there are no workers yet."""
        executor = self._executor
        if isinstance(executor, Cluster):
            return max(1, executor.threads)
        return int(getattr(executor, "_max_workers", 0)) or worker_count()

    def submit(self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> "Future[T]":
        """Run ``function(*arguments, **named)`` in a worker, first come first served.

        Raises:
            RuntimeError: after ``shutdown``.
        """
        with self._lock:
            if self._closed:
                raise RuntimeError("the workers were shut down")
            try:
                return self._running().submit(function, *arguments, **named)
            except RuntimeError:  # broken or shut down: BrokenExecutor is a RuntimeError
                self._executor = None
                return self._running().submit(function, *arguments, **named)

    def in_turn(self, whose: str, seconds: float | None, function: Callable[..., T], *arguments: object) -> "Future[T]":
        """Run ``function(*arguments)`` in a worker when it is ``whose`` turn; done again elsewhere where workers hang or are lost.

        ``seconds`` is what its like took; None where that is not known. Whatever keeps it from being done is told by the future alone.
        """
        return self._turns.submit(whose, seconds, function, *arguments)

    def waiting(self, future: Answer | None) -> Waiting:
        """How it stands with what was submitted in turn; nothing that is waited for is in time while the cluster is not there."""
        waiting = self._turns.waiting(future)
        return waiting if future is None or self.missing is None else replace(waiting, overdue=True)

    def renew(self) -> None:
        """Let go of all workers, whatever they do, and make new ones when they are needed."""
        with self._lock:
            executor, self._executor, self._ready = self._executor, None, None
        if executor is not None:
            threading.Thread(target=_let_go, args=(executor,), name="LetGoOfWorkers", daemon=True).start()

    def kill(self) -> None:
        """End the workers at once; whoever wants more of them is refused."""
        with self._lock:
            self._closed = True
            executor, self._executor, self._ready = self._executor, None, None
        if executor is not None:
            _let_go(executor, wait=True)
            del executor
            gc.collect()  # its locks are given back to the system, which would else complain that they were left

    def _stands_still(self) -> Stall:
        """Whether processes of the executor are stopped, or were not heard of."""
        if isinstance(self._executor, Cluster):
            return Stall.SOME if self._executor.stands_still() else Stall.NONE
        processes = dict(getattr(self._executor, "_processes", None) or {})
        stopped = sum(map(_is_stopped, processes))
        return Stall.NONE if not stopped else Stall.ALL if stopped == len(processes) else Stall.SOME

    def shutdown(self) -> None:
        """End the workers when what they are doing now is done; whoever wants more of them is refused."""
        with self._lock:
            self._closed = True
            executor, self._executor, self._ready = self._executor, None, None
        if executor is not None:  # not with the lock: what ends now may call ``submit``
            executor.shutdown(wait=True)
        self._turns.forget()

    def _running(self) -> Executor:
        if self._executor is None:
            self._executor = self._make()
            self._ready = self._executor.submit(os.getpid)
        return self._executor


def _let_go(executor: Any, wait: bool = False) -> None:  # loky has no types
    if hasattr(executor, "_processes"):
        executor.shutdown(wait=wait, kill_workers=True)
    else:
        executor.shutdown(wait=wait, cancel_futures=True)


def _is_stopped(pid: int) -> bool:
    """Whether a process was stopped by a signal and not continued; only Linux tells."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] in ("T", "t")
    except OSError:
        return False
