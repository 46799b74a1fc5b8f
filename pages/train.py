"""Train: choose the knobs, press Train, watch it learn."""

import streamlit as st

from ui.frame import open_page
from ui.runs.start_button import start_button
from ui.state.hyperparameters import knobs_drawn
from ui.state.own_runs import current_run
from ui.train.architecture import show_building, show_link, show_now_and_next
from ui.train.hyperparameters import more_knobs, training_controls
from ui.train.run_monitor import show_no_run, show_run

open_page("train")
run = current_run()
with st.container(key="train_page"):
    with st.container(key="knobs_area"):
        config = training_controls()
        start_button(config)
        if config is not None:
            show_now_and_next(config, run)
    with st.container(key="run_area"):
        if run is None:
            show_no_run(config)
        else:
            show_run(run)
    with st.container(key="building_area"):
        if config is not None and run is not None:
            show_building(config, run)
        more_knobs()
        if config is not None:
            show_link(config, run)
knobs_drawn()
