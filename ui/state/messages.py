"""What the next page is to tell: one message of a callback, and that a browser keeps no cookie; told until the visitor does something."""

from collections.abc import Sequence
from typing import Final, Literal, NoReturn

import streamlit as st

from ui.state.values import Value

Told = tuple[Literal["info", "warning", "error"], str]

MESSAGE: Final = Value[str | None]("_message", None)
FORGETFUL: Final = Value("_forgetful", False)
FORGETFUL_NEWS: Final = Value("_forgetful_news", False)
TOLD: Final = Value[tuple[Told, ...]]("_told", ())
REDRAWN_BY_APP: Final = Value("_redrawn_by_app", False)


def say(message: str) -> None:
    """Keep a message for the next page drawn, in place of what was told before."""
    TOLD.reset()
    MESSAGE.give(message)


def message_waits() -> bool:
    """Whether a message is kept that no page has shown."""
    return MESSAGE.there


def take_message() -> str | None:
    """The message kept, once."""
    return MESSAGE.take()


def redraw() -> NoReturn:
    """Have the app draw the whole page again by itself; the visitor has done nothing, so what the page tells stays."""
    REDRAWN_BY_APP.give(True)
    st.rerun()


def to_tell(fresh: Sequence[Told]) -> tuple[Told, ...]:
    """What a page tells: what is new, after what it told before if the app alone has drawn it again since."""
    kept = TOLD.get() if REDRAWN_BY_APP.take() else ()
    TOLD.give((*kept, *(told for told in fresh if told not in kept)))
    return TOLD.get()


def browser_forgets() -> None:
    """This browser keeps no cookie, so a reload will not find this visitor again."""
    FORGETFUL_NEWS.give(not forgetful())
    FORGETFUL.give(True)


def forgetful() -> bool:
    """Whether this browser is known to keep no cookie."""
    return FORGETFUL.get()


def take_forgetful_news() -> bool:
    """Whether it was just found out that this browser keeps no cookie; true once."""
    return FORGETFUL_NEWS.take()
