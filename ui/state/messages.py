"""What the next page is to tell: one message of a callback, and that a browser keeps no cookie."""

from typing import Final

from ui.state.values import Value

MESSAGE: Final = Value[str | None]("_message", None)
FORGETFUL: Final = Value("_forgetful", False)
FORGETFUL_NEWS: Final = Value("_forgetful_news", False)


def say(message: str) -> None:
    """Keep a message for the next page drawn."""
    MESSAGE.give(message)


def message_waits() -> bool:
    """Whether a message is kept that no page has shown."""
    return MESSAGE.there


def take_message() -> str | None:
    """The message kept, once."""
    return MESSAGE.take()


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
