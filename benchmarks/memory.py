"""``python -m benchmarks.memory``: memory of the web process and of the workers over 200 runs in a row."""

import argparse
import time
from pathlib import Path

from benchmarks.measuring import machine
from model.config import TrainingConfig
from model.runs.executor import Workers
from model.runs.store import Runs

# Fewer than the server keeps, so that 200 runs show whether what is dropped is really gone.
RUNS_KEPT = 50
ARCHITECTURES = [(64, 64), (32,), (128, 64), (16, 16, 16), ()]


def main() -> None:
    """Train 200 short runs of five architectures, half of them never looked at again, and print memory on the way."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--runs", type=int, default=200)
    runs = parser.parse_args().runs
    server = Runs(Workers(), kept=RUNS_KEPT)
    print(f"{machine()}; {RUNS_KEPT} runs are kept, older ones dropped")
    print("runs  web process  workers (resident memory, MB)")
    for number in range(1, runs + 1):
        config = TrainingConfig(hidden_sizes=ARCHITECTURES[number % len(ARCHITECTURES)], epochs=1, seed=number)
        run = server.start(config)
        run.wait_until(lambda view: view.ended, 120)
        if number % 25 == 0 or number == 10:
            time.sleep(0.2)
            workers = "  ".join(f"{resident(pid):7.0f}" for pid in children())
            print(f"{number:>4}  {resident('self'):11.0f}  {workers}", flush=True)
    server.workers.shutdown()


def resident(pid: str) -> float:
    """Resident memory of a process in MB; Linux."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


def children() -> list[str]:
    """The training workers of this process; Linux."""
    own = Path("/proc/self").resolve().name
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = (path / "stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[1]
            command = (path / "cmdline").read_bytes()
        except OSError:  # it ended while being looked at
            continue
        if parent == own and b"popen_loky" in command:
            found.append(path.name)
    return sorted(found)


if __name__ == "__main__":
    main()
