"""The map of the digits: 2,000 images where the last hidden layer puts them, the visitor's drawing among them."""

import functools

import numpy as np
import streamlit as st

from model.data import Labels, load_mnist
from model.network import FloatArray
from model.projection import last_hidden
from ui import inspecting, session
from ui.inside_figures import MapPoints, digit_map
from ui.inspecting import MAP_IMAGES, Examined
from ui.language import listed, t
from ui.live_chart import Chart, live_charts
from ui.pictures import Sheet, joined_pictures, png_bytes
from ui.served_files import served


def show_map(examined: Examined) -> None:
    """The map, what it is, and how much of the truth it keeps."""
    plane, places = examined.plane
    labels, answers = examined.labels[:MAP_IMAGES], examined.inspection.answers[:MAP_IMAGES]
    drawn = session.last_picture()
    own = None if drawn is None else plane.place(last_hidden(examined.network, drawn[None]))[0]
    words = [
        t("map.right" if label == answer else "map.wrong", label=label, answer=answer)
        for label, answer in zip(labels.tolist(), answers.tolist(), strict=True)
    ]
    sheet = map_sheet(examined.on_test)
    meta = {"url": sheet.url, "columns": sheet.columns, "rows": sheet.rows}
    figure = digit_map(MapPoints(places, labels, answers, words), own, t("follow.last"), meta)
    st.markdown(t("map.what" if examined.hidden_sizes else "map.what_pixels", count=f"{len(labels):,}"))
    wrong = int((labels != answers).sum())
    label = t("map.words", count=f"{len(labels):,}", wrong=wrong, pairs=_nearest_pairs(places, labels))
    live_charts([Chart(figure, label, 620)], "map", t("frame.plotly_failed"), on_click=_point_clicked)
    st.caption(f"{label} {t('map.share', share=f'{plane.share:.0%}')}")
    if drawn is None:
        st.caption(t("map.no_drawing"))


def _point_clicked(point: object) -> None:
    if isinstance(point, int):
        inspecting.send_through(point)


def _nearest_pairs(places: FloatArray, labels: Labels) -> str:
    """The three pairs of digits whose middles lie nearest to each other, as text."""
    middles = np.stack([np.median(places[labels == digit], axis=0) for digit in range(10)])
    distances = np.linalg.norm(middles[:, None] - middles[None], axis=2)
    first, second = np.triu_indices(10, 1)
    nearest = distances[first, second].argsort()[:3]
    return listed(f"{first[pair]}–{second[pair]}" for pair in nearest.tolist())


@functools.cache
def map_sheet(on_test: bool) -> Sheet:
    """The map's images as a picture that the browser loads once."""
    mnist = load_mnist()
    images = (mnist.test_images if on_test else mnist.validation_images)[:MAP_IMAGES]
    joined, columns, rows = joined_pictures(images)
    name = f"map-{'test' if on_test else 'validation'}-{MAP_IMAGES}.png"
    return Sheet(served(name, "image/png", lambda: png_bytes(joined)), columns, rows)
