"""The learning pipeline on Home: eight stations, each with a thumbnail, of the visitor's own where there is one, and a way to its page."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import streamlit as st

from model.data.mnist import load_mnist
from model.data.rasterizer import Stroke, draw
from model.drawing import prepare
from model.network import FloatArray, Network, predict
from model.network_memory import remembered
from model.runs.run import RunView
from ui.elements.numerals import percent
from ui.elements.page_links import PAGES, link_to
from ui.home import thumbnails
from ui.prediction.first_reading import is_own, reading_run, ready_or_none
from ui.state.drawing import current_drawing, last_picture
from ui.state.language import t
from ui.state.messages import redraw
from ui.state.own_runs import current_run, own_views
from ui.state.visitor import current_visitor
from ui.state.visitors import CANVAS_SIDE, Visitor

POLL_SECONDS: Final = 1.0
FLOAT_BYTES: Final = 4


@dataclass(frozen=True)
class Thumbnail:
    """A picture as a data URL, or None where not even the app's own network can be read, and one line that says what it shows."""

    url: str | None
    words: str


@dataclass(frozen=True)
class Told:
    """The run that the stations tell of, None where there is none, and whether it is the visitor's ``own`` or comes with the app."""

    view: RunView | None
    own: bool

    def words(self, station: str, **values: object) -> str:
        """What is said below the picture of a station."""
        return t(f"pipeline.{station}.{'shown' if self.own else 'ready'}", **values)


@dataclass(frozen=True)
class Station:
    """One station: makes its ``thumbnail`` of the visitor and the run told of, and leads to the first of ``pages`` there is."""

    thumbnail: Callable[[Visitor, Told], Thumbnail]
    pages: tuple[str, ...]

    @property
    def page(self) -> str:
        """The page it leads to."""
        return next(page for page in self.pages if page in PAGES)


def show_pipeline() -> None:
    """The stations in a ring; what they show follows a run while it trains."""
    st.header(t("pipeline.title"), anchor=False)
    st.markdown(t("pipeline.intro"))
    run = current_run()
    busy = run is not None and run.view().busy
    st.fragment(_show_stations, run_every=POLL_SECONDS if busy else None)(busy)


def _show_stations(busy: bool) -> None:
    run = current_run()
    view = run.view() if run else None
    shown = reading_run()
    told = Told(shown, own=shown is not None and is_own(shown))
    with st.container(key="pipeline"):
        for number, (name, station) in enumerate(STATIONS.items(), 1):
            with st.container(key=f"station_{name}", border=True):
                _show_station(number, name, station, station.thumbnail(current_visitor(), told))
        with st.container(key="pipeline_return"):
            st.markdown(t("pipeline.back"))
    if busy and not (view is not None and view.busy):
        redraw()


def _show_station(number: int, name: str, station: Station, thumbnail: Thumbnail) -> None:
    if thumbnail.url is None:
        st.html('<div class="thumbnail empty" aria-hidden="true"></div>')
    else:
        st.html(f'<img class="thumbnail" src="{thumbnail.url}" alt="">')
    st.caption(thumbnail.words)
    st.subheader(f"{number}. {t(f'pipeline.{name}.title')}", anchor=False)
    st.markdown(t(f"pipeline.{name}.text"))
    with st.container(key=f"station_link_{name}"):
        link_to(station.page, t(f"pipeline.{name}.link"))


def _data(visitor: Visitor, told: Told) -> Thumbnail:
    count = len(load_mnist().training_images) if told.view is None else told.view.config.training_images
    own = [digit.picture for digit in visitor.own_digits][:6]
    images = np.concatenate([*(picture[None] for picture in own), load_mnist().training_images[:18]])
    key = "pipeline.data.own" if own else "pipeline.data.shown" if told.own else "pipeline.data.ready"
    return Thumbnail(thumbnails.mosaic(images), t(key, count=f"{count:,}", own=len(visitor.own_digits)))


def _preparation(visitor: Visitor, told: Told) -> Thumbnail:
    picture, drawn = last_picture(), current_drawing()
    if picture is None:
        return Thumbnail(thumbnails.before_and_after(*_written_seven()), t("pipeline.preparation.ready"))
    before = drawn.pixels if drawn else None
    return Thumbnail(thumbnails.before_and_after(before, picture), t("pipeline.preparation.shown"))


def _features(visitor: Visitor, told: Told) -> Thumbnail:
    if told.view is None or told.view.network is None:
        return Thumbnail(None, t("pipeline.missing"))
    return Thumbnail(thumbnails.weight_tiles(told.view.network), told.words("features"))


