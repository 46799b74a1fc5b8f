"""The map of the digits: 2,000 images as the pixels and each layer see them, the visitor's drawing and chosen mistakes among them."""

import functools
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
import streamlit as st

from model.data.mnist import Labels
from model.interpretability.pca import Space, spaces
from model.network import FloatArray
from model.runs.store import RUNS
from ui.elements.choices import choose
from ui.elements.gallery import Item, gallery
from ui.elements.images import Sheet, joined_pictures, picture_sheet, picture_url, png_bytes
from ui.elements.numerals import percent
from ui.elements.plotly_chart import Chart, live_charts
from ui.elements.served_files import served
from ui.inside import examined_network
from ui.inside.examined_network import CELL, IMAGE_ON_MAP, MAP_IMAGES, MAP_SHOW, Examined, map_images
from ui.inside.map_figures import MapPoints, MapWords, digit_map, small_map
from ui.inside.neighbour_maps import PLACED, NeighbourMaps, Waiting
from ui.state.drawing import last_picture
from ui.state.language import t
from ui.state.values import Value

T = TypeVar("T")

MAPS: Final = NeighbourMaps(RUNS.workers)
POLL_SECONDS: Final = 1.0
SMALL_SHOWN: Final = 1_000
MISREAD_SHOWN: Final = 40
SMALL_HEIGHT, HEIGHT = 250, 620


@dataclass(frozen=True, eq=False)
class _Seen:
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


def show_map(examined: Examined) -> None:
    """Every layer side by side and how well each keeps the digits apart, then one of them large."""
    layers = range(len(examined.spaces))
    seen = _look(examined)
    st.markdown(t("map.what", count=f"{len(seen.labels):,}"))
    _show_layers(examined.spaces, seen)
    _show_separation(examined.spaces)
    with st.container(horizontal=True, vertical_alignment="bottom", key="map_choice"):
        layer = _choice("map_layer", list(layers), layers[-1], _name)
        method = _choice("map_method", ["plane", "neighbours"], "plane", lambda name: t(f"map.method_{name}"))
        _choice(MAP_SHOW.key, _ways_to_show(), "all", lambda name: t(f"map.show_{name}", **_cell_words()))
    with st.container(key="map_area"):
        if method == "plane":
            _show_plane(examined.spaces[layer], layer, seen)
        else:
            _show_neighbours(examined, layer, seen)
    _show_chosen(examined, seen)
    _show_misread(examined, seen)
    if seen.own is None:
        st.caption(t("map.no_drawing"))


def _look(examined: Examined) -> _Seen:
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
    return _Seen(labels, answers, marked, show == "mistakes", own, map_sheet(examined.on_test))


def _choice(key: str, options: Sequence[T], usual: T, name: Callable[[T], str]) -> T:
    """One of some options, the usual one where nothing that is there was chosen."""
    chosen = Value(key, usual)
    if chosen.get() not in options:
        chosen.reset()
    return choose(t(f"map.{key}"), options, key, name, look="bar")


def _ways_to_show() -> list[str]:
    return ["all", "mistakes", *(["cell"] if CELL.get() is not None else [])]


def _cell_words() -> dict[str, int]:
    label, answer = divmod(CELL.get() or 0, 10)
    return {"label": label, "answer": answer}


def _name(layer: int) -> str:
    return t("map.pixels") if layer == 0 else t("train.hidden_name", layer=layer)


def _words() -> MapWords:
    return MapWords(
        t("map.right", label="{label}", answer="{answer}"),
        t("map.wrong", label="{label}", answer="{answer}"),
        t("follow.last"),
    )


def _show_layers(found: Sequence[Space], seen: _Seen) -> None:
    """The pixels and each layer as small maps beside each other."""
    charts = []
    for layer, space in enumerate(found):
        name, share = _name(layer), percent(space.between)
        places = space.places[:SMALL_SHOWN]
        figure = small_map(
            seen.points(places),
            seen.ringed(places),
            seen.own_place(space, layer),
            _words(),
            t("map.small_title", name=name, share=share),
            seen.meta,
        )
        label = t("map.small_words", name=name, share=share, pairs=_pairs(space.pairs))
        charts.append(Chart(figure, label, SMALL_HEIGHT))
    live_charts(charts, "map_layers", t("frame.plotly_failed"), on_click=_point_clicked)


def _show_separation(found: Sequence[Space]) -> None:
    """Whether the layers part the digits, in words and as a table."""
    shares = [space.between for space in found]
    first, last = percent(shares[0]), percent(shares[-1])
    if len(found) == 1:
        st.markdown(t("map.apart_pixels", first=first))
    else:
        grows = all(before < after for before, after in itertools.pairwise(shares))
        kind = "map.apart_grows" if grows else "map.apart_more" if shares[-1] > shares[0] else "map.apart_not"
        st.markdown(t(kind, first=first, last=last))
    with st.expander(t("map.table"), key="map_table"):
        st.caption(t("map.table_how"))
        st.table(
            {
                t("flow.column_layer"): [_name(layer) for layer in range(len(found))],
                t("map.column_between"): [percent(share, 1) for share in shares],
                t("map.column_alike"): [percent(space.alike / MAP_IMAGES, 1) for space in found],
                t("map.column_pairs"): [_pairs(space.pairs) for space in found],
                t("map.column_plane"): [percent(space.plane.share) for space in found],
            }
        )


