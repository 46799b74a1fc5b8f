"""What a visitor looks at inside a network, and what they damaged of it: kept by their session, never in the run; draws nothing."""

import functools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from model.data.mnist import Images, Labels, load_mnist
from model.interpretability.ablation import Damage, damaged, units_off
from model.interpretability.corruption import ImageDamage
from model.interpretability.pca import Space, look_at_space, spaces
from model.interpretability.unit_statistics import Inspection, inspect_network
from model.network import FloatArray, Network, as_pixels
from model.network_memory import remembered
from model.runs.look import RunLook
from model.runs.run import RunView
from ui.state.drawing import last_picture
from ui.state.values import AnyValue, Value

MAP_IMAGES: Final = 2_000
PART: Final = Value("inside_part", "flow")
INSPECTED: Final = Value[str | None]("_inspected", None)
FOLLOWED: Final = Value[FloatArray | None]("_followed", None)
FOLLOWING: Final = Value("inside_follows", True)
FLOW_SOURCE: Final = Value("flow_source", "images")
MAP_SHOW: Final = Value("map_show", "all")

# How much of each kind of damage, by its name.
NOISE, SHARE = Value("damage_noise", 0), Value("damage_share", 0)
IMAGE_NOISE, ROTATION = Value("image_noise", 0), Value("image_rotation", 0)
RIGHT, DOWN = Value("image_right", 0), Value("image_down", 0)
BLOCKED: Final = Value("image_blocked", 0)
STRENGTHS: Final = MappingProxyType(
    {value.key: value for value in (NOISE, SHARE, IMAGE_NOISE, ROTATION, RIGHT, DOWN, BLOCKED)}
)
BIASES: Final = Value[Sequence[int]]("damage_biases", [])
OFF: Final = Value[frozenset[tuple[int, int]]]("_off", frozenset())
IMAGE_PLACE: Final = Value("image_place", "middle")
DAMAGE: Final[tuple[AnyValue, ...]] = (NOISE, SHARE, BIASES, OFF)
IMAGE_DAMAGE: Final[tuple[AnyValue, ...]] = (IMAGE_NOISE, ROTATION, RIGHT, DOWN, BLOCKED, IMAGE_PLACE)

