"""Which visitor this is: the browser's cookie, what this session knows of it, and which of the visitor's tabs this session is."""

import functools
import hashlib
import re
import socket
from typing import Final
from uuid import uuid4

import streamlit as st

from ui.state.values import Value
from ui.state.visitors import VISITORS, Visitor

COOKIE: Final = "digit_lab_visitor"
# Cookies of a host are the same at all of its ports.
NAMED_BY: Final = 6
VISITOR: Final = Value[str | None]("_visitor", None)
TAB: Final = Value[str | None]("_tab", None)


@functools.cache
def cookie_name() -> str:
    """The name of this server's cookie, with server and base path in it: servers of one host do not take each other's for theirs."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    server = hashlib.sha256(f"{socket.gethostname()} {st.get_option('server.port')}".encode()).hexdigest()[:NAMED_BY]
    return "_".join([COOKIE, server, *filter(None, re.split(r"\W+", base))])


def current_visitor() -> Visitor:
    """This browser's memory on the server, found by cookie, else by session; a fresh one for somebody new."""
    for token in (VISITOR.get(), st.context.cookies.get(cookie_name())):
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
