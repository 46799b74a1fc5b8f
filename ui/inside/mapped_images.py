"""The images of the map as it is looked at: what they are, what they are read as, which have a ring; draws nothing."""

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from model.data.mnist import Labels
from model.interpretability.pca import Space, spaces
from model.network import FloatArray
from ui.elements.images import Sheet, joined_pictures, png_bytes
from ui.elements.served_files import served
from ui.inside.examined_network import CELL, IMAGE_ON_MAP, MAP_IMAGES, MAP_SHOW, Examined, map_images
from ui.inside.map_figures import MapPoints
from ui.state.drawing import last_picture


@dataclass(frozen=True, eq=False)
class MappedImages:
    """The map's images.

    Attributes:
        labels, answers: (N,).
        marked: the numbers of those with a ring.
        mistakes_alone: whether those read right stand back.
        own: the visitor's drawing as each layer sees it; None without one.
        sheet: the pictures.
    """

    labels: Labels
    answers: npt.NDArray[np.intp]
    marked: list[int]
    mistakes_alone: bool
    own: list[FloatArray] | None
    sheet: Sheet

    def points(self, places: FloatArray) -> MapPoints:
        """The first images, as many as have places (N, 2)."""
        count = len(places)
        return MapPoints(places, self.labels[:count], self.answers[:count], np.arange(count), self.mistakes_alone)

    def ringed(self, places: FloatArray) -> MapPoints:
        """Those of them that have a ring."""
        return self.points(places).some(np.array([number for number in self.marked if number < len(places)], np.intp))

    def own_place(self, space: Space, layer: int) -> FloatArray | None:
        """Where the visitor's drawing lies on the plane of a layer, (2,)."""
        return None if self.own is None else space.plane.place(self.own[layer][None])[0]

    @property
    def meta(self) -> dict[str, str | int]:
        """What the browser needs to show the picture of a point."""
        return {"url": self.sheet.url, "columns": self.sheet.columns, "rows": self.sheet.rows}


def mapped_images(examined: Examined) -> MappedImages:
    """The images as the visitor has chosen to look at them."""
    labels, answers = examined.labels[:MAP_IMAGES], examined.inspection.answers[:MAP_IMAGES]
    show, chosen = MAP_SHOW.get(), IMAGE_ON_MAP.get()
    marked: list[int] = []
    cell = CELL.get()
    if show == "cell" and cell is not None:
        label, answer = divmod(cell, 10)
        marked = np.flatnonzero((labels == label) & (answers == answer)).tolist()
    if chosen is not None and chosen not in marked:
        marked.append(chosen)
    drawn = last_picture()
    own = None if drawn is None else [vectors[0] for vectors in spaces(examined.network, drawn[None])]
    return MappedImages(labels, answers, marked, show == "mistakes", own, map_sheet(examined.on_test))


@functools.cache
def map_sheet(on_test: bool) -> Sheet:
    """The map's images as a picture that the browser loads once."""
    images, _ = map_images(on_test)
    joined, columns, rows = joined_pictures(images)
    name = f"map-{'test' if on_test else 'validation'}-{MAP_IMAGES}.png"
    return Sheet(served(name, "image/png", lambda: png_bytes(joined)), columns, rows)
