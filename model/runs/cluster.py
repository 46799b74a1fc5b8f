"""A Dask cluster as an executor: it connects in the background and again, brings the engine's code along, and loses no work."""

import hashlib
import importlib.metadata
import io
import logging
import pickle
import sys
import threading
import time
import uuid
import zipfile
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from model.library_types import Answer, Argument, DaskAnswer, DaskClient, DaskFuture, Work

LOGGER: Final = logging.getLogger(__name__)
ROOT: Final = Path(__file__).resolve().parents[2]
DATA: Final = ("assets/mnist.npz",)
PREFIX: Final = "digit-lab-"  # of the name under which workers say that they are ready
# Curves are equal to the last bit where these are.
PACKAGES: Final = ("tensorflow", "keras", "numpy", "scipy")
LOOK_SECONDS: Final = 0.5
# The scheduler is gone when it has not answered for so long; a worker stands still when nothing was heard of it, or of five heartbeats.
ANSWER_SECONDS: Final = 2.0
SILENCE_SECONDS: Final = 2.5
HEARTBEATS_MISSED: Final = 5
CONNECT_SECONDS: Final = 5.0
FETCH_SECONDS: Final = 30.0
SCHEMES: Final = ("tcp", "tls", "ws", "wss", "ucx")
STOPPED_DATE: Final = (1980, 1, 1, 0, 0, 0)


class Missing(StrEnum):
    """What is waited for before the cluster works."""

    SCHEDULER = "scheduler"
    VERSIONS = "versions"
    WORKERS = "workers"
    PACKAGES = "packages"
    STARTING = "starting"


