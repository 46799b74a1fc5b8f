"""Frees a pool of processes whose worker was killed while it handed over a result; knows nothing of what is computed."""

import threading
import time
import weakref
from typing import Any, Final

WATCH_SECONDS: Final = 0.5
# How long the pool itself may take to notice that a worker is gone.
NOTICES_IN: Final = 2.0


def watched(executor: Any) -> Any:  # loky has no types
    """The same loky executor, which from now on breaks, as it should, when a worker dies in the middle of a result.

    Loky notices a worker's end, but not while it reads: it then waits for the rest of a message that nobody writes, and so does all
    that was ever submitted. The worker that died may also have held the lock under which all workers write. So where a worker has
    been gone for two seconds and the pool has not said that it is broken, the others are ended and the last open end of the pipe is
    closed: the read fails, and loky breaks in its ordinary way. Anything but a loky executor is left alone.
    """
    if not hasattr(executor, "_result_queue"):
        return executor
    reference = weakref.ref(executor)
    threading.Thread(target=_watch, args=(reference,), name="WatchForCutOffWorkers", daemon=True).start()
    return executor


def _watch(reference: "weakref.ref[Any]") -> None:
    gone_since: float | None = None
    while True:
        time.sleep(WATCH_SECONDS)
        executor = reference()
        if executor is None or executor._flags.shutdown or executor._flags.broken is not None:
            return
        processes = list((executor._processes or {}).values())
        if all(process.exitcode is None for process in processes):
            gone_since = None
        elif gone_since is None:
            gone_since = time.monotonic()
        elif time.monotonic() - gone_since >= NOTICES_IN:
            _free(executor, processes)
            return
        del executor  # whoever made it may let it go


def _free(executor: Any, processes: list[Any]) -> None:
    for process in processes:
        process.terminate()
        process.join()
    executor._result_queue._writer.close()
