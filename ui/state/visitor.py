"""Which visitor this is: the browser's cookie, what this session knows of it, and which of the visitor's tabs this session is."""

import functools
import hashlib
import re
import socket
from typing import Final
from uuid import uuid4

import streamlit as st
from streamlit import get_option, runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from model.runs.store import RUNS
from ui.state.values import Value
from ui.state.visitors import PRESENCE, VISITORS, Visitor

COOKIE: Final = "digit_lab_visitor"
# Cookies of a host are the same at all of its ports.
NAMED_BY: Final = 6
VISITOR: Final = Value[str | None]("_visitor", None)
TAB: Final = Value[str | None]("_tab", None)


@functools.cache
def cookie_name() -> str:
    """The name of this server's cookie, with server and base path in it: servers of one host do not take each other's for theirs."""
    base = str(get_option("server.baseUrlPath") or "").strip("/")
    server = hashlib.sha256(f"{socket.gethostname()} {get_option('server.port')}".encode()).hexdigest()[:NAMED_BY]
    return "_".join([COOKIE, server, *filter(None, re.split(r"\W+", base))])


def current_visitor() -> Visitor:
    """This browser's memory on the server, found by session, else by cookie; a fresh one for somebody new.

    Raises:
        RegistryFull: for somebody new, when everybody the server remembers is there or has something to lose.
    """
    found = VISITORS.find(VISITOR.get())
    if found is None:
        found = VISITORS.find(st.context.cookies.get(cookie_name()))
        if found is not None:
            found.remembered = True
        else:
            found = VISITORS.add(lambda token: Visitor(token, address=getattr(st.context, "ip_address", None) or ""))[1]
        VISITOR.give(found.token)
    context = get_script_run_ctx()
    if context is not None:
        found.enter(context.session_id)
    return found


def confirm(token: str | None) -> None:
    """A browser brought this visitor's cookie back: it is no stranger that is new at every visit."""
    found = VISITORS.peek(token or "")
    if found is not None:
        found.remembered = True


def _turn_of(token: str) -> str:
    found = VISITORS.peek(token)
    return token if found is None else found.turn


def _is_there(token: str) -> bool:
    found = VISITORS.peek(token)
    return found is not None and found.is_there


def _is_active(session: str) -> bool:
    return runtime.exists() and runtime.get_instance().is_active_session(session)


PRESENCE.is_active = _is_active
RUNS.know_owners(_turn_of, _is_there)


def this_tab() -> str:
    """What tells this tab from the visitor's others."""
    found = TAB.get() or uuid4().hex
    TAB.give(found)
    return found
