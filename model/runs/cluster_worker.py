"""What a Dask worker does for the app: takes the engine's code, checks what it needs, and makes itself ready."""

# What is here travels to the workers as code, by value, so it calls nothing of the engine before that has arrived.

import asyncio
import importlib.metadata
import io
import logging
import pickle
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from distributed.diagnostics.plugin import WorkerPlugin

from model.library_types import DaskWorker

LOGGER: Final = logging.getLogger("distributed.worker.digit_lab")


class BringsEngine(WorkerPlugin):  # type: ignore[misc]  # distributed is read without its types
    """Makes each worker of a cluster ready, those too that come later.

    A worker that is ready has one of the resource ``name`` for each of its threads: work that asks for it comes to no other. One that
    cannot be made ready tells why, as an event of the topic ``name``.

    Args:
        prefix: what the names of all versions begin with.
        name: differs for every version of the engine's code; a worker works for the version that came last.
        archive: a zip file with the engine and the data it reads.
        packages: which version of what the worker has to have.
    """

    idempotent = True

    def __init__(self, prefix: str, name: str, archive: bytes, packages: Mapping[str, str]) -> None:
        self.name, self._prefix, self._archive, self._packages = name, prefix, archive, dict(packages)
        self._preparing: asyncio.Task[None] | None = None

    async def setup(self, worker: DaskWorker) -> None:
        """Begin to prepare; the worker goes on meanwhile, and is not kept from joining the cluster."""
        self._preparing = asyncio.get_running_loop().create_task(self._prepare(worker))

    async def teardown(self, worker: DaskWorker) -> None:
        """Prepare no further."""
        if self._preparing is not None:
            self._preparing.cancel()

    async def _prepare(self, worker: DaskWorker) -> None:
        try:
            lacking = lacks(self._packages)
            if lacking:
                raise RuntimeError(f"it lacks {', '.join(lacking)}")
            await asyncio.to_thread(make_ready, self._archive, Path(worker.local_directory) / self.name)
        except Exception as error:
            LOGGER.exception("this worker cannot train for Digit Lab")
            worker.log_event(self.name, {"worker": worker.address, "lacks": str(error)})
        else:
            others = {name: 0 for name in worker.state.total_resources if name.startswith(self._prefix)}
            await worker.set_resources(**others | {self.name: worker.state.nthreads})


def lacks(packages: Mapping[str, str]) -> list[str]:
    """Which packages are not here as they have to be, each with both versions."""
    lacking = []
    for package, wanted in packages.items():
        try:
            here = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            here = "none"
        if here != wanted:
            lacking.append(f"{package} {wanted} (here: {here})")
    return lacking


def make_ready(archive: bytes, place: Path) -> None:
    """Unpack the engine to ``place``, have this process import it from there alone, and warm it up."""
    with zipfile.ZipFile(io.BytesIO(archive)) as unpacked:
        unpacked.extractall(place)
    sys.path.insert(0, str(place))
    for name in [name for name in sys.modules if name == "model" or name.startswith("model.")]:
        del sys.modules[name]  # another version's, or somebody else's
    from model.runs.executor import warm_up

    warm_up()


def travelling_call() -> Callable[[bytes], bytes]:
    """The function that a worker calls with a pickled function and its arguments, for the pickled answer.

    Made anew, inside another, it travels as its code: the scheduler, which has nothing of the engine, can read it, too.
    """

    def call(work: bytes) -> bytes:
        function, arguments, named = pickle.loads(work)
        return pickle.dumps(function(*arguments, **named), protocol=5)

    return call
