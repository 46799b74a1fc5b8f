"""The server beside what Streamlit makes of it: the app's served files, pages that know where the app stands, one lock a session."""

import functools
import gzip
import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final
from weakref import WeakValueDictionary

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.state import SafeSessionState, SessionState
from streamlit.runtime.state.common import WidgetMetadata, is_element_id, unpack_widget_state_value

from model.runs.executor import cluster_address, worker_count
from model.runs.store import RUNS
from ui.asset_files import AssetError, asset_text
from ui.elements.page_links import PAGES
from ui.elements.served_files import FILES, FOLDER
from ui.server_guards import SHELL, Floods, Headers, KnownHosts, UnusedDoors
from ui.state.language import t
from ui.state.visitor import confirm, cookie_name

LOG: Final = logging.getLogger(__name__)
# Streamlit's browser side looks for its server below the page's own address first, where nothing answers. A page's address is one
# step below the app's, so the browser can say where that is, whatever proxy or base path lies between.
WHERE_THE_APP_STANDS: Final = (
    '<script>window.__streamlit = { BACKEND_BASE_URL: new URL(".", location.href).href }</script>'
)
YEAR: Final = "public, max-age=31536000, immutable"
COMPRESSED: Final = ("text/javascript",)


def guards() -> list[Middleware]:
    """What every request goes through, the first of them first."""
    put_into_page = [re.sub("</?script>", "", WHERE_THE_APP_STANDS)]
    return [
        Middleware(Headers, scripts=put_into_page),
        Middleware(KnownHosts),
        Middleware(UnusedDoors),
        Middleware(Floods),
    ]


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Before anybody comes the settings of the workers are read; when the server ends the workers end at once, and nobody waits for them.

    Raises:
        ValueError: for a setting that cannot be, by name.
    """
    worker_count()
    cluster_address()
    yield
    RUNS.abandon()


def told_in_words(error: Exception) -> bool:
    """A fault of ours in a page: the whole of it into the log, a sentence to the visitor."""
    LOG.error("a page broke off", exc_info=error)
    try:
        st.error(t("frame.fault"))
    except AssetError:
        return False
    return True


def routes() -> list[BaseRoute]:
    """The server's own routes, below the base path it was started with."""
    base = "/" + str(st.get_option("server.baseUrlPath") or "").strip("/")
    below = base.rstrip("/")
    pages = [name for name in PAGES if name != "home"]
    return [
        Route(f"{below}/{FOLDER}/{{name}}", _file),
        Route(f"{below}/remembered", _remembered, methods=["POST"]),
        *(Route(f"{below}/{name}", _page) for name in pages),
    ]


def guard_sessions() -> None:
    """Guard the state of each session by one lock, whichever of its scripts asks.

    Streamlit begins the next script of a session before the one that it interrupts has ended, and gives each script a lock of its own.
    On a busy machine both then change one state, and the older ends with "dictionary changed size during iteration".
    """
    begin = SafeSessionState.__init__
    locks: WeakValueDictionary[int, Any] = WeakValueDictionary()

    def begin_with_the_sessions_lock(
        self: SafeSessionState, state: SessionState, yield_callback: Callable[[], None]
    ) -> None:
        begin(self, state, yield_callback)
        # By the state's place in memory: no other has it while a script that holds state and lock is there.
        object.__setattr__(self, "_lock", locks.setdefault(id(state), self._lock))

    if begin.__module__ != __name__:  # once
        SafeSessionState.__init__ = begin_with_the_sessions_lock  # type: ignore[method-assign]


def guard_values() -> None:
    """Take from a browser only what the element it speaks of can say; of anything else what the element said before stays.

    Streamlit gives whatever comes to the element's reader: text where a number is expected, or a list without anything in it, breaks the
    page, and breaks it again whenever it is drawn.
    """
    told_values = type(SessionState()._new_widget_state)
    take, read = told_values.set_widget_from_proto, told_values.__getitem__

    def take_what_it_can_say(self: Any, state: WidgetState) -> None:
        known = self.widget_metadata.get(state.id)
        if _can_be_an_element(state) if known is None else _can_say(known, state):
            take(self, state)
        else:
            LOG.warning("a browser told of an element what it cannot say; what it said before stays")

    def read_what_it_can_say(self: Any, name: str) -> Any:
        """Of an element that was not there yet when it was told: as if nothing had been said."""
        told, known = getattr(self.states.get(name), "value", None), self.widget_metadata.get(name)
        if known is not None and isinstance(told, WidgetState) and not _can_say(known, told):
            raise KeyError(name)
        return read(self, name)

    if take.__module__ != __name__:  # once
        told_values.set_widget_from_proto = take_what_it_can_say  # type: ignore[method-assign, assignment]
        told_values.__getitem__ = read_what_it_can_say  # type: ignore[method-assign]
        AppSession._handle_clear_cache_request = _refuse_to_clear  # type: ignore[method-assign, assignment]


def _refuse_to_clear(session: AppSession) -> None:
    """No page offers it; it would empty what everybody shares, and a session whose page is being drawn."""
    LOG.warning("a browser wanted the server's caches cleared; nothing was cleared")


def _family(kind: str) -> str:
    """Whole numbers and others are of one family: Streamlit declares both alike."""
    return kind.replace("int_", "double_")


def _can_be_an_element(state: WidgetState) -> bool:
    """Whether an element that is not there yet can have been told so: a page breaks over names that no element can have."""
    return is_element_id(state.id) and state.WhichOneof("value") is not None


def _can_say(known: WidgetMetadata[Any], state: WidgetState) -> bool:
    """Whether an element can have been told so: of its kind, and its reader can read it."""
    kind = state.WhichOneof("value")
    if kind is not None and _family(kind) != _family(known.value_type):
        return False
    try:
        known.deserializer(unpack_widget_state_value(state))
    except Exception:
        LOG.debug("an element's reader could not read what a browser told", exc_info=True)
        return False
    return True


def _page(request: Request) -> Response:
    """Streamlit's page, which is the same at every address, told where the app stands."""
    try:
        html = asset_text(SHELL)
    except AssetError as error:
        return _unreadable(error)
    html = html.replace("<head>", f"<head>\n    {WHERE_THE_APP_STANDS}", 1)
    return Response(html, media_type="text/html", headers={"Cache-Control": "no-cache"})


def _remembered(request: Request) -> Response:
    """A browser brings its cookie back."""
    confirm(request.cookies.get(cookie_name()))
    return Response(status_code=204)


def _file(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in FILES:
        return PlainTextResponse("there is no such file", 404)
    accepts = "gzip" in request.headers.get("Accept-Encoding", "")
    packed = accepts and FILES[name].media_type in COMPRESSED
    try:
        content = _packed(name) if packed else FILES[name].content()
    except AssetError as error:
        return _unreadable(error)
    headers = {"Cache-Control": YEAR, "Vary": "Accept-Encoding"} | ({"Content-Encoding": "gzip"} if packed else {})
    return Response(content, media_type=FILES[name].media_type, headers=headers)


def _unreadable(error: AssetError) -> Response:
    LOG.error("%s", error)
    return PlainTextResponse(str(error), 503)


@functools.cache
def _packed(name: str) -> bytes:
    return gzip.compress(FILES[name].content(), 4)
