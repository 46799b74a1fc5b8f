"""The map of the digits: 2,000 images as the pixels and each layer see them, the visitor's drawing and chosen mistakes among them."""

import itertools
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from model.interpretability.pca import Space
from model.network import FloatArray
from model.runs.store import RUNS
from ui.elements.choices import choose
from ui.elements.gallery import Item, gallery
from ui.elements.images import picture_sheet, picture_url
from ui.elements.numerals import percent
from ui.elements.plotly_chart import Chart, live_charts
from ui.inside import examined_network
from ui.inside.examined_network import CELL, IMAGE_ON_MAP, MAP_IMAGES, MAP_SHOW, Examined
from ui.inside.map_figures import MapWords, digit_map, small_map
from ui.inside.mapped_images import MappedImages, mapped_images
from ui.inside.neighbour_maps import PLACED, NeighbourMaps, Waiting
from ui.state.language import t
from ui.state.messages import redraw
from ui.state.told import is_whole
from ui.state.values import Value
from ui.state.visitor import current_visitor

T = TypeVar("T")

MAPS: Final = NeighbourMaps(RUNS.workers)
POLL_SECONDS: Final = 1.0
SMALL_SHOWN: Final = 1_000
MISREAD_SHOWN: Final = 40
SMALL_HEIGHT, HEIGHT = 250, 620


def show_map(examined: Examined) -> None:
    """Every layer side by side and how well each keeps the digits apart, then one of them large."""
    layers = range(len(examined.spaces))
    mapped = mapped_images(examined)
    st.markdown(t("map.what", count=f"{len(mapped.labels):,}"))
    _show_layers(examined.spaces, mapped)
    _show_separation(examined.spaces)
    with st.container(horizontal=True, vertical_alignment="bottom", key="map_choice"):
        layer = _choice("map_layer", list(layers), layers[-1], _name)
        method = _choice("map_method", ["plane", "neighbours"], "plane", lambda name: t(f"map.method_{name}"))
        _choice(MAP_SHOW.key, _ways_to_show(), "all", lambda name: t(f"map.show_{name}", **_cell_words()))
    with st.container(key="map_area"):
        if method == "plane":
            _show_plane(examined.spaces[layer], layer, mapped)
        else:
            _show_neighbours(examined, layer, mapped)
    _show_chosen(examined, mapped)
    _show_misread(examined, mapped)
    if mapped.own is None:
        st.caption(t("map.no_drawing"))


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


def _show_layers(found: Sequence[Space], mapped: MappedImages) -> None:
    """The pixels and each layer as small maps beside each other."""
    charts = []
    for layer, space in enumerate(found):
        name, share = _name(layer), percent(space.between)
        places = space.places[:SMALL_SHOWN]
        figure = small_map(
            mapped.points(places),
            mapped.ringed(places),
            mapped.own_place(space, layer),
            _words(),
            t("map.small_title", name=name, share=share),
            mapped.meta,
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


def _show_plane(space: Space, layer: int, mapped: MappedImages) -> None:
    """One layer's plane, and what the plane loses."""
    figure = digit_map(
        mapped.points(space.places), mapped.ringed(space.places), mapped.own_place(space, layer), _words(), mapped.meta
    )
    words = [_counted(mapped, len(space.places)), _near(space)]
    if set(space.pairs) != set(space.flat_pairs):
        words.append(t("map.flat_pairs", pairs=_pairs(space.flat_pairs)))
    _show_large(figure, " ".join([*words, t("map.share", share=percent(space.plane.share))]))


def _show_neighbours(examined: Examined, layer: int, mapped: MappedImages) -> None:
    """The map of neighbours once a worker has made it, and until then how long that takes."""
    waits = isinstance(_map_of(examined, layer), Waiting)
    st.fragment(_watch_neighbours, run_every=POLL_SECONDS if waits else None)(examined, layer, mapped, waits)


def _map_of(examined: Examined, layer: int) -> FloatArray | Waiting:
    return MAPS.of(examined.network, layer, examined.on_test, current_visitor().turn)


def _watch_neighbours(examined: Examined, layer: int, mapped: MappedImages, waited: bool) -> None:
    places = _map_of(examined, layer)
    if isinstance(places, Waiting):
        with st.container(key="map_waiting", height=HEIGHT, border=True):
            if places.seconds:
                st.markdown(t("map.waiting", seconds=f"{places.seconds:.0f}", expected=f"{places.expected:.0f}"))
            else:
                st.markdown(t("map.waiting_for_another"))
            st.progress(places.share)
    elif waited:
        redraw()
    else:
        figure = digit_map(mapped.points(places), mapped.ringed(places), None, _words(), mapped.meta)
        space = examined.spaces[layer]
        _show_large(figure, f"{_counted(mapped, PLACED)} {_near(space)} {t('map.neighbours', count=f'{PLACED:,}')}")


def _show_large(figure: go.Figure, words: str) -> None:
    live_charts([Chart(figure, words, HEIGHT)], "map", t("frame.plotly_failed"), on_click=_point_clicked)
    st.caption(words)


def _counted(mapped: MappedImages, count: int) -> str:
    wrong = int((mapped.labels[:count] != mapped.answers[:count]).sum())
    return t("map.words", count=f"{count:,}", wrong=wrong)


def _near(space: Space) -> str:
    return t("map.pairs", size=f"{len(space.plane.centre):,}", pairs=_pairs(space.pairs))


def _pairs(pairs: Sequence[tuple[int, int]]) -> str:
    return t("map.pair_join").join(f"{first}–{second}" for first, second in pairs)


def _point_clicked(point: object) -> None:
    if is_whole(point, 0, MAP_IMAGES - 1):
        IMAGE_ON_MAP.give(point)


def _show_chosen(examined: Examined, mapped: MappedImages) -> None:
    """The image whose dot was pressed, and where to go from it."""
    image = IMAGE_ON_MAP.get()
    with st.container(border=True, key="map_chosen", horizontal=True, vertical_alignment="center"):
        if image is None or image >= len(mapped.labels):
            st.caption(t("map.press"))
            return
        label, answer = int(mapped.labels[image]), int(mapped.answers[image])
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


def _show_misread(examined: Examined, mapped: MappedImages) -> None:
    """The misread images of the map, or those of the chosen cell, to be found on it without a mouse."""
    wrong = np.flatnonzero(mapped.labels != mapped.answers).tolist()
    in_cell = MAP_SHOW.get() == "cell"
    cell = tuple(_cell_words().values())
    in_it = [number for number in mapped.marked if (mapped.labels[number], mapped.answers[number]) == cell]
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
        label, answer = int(mapped.labels[number]), int(mapped.answers[number])
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
