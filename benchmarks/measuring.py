"""What the benchmarks share: the machine's name, medians, a child process a contestant; knows nothing of what is measured."""

import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent


def machine() -> str:
    """The processor and how many of its cores this process may use."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{names[0] if names else model}, {cores} cores, Python {platform.python_version()}"


def in_a_process(module: str, *arguments: str, cores: Sequence[int] | None = None) -> Any:
    """Run ``python -m module arguments`` and return the JSON of its last line; on given cores only where that can be had."""
    command = [sys.executable, "-m", module, *arguments]

    def pin() -> None:
        if cores is not None:
            os.sched_setaffinity(0, cores)

    quiet = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    done = subprocess.run(
        command, cwd=ROOT, env=quiet, capture_output=True, text=True, preexec_fn=pin if cores else None
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def ratio(own: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios of pairs that were measured in turn."""
    return statistics.median(one / other for one, other in zip(own, theirs, strict=True))


def spread(values: Sequence[float], unit: str = "s") -> str:
    """Median and range of some measurements, as text."""
    return f"{statistics.median(values):.3f} {unit} ({min(values):.3f} to {max(values):.3f}, {len(values)} times)"
