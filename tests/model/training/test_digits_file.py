"""The file of a visitor's own digits: read back as it was written, and refused with the reason when it is no such file."""

import io
import json
import struct
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from model.training import digits_file
from model.training.digits_file import FILE_BYTES_MOST, LABELS_NAME, SHEET_NAME, FileError, from_file, to_file
from tests.model.networks import own_digits


def packed(sheet: bytes, labels: object) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(SHEET_NAME, sheet)
        file.writestr(LABELS_NAME, labels if isinstance(labels, str) else json.dumps(labels))
    return buffer.getvalue()


def png(width: int, height: int, mode: str = "L") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (width, height)).save(buffer, "PNG")
    return buffer.getvalue()


def test_a_saved_set_is_read_back_as_it_was():
    digits = own_digits(9)
    again = from_file(to_file(digits))
    assert [digit.label for digit in again] == [digit.label for digit in digits]
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(again, digits, strict=True))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "kind"),
        (b"not a zip at all", "kind"),
        (png(28, 28), "kind"),
        (b"x" * (FILE_BYTES_MOST + 1), "size"),
        (packed(png(28, 28), {"labels": [3, 4]}), "shape"),
        (packed(png(30, 28), {"labels": [3]}), "shape"),
        (packed(png(28, 28, "RGB"), {"labels": [3]}), "shape"),
        (packed(png(28, 28), {"labels": [10]}), "labels"),
        (packed(png(28, 28), {"labels": ["3"]}), "labels"),
        (packed(png(28, 28), {"labels": [True]}), "labels"),
        (packed(png(28, 28), [3]), "labels"),
        (packed(png(28, 28), {"labels": []}), "count"),
        (packed(png(28, 28 * 101), {"labels": [1] * 101}), "count"),
        (packed(png(28, 28), "{broken"), "kind"),
        (packed(b"\x89PNG broken", {"labels": [1]}), "kind"),
        (packed(png(28, 28)[:-30], {"labels": [1]}), "kind"),
        (packed(png(28, 28), "9" * 2_000_000), "size"),
    ],
)
def test_a_file_that_is_not_a_set_of_digits_is_refused_with_the_reason(content, reason):
    with pytest.raises(FileError) as caught:
        from_file(content)
    assert caught.value.reason == reason


DIRECTORY, END = b"PK\x01\x02", b"PK\x05\x06"
GOOD = json.dumps({"labels": [3]})


def zipped(method: int = zipfile.ZIP_DEFLATED, sheet: bytes | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        file.writestr(SHEET_NAME, png(28, 28) if sheet is None else sheet)
        file.writestr(LABELS_NAME, GOOD)
    return buffer.getvalue()


def with_bytes(content: bytes, after: bytes, offset: int, new: bytes) -> bytes:
    """``content`` with ``new`` put ``offset`` bytes after where ``after`` first begins."""
    start = content.index(after) + offset
    return content[:start] + new + content[start + len(new) :]


def png_claiming(width: int, height: int) -> bytes:
    """A PNG that says it is so large, its check sum right."""
    header = b"IHDR" + struct.pack(">II", width, height) + bytes([8, 0, 0, 0, 0])
    return with_bytes(png(28, 28), b"IHDR", 0, header + struct.pack(">I", zlib.crc32(header)))


def beyond_the_end() -> bytes:
    """A ZIP whose last part says it is longer than the whole file."""
    content = zipped(zipfile.ZIP_STORED)
    entry = content.rindex(DIRECTORY)
    return content[: entry + 20] + struct.pack("<II", 5_000, 5_000) + content[entry + 28 :]


BROKEN = {
    "a part is missing": (with_bytes(zipped(), DIRECTORY, 46, b"x"), None),
    "a wrong check sum": (with_bytes(zipped(zipfile.ZIP_STORED), b"IDAT", 0, b"IDOT"), "BadZipFile"),
    "deflate that is none": (with_bytes(zipped(), b"digits.png", 10, b"\xff" * 8), "error"),
    "it ends too soon": (beyond_the_end(), "EOFError"),
    "a directory before the file begins": (with_bytes(zipped(), END, 12, b"\xff\xff"), "BadZipFile"),
    "a later version": (with_bytes(zipped(), DIRECTORY, 6, b"\xff"), "NotImplementedError"),
    "patched data": (with_bytes(zipped(), DIRECTORY, 8, b"\x20"), "NotImplementedError"),
    "encrypted": (with_bytes(zipped(), DIRECTORY, 8, b"\x01"), None),
    "packed by bzip2": (zipped(zipfile.ZIP_BZIP2), None),
    "packed by lzma": (zipped(zipfile.ZIP_LZMA), None),
    "a name that is no text": (
        with_bytes(with_bytes(zipped(), DIRECTORY, 9, b"\x08"), DIRECTORY, 46, b"\xff"),
        "UnicodeDecodeError",
    ),
    "nested a hundred thousand times": (packed(png(28, 28), "[" * 100_000), "RecursionError"),
    "a number of many digits": (packed(png(28, 28), "9" * 100_000), "ValueError"),
    "a picture as large as a house": (packed(png_claiming(60_000, 60_000), {"labels": [3]}), "DecompressionBombError"),
    "no picture": (packed(b"GIF89a", {"labels": [3]}), "UnidentifiedImageError"),
    "a picture that ends in a chunk": (packed(png(28, 28)[:36], {"labels": [3]}), "UnidentifiedImageError"),
    "a chunk that is none": (packed(png(28, 28).replace(b"IDAT", b"ID\xffT"), {"labels": [3]}), None),
}


@pytest.mark.parametrize(("content", "cause"), BROKEN.values(), ids=BROKEN)
def test_a_file_broken_in_any_way_is_told_as_no_such_file(content, cause):
    with pytest.raises(FileError) as caught:
        from_file(content)
    assert caught.value.reason == "kind"
    assert cause is None or type(caught.value.__cause__).__name__ == cause


@pytest.mark.parametrize("mistake", [RuntimeError, KeyError, TypeError, AttributeError])
@pytest.mark.parametrize("place", ["_labels", "_part", "_pictures", "OwnDigit"])
def test_a_mistake_of_the_program_is_not_taken_for_a_broken_file(monkeypatch, place, mistake):
    def mistaken(*given):
        raise mistake("a mistake")

    monkeypatch.setattr(digits_file, place, mistaken)
    with pytest.raises(mistake, match="a mistake"):
        from_file(zipped())
    monkeypatch.undo()
    monkeypatch.setattr(digits_file.json, "loads", mistaken)
    with pytest.raises(mistake, match="a mistake"):
        from_file(zipped())
