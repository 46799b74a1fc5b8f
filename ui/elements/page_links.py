"""Links between the pages that carry language and run along; knows nothing of what the pages show."""

from collections.abc import Mapping
from typing import Final

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from ui.state.links import link_parameters

PAGES: Final = {
    "home": "app.py",
    "train": "pages/train.py",
    "draw": "pages/draw.py",
    "inside": "pages/inside.py",
    "compare": "pages/compare.py",
    "by_hand": "pages/by_hand.py",
    "glossary": "pages/glossary.py",
}


def go_to(page: str) -> None:
    """Go to another page of the app at once, with the run and the language."""
    try:
        st.switch_page(PAGES[page], query_params=link_parameters())
    except StreamlitPageNotFoundError:  # as below
        st.markdown(page)


def link_to(page: str, label: str, **query: str) -> None:
    """A link to another page of the app, with the run and the language, and ``query`` beside them."""
    parameters: Mapping[str, str] = link_parameters() | query
    try:
        st.page_link(PAGES[page], label=label, query_params=parameters)
    except StreamlitPageNotFoundError:  # a page that is run by itself, without app.py beside it, knows no others
        st.markdown(label)
