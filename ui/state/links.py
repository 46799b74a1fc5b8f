"""What links inside the app carry along: language, run, the lesson with what it holds fast, large type."""

from typing import Final

from model.locked_settings import HIDE, LOCK
from ui.state import address
from ui.state.language import current_language
from ui.state.values import Value
from ui.state.visitor import current_visitor

LESSON, PRESENT = "lesson", "present"
LESSONS_OPENED: Final = Value("_lessons_opened", 0)


def link_parameters() -> dict[str, str]:
    """What every link inside the app carries."""
    kept = {"lang": current_language()}
    for name in ("run", LESSON, PRESENT):
        value = address.meant_text(name)
        if value:
            kept[name] = value
    return kept | current_visitor().locks.to_query()


def asked_lesson() -> dict[str, str] | None:
    """The query of a link that opens a lesson or locks knobs; None when the link says nothing of either."""
    query = address.query()
    return query if {LESSON, LOCK, HIDE} & set(query) else None


def lesson_to_url() -> None:
    """Put the open lesson and what it holds fast into the URL, and nothing else about lessons."""
    visitor = current_visitor()
    query = visitor.locks.to_query()
    wanted = {LESSON: visitor.lesson, LOCK: query.get(LOCK), HIDE: query.get(HIDE)}
    address.put_into_url(tuple(wanted), {name: value for name, value in wanted.items() if value is not None})


def lesson_opened() -> None:
    """A lesson was opened in this tab."""
    LESSONS_OPENED.give(lessons_opened() + 1)


def lessons_opened() -> int:
    """How many times a lesson was opened in this tab."""
    return LESSONS_OPENED.get()


def presenting() -> bool:
    """Whether the link asks for large type, as a projector needs it."""
    return address.meant_text(PRESENT) == "1"


def stop_presenting() -> None:
    """Back to normal type."""
    address.remove(PRESENT)
