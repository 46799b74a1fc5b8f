"""What a server keeps is set by environment variables, read when it starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from model.runs.limits import (
    RUN_MEGABYTES_SETTING,
    RUNS_SETTING,
    SNAPSHOT_MEGABYTES_SETTING,
    UNSEEN_SETTING,
    whole_setting,
)

ROOT = Path(__file__).resolve().parents[3]
START = """
from model.config import TrainingConfig
from model.runs.store import RUNS
from tests.model.runs.hand_executor import HandExecutor
RUNS.workers.use(HandExecutor)
config = TrainingConfig(hidden_sizes=(1024,))
started = 0
try:
    while started < 500:
        RUNS.start(config)
        started += 1
except RuntimeError as full:
    print(started, type(full).__name__, full.capacity)
"""


def started_with(setting: str, text: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", START], cwd=ROOT, env=os.environ | {setting: text}, capture_output=True, text=True
    )


def test_so_many_runs_are_kept() -> None:
    assert started_with(RUNS_SETTING, "3").stdout.split() == ["3", "RegistryFull", "3"]


def test_all_runs_hold_so_many_megabytes() -> None:
    one = (784 * 1024 + 1024 + 1024 * 10 + 10) * 12  # weights and what Adam remembers of each, float32
    assert started_with(RUN_MEGABYTES_SETTING, "40").stdout.split() == [
        str(40_000_000 // one),
        "MemoryFull",
        "40000000",
    ]


@pytest.mark.parametrize("setting", [RUNS_SETTING, RUN_MEGABYTES_SETTING, SNAPSHOT_MEGABYTES_SETTING, UNSEEN_SETTING])
def test_nonsense_stops_the_start_and_is_named(setting: str) -> None:
    done = started_with(setting, "many")
    assert done.returncode and f"{setting} = 'many'; expected a whole number of at least 1" in done.stderr


@pytest.mark.parametrize(("text", "found"), [("", 7), (" 12 ", 12), ("1", 1)])
def test_a_setting_is_what_the_environment_says_or_the_standard(
    text: str, found: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGIT_LAB_TRIED", text)
    assert whole_setting("DIGIT_LAB_TRIED", 7) == found
