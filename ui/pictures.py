"""Grey pictures as what a browser shows; knows no Streamlit."""

import base64
import io

import numpy as np
import numpy.typing as npt
from PIL import Image

from model.network import Array


def picture_url(image: Array) -> str:
    """A grey picture (H, W), uint8 or float 0..1, as a data URL of a PNG."""
    pixels = image if image.dtype == np.uint8 else (image * 255).round().astype(np.uint8)
    return _png_url(Image.fromarray(pixels))


def colour_picture_url(image: npt.NDArray[np.uint8]) -> str:
    """A colour picture (H, W, 3) uint8 as a data URL of a PNG."""
    return _png_url(Image.fromarray(image))


def _png_url(image: Image.Image) -> str:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
