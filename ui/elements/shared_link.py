"""A link to give away: the address others reach, a choice where there are several, and a QR code; knows nothing of what it opens."""

import functools
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit

import segno
import streamlit as st

from ui.colours import BLACK, WHITE
from ui.elements.addresses import in_container, is_here_only, listens_here_only, public_addresses
from ui.elements.choices import choose
from ui.elements.plotly_chart import OwnElement
from ui.state.address import browser_stands
from ui.state.language import current_language, t

ADDRESS: Final = OwnElement("address", "<span hidden></span>", styled=False)
QUIET_ZONE: Final = 4


def show_shared_link(query: Mapping[str, str], page: str, key: str, opened: bool) -> None:
    """The link to this page with ``query``, for somebody else: with the language, without the run.

    Args:
        page: the path of this page under the app; empty for Home.
        key: tells the links of one page apart.
        opened: whether it is seen now; only then it has a button that copies it, for which the browser gets a large script, and a QR code.
    """
    seen = _where_the_browser_stands(key)
    listens = str(st.get_option("server.address") or "")
    addresses = public_addresses(seen, page, listens)
    address = next(iter(addresses), seen)
    if len(addresses) > 1:
        address = choose(t("link.which"), addresses, f"{key}_address", lambda one: urlsplit(one).netloc, look="list")
    link = (
        f"{address if page else address.rstrip('/') + '/'}?{urlencode({'lang': current_language(), **query}, safe=',')}"
    )
    if opened:
        st.code(link, language=None, wrap_lines=True)
    else:
        st.text(link)
    note = _note(seen, addresses, listens)
    if note is not None:
        st.warning(t(note))
    if opened and addresses:
        st.html(f'<img class="qr_code" src="{_qr_code(link)}" alt="{t("link.qr_code")}">')


def _note(seen: str, addresses: list[str], listens: str) -> str | None:
    """What may keep others from reaching the link of a page that was opened as localhost, as the name of a sentence."""
    if addresses == [seen] or not is_here_only(urlsplit(seen).hostname or ""):
        return None
    if not addresses:
        return "link.no_network"
    if listens_here_only(listens):
        return "link.listens_here_only"
    return "link.in_container" if in_container() else None


def _where_the_browser_stands(key: str) -> str:
    """The address of this page in the browser: as Streamlit tells it, unless the browser itself says otherwise."""
    name = f"{key}_stands"
    believed = browser_stands(name)
    ADDRESS(key=name, data={"believed": believed}, on_stands_change=lambda: None)
    return believed


@functools.lru_cache(maxsize=64)
def _qr_code(link: str) -> str:
    """The link as a QR code, a data URL of an SVG: dark on light in every colour scheme, for cameras want it so."""
    return segno.make(link, error="m", micro=False).svg_data_uri(
        dark=BLACK, light=WHITE, border=QUIET_ZONE, omitsize=True, encode_minimal=False
    )
