"""The file of a visitor's own digits: read back as it was written, and refused with the reason when it is no such file."""

import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image

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
