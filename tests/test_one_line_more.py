"""What the README calls one line is one line: an activation added to its registry goes through the whole project."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]


def test_one_line_adds_an_activation_everywhere() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.one_line_more"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
