"""Reads the files the app is made of, and says of those it cannot read which they are and why; knows no Streamlit."""

import errno
import tomllib
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
ASSETS: Final = ROOT / "assets"
REASONS: Final = {errno.ENOENT: "missing", errno.ENOTDIR: "missing", errno.EACCES: "denied", errno.EPERM: "denied"}


class AssetError(Exception):
    """A file of the app that cannot be read.

    Attributes:
        path: the file.
        reason: missing, denied, damaged or other.
        detail: what the system or the reader says of it, in English.
    """

    def __init__(self, path: Path, reason: str, detail: str) -> None:
        super().__init__(f"cannot read {path}: {detail}")
        self.path = path
        self.reason = reason
        self.detail = detail

    @property
    def folder(self) -> str:
        """The folder the file should be in, seen from the app's own folder where it lies in there."""
        folder = self.path.parent
        return folder.relative_to(ROOT).as_posix() if folder.is_relative_to(ROOT) else str(folder)


def asset_bytes(path: Path) -> bytes:
    """What a file holds, read anew at each call.

    Raises:
        AssetError: when it is not there or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise AssetError(path, REASONS.get(error.errno or 0, "other"), str(error.strerror or error)) from error


def asset_text(path: Path) -> str:
    """The text of a file in UTF-8.

    Raises:
        AssetError: when it is not there, cannot be read, or is no such text.
    """
    try:
        return asset_bytes(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise AssetError(path, "damaged", str(error)) from error


def asset_table(path: Path) -> dict[str, Any]:
    """The tables of a TOML file.

    Raises:
        AssetError: when it is not there, cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(asset_text(path))
    except tomllib.TOMLDecodeError as error:
        raise AssetError(path, "damaged", str(error)) from error
