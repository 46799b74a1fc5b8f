"""Train: choose the knobs, press Train, watch it learn."""

import streamlit as st

from ui import session
from ui.building_view import show_building, show_link
from ui.controls import more_knobs, training_controls
from ui.frame import open_page
from ui.language import t
from ui.training_view import show_run, start_button

open_page("train")
with st.container(key="train_page"):
    with st.container(key="knobs_area"):
        config = training_controls()
        start_button(config)
    with st.container(key="run_area"):
        run = session.current_run()
        if run is None:
            st.info(t("train.empty"))
        else:
            show_run(run)
    with st.container(key="building_area"):
        if config is not None:
            show_building(config)
        more_knobs()
        if config is not None:
            show_link(config)
