"""The glossary as a page that can be searched; knows nothing of where the words are used."""

import streamlit as st

from ui.asset_files import AssetError
from ui.glossary.glossary import found_terms, glossary
from ui.state.language import current_language, t


def show_glossary() -> None:
    """A field to search in, and every word with its two sentences."""
    try:
        terms = glossary(current_language())
    except AssetError:  # the frame says so on every page
        return
    st.markdown(t("glossary.intro"))
    searched = st.text_input(t("glossary.search"), key="glossary_search")
    found = found_terms(searched, terms)
    st.caption(t("glossary.count", count=len(found)) if found else t("glossary.none", searched=searched))
    with st.container(key="glossary_terms"):
        for term in found:
            with st.container(border=True, height="stretch"):
                st.subheader(term.name, anchor=False)
                st.markdown(term.plain)
                st.caption(t("glossary.exact", sentence=term.exact))