# What was chosen in one network means nothing in another.
SNAPSHOT: Final = Value[tuple[Network, float] | None]("_snapshot", None)
SNAPSHOT_SINCE: Final = Value("_snapshot_since", 0.0)
UNIT: Final = Value[tuple[int, int] | None]("_unit", None)
CELL: Final = Value[int | None]("_cell", None)
MISTAKE: Final = Value[tuple[str, int] | None]("_mistake", None)
IMAGE_ON_MAP: Final = Value[int | None]("_map_image", None)
TILE_LAYER: Final = Value("tile_layer", 0)
TILES_WANTED: Final = Value[Mapping[int, int]]("_tiles_wanted", MappingProxyType({}))
FLOW_IMAGE, FLOW_MISTAKE = Value("flow_image", 1), Value("flow_mistake", 1)
CHOICES: Final[tuple[AnyValue, ...]] = (
    SNAPSHOT, UNIT, CELL, MISTAKE, IMAGE_ON_MAP, TILE_LAYER, TILES_WANTED, FLOW_IMAGE, FLOW_MISTAKE,
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Examined:
    """A network as it is looked at.

    Attributes:
        intact: the network as it was trained.
        network: the same with the visitor's damage; what answers are asked of. Facts about a neuron are those of ``intact``.
        damage: that damage.
        on_test: whether it is looked at with the 10,000 test images; else with the 5,000 validation images.
        epoch: how far it had learned.
    """

    intact: Network
    network: Network
    damage: Damage
    on_test: bool
    epoch: float

    @property
    def images(self) -> Images:
        """The images it is looked at with, (N, 28, 28) uint8."""
        return load_mnist().test_images if self.on_test else load_mnist().validation_images

    @property
    def labels(self) -> Labels:
        """Their labels, (N,)."""
        return load_mnist().test_labels if self.on_test else load_mnist().validation_labels

    @property
    def inspection(self) -> Inspection:
        """What the network does with these images."""
        return _inspected(self.network, self.on_test)

    @property
    def intact_inspection(self) -> Inspection:
        """What the network did with them before it was damaged."""
        return _inspected(self.intact, self.on_test)

    @property
    def spaces(self) -> tuple[Space, ...]:
        """How the pixels and every hidden layer see the first 2,000 images."""
        return (pixel_space(self.on_test), *_hidden_spaces(self.network, self.on_test))

    @property
    def hidden_sizes(self) -> tuple[int, ...]:
        """Units of each hidden layer."""
        return tuple(bias.shape[0] for _, bias in self.network.weights[:-1])

    def is_off(self, layer: int, unit: int) -> bool:
        """Whether a unit is off, whether alone or as one of a share."""
        return bool(units_off(self.intact, self.damage)[layer][unit])


def begin(run: RunLook) -> None:
    """Forget what was chosen and damaged in another run; before any widget of the page is drawn."""
    same = INSPECTED.get() == run.token
    INSPECTED.give(run.token)
    for value in (*CHOICES, *DAMAGE, *IMAGE_DAMAGE):
        if same:
            value.begin()
        else:
            value.reset()
    _prefer_a_new_drawing()


def _prefer_a_new_drawing() -> None:
    """Whoever comes with a drawing they have not followed yet wants to follow that."""
    drawn = last_picture()
    if drawn is not None and FOLLOWED.get() is not drawn:
        FLOW_SOURCE.give("drawing")
    FOLLOWED.give(drawn)
    FLOW_SOURCE.begin()


def look_at(view: RunView, then: bool = False) -> Examined | None:
    """The network of a run, damaged as this visitor wants it; None before there is one.

    A run that is not at its end is looked at as it was when the visitor came or last asked: what is shown must stand still. A run as it
    was ``then``, at a moment of its past, is looked at with validation images too.
    """
    if view.network is None:
        return None
    on_test = view.score is not None
    if on_test or then:
        network, epoch = view.network, view.epoch
        look_again()
    else:
        if SNAPSHOT.get() is None:
            SNAPSHOT_SINCE.give(time.monotonic())
        network, epoch = SNAPSHOT.get() or (view.network, view.epoch)
        SNAPSHOT.give((network, epoch))
    damage = damage_now()
    return Examined(network, _damaged(network, damage), damage, on_test, epoch)


def seconds_looked() -> float:
    """For how long a run that goes on has been looked at as it was."""
    return time.monotonic() - SNAPSHOT_SINCE.get()


def look_again() -> None:
    """Look at the network as it stands now."""
    SNAPSHOT.reset()


def damage_now() -> Damage:
    """What the visitor has damaged."""
    return Damage(
        noise=NOISE.get() / 100,
        share_off=SHARE.get() / 100,
        without_bias=frozenset(BIASES.get()),
        off=OFF.get(),
    )


def image_damage_now() -> ImageDamage:
    """What the visitor does to the images."""
    return ImageDamage(
        noise=IMAGE_NOISE.get() / 100,
        rotation=ROTATION.get(),
        right=RIGHT.get(),
        down=DOWN.get(),
        blocked=BLOCKED.get(),
        place=IMAGE_PLACE.get(),
    )


def repair_network() -> None:
    """Undo all damage to the network; only in a callback."""
    for value in DAMAGE:
        value.reset()


def repair_images() -> None:
    """Undo all damage to the images; only in a callback."""
    for value in IMAGE_DAMAGE:
        value.reset()


def switch(layer: int, unit: int) -> None:
    """Switch a unit off, or on again."""
    OFF.give(OFF.get() ^ {(layer, unit)})


def chosen_unit(examined: Examined) -> tuple[int, int] | None:
    """The (hidden layer, unit) being looked at, if the network has it."""
    chosen = UNIT.get()
    sizes = examined.hidden_sizes
    return chosen if chosen and chosen[0] < len(sizes) and chosen[1] < sizes[chosen[0]] else None


def choose_unit(unit: tuple[int, int] | None) -> None:
    """Look at a unit."""
    UNIT.give(unit)


def want_tiles(layer: int, count: int) -> None:
    """Show so many tiles of a layer."""
    TILES_WANTED.give({**TILES_WANTED.get(), layer: count})


def show_cell(cell: int) -> None:
    """Show the images of a cell of the confusion matrix, row times ten plus column; only in a callback."""
    PART.give("mistakes")
    CELL.give(cell)


def show_on_map(cell: int) -> None:
    """Show where the images of a cell lie on the map; only in a callback."""
    PART.give("map")
    CELL.give(cell)
    MAP_SHOW.give("cell")


def send_through(image: int) -> None:
    """Show one of the images on its way through the network; only in a callback."""
    PART.give("flow")
    FLOW_SOURCE.give("images")
    FLOW_IMAGE.give(image + 1)


@remembered(most_bytes=32_000_000)
def _damaged(network: Network, damage: Damage) -> Network:
    return damaged(network, damage)


@remembered(most_bytes=32_000_000)
def _inspected(network: Network, on_test: bool) -> Inspection:
    mnist = load_mnist()
    images, labels = (
        (mnist.test_images, mnist.test_labels) if on_test else (mnist.validation_images, mnist.validation_labels)
    )
    return inspect_network(network, images, labels)


@functools.cache
def pixel_space(on_test: bool) -> Space:
    """How the bare pixels of the first 2,000 images lie, the same for every network."""
    images, labels = map_images(on_test)
    return look_at_space(as_pixels(images), labels)


@remembered(most_bytes=16_000_000)
def _hidden_spaces(network: Network, on_test: bool) -> tuple[Space, ...]:
    images, labels = map_images(on_test)
    return tuple(look_at_space(vectors, labels) for vectors in spaces(network, images)[1:])


def map_images(on_test: bool) -> tuple[Images, Labels]:
    """The images of the map and their labels."""
    mnist = load_mnist()
    images, labels = (
        (mnist.test_images, mnist.test_labels) if on_test else (mnist.validation_images, mnist.validation_labels)
    )
    return images[:MAP_IMAGES], labels[:MAP_IMAGES]
