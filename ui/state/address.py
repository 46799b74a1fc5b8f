"""The URL: what it says, what it means while a browser has not heard yet of what was put there, and what is put there."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import streamlit as st

from ui.state.choices import ECHO_SECONDS
from ui.state.values import Value

T = TypeVar("T")
PAGES: Final = Value("_pages", 0)


@dataclass
class Put:
    """What this tab put into the URL, and the browser may not have heard of.

    Attributes:
        value, before: what the URL says of it since then, and what it said before.
        at: when it was put there.
        page: the how many-th page of this session was being drawn; the one after it tells what the browser says.
    """

    value: Any
    before: list[object]
    at: float
    page: int

    def unheard(self, told: object) -> bool:
        """Whether the browser that tells this has not heard yet of what was put there."""
        return told != self.value and told in self.before and time.monotonic() - self.at < ECHO_SECONDS

    def over(self, told: object) -> bool:
        """Whether the browser that tells this has heard of it, or has gone elsewhere since."""
        return not self.unheard(told) and (told != self.value or PAGES.get() > self.page)


PUTS: Final = Value[dict[str, Put] | None]("_puts", None)


def page_begins() -> None:
    """A page is drawn from its beginning, for what the browser asks now."""
    PAGES.give(PAGES.get() + 1)


def this_page() -> int:
    """The how many-th page of this session is being drawn."""
    return PAGES.get()


def next_page() -> int:
    """The how many-th page is drawn after the callback that runs now."""
    return PAGES.get() + 1


def meant(name: str, told: T) -> T:
    """What a URL means that says ``told`` of ``name``: that, unless the browser has not heard yet of what this tab put there.

    On a busy server the browser asks for a page, or a part of one, with the URL of before: what was pressed last would be undone.
    """
    put = _puts().get(name)
    return told if put is None or not put.unheard(told) else put.value


def meant_text(name: str) -> str | None:
    """The same of one parameter."""
    return meant(name, st.query_params.get(name))


def settle(name: str, told: T) -> T:
    """``meant``, at a page's beginning: what was put there is done with once the browser has heard of it or gone elsewhere."""
    put = _puts().get(name)
    if put is not None and put.over(told):
        del _puts()[name]
    return meant(name, told)


def settle_text(name: str) -> str | None:
    """The same of one parameter; a URL of before is put right."""
    told = st.query_params.get(name)
    found = settle(name, told)
    if found is not None and found != told:
        st.query_params[name] = found
    return found


def remember_put(name: str, value: object, before: object, page: int) -> None:
    """Remember that the URL says ``value`` of ``name`` from ``page`` on, and said ``before``."""
    settle(name, before)
    earlier = _puts().get(name)
    said = [before] if earlier is None else [*earlier.before, earlier.value]
    _puts()[name] = Put(value, [old for old in said if old != value], time.monotonic(), page)


def put_text(name: str, text: str, page: int) -> None:
    """Have the URL say this of one parameter from ``page`` on."""
    before = st.query_params.get(name)
    if before != text:
        remember_put(name, text, before, page)
        st.query_params[name] = text


def remove(name: str) -> None:
    """Have the URL say nothing of one parameter."""
    if name in st.query_params:
        del st.query_params[name]


def remove_text(name: str, text: str) -> None:
    """The same, where it says ``text`` of it; what was put there is forgotten too."""
    if st.query_params.get(name) == text:
        _puts().pop(name, None)
        del st.query_params[name]


def query() -> dict[str, str]:
    """Every parameter of the URL."""
    return dict(st.query_params.items())


def asked_for(names: Iterable[str]) -> dict[str, str]:
    """What the URL says of the parameters ``names``."""
    return {name: st.query_params[name] for name in names if name in st.query_params}


def settle_asked_for(names: Sequence[str]) -> dict[str, str]:
    """``settle`` of parameters that are put into the URL together."""
    return settle(_together(names), asked_for(names))


def put_into_url(names: Sequence[str], query: Mapping[str, str]) -> None:
    """Have the URL say ``query`` of the parameters ``names``, and nothing of those that ``query`` leaves out; not in a callback."""
    before = asked_for(names)
    if before != query:
        remember_put(_together(names), dict(query), before, this_page())
    for name in names:
        if name in query and st.query_params.get(name) != query[name]:
            st.query_params[name] = query[name]
        elif name not in query and name in st.query_params:
            del st.query_params[name]


def browser_stands(key: str) -> str:
    """The address of this page without its query: what the browser said in the element of ``key``, else what Streamlit believes."""
    said = Value[object](key, None).get()
    stands = said.get("stands") if isinstance(said, Mapping) else None
    return str(stands or st.context.url or "")


def _together(names: Sequence[str]) -> str:
    """Under which name is remembered what was put into the URL of several parameters at once."""
    return " ".join(names)


def _puts() -> dict[str, Put]:
    found = PUTS.get()
    if found is None:
        found = {}
        PUTS.give(found)
    return found
