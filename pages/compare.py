"""Compare: the visitor's runs side by side, fair races, why a run went as it did, and reports to keep."""

import streamlit as st

from ui.compare.page import show_comparison, show_nothing_yet, show_one_run
from ui.compare.race_choice import show_race_choice
from ui.frame import open_page
from ui.state.own_runs import own_runs

open_page("compare")
with st.container(key="compare_page"):
    with st.container(key="race_area"):
        show_race_choice()
    with st.container(key="comparison_area"):
        if own_runs():
            show_comparison()
        else:
            show_nothing_yet()
    with st.container(key="one_area"):
        if own_runs():
            show_one_run()
