"""Makes every word of the trade on a page say what it means, on hover, tap or key; the browser does the finding."""

import functools
from pathlib import Path
from typing import Any, Final

import streamlit as st

from ui import session
from ui.glossary import glossary
from ui.language import t

COMPONENTS: Final = Path(__file__).resolve().parent.parent / "assets" / "components"


def words_of_page() -> None:
    """A button that lists the words explained on this page; hovering or tapping one anywhere on it explains it there."""
    words = [
        {"name": term.name, "forms": list(term.forms), "plain": term.plain, "exact": term.exact}
        for term in glossary(session.language())
    ]
    labels = {name: t(f"glossary.{name}") for name in ("button", "on_page", "none_here", "close")}
    _element()(key="words_of_page", data={"words": words, "labels": labels, "language": session.language()})


@functools.cache
def _element() -> Any:
    html = (
        '<button type="button" class="open"></button>\n<div class="list" popover></div>\n'
        '<div class="one" popover="manual" role="tooltip"></div>'
    )
    css, js = ((COMPONENTS / f"terms.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    return st.components.v2.component("digit_lab_terms", html=html, css=css, js=js)
