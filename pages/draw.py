"""Draw: draw a digit and see how the network reads it, and what it really sees."""

import streamlit as st

from ui.draw.canvas import drawing_place, drawing_tools
from ui.draw.cells import cell_grid
from ui.draw.fine_tuning import show_fine_tuning, show_naming
from ui.draw.sample_digits import chosen_picture, sample_digits
from ui.frame import open_page
from ui.lessons.panel import panel_follows_drawing
from ui.prediction.prediction import show_network_missing, show_reading, show_reasons
from ui.state.own_runs import current_run
from ui.train.tracked_drawings import show_pins

open_page("draw")
run = current_run()
with st.container(key="draw_page"):
    with st.container(key="canvas_area"):
        network_input = chosen_picture(drawing_place())
    with st.container(key="reading_area"):
        if run is None:
            show_network_missing()
        else:
            show_reading(run, network_input)
    with st.container(key="tools_area"):
        show_naming(network_input)
        drawing_tools()
        cell_grid()
        show_pins(network_input)
    with st.container(key="reasons_area"):
        if run is not None:
            show_reasons(run, network_input)
    with st.container(key="samples_area"):
        sample_digits()
        show_fine_tuning(run)
panel_follows_drawing()
