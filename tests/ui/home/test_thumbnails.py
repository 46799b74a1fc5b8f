"""The small pictures of the pipeline show what they are given."""

import base64
import io
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from PIL import Image

from model.network import Network
from model.training.state import Point
from ui.colours import BLUE, ORANGE
from ui.home import thumbnails


def pixels(url):
    kind, _, data = url.partition(",")
    assert kind == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))


def drawing(url):
    assert url.startswith("data:image/svg+xml")
    return ElementTree.fromstring(base64.b64decode(url.partition(",")[2]))


@pytest.mark.parametrize(("count", "shape"), [(1, (28, 28)), (6, (28, 173)), (7, (57, 173)), (40, (86, 173))])
def test_a_mosaic_holds_up_to_eighteen_pictures_in_rows_of_six(count, shape):
    images = np.full((count, 28, 28), 200, np.uint8)
    assert pixels(thumbnails.mosaic(images)).shape == shape


def test_weights_that_speak_for_are_blue_and_against_orange():
    weight = np.zeros((784, 2), np.float32)
    weight[:392, 0], weight[392:, 0] = 1, -1
    tiles = pixels(thumbnails.weight_tiles(Network("relu", ((weight, np.zeros(2, np.float32)),))))
    red, _, blue = tiles[5, 5].tolist()
    assert blue > red
    red, _, blue = tiles[20, 5].tolist()
    assert red > blue
    assert tiles[5, 34].tolist() == [0, 0, 0]


def test_a_drawing_stands_beside_what_was_made_of_it():
    rgba = np.zeros((280, 280, 4), np.uint8)
    rgba[:, :140] = 255
    picture = np.zeros((28, 28), np.float32)
    picture[:, 14:] = 1
    both = pixels(thumbnails.before_and_after(rgba, picture))
    assert both[40, 5] == 255 and both[40, 80] == 0
    assert both[40, -80] == 0 and both[40, -5] == 255
    assert pixels(thumbnails.before_and_after(None, picture)).shape == (84, 84)


def test_curves_are_two_lines_within_the_picture():
    points = [Point(step, 2 / step, 0.5, 2.2 / step if step % 10 == 0 else None, 0.5) for step in range(1, 1001)]
    lines = drawing(thumbnails.small_curves(points))
    assert [line.attrib["stroke"] for line in lines] == [BLUE, ORANGE]
    for line in lines:
        places = [tuple(map(float, place.split(","))) for place in line.attrib["points"].split()]
        assert 2 <= len(places) <= 100
        assert all(0 <= x <= thumbnails.WIDTH and 0 <= y <= thumbnails.HEIGHT for x, y in places)


def test_the_best_of_the_bars_is_the_highest_and_in_colour():
    bars = drawing(thumbnails.accuracy_bars([0.9, 0.98, 0.95]))
    heights = [float(bar.attrib["height"]) for bar in bars]
    assert heights.index(max(heights)) == 1
    assert [bar.attrib["fill"] == BLUE for bar in bars] == [False, True, False]
    assert min(heights) > 0


def test_every_layer_is_a_column():
    columns = drawing(thumbnails.layer_columns((784, 16, 10)))
    assert sum(shape.tag.endswith("rect") for shape in columns) == 3
