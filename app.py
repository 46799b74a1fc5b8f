"""Home: what Digit Lab is, three steps, the way back to where the visitor was, the learning pipeline and the lessons."""

import streamlit as st

from ui.frame import open_page
from ui.home.pipeline import show_pipeline
from ui.home.welcome import show_continue, show_steps, show_welcome
from ui.lessons.catalogue import show_lessons
from ui.server import routes

if __name__ == "__main__":
    open_page("home")
    show_welcome()
    show_continue()
    show_steps()
    show_pipeline()
    show_lessons()
else:  # the server imports this file once, before anybody opens a page
    app = st.App(__file__, routes=routes())