class Cluster(Executor):
    """Runs functions on the workers of a Dask cluster. Nothing here waits for the cluster, and work outlives scheduler and workers.

    What was submitted is sent when the cluster is there, and sent again when its scheduler was lost: functions are pure, so it does not
    matter what became of it before. Safe to call from any thread.

    Attributes:
        missing: what is waited for now; None while at least one worker is ready.
        threads: how many things the ready workers can do at once.
    """

    def __init__(self, address: str, archive: bytes | None = None) -> None:
        """``archive`` is what the workers import the engine from; this app's own unless something else is said."""
        self.missing: Missing | None = Missing.SCHEDULER
        self.threads = 0
        self._address, self._archive = address, archive
        self._name = PREFIX  # and the archive's checksum, once that is packed
        self._lock = threading.RLock()
        self._work: dict[Answer, bytes] = {}
        self._sent: dict[Answer, DaskFuture] = {}  # the cluster's own futures, while a client is there
        self._client: DaskClient = None
        self._heard: dict[str, tuple[float, float]] = {}
        self._heartbeat = LOOK_SECONDS
        self._said = ""
        self._closed = threading.Event()
        self._fetchers = ThreadPoolExecutor(4, thread_name_prefix="ClusterAnswers")
        threading.Thread(target=self._keep_connected, name="Cluster", daemon=True).start()

    def submit(self, function: Work, /, *arguments: Argument, **named: Argument) -> Answer:
        """Have ``function(*arguments, **named)`` done by a worker, as soon as there is one.

        Raises:
            RuntimeError: after ``shutdown``.
        """
        work = pickle.dumps((function, arguments, named), protocol=5)
        future: Answer = Future()
        with self._lock:
            if self._closed.is_set():
                raise RuntimeError("the cluster was let go of")
            self._work[future] = work
        self._send(future)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let go of the cluster. What is not done is cancelled: whoever may still want it has it done again."""
        with self._lock:
            self._closed.set()
            client, self._client = self._client, None
            left = list(self._work)
            self._work.clear()
            self._sent.clear()
        for future in left:
            future.cancel()
        self._fetchers.shutdown(wait=False)
        closing = threading.Thread(target=_close, args=(client,), name="LetGoOfCluster", daemon=True)
        closing.start()
        if wait:
            closing.join(2 * ANSWER_SECONDS)

    def stands_still(self) -> bool:
        """Whether nothing was heard of a ready worker for longer than its heartbeats take."""
        silence = max(SILENCE_SECONDS, HEARTBEATS_MISSED * self._heartbeat)
        with self._lock:
            return any(time.monotonic() - when > silence for _, when in self._heard.values())

    def _send(self, future: Answer) -> None:
        """Hand it to the cluster, if there is a worker for it now: Dask forgets to look again at work that came before its workers."""
        with self._lock:
            client, work = self._client, self._work.get(future)
            if client is None or work is None or not self.threads:
                return
            key = f"{self._name}-{uuid.uuid4().hex}"
            try:
                sent = client.submit(_call(), work, key=key, resources={self._name: 1})
            except Exception as error:  # noqa: BLE001  (the client is just being lost: the work is sent again with the next one)
                LOGGER.debug("not sent: %r", error)
                return
            self._sent[future] = sent
        sent.add_done_callback(lambda done: self._came_back(future, done))

    def _came_back(self, future: Answer, done: DaskFuture) -> None:
        """The scheduler says that it is done. The answer is fetched beside, for a worker that stands still may have it."""
        if done.status in ("finished", "error") and not self._closed.is_set():
            self._fetchers.submit(self._fetch, future, done)

    def _fetch(self, future: Answer, done: DaskFuture) -> None:
        answer, error = None, None
        try:
            if done.status == "error":
                error = done.exception()
            else:
                answer = pickle.loads(done.result(timeout=FETCH_SECONDS))
        except Exception as lost:  # noqa: BLE001  (whatever kept it from coming: it is done again)
            LOGGER.debug("not fetched: %r", lost)
            self._send(future)
            return
        with self._lock:
            if self._sent.get(future) is not done or self._work.pop(future, None) is None:
                return
            del self._sent[future]
        if error is None:
            future.set_result(answer)
        else:
            future.set_exception(error)

    def _keep_connected(self) -> None:
        archive = (
            engine_archive() if self._archive is None else self._archive
        )  # here, for it takes a while and a page made the cluster
        self._name = PREFIX + hashlib.sha256(archive).hexdigest()[:12]
        while not self._closed.is_set():
            client = None
            try:
                client = self._connect(archive)
                self._watch(client)
            except Exception as error:  # noqa: BLE001  (whatever it was: it is tried again)
                if self._closed.is_set():
                    return
                self._tell(Missing.SCHEDULER, f"its scheduler does not answer ({type(error).__name__}: {error})")
            with self._lock:
                self._client = None
                self._sent.clear()
                self._heard.clear()
                self.threads = 0
            _close(client)
            self._closed.wait(LOOK_SECONDS)

    def _connect(self, archive: bytes) -> DaskClient:
        import cloudpickle
        import dask.config
        from distributed import Client

        from model.runs import cluster_worker

        # A step of a large network is larger than Dask thinks that a step should be.
        dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})
        cloudpickle.register_pickle_by_value(cluster_worker)
        # It would print a whole traceback where one line of ours says that the scheduler is gone.
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        client = Client(self._address, timeout=CONNECT_SECONDS, set_as_default=False)
        try:
            self._wait_for_versions(client)
            packages = {name: importlib.metadata.version(name) for name in PACKAGES}
            engine = cluster_worker.BringsEngine(PREFIX, self._name, archive, packages)
            # Beside, for it waits for every worker's answer, also for that of one that stands still.
            threading.Thread(target=_bring, args=(client, engine), name="BringEngine", daemon=True).start()
        except BaseException:
            _close(client)
            raise
        return client

    def _wait_for_versions(self, client: DaskClient) -> None:
        """Wait until all workers have this Python, as far as they tell: code that travels is read by no other."""
        while not self._closed.is_set():
            others = other_pythons(_versions_told(client))
            if not others:
                return
            self._tell(Missing.VERSIONS, "; ".join(others))
            self._closed.wait(LOOK_SECONDS)

    def _watch(self, client: DaskClient) -> None:
        """Have the work done by this client until its scheduler is lost; says so by an error."""
        with self._lock:
            self._client = client
        while not self._closed.is_set():
            known = client.sync(client.scheduler.identity, n_workers=-1, callback_timeout=ANSWER_SECONDS)
            if client.status != "running":
                raise ConnectionError(f"the connection is {client.status}")
            self._take_stock(client, known["workers"])
            for future in self._not_with_it():
                self._send(future)
            self._closed.wait(LOOK_SECONDS)

    def _not_with_it(self) -> list[Answer]:
        """What is to be done and the cluster does not have, or has given up."""
        with self._lock:
            if not self.threads:
                self._sent.clear()
            given_up = {future for future, sent in self._sent.items() if sent.status in ("cancelled", "lost")}
            return [future for future in self._work if future in given_up or future not in self._sent]

    def _take_stock(self, client: DaskClient, workers: Mapping[str, DaskAnswer]) -> None:
        """Which workers are ready, and when each was heard of last, by this machine's clock."""
        from distributed.scheduler import heartbeat_interval

        ready = {address: worker for address, worker in workers.items() if worker["resources"].get(self._name)}
        now = time.monotonic()
        with self._lock:
            self._heartbeat = heartbeat_interval(len(workers))
            before = self._heard
            self._heard = {
                address: before[address] if address in before and before[address][0] == worker["last_seen"]
                else (worker["last_seen"], now)
                for address, worker in ready.items()
            }  # fmt: skip
            self.threads = sum(int(worker["nthreads"]) for worker in ready.values())
        if ready:
            self._tell(None, f"{len(ready)} of {len(workers)} workers are ready")
        elif not workers:
            self._tell(Missing.WORKERS, "its scheduler has no workers")
        else:
            self._tell_why_none(client, workers)

    def _tell_why_none(self, client: DaskClient, workers: Mapping[str, object]) -> None:
        events = client.sync(client.scheduler.events, topic=self._name, callback_timeout=ANSWER_SECONDS)
        lacking = {event["worker"]: event["lacks"] for _, event in events}
        if set(workers) <= set(lacking):
            self._tell(Missing.PACKAGES, "; ".join(f"{worker}: {lacking[worker]}" for worker in workers))
        else:
            self._tell(Missing.STARTING, "its workers make themselves ready")

    def _tell(self, missing: Missing | None, words: str) -> None:
        """What it stands with, for the pages, and into the log when it is something else than before."""
        self.missing = missing
        if words != self._said:
            self._said = words
            level = logging.INFO if missing in (None, Missing.STARTING) else logging.WARNING
            LOGGER.log(level, "cluster %s: %s", self._address, words)


