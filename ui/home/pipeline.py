"""The learning pipeline on Home: eight stations, each with a thumbnail of the visitor's own and the way to its page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import streamlit as st

from model.data.mnist import load_mnist
from model.network import predict
from model.runs.run import RunView
from ui.elements.numerals import percent
from ui.elements.page_links import PAGES, link_to
from ui.home import thumbnails
from ui.state.drawing import current_drawing, last_picture
from ui.state.language import t
from ui.state.own_runs import current_run, own_views
from ui.state.visitor import current_visitor
from ui.state.visitors import Visitor

POLL_SECONDS: Final = 1.0
FLOAT_BYTES: Final = 4


@dataclass(frozen=True)
class Thumbnail:
    """A picture of the visitor's own as a data URL, or None, and one line that says what it shows or how to get it."""

    url: str | None
    words: str


@dataclass(frozen=True)
class Station:
    """One station: makes its ``thumbnail`` of the visitor and the current run, and leads to the first of ``pages`` there is."""

    thumbnail: Callable[[Visitor, RunView | None], Thumbnail]
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
    with st.container(key="pipeline"):
        for number, (name, station) in enumerate(STATIONS.items(), 1):
            with st.container(key=f"station_{name}", border=True):
                _show_station(number, name, station, station.thumbnail(current_visitor(), view))
        with st.container(key="pipeline_return"):
            st.markdown(t("pipeline.back"))
    if busy and not (view is not None and view.busy):
        st.rerun()


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


def _data(visitor: Visitor, view: RunView | None) -> Thumbnail:
    count = len(load_mnist().training_images) if view is None else view.config.training_images
    own = [digit.picture for digit in visitor.own_digits][:6]
    images = np.concatenate([*(picture[None] for picture in own), load_mnist().training_images[:18]])
    key = "pipeline.data.own" if own else "pipeline.data.shown"
    return Thumbnail(thumbnails.mosaic(images), t(key, count=f"{count:,}", own=len(visitor.own_digits)))


def _preparation(visitor: Visitor, view: RunView | None) -> Thumbnail:
    picture, drawn = last_picture(), current_drawing()
    if picture is None:
        return Thumbnail(None, t("pipeline.preparation.empty"))
    return Thumbnail(
        thumbnails.before_and_after(drawn.pixels if drawn else None, picture), t("pipeline.preparation.shown")
    )


def _features(visitor: Visitor, view: RunView | None) -> Thumbnail:
    if view is None or view.network is None:
        return Thumbnail(None, t("pipeline.features.empty"))
    return Thumbnail(thumbnails.weight_tiles(view.network), t("pipeline.features.shown"))


def _training(visitor: Visitor, view: RunView | None) -> Thumbnail:
    training = view.latest_training if view is not None else None
    if view is None or training is None:
        return Thumbnail(None, t("pipeline.training.empty"))
    words = t("pipeline.training.shown", epoch=f"{view.epoch:.1f}", loss=f"{training[0]:.3f}")
    return Thumbnail(thumbnails.small_curves(view.points), words)


def _optimisation(visitor: Visitor, view: RunView | None) -> Thumbnail:
    tested = [run.score.accuracy for run in own_views() if run.score is not None][-8:]
    if not tested:
        return Thumbnail(None, t("pipeline.optimisation.empty"))
    words = t("pipeline.optimisation.shown", count=len(tested), best=percent(max(tested), 2))
    return Thumbnail(thumbnails.accuracy_bars(tested), words)


def _deployment(visitor: Visitor, view: RunView | None) -> Thumbnail:
    if view is None or view.network is None:
        return Thumbnail(None, t("pipeline.deployment.empty"))
    weights = view.config.weight_count
    size = f"{FLOAT_BYTES * weights / 1000:,.0f}"
    words = t("pipeline.deployment.shown", weights=f"{weights:,}", size=size)
    return Thumbnail(thumbnails.layer_columns(view.config.layer_sizes), words)


def _use(visitor: Visitor, view: RunView | None) -> Thumbnail:
    picture = last_picture()
    if view is None or view.network is None or picture is None:
        return Thumbnail(None, t("pipeline.use.empty"))
    probabilities = predict(view.network, picture[None])[0]
    words = t("pipeline.use.shown", answer=int(probabilities.argmax()), share=percent(float(probabilities.max())))
    return Thumbnail(thumbnails.before_and_after(None, picture), words)


def _feedback(visitor: Visitor, view: RunView | None) -> Thumbnail:
    if not visitor.own_digits:
        return Thumbnail(None, t("pipeline.feedback.empty"))
    pictures = np.stack([digit.picture for digit in visitor.own_digits])
    return Thumbnail(thumbnails.mosaic(pictures), t("pipeline.feedback.shown", count=len(pictures)))


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