def _show_plane(space: Space, layer: int, seen: _Seen) -> None:
    """One layer's plane, and what the plane loses."""
    figure = digit_map(
        seen.points(space.places), seen.ringed(space.places), seen.own_place(space, layer), _words(), seen.meta
    )
    words = [_counted(seen, len(space.places)), _near(space)]
    if set(space.pairs) != set(space.flat_pairs):
        words.append(t("map.flat_pairs", pairs=_pairs(space.flat_pairs)))
    _show_large(figure, " ".join([*words, t("map.share", share=percent(space.plane.share))]))


def _show_neighbours(examined: Examined, layer: int, seen: _Seen) -> None:
    """The map of neighbours once a worker has made it, and until then how long that takes."""
    waits = isinstance(MAPS.of(examined.network, layer, examined.on_test), Waiting)
    st.fragment(_watch_neighbours, run_every=POLL_SECONDS if waits else None)(examined, layer, seen, waits)


def _watch_neighbours(examined: Examined, layer: int, seen: _Seen, waited: bool) -> None:
    places = MAPS.of(examined.network, layer, examined.on_test)
    if isinstance(places, Waiting):
        with st.container(key="map_waiting", height=HEIGHT, border=True):
            if places.seconds:
                st.markdown(t("map.waiting", seconds=f"{places.seconds:.0f}", expected=f"{places.expected:.0f}"))
            else:
                st.markdown(t("map.waiting_for_another"))
            st.progress(places.share)
    elif waited:
        st.rerun()
    else:
        figure = digit_map(seen.points(places), seen.ringed(places), None, _words(), seen.meta)
        space = examined.spaces[layer]
        _show_large(figure, f"{_counted(seen, PLACED)} {_near(space)} {t('map.neighbours', count=f'{PLACED:,}')}")


def _show_large(figure: go.Figure, words: str) -> None:
    live_charts([Chart(figure, words, HEIGHT)], "map", t("frame.plotly_failed"), on_click=_point_clicked)
    st.caption(words)


def _counted(seen: _Seen, count: int) -> str:
    wrong = int((seen.labels[:count] != seen.answers[:count]).sum())
    return t("map.words", count=f"{count:,}", wrong=wrong)


def _near(space: Space) -> str:
    return t("map.pairs", size=f"{len(space.plane.centre):,}", pairs=_pairs(space.pairs))


def _pairs(pairs: Sequence[tuple[int, int]]) -> str:
    return t("map.pair_join").join(f"{first}–{second}" for first, second in pairs)


def _point_clicked(point: object) -> None:
    if isinstance(point, int):
        IMAGE_ON_MAP.give(point)


def _show_chosen(examined: Examined, seen: _Seen) -> None:
    """The image whose dot was pressed, and where to go from it."""
    image = IMAGE_ON_MAP.get()
    with st.container(border=True, key="map_chosen", horizontal=True, vertical_alignment="center"):
        if image is None:
            st.caption(t("map.press"))
            return
        label, answer = int(seen.labels[image]), int(seen.answers[image])
        kind = t("map.right" if label == answer else "map.wrong", label=label, answer=answer)
        url = picture_url(examined.images[image])
        st.html(f'<img class="seen" src="{url}" alt="{kind}" width="84" height="84">', width="content")
        st.markdown(t("map.chosen", number=image + 1, kind=kind), width="content")
        st.button(t("mistakes.follow"), key="map_follow", on_click=examined_network.send_through, args=(image,))
        if label != answer:
            words = t("map.all_like_it", label=label, answer=answer)
            st.button(words, key="map_cell", on_click=examined_network.show_cell, args=(10 * label + answer,))
        st.button(t("map.let_go"), key="map_let_go", on_click=_let_go)


def _let_go() -> None:
    IMAGE_ON_MAP.reset()


def _show_misread(examined: Examined, seen: _Seen) -> None:
    """The misread images of the map, or those of the chosen cell, to be found on it without a mouse."""
    wrong = np.flatnonzero(seen.labels != seen.answers).tolist()
    in_cell = MAP_SHOW.get() == "cell"
    cell = tuple(_cell_words().values())
    in_it = [number for number in seen.marked if (seen.labels[number], seen.answers[number]) == cell]
    listed = in_it if in_cell else wrong
    if in_cell:
        label, answer = cell
        st.caption(t("map.in_cell", count=f"{len(listed):,}", most=f"{MAP_IMAGES:,}", label=label, answer=answer))
    elif listed:
        st.caption(t("map.misread", count=f"{len(listed):,}", shown=min(len(listed), MISREAD_SHOWN)))
    if not listed:
        return
    shown = listed[:MISREAD_SHOWN]
    items = []
    for number in shown:
        label, answer = int(seen.labels[number]), int(seen.answers[number])
        state = "" if label == answer else "wrong"
        kind = t("map.right" if label == answer else "map.wrong", label=label, answer=answer)
        items.append(Item(number, f"{label} → {answer}", t("map.find", kind=kind), state))
    gallery(
        picture_sheet(examined.images[shown]),
        items,
        t("map.misread_label"),
        "map_misread",
        _point_clicked,
        IMAGE_ON_MAP.get(),
        side=52,
    )


@functools.cache
def map_sheet(on_test: bool) -> Sheet:
    """The map's images as a picture that the browser loads once."""
    images, _ = map_images(on_test)
    joined, columns, rows = joined_pictures(images)
    name = f"map-{'test' if on_test else 'validation'}-{MAP_IMAGES}.png"
    return Sheet(served(name, "image/png", lambda: png_bytes(joined)), columns, rows)