def scheduler_address(text: str, variable: str) -> str:
    """The address of a scheduler, as an environment variable says it.

    Raises:
        ValueError: when it is none.
    """
    try:
        parts = urlsplit(text)
        good = parts.scheme in SCHEMES and bool(parts.hostname) and parts.port is not None
    except ValueError:  # a port that is no number
        good = False
    if not good:
        raise ValueError(
            f"{variable} = {text!r}; expected the address of a Dask scheduler, like tcp://192.168.1.5:8786"
        )
    return text


def engine_archive() -> bytes:
    """The engine's code and the data it reads, as a zip file that is the same to the last byte for the same files."""
    paths = sorted((ROOT / "model").rglob("*.py")) + [ROOT / name for name in DATA]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in paths:
            member = zipfile.ZipInfo(path.relative_to(ROOT).as_posix(), STOPPED_DATE)
            archive.writestr(member, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def other_pythons(told: Mapping[str, DaskAnswer]) -> list[str]:
    """Which workers have another Python than this process, in words; ``told`` is what each said of its versions."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    others = []
    for worker, versions in told.items():
        there = ".".join(str(versions["host"]["python"]).split(".")[:2])
        if there != here:
            others.append(f"{worker} has Python {there}, and needs {here} as this server has")
    return others


def _versions_told(client: DaskClient) -> Mapping[str, DaskAnswer]:
    """What each worker says of its versions; nothing where one of them stands still and keeps the others waiting."""
    asked = {"op": "versions", "packages": []}
    try:
        told: Mapping[str, DaskAnswer] = client.sync(
            client.scheduler.broadcast, msg=asked, on_error="ignore", callback_timeout=ANSWER_SECONDS
        )
    except TimeoutError:
        return {}
    return told


def _bring(client: DaskClient, engine: object) -> None:
    """Have every worker take the engine, those too that come later."""
    try:
        client.register_plugin(engine)
    except Exception as error:  # noqa: BLE001  (the connection was lost: the next one brings it again)
        LOGGER.debug("not brought: %r", error)


def _call() -> Callable[[bytes], bytes]:
    from model.runs.cluster_worker import travelling_call

    return travelling_call()


def _close(client: DaskClient) -> None:
    if client is not None:
        client.close(timeout=ANSWER_SECONDS)
