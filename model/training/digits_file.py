"""The file a visitor's own digits are kept in: written and read back, whatever somebody hands in; knows no screen."""

import io
import json
import zipfile
import zlib
from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image, UnidentifiedImageError

from model.training.fine_tuning import OWN_DIGITS_MOST, SIDE, OwnDigit

FILE_BYTES_MOST: Final = 1_000_000
SHEET_NAME: Final = "digits.png"
LABELS_NAME: Final = "digits.json"


class FileError(ValueError):
    """A file of own digits that cannot be used; ``reason`` is one of: kind, size, shape, labels, count."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def to_file(digits: Sequence[OwnDigit]) -> bytes:
    """The digits as a ZIP file: a PNG with one 28 x 28 picture below the other, and a JSON list of what they are."""
    sheet = io.BytesIO()
    Image.fromarray(np.concatenate([digit.picture for digit in digits])).save(sheet, "PNG")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(SHEET_NAME, sheet.getvalue())
        file.writestr(LABELS_NAME, json.dumps({"format": 1, "labels": [digit.label for digit in digits]}))
    return packed.getvalue()


def from_file(content: bytes) -> list[OwnDigit]:
    """The digits of a file that ``to_file`` made.

    Raises:
        FileError: when it is too large, is no such file, or pictures and labels do not fit together.
    """
    if len(content) > FILE_BYTES_MOST:
        raise FileError("size", f"{len(content):,}")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            parts = []
            for name in (SHEET_NAME, LABELS_NAME):
                if file.getinfo(name).file_size > FILE_BYTES_MOST:
                    raise FileError("size", f"{file.getinfo(name).file_size:,}")
                parts.append(file.read(name))
        picture = Image.open(io.BytesIO(parts[0]), formats=["PNG"])
        described = json.loads(parts[1])
    except FileError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        ValueError,
        UnidentifiedImageError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise FileError("kind", type(error).__name__) from error
    labels = _labels(described)
    if picture.mode != "L" or picture.size != (SIDE, SIDE * len(labels)):
        raise FileError("shape", f"{picture.size[0]} x {picture.size[1]}")
    try:
        pixels = np.asarray(picture).reshape(len(labels), SIDE, SIDE)
    except (OSError, SyntaxError, zlib.error) as error:  # a PNG that breaks off
        raise FileError("kind", type(error).__name__) from error
    return [OwnDigit(pixels[index], label) for index, label in enumerate(labels)]


def _labels(described: object) -> list[int]:
    labels = described.get("labels") if isinstance(described, dict) else None
    if not isinstance(labels, list) or not all(type(label) is int and 0 <= label <= 9 for label in labels):
        raise FileError("labels", "0 to 9")
    if not 1 <= len(labels) <= OWN_DIGITS_MOST:
        raise FileError("count", f"{len(labels)}")
    return labels
