"""``python -m benchmarks.cluster``: what the loop around training costs with 1, 2, 4, 8 workers, and what 1,000 learners would need."""

# The slices only take their time, so that eight workers find room on one core: what is measured is handing over, carrying, taking back.

import argparse
import io
import os
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from benchmarks import cluster_slice
from benchmarks.cluster_model import Costs, page_costs, tell_model
from benchmarks.local_cluster import LocalCluster
from benchmarks.measuring import machine
from model.config import PRESETS
from model.runs import driver
from model.runs.cluster import Cluster, engine_archive
from model.runs.executor import Workers
from model.runs.run import RunView
from model.runs.store import Runs

COUNTS: Final = (1, 2, 4, 8)
RUNS_A_WORKER: Final = 6
PATIENCE: Final = 600.0
TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Measured:
    """What some workers did: runs a second, and what one slice cost whom.

    Attributes:
        share: of the runs a second that so many workers do whom nobody keeps waiting.
        server, scheduler: seconds of processor time a slice.
        kilobytes: over the wire a slice.
    """

    workers: int
    runs_a_second: float
    share: float
    server: float
    scheduler: float
    kilobytes: float


def main() -> None:
    """Print both tables and the model."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--counts", type=int, nargs="*", default=COUNTS, help="of workers")
    counts = parser.parse_args().counts
    print(machine())
    costs = page_costs()
    driver.timed_slice, driver.final_scores = cluster_slice.timed_slice, cluster_slice.final_scores
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[0]})  # the server has one core, all workers another
    print("               runs/s  of what is possible  server ms/slice  scheduler ms/slice  kB/slice")
    measured = []
    for count in counts:
        measured.append(with_cluster(count, cores[-1]))
        show("Dask", measured[-1])
        show("own processes", with_processes(count, cores[-1]))
    tell_model(costs, loop_costs(measured))


def loop_costs(measured: list[Measured]) -> Costs:
    """What the loop costs, from the largest cluster measured."""
    last = measured[-1]
    return Costs(server_slice=last.server, scheduler_slice=last.scheduler, kilobytes_slice=last.kilobytes)


def with_cluster(count: int, core: int) -> Measured:
    """A cluster of so many workers, all on one core."""
    with LocalCluster(count, core) as local:
        cluster = Cluster(local.address, light_engine())
        while cluster.threads < count:
            time.sleep(0.1)
        scheduler = local.scheduler.pid
        found = train(count, lambda: cluster, lambda: processor_seconds(scheduler))
        cluster.shutdown()
    return found


def with_processes(count: int, core: int) -> Measured:
    """The same with the processes that the app uses on one machine, what whoever has no cluster would take."""
    from loky import ProcessPoolExecutor

    def there() -> None:
        os.sched_setaffinity(0, {core})

    pool = ProcessPoolExecutor(count, initializer=there)
    list(pool.map(time.sleep, [0.5] * count))
    found = train(count, lambda: cast(Executor, pool), lambda: 0.0)
    pool.shutdown()
    return found


def train(count: int, make: Callable[[], Executor], scheduler_seconds: Callable[[], float]) -> Measured:
    """So many standard runs at once that every worker always has something to do."""
    workers = Workers(make)
    runs = Runs(workers)
    slices = 0
    config = PRESETS["standard"]

    def counted(view: RunView) -> bool:
        return view.ended and not view.busy

    handed = workers.in_turn

    def in_turn(*arguments: object) -> object:
        nonlocal slices
        slices += 1
        return handed(*arguments)  # type: ignore[arg-type]

    workers.in_turn = in_turn  # type: ignore[method-assign, assignment]
    began, own, theirs, wire = time.perf_counter(), time.process_time(), scheduler_seconds(), wire_bytes()
    started = [runs.start(config.changed(seed=seed)) for seed in range(RUNS_A_WORKER * count)]
    for run in started:
        if not run.wait_until(counted, PATIENCE):
            raise RuntimeError("a run did not end")
    seconds = time.perf_counter() - began
    needed = len(started) * config.total_steps * cluster_slice.SECONDS_A_STEP / count
    return Measured(
        count,
        len(started) / seconds,
        needed / seconds,
        (time.process_time() - own) / slices,
        (scheduler_seconds() - theirs) / slices,
        (wire_bytes() - wire) / slices / 1000,
    )


def show(name: str, one: Measured) -> None:
    """One line of the table."""
    print(
        f"{name:>13} {one.workers}  {one.runs_a_second:6.2f}  {one.share:19.0%}  {1000 * one.server:15.1f}"
        f"  {1000 * one.scheduler:18.1f}  {one.kilobytes:8.0f}",
        flush=True,
    )


def light_engine() -> bytes:
    """The engine as it travels, but without warming up, and with the slices that only take their time."""
    files = {"benchmarks/__init__.py": b"", "benchmarks/cluster_slice.py": Path(cluster_slice.__file__).read_bytes()}
    with zipfile.ZipFile(io.BytesIO(engine_archive())) as whole:
        files |= {name: whole.read(name) for name in whole.namelist() if name.endswith(".py")}
    files["model/runs/executor.py"] += b"\n\ndef warm_up():\n    pass\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def processor_seconds(pid: int) -> float:
    """Processor time of a process and its threads so far; Linux."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


def wire_bytes() -> int:
    """Bytes this machine has sent to itself so far; Linux."""
    for line in Path("/proc/net/dev").read_text(encoding="ascii").splitlines():
        name, _, numbers = line.partition(":")
        if name.strip() == "lo":
            return int(numbers.split()[0])
    raise RuntimeError("there is no loopback device")


if __name__ == "__main__":
    main()