def _training(visitor: Visitor, told: Told) -> Thumbnail:
    training = told.view.latest_training if told.view is not None else None
    if told.view is None or training is None:
        return Thumbnail(None, t("pipeline.missing" if told.view is None else "train.preparing"))
    words = told.words("training", epoch=f"{told.view.epoch:.1f}", loss=f"{training[0]:.3f}")
    return Thumbnail(thumbnails.small_curves(told.view.points), words)


def _optimisation(visitor: Visitor, told: Told) -> Thumbnail:
    tested = [run.score.accuracy for run in own_views() if run.score is not None][-8:]
    if tested:
        words = t("pipeline.optimisation.shown", count=len(tested), best=percent(max(tested), 2))
        return Thumbnail(thumbnails.accuracy_bars(tested), words)
    ready = ready_or_none()
    if ready is None or ready.score is None:
        return Thumbnail(None, t("pipeline.missing"))
    epochs = [epoch.validation_accuracy for epoch in ready.epochs[:8]]
    return Thumbnail(thumbnails.accuracy_bars(epochs), t("pipeline.optimisation.ready", count=len(epochs)))


def _deployment(visitor: Visitor, told: Told) -> Thumbnail:
    if told.view is None:
        return Thumbnail(None, t("pipeline.missing"))
    weights = told.view.config.weight_count
    size = f"{FLOAT_BYTES * weights / 1000:,.0f}"
    words = told.words("deployment", weights=f"{weights:,}", size=size)
    return Thumbnail(thumbnails.layer_columns(told.view.config.layer_sizes), words)


def _use(visitor: Visitor, told: Told) -> Thumbnail:
    picture = last_picture()
    if told.view is None or told.view.network is None:
        return Thumbnail(None, t("pipeline.missing"))
    shown = _written_seven()[1] if picture is None else picture
    probabilities = predict(told.view.network, shown[None])[0]
    answer, share = int(probabilities.argmax()), percent(float(probabilities.max()))
    key = "pipeline.use.ready" if picture is None else "pipeline.use.shown"
    return Thumbnail(thumbnails.before_and_after(None, shown), t(key, answer=answer, share=share))


def _feedback(visitor: Visitor, told: Told) -> Thumbnail:
    if visitor.own_digits:
        pictures = np.stack([digit.picture for digit in visitor.own_digits])
        return Thumbnail(thumbnails.mosaic(pictures), t("pipeline.feedback.own", count=len(pictures)))
    if told.view is None or told.view.network is None:
        return Thumbnail(None, t("pipeline.missing"))
    wrong = _misread(told.view.network)
    if not wrong:
        return Thumbnail(None, t("pipeline.feedback.none"))
    pictures = load_mnist().validation_images[list(wrong)]
    return Thumbnail(thumbnails.mosaic(pictures), told.words("feedback", count=len(pictures)))


@functools.cache
def _written_seven() -> tuple[npt.NDArray[np.uint8], FloatArray]:
    """A seven written with a pen, (280, 280, 4), and what is made of it, (28, 28): shown as long as nobody has drawn."""
    seven = np.array([(84.0, 96.0), (140.0, 90.0), (196.0, 92.0), (172.0, 140.0), (150.0, 190.0), (138.0, 232.0)])
    bar = np.array([(112.0, 158.0), (188.0, 152.0)])
    drawn = draw([Stroke(seven, 20), Stroke(bar, 20)], CANVAS_SIDE)
    found = prepare(drawn)
    assert found is not None
    return drawn, found[0]


@remembered(most_bytes=100_000)
def _misread(network: Network) -> tuple[int, ...]:
    """The numbers of the first validation images that a network reads wrong, at most eighteen."""
    mnist = load_mnist()
    wrong = np.flatnonzero(predict(network, mnist.validation_images).argmax(axis=1) != mnist.validation_labels)
    return tuple(wrong[: thumbnails.ROWS * thumbnails.COLUMNS].tolist())


STATIONS: Final[Mapping[str, Station]] = MappingProxyType(
    {
        "data": Station(_data, ("train",)),
        "preparation": Station(_preparation, ("draw",)),
        "features": Station(_features, ("inside", "draw")),
        "training": Station(_training, ("train",)),
        "optimisation": Station(_optimisation, ("compare", "train")),
        "deployment": Station(_deployment, ("take_home", "train")),
        "use": Station(_use, ("draw",)),
        "feedback": Station(_feedback, ("draw",)),
    }
)
