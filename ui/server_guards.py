"""What stands between the network and the app: who may ask, how often, and what every answer forbids the browser; knows no page."""

import asyncio
import base64
import hashlib
import ipaddress
import logging
import os
import re
import socket
import time
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import streamlit as st
from starlette.datastructures import Headers as RequestHeaders
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse

from model.runs.limits import whole_setting
from ui.elements.addresses import ADDRESS_SETTING, host_of
from ui.state.language import LANGUAGES, text_in

Scope = MutableMapping[str, Any]  # Any: as the ASGI specification has it
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOG: Final = logging.getLogger(__name__)
SHELL: Final = Path(st.__file__).parent / "static" / "index.html"

# Names of settings, all of them environment variables.
HOSTS_SETTING: Final = "DIGIT_LAB_HOSTS"
EMBED_SETTING: Final = "DIGIT_LAB_EMBED_IN"
SOCKETS_SETTING: Final = "DIGIT_LAB_SOCKETS"
MESSAGES_SETTING: Final = "DIGIT_LAB_MESSAGES"

# Standard limits, for a class behind one address: thirty learners with a few tabs each.
SOCKETS_AN_ADDRESS: Final = 150
# Messages a second of one tab. A page that shows two things that change asks ten times a second.
MESSAGES_A_SECOND: Final = 15.0
# So many more at once: a page that begins, a slider that is dragged.
MESSAGES_AT_ONCE: Final = 60
UNUSED_DOORS: Final = ("/_stcore/upload_file", "/_stcore/agent", "/_stcore/metrics")
HOSTS_ASKED_AGAIN: Final = 10.0
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Headers:
    """Tells the browser with every answer what it must not do with it: fetch from elsewhere, guess types, show it inside another's page."""

    def __init__(self, app: App, scripts: Sequence[str] = ()) -> None:
        """``scripts`` are those that the server puts into the page."""
        self.app = app
        self._embedders = os.environ.get(EMBED_SETTING, "").split()
        self._scripts = scripts
        self._hashes: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, with these headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                policy = {"Content-Security-Policy": self._policy(_asked_host(scope))}
                for name, value in (HEADERS | self._about_frames() | policy).items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _about_frames(self) -> dict[str, str]:
        return {} if self._embedders else {"X-Frame-Options": "SAMEORIGIN"}

    def _policy(self, host: str) -> str:
        sockets = (
            f" ws://{host} wss://{host}" if re.fullmatch(r"[\w.\-\[\]:]+", host) else ""
        )  # older browsers do not take 'self' for them
        rules = {
            "default-src": "'self'",
            # Streamlit's elements are modules made in the page (blob:); Plotly makes functions for what it draws in space.
            "script-src": f"'self' blob: 'unsafe-eval' {' '.join(self._script_hashes())}",
            "style-src": "'self' 'unsafe-inline'",
            "img-src": "'self' data: blob:",
            "font-src": "'self' data:",
            "media-src": "'self' data: blob:",
            "worker-src": "'self' blob:",
            "connect-src": f"'self' data: blob:{sockets}",
            "object-src": "'none'",
            "base-uri": "'self'",
            "form-action": "'self'",
        }
        if "*" not in self._embedders:
            rules["frame-ancestors"] = " ".join(["'self'", *self._embedders])
        return ";".join(f"{name} {sources.strip()}" for name, sources in rules.items())

    def _script_hashes(self) -> list[str]:
        """The scripts inside the page itself, as a policy names them; looked for again while the page cannot be read."""
        if not self._hashes:
            self._hashes = [f"'sha256-{_digest(script)}'" for script in self._inline_scripts()]
        return self._hashes

    def _inline_scripts(self) -> list[str]:
        try:
            html = SHELL.read_text("utf-8")
        except OSError:
            return []
        return [*re.findall(r"<script>(.*?)</script>", html, re.DOTALL), *self._scripts]


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


