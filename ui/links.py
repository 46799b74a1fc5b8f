"""Links between the pages that carry language and run along; knows nothing of what the pages show."""

from collections.abc import Mapping
from typing import Final

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from ui import session

PAGES: Final = {
    "home": "app.py",
    "train": "pages/train.py",
    "draw": "pages/draw.py",
    "glossary": "pages/glossary.py",
}


def link_to(page: str, label: str, **query: str) -> None:
    """A link to another page of the app, with the run and the language, and ``query`` beside them."""
    parameters: Mapping[str, str] = session.link_parameters() | query
    try:
        st.page_link(PAGES[page], label=label, query_params=parameters)
    except StreamlitPageNotFoundError:  # a page that is run by itself, without app.py beside it, knows no others
        st.markdown(label)
