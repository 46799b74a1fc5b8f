"""Data in, small pictures out as data URLs, for the stations of the pipeline; imports no Streamlit and shows no words."""

import base64
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from model.network import Array, FloatArray, Network
from model.sizes import SIDE
from model.training.state import Point
from ui.colours import BLUE, GREY, ORANGE
from ui.elements.images import colour_picture_url, picture_url

POSITIVE, NEGATIVE = np.array([86, 180, 233]), np.array([255, 140, 60])
WIDTH, HEIGHT = 168, 84
COLUMNS: Final = 6
ROWS: Final = 3


def mosaic(images: Array) -> str:
    """Up to 18 grey pictures (N, 28, 28), uint8 or float 0..1, in rows of six."""
    pixels = images if images.dtype == np.uint8 else (images * 255).round().astype(np.uint8)
    return picture_url(_tiled(np.asarray(pixels, np.uint8)[..., None])[..., 0])


def weight_tiles(network: Network) -> str:
    """What up to 18 units of the first layer look for: blue where ink speaks for a unit, orange where against, each (28, 28)."""
    weights = network.weights[0][0].T[: ROWS * COLUMNS].reshape(-1, SIDE, SIDE)
    strongest = np.maximum(np.quantile(np.abs(weights), 0.98, axis=(1, 2)), 1e-9)[:, None, None]
    share = np.clip(np.abs(weights) / strongest, 0, 1)[..., None]
    colour = np.where((weights > 0)[..., None], POSITIVE, NEGATIVE)
    return colour_picture_url(_tiled(np.asarray(share * colour, np.uint8)))


def before_and_after(drawing: npt.NDArray[np.uint8] | None, picture: FloatArray) -> str:
    """A drawing (H, W, 4) uint8 beside what was made of it, (28, 28) float 0..1; the latter alone where there is no drawing."""
    made = np.asarray((picture * 255).round(), np.uint8)
    large = np.asarray(Image.fromarray(made).resize((HEIGHT, HEIGHT), Image.Resampling.NEAREST))
    if drawing is None:
        return picture_url(large)
    small = np.asarray(Image.fromarray(drawing[..., :3]).convert("L").resize((HEIGHT, HEIGHT)))
    return picture_url(np.concatenate([small, np.full((HEIGHT, 8), 90, np.uint8), large], axis=1))


def small_curves(points: Sequence[Point]) -> str:
    """Training and validation loss over the run, each scaled to the highest loss."""
    highest = max((point.loss for point in points), default=1.0)
    last = max((point.step for point in points), default=1)
    training = [(point.step / last, point.loss / highest) for point in points[:: max(1, len(points) // 80)]]
    checked = [(p.step / last, p.validation_loss / highest) for p in points if p.validation_loss is not None]
    lines = [_line(training, BLUE), _line(checked[:: max(1, len(checked) // 80)], ORANGE)]
    return _svg("".join(lines))


def accuracy_bars(accuracies: Sequence[float]) -> str:
    """One bar for each accuracy, 0 to 1, scaled from a little under the lowest; the best in full colour."""
    low = min(accuracies) - 0.15 * max(max(accuracies) - min(accuracies), 0.01)
    span = max(max(accuracies) - low, 1e-9)
    width = min(26.0, (WIDTH - 8) / len(accuracies))
    best = max(range(len(accuracies)), key=accuracies.__getitem__)
    bars = []
    for number, accuracy in enumerate(accuracies):
        height = (HEIGHT - 8) * (accuracy - low) / span
        colour = BLUE if number == best else GREY
        place = f'x="{4 + number * width:.1f}" y="{HEIGHT - 4 - height:.1f}" width="{width * 0.8:.1f}" height="{height:.1f}"'
        bars.append(f'<rect {place} fill="{colour}"/>')
    return _svg("".join(bars))


def layer_columns(sizes: Sequence[int]) -> str:
    """A column for each layer, higher for more units, joined by lines."""
    heights = [8 + (HEIGHT - 16) * np.log(size) / np.log(1024) for size in sizes]
    gap = (WIDTH - 24) / (len(sizes) - 1)
    parts = []
    for number, height in enumerate(heights):
        x, top = 12 + number * gap, (HEIGHT - height) / 2
        if number:
            before = heights[number - 1]
            corners = f"{x - gap + 5:.0f},{(HEIGHT - before) / 2:.0f} {x - 5:.0f},{top:.0f}"
            corners += f" {x - 5:.0f},{top + height:.0f} {x - gap + 5:.0f},{(HEIGHT + before) / 2:.0f}"
            parts.append(f'<polygon points="{corners}" fill="{GREY}" opacity="0.3"/>')
        parts.append(f'<rect x="{x - 5:.0f}" y="{top:.0f}" width="10" height="{height:.0f}" rx="3" fill="{BLUE}"/>')
    return _svg("".join(parts))


def _tiled(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Pictures (N, 28, 28, C) beside and below each other, with a pixel between them."""
    shown = images[: ROWS * COLUMNS]
    columns = min(COLUMNS, len(shown))
    rows = -(-len(shown) // columns)
    sheet = np.full((rows * (SIDE + 1) - 1, columns * (SIDE + 1) - 1, images.shape[-1]), 60, np.uint8)
    for number, image in enumerate(shown):
        row, column = divmod(number, columns)
        sheet[(SIDE + 1) * row :, (SIDE + 1) * column :][:SIDE, :SIDE] = image
    return sheet


def _line(places: Sequence[tuple[float, float]], colour: str) -> str:
    points = " ".join(f"{4 + x * (WIDTH - 8):.1f},{HEIGHT - 4 - y * (HEIGHT - 8):.1f}" for x, y in places)
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"/>'


def _svg(inside: str) -> str:
    text = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{inside}</svg>'
    return "data:image/svg+xml;base64," + base64.b64encode(text.encode()).decode()
