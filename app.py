"""Home: a canvas and a network that reads it, the way to train one's own, the way back, the learning pipeline and the lessons."""

from functools import partial

import streamlit as st

from ui.frame import open_page
from ui.home.first_look import show_first_look
from ui.home.pipeline import show_pipeline
from ui.home.welcome import show_continue, show_welcome
from ui.lessons.catalogue import show_lessons
from ui.server import guard_sessions, guard_values, guards, lifespan, routes, told_in_words

if __name__ == "__main__":
    # The canvas can only be imported once the server runs.
    from ui.draw.canvas import drawing_place

    open_page("home")
    show_welcome()
    show_first_look(partial(drawing_place, live=True))
    show_continue()
    show_pipeline()
    show_lessons()
else:  # the server imports this file once, before anybody opens a page
    guard_sessions()
    guard_values()
    app = st.App(__file__, lifespan=lifespan, routes=routes(), middleware=guards(), on_script_error=told_in_words)
