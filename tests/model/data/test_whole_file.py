"""A file is written whole or not at all."""

import errno
import os
from pathlib import Path

import pytest

from model.data.whole_file import whole_file


def test_what_was_written_takes_the_place_of_what_was_there(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with whole_file(path) as part:
        part.write_bytes(b"new")
        assert path.read_bytes() == b"old"
        assert part.suffix == ".bin"
    assert path.read_bytes() == b"new" and os.listdir(tmp_path) == ["a.bin"]


def test_after_an_error_what_was_there_is_there_and_nothing_else(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with pytest.raises(OSError, match="No space"), whole_file(path) as part:
        part.write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["a.bin"]


def test_a_folder_that_cannot_be_written_to_is_told_before_anything_is_done(tmp_path):
    with pytest.raises(OSError), whole_file(tmp_path / "nowhere" / "a.bin"):
        pytest.fail("nothing may be done")


def test_two_writers_at_once_do_not_meet(tmp_path):
    path = tmp_path / "a.bin"
    with whole_file(path) as first, whole_file(path) as second:
        first.write_bytes(b"first")
        second.write_bytes(b"second")
    assert path.read_bytes() == b"first"
    assert [Path(name).name for name in os.listdir(tmp_path)] == ["a.bin"]
