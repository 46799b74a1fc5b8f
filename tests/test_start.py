"""Before anything installs, an interpreter or a computer that cannot run the app is told so, with what to do."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from check_python import MACHINES, NEWEST, OLDEST, known, objection

ROOT = Path(__file__).resolve().parents[1]
GOOD = ((3, 12, 4), "CPython", True, "Linux", "x86_64", "glibc")
VERSIONS = [(3, minor) for minor in range(8, 17)]


def changed(**values):
    names = ("version", "implementation", "wide", "system", "machine", "libc")
    return dict(zip(names, GOOD, strict=True)) | values


def test_this_interpreter_is_fit():
    assert objection(*known()) is None


@pytest.mark.parametrize("minor", range(OLDEST[1], NEWEST[1] + 1))
@pytest.mark.parametrize(
    ("system", "machine"), [(system, machine) for system in MACHINES for machine in MACHINES[system]]
)
def test_what_the_pins_are_made_for_is_fit(minor, system, machine):
    libc = "glibc" if system == "Linux" else ""
    assert objection(**changed(version=(3, minor, 0), system=system, machine=machine, libc=libc)) is None


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"version": (2, 7, 18)}, ["2.7.18", "3.11 to 3.13", "make run PYTHON=python3.13"]),
        ({"version": (3, 10, 14)}, ["3.10.14", "3.11 to 3.13", "make run PYTHON=python3.13"]),
        ({"version": (3, 14, 0)}, ["3.14.0", "3.11 to 3.13", "make run PYTHON=python3.13"]),
        ({"implementation": "PyPy"}, ["PyPy 3.12.4", "Install"]),
        ({"wide": False}, ["64 bits", "Install"]),
        ({"system": "Darwin", "machine": "x86_64", "libc": ""}, ["Intel", "Apple silicon", "container"]),
        ({"system": "Windows", "machine": "ARM64", "libc": ""}, ["Windows on ARM64", "Use"]),
        ({"machine": "riscv64"}, ["riscv64", "container"]),
        ({"system": "FreeBSD", "machine": "amd64", "libc": ""}, ["FreeBSD", "container"]),
        ({"libc": "musl"}, ["musl", "glibc"]),
    ],
)
def test_what_they_are_not_made_for_is_told_with_what_to_do(values, words):
    told = objection(**changed(**values))
    assert told is not None
    for word in words:
        assert word in told


def fake_interpreter(folder, version):
    """A Python that says it is of another version, and notes whatever else it is asked to do."""
    path = folder / "fake-python"
    program = f"import runpy, sys; sys.version_info = {version}; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    path.write_text(
        f"""#!/bin/sh
case "$1" in *.py) exec '{sys.executable}' -c "{program}" "$@" ;; esac
echo "$@" >> '{folder}/asked'
"""
    )
    path.chmod(0o755)
    return path


@pytest.fixture
def copy(tmp_path):
    """What `make run` looks at before it installs."""
    for name in ("Makefile", "check_python.py", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def make(folder, python):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", "run", f"PYTHON={python}"], cwd=folder, capture_output=True, text=True, env=environment, check=False
    )


def test_make_stops_before_it_installs_anything(copy):
    done = make(copy, fake_interpreter(copy, (3, 10, 14)))
    assert done.returncode != 0
    assert "Digit Lab needs Python 3.11 to 3.13, but this is 3.10.14" in done.stderr
    assert "make run PYTHON=python3.13" in done.stderr
    assert not (copy / ".venv").exists() and not (copy / "asked").exists()


def test_make_says_when_there_is_no_such_interpreter(copy):
    done = make(copy, "python3.99")
    assert done.returncode != 0 and "There is no python3.99 here" in done.stderr and "3.11 to 3.13" in done.stderr
    assert not (copy / ".venv").exists()


def test_make_goes_on_with_one_that_fits(copy):
    make(copy, fake_interpreter(copy, (3, 12, 4)))
    assert (copy / "asked").read_text().startswith("-m venv .venv")


@pytest.mark.parametrize(
    "environment",
    [{"python_version": f"{major}.{minor}"} for major, minor in VERSIONS]
    + [{"sys_platform": "darwin", "platform_machine": machine} for machine in ("x86_64", "arm64")],
    ids=str,
)
def test_pip_stops_too_where_the_pins_cannot_be_installed(environment):
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if not line.startswith("#")]
    markers = [requirement.marker for requirement in map(Requirement, lines) if requirement.marker]
    here = {"python_version": "3.12", "sys_platform": "linux", "platform_machine": "x86_64"} | environment
    machine = ("Darwin" if here["sys_platform"] == "darwin" else "Linux", here["platform_machine"])
    version = tuple(int(part) for part in here["python_version"].split("."))
    told = objection(**changed(version=version, system=machine[0], machine=machine[1], libc=""))
    assert any(marker.evaluate(here) for marker in markers) == (told is not None)


def test_every_place_names_the_same_versions():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    allowed = SpecifierSet(project["requires-python"])
    assert [version for version in VERSIONS if allowed.contains("{}.{}.0".format(*version))] == [
        version for version in VERSIONS if OLDEST <= version <= NEWEST
    ]
    named = "{}.{} to {}.{}".format(*OLDEST, *NEWEST)
    for name in ("README.md", "Makefile", "requirements.txt"):
        text = (ROOT / name).read_text("utf-8").replace("-to-", " to ")
        assert re.search(rf"Python[ -]{re.escape(named)}", text), name
    assert "Python {}.{} 到 {}.{}".format(*OLDEST, *NEWEST) in (ROOT / "README.zh-CN.md").read_text("utf-8")
