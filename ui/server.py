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
from streamlit.runtime.state import SafeSessionState, SessionState

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
