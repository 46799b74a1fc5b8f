"""Sheets of pictures, read back from what the browser is sent."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from ui.elements.images import joined_pictures, picture_sheet, png_bytes, signed_sheet


def pixels(url):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGB"))


def tile(sheet, number, side):
    row, column = divmod(number, sheet.columns)
    return pixels(sheet.url)[row * side : (row + 1) * side, column * side : (column + 1) * side]


@pytest.mark.parametrize("count", [1, 2, 7, 12])
def test_every_picture_stands_at_its_place_of_the_sheet(count):
    images = np.random.default_rng(1).integers(0, 256, (count, 5, 5), np.uint8)
    sheet = picture_sheet(images)
    assert sheet.columns * sheet.rows >= count
    for number, image in enumerate(images):
        assert np.array_equal(tile(sheet, number, 5)[..., 0], image)
    joined, columns, rows = joined_pictures(images)
    assert (columns, rows) == (sheet.columns, sheet.rows)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png_bytes(joined)))), pixels(sheet.url)[..., 0])


def test_positive_is_blue_negative_is_orange_and_nothing_is_black():
    values = np.zeros((2, 6, 6), np.float32)
    values[0, 0, :], values[0, 1, :] = 3, -3
    values[1, 0, :] = 0.01
    first, second = (tile(signed_sheet(values), number, 6) for number in range(2))
    assert first[0, 0].tolist() == [86, 180, 233]
    assert first[1, 0, 0] > first[1, 0, 1] > first[1, 0, 2]
    assert not first[3].any()
    assert second[0, 0].tolist() == [86, 180, 233]
