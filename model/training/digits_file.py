"""The file a visitor's own digits are kept in: written and read back, whatever somebody hands in; knows no screen."""

import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from model.sizes import DIGITS, SIDE
from model.training.fine_tuning import OWN_DIGITS_MOST, OwnDigit

FILE_BYTES_MOST: Final = 1_000_000
SHEET_NAME: Final = "digits.png"
LABELS_NAME: Final = "digits.json"
ENCRYPTED: Final = 1
# What each library raises of bytes it cannot make sense of, and no more: a number that overran, a name that is no text, a file that ends
# too soon, a version or a flag it does not know; JSON nested a thousand times; a picture that claims to be as large as a house.
UNZIPPING: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError)
READING_JSON: Final = (ValueError, RecursionError)
OPENING_PNG: Final = (OSError, ValueError, Image.DecompressionBombError)
READING_PNG: Final = (OSError, SyntaxError, ValueError)


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
    with _refusing(*UNZIPPING):
        archive = zipfile.ZipFile(io.BytesIO(content))
    with archive:
        sheet, described = (_part(archive, name) for name in (SHEET_NAME, LABELS_NAME))
    labels = _labels(described)
    pictures = _pictures(sheet, len(labels))
    return [OwnDigit(picture, label) for picture, label in zip(pictures, labels, strict=True)]


@contextmanager
def _refusing(*errors: type[Exception]) -> Iterator[None]:
    """A file somebody broke, told as such; stands around calls of one library alone, so that mistakes of this module come through."""
    try:
        yield
    except errors as error:
        raise FileError("kind", type(error).__name__) from error


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """One file of the archive; refused unpacked if it would be large, is encrypted or packed in a way ``to_file`` never packs."""
    if name not in archive.namelist():
        raise FileError("kind", f"no {name}")
    entry = archive.getinfo(name)
    if entry.file_size > FILE_BYTES_MOST:
        raise FileError("size", f"{entry.file_size:,}")
    if entry.flag_bits & ENCRYPTED or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileError("kind", name)
    with _refusing(*UNZIPPING):
        return archive.read(entry)


def _labels(content: bytes) -> list[int]:
    with _refusing(*READING_JSON):
        described = json.loads(content)
    labels = described.get("labels") if isinstance(described, dict) else None
    if not isinstance(labels, list) or not all(type(label) is int and 0 <= label < DIGITS for label in labels):
        raise FileError("labels", f"0 to {DIGITS - 1}")
    if not 1 <= len(labels) <= OWN_DIGITS_MOST:
        raise FileError("count", f"{len(labels)}")
    return labels


def _pictures(content: bytes, count: int) -> npt.NDArray[np.uint8]:
    """The pictures of the sheet, (count, 28, 28); its size is looked at before anything of it is unpacked."""
    with _refusing(*OPENING_PNG):
        sheet = Image.open(io.BytesIO(content), formats=["PNG"])
    if sheet.mode != "L" or sheet.size != (SIDE, SIDE * count):
        raise FileError("shape", f"{sheet.size[0]} x {sheet.size[1]}")
    with _refusing(*READING_PNG):
        sheet.load()
    return np.asarray(sheet).reshape(count, SIDE, SIDE)
