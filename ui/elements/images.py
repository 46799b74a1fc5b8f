"""Grey pictures as what a browser shows; knows no Streamlit."""

import base64
import io
import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from model.network import Array, FloatArray, Network
from model.sizes import SIDE

FEW_SHADES: Final = 7
POSITIVE, NEGATIVE = np.array([86, 180, 233]), np.array([255, 140, 60])


def picture_url(image: Array) -> str:
    """A grey picture (H, W), uint8 or float 0..1, as a data URL of a PNG."""
    return _png_url(Image.fromarray(_bytes_of(image)))


def colour_picture_url(image: npt.NDArray[np.uint8]) -> str:
    """A colour picture (H, W, 3) uint8 as a data URL of a PNG."""
    return _png_url(Image.fromarray(image))


@dataclass(frozen=True)
class Sheet:
    """Many pictures of one size in one, row by row: its address, and how many stand beside and below each other."""

    url: str
    columns: int
    rows: int


def picture_sheet(images: Array) -> Sheet:
    """Grey pictures (N, H, W), N at least 1, uint8 or float 0..1, as a sheet in a data URL."""
    joined, columns, rows = joined_pictures(_bytes_of(images))
    return Sheet(_png_url(Image.fromarray(joined)), columns, rows)


def signed_sheet(values: FloatArray, shades: int = 127) -> Sheet:
    """Pictures (N, H, W) of signed numbers as a sheet: zero is black, the few largest of each picture in full blue or orange.

    ``shades``, 1 to 127, says how many there are of each of the two.
    """
    joined, columns, rows = joined_pictures(_levels(values, shades))
    image = Image.fromarray(joined)
    image.putpalette(PALETTE.tobytes())
    return Sheet(_png_url(image), columns, rows)


def first_units_sheet(network: Network, count: int) -> Sheet:
    """What the first ``count`` units of the first layer look for, as a sheet: blue where ink speaks for a unit, orange where against.

    So few shades that a picture of noise is half as many bytes.
    """
    return signed_sheet(network.weights[0][0][:, :count].T.reshape(-1, SIDE, SIDE), FEW_SHADES)


def signed_picture_url(values: FloatArray) -> str:
    """One picture (H, W) of signed numbers, coloured as ``signed_sheet`` colours."""
    return signed_sheet(values[None]).url


def joined_pictures(images: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], int, int]:
    """Pictures (N, H, W) side by side, nearly as many beside as below each other; with the numbers of columns and rows."""
    count, height, width = images.shape
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    padded = np.concatenate([images, np.zeros((columns * rows - count, height, width), np.uint8)])
    grid = padded.reshape(rows, columns, height, width).transpose(0, 2, 1, 3)
    return np.ascontiguousarray(grid.reshape(rows * height, columns * width)), columns, rows


def _levels(values: FloatArray, shades: int) -> npt.NDArray[np.uint8]:
    """Numbers as places in ``PALETTE``: 128 for zero, 1 and 255 for the half percent largest of each picture."""
    largest = np.maximum(np.quantile(np.abs(values), 0.995, axis=(1, 2), keepdims=True), 1e-12)
    shade = (shades * np.clip(values / largest, -1, 1)).round() / shades
    return np.asarray((128 + 127 * shade).round(), np.uint8)


def _palette() -> npt.NDArray[np.uint8]:
    strength = (np.arange(256)[:, None] - 128) / 127
    return np.asarray(np.where(strength >= 0, strength * POSITIVE, -strength * NEGATIVE).clip(0, 255), np.uint8)


PALETTE: Final = _palette()


def _bytes_of(images: Array) -> npt.NDArray[np.uint8]:
    return images if images.dtype == np.uint8 else np.asarray((images * 255).round(), np.uint8)


def png_bytes(picture: npt.NDArray[np.uint8]) -> bytes:
    """A grey picture (H, W) as a PNG file."""
    return _png(Image.fromarray(picture))


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def _png_url(image: Image.Image) -> str:
    return "data:image/png;base64," + base64.b64encode(_png(image)).decode()