class KnownHosts:
    """Lets in who asks for this server by a name that it really has.

    A page of another site whose name suddenly means this computer (DNS rebinding) would otherwise talk to the app as if it were ours.
    An address in numbers is nobody's to give away, and always allowed.
    """

    def __init__(self, app: App) -> None:
        self.app = app
        self._known: set[str] = set()
        self._asked_at = -HOSTS_ASKED_AGAIN

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what was asked by a known name; anything else is refused."""
        if scope["type"] not in ("http", "websocket") or self._is_known(_asked_host(scope)):
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await PlainTextResponse(_refusal_of_host(_asked_host(scope)), 421)(scope, receive, send)
        else:
            LOG.warning("refused a connection to the unknown name %r; %s allows one", _asked_host(scope), HOSTS_SETTING)
            await send({"type": "websocket.close", "code": 1008})

    def _is_known(self, asked: str) -> bool:
        name = host_of(asked)
        if name is None:
            return False
        if _is_number(name) or name == "localhost" or name.endswith(".localhost"):
            return True
        if name not in self._known and time.monotonic() - self._asked_at >= HOSTS_ASKED_AGAIN:
            self._asked_at = time.monotonic()
            self._known = own_names()
        return any(_matches(name, known) for known in self._known)


def own_names() -> set[str]:
    """The names this computer has, and those that settings give it; lower case, ``*.`` before a whole domain, ``*`` for any."""
    own = socket.gethostname().lower().rstrip(".")
    given = [
        os.environ.get(HOSTS_SETTING, ""),
        *map(str, (st.get_option("server.address"), st.get_option("browser.serverAddress"))),
    ]
    told = [name.strip().lower().rstrip(".") for text in given for name in text.split(",")]
    address = host_of(re.sub(r"^\w+://", "", os.environ.get(ADDRESS_SETTING, "").strip()).split("/")[0])
    names = {own, own.split(".")[0], f"{own.split('.')[0]}.local", *told, address or ""}
    return names - {"", "none"}


def _matches(name: str, known: str) -> bool:
    return known == "*" or name == known or (known.startswith("*.") and name.endswith(known[1:]))


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _asked_host(scope: Scope) -> str:
    return RequestHeaders(scope=scope).get("host", "")


def _refusal_of_host(asked: str) -> str:
    name = re.sub(r"[^\w.\-]", "", host_of(asked) or "")[:100] or "?"
    return _in_every_language("server.unknown_name", name=name, setting=HOSTS_SETTING)


def _in_every_language(key: str, **values: object) -> str:
    """A text for somebody of whom nothing is known yet, whatever language they read."""
    return "\n".join(text_in(language, key, **values) for language in LANGUAGES)


@dataclass
class Allowance:
    """So many at once, and so many a second; what was not used fills up again."""

    a_second: float
    at_once: float
    left: float = field(init=False)
    at: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.left = self.at_once

    def seconds_to_wait(self, now: float) -> float:
        """Take one at ``now``; how long to wait before it counts."""
        if self.at:
            self.left = min(self.at_once, self.left + (now - self.at) * self.a_second)
        self.at = now
        self.left -= 1
        return 0.0 if self.left >= 0 else -self.left / self.a_second


class UnusedDoors:
    """Answers what Streamlit's own server offers and this app has no use for as if it were not there.

    A file comes as a message of the element that asks for it, of at most so many bytes. The server's own way for files would keep any
    number of them, of up to 200 MB each, for whoever sends them.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, where it is asked for something that it uses."""
        if scope["type"] == "http" and any(door in scope["path"] for door in UNUSED_DOORS):
            await PlainTextResponse("there is no such address", 404)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class Floods:
    """Lets no address and no tab have so much of the server that others wait: sockets are counted, messages wait before they are read.

    What waits stays with the one who sent it: the line to that browser stands still until its next message is read.
    """

    def __init__(self, app: App) -> None:
        self.app = app
        self._sockets_most = whole_setting(SOCKETS_SETTING, SOCKETS_AN_ADDRESS)
        self._a_second = whole_setting(MESSAGES_SETTING, int(MESSAGES_A_SECOND))
        self._sockets: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is within the limits; further sockets are refused, further messages wait."""
        address = (scope.get("client") or ("",))[0]
        if scope["type"] == "http" and self._full(address) and _asks_for_page(scope):
            await PlainTextResponse(self._refusal(), 503, {"Retry-After": "30"})(scope, receive, send)
        elif scope["type"] != "websocket":
            await self.app(scope, receive, send)
        elif self._full(address):
            LOG.warning(
                "refused a connection: %s has %d already; %s sets how many",
                address,
                self._sockets_most,
                SOCKETS_SETTING,
            )
            await send({"type": "websocket.close", "code": 1013})
        else:
            await self._counted(address, scope, receive, send)

    async def _counted(self, address: str, scope: Scope, receive: Receive, send: Send) -> None:
        allowance = Allowance(self._a_second, MESSAGES_AT_ONCE)

        async def receive_in_turn() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive":
                await asyncio.sleep(allowance.seconds_to_wait(time.monotonic()))
            return message

        self._sockets[address] += 1
        try:
            await self.app(scope, receive_in_turn, send)
        finally:
            self._sockets[address] -= 1
            if not self._sockets[address]:
                del self._sockets[address]

    def _full(self, address: str) -> bool:
        return self._sockets[address] >= self._sockets_most

    def _refusal(self) -> str:
        most = self._sockets_most
        return _in_every_language("server.full_address", most=most, setting=SOCKETS_SETTING, more=2 * most)


def _asks_for_page(scope: Scope) -> bool:
    """Whether this is a browser opening a page, and not one of the files that a page needs."""
    accepts = RequestHeaders(scope=scope).get("accept", "")
    return scope["method"] == "GET" and "text/html" in accepts
