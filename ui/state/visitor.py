"""Which visitor this is: the browser's cookie, what this session knows of it, and which of the visitor's tabs this session is."""

from typing import Final
from uuid import uuid4

import streamlit as st

from ui.state.values import Value
from ui.state.visitors import VISITORS, Visitor

COOKIE: Final = "digit_lab_visitor"
VISITOR: Final = Value[str | None]("_visitor", None)
TAB: Final = Value[str | None]("_tab", None)


def current_visitor() -> Visitor:
    """This browser's memory on the server, found by cookie, else by session; a fresh one for somebody new."""
    for token in (VISITOR.get(), st.context.cookies.get(COOKIE)):
        found = VISITORS.find(token)
        if found is not None:
            VISITOR.give(found.token)
            return found
    token, fresh = VISITORS.add(Visitor)
    VISITOR.give(token)
    return fresh


def this_tab() -> str:
    """What tells this tab from the visitor's others."""
    found = TAB.get() or uuid4().hex
    TAB.give(found)
    return found
