"""The first screen: a canvas, what is read of it while one draws, and the way to train one's own network."""

from collections.abc import Callable

import streamlit as st

from ui.home.welcome import show_start
from ui.prediction.first_reading import show_first_reading
from ui.prediction.network_input import NetworkInput


@st.fragment
def show_first_look(drawing_place: Callable[[], NetworkInput | None]) -> None:
    """All of it, drawn again by itself with every stroke, the stroke under way too; ``drawing_place`` puts the canvas on the page."""
    with st.container(key="home_page"):
        with st.container(key="canvas_area"):
            network_input = drawing_place()
        with st.container(key="reading_area"):
            show_first_reading(network_input)
        with st.container(key="start_area"):
            show_start()
