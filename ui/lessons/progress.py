"""Where the visitor is in a lesson: opened by a link, remembered by the server, left when closed; draws nothing."""

import functools
from pathlib import Path
from typing import Final

from model.config import ConfigError
from model.data.mnist import sample_picture
from model.lessons.facts import Before, Facts, Finding
from model.lessons.reader import Lesson, LessonError, Step, read_lesson
from model.locked_settings import FREE, HIDE, LOCK, Locks
from model.runs.store import RUNS
from ui.elements.page_links import PAGES
from ui.prediction.ensemble_choice import voters
from ui.prediction.out_of_distribution import doubts, prepare
from ui.state.drawing import PREPARE, chosen_sample, current_drawing, drawing_number, last_picture
from ui.state.language import LANGUAGES, listed, t
from ui.state.links import LESSON, asked_lesson, lesson_opened, lesson_to_url
from ui.state.messages import say
from ui.state.own_runs import current_run, own_views, owns
from ui.state.values import Value
from ui.state.visitor import current_visitor
from ui.state.visitors import Place

LESSONS: Final = Path(__file__).resolve().parent.parent.parent / "assets" / "lessons"


@functools.cache
def _lesson(path: Path) -> Lesson:
    """The lesson of a file; what could not be read is not remembered, but tried again."""
    return read_lesson(path, PAGES, LANGUAGES)


def _read() -> tuple[dict[str, Lesson], list[LessonError]]:
    lessons, errors = [], []
    for path in sorted(LESSONS.glob("*.toml")):
        try:
            lessons.append(_lesson(path))
        except LessonError as error:
            errors.append(error)
    return {lesson.name: lesson for lesson in sorted(lessons, key=lambda lesson: (lesson.order, lesson.name))}, errors


def lessons() -> dict[str, Lesson]:
    """Every lesson by name, in their order; each file is read once a server."""
    return _read()[0]


def lesson_errors() -> list[LessonError]:
    """What is wrong with the files that are no lessons."""
    return _read()[1]


def follow_link() -> None:
    """Open the lesson that the link names, with what it locks; report what the link says wrong.

    Locks are taken when a lesson is opened and stay until it is closed: the same link with other locks or values, or without any,
    changes nothing. Only a link to another lesson, which closes the first, brings its own.
    """
    query = asked_lesson()
    if query is not None:
        name = query.get(LESSON)
        if name is not None and name not in lessons():
            say(t("lesson.unknown", name=name))
        elif name is not None and name != current_name():
            locks = _locks(query)
            carried = locks == current_visitor().locks  # by a link inside the app, from the lesson before
            _open_with(name, locks, tell=not carried)
        elif name is None and current_name() is None and not current_visitor().locks:
            current_visitor().locks = _locks(query)
    lesson_to_url()


def current_name() -> str | None:
    """The name of the open lesson."""
    return current_visitor().lesson


def current_lesson() -> Lesson | None:
    """The open lesson."""
    name = current_name()
    return None if name is None else lessons().get(name)


def open_lesson(name: str, locks: Locks = FREE) -> None:
    """Open a lesson where it was left."""
    visitor = current_visitor()
    visitor.lesson, visitor.locks = name, locks
    visitor.places.setdefault(name, Place())
    lesson_opened()
    lesson_to_url()


def _open_with(name: str, locks: Locks, tell: bool) -> None:
    """Open a lesson with what a link locks, but for the knobs that the lesson itself must move."""
    moved = lessons()[name].moved_knobs & set(locks.values)
    if moved and tell:
        say(t("lesson.freed", settings=listed(t(f"knob.{knob}.short") for knob in sorted(moved))))
    open_lesson(name, locks.without(moved))


def close_lesson() -> None:
    """Close the lesson and free what it held fast; where it was left stays remembered."""
    visitor = current_visitor()
    visitor.lesson, visitor.locks = None, FREE
    lesson_to_url()


def begin_again(name: str) -> None:
    """Forget what was done in a lesson."""
    current_visitor().places[name] = Place()


def place(name: str) -> Place:
    """Where the visitor is in a lesson."""
    return current_visitor().places.setdefault(name, Place())


def go_to(name: str, step: int) -> None:
    """Turn to another step of a lesson."""
    place(name).step = step


def open_step(name: str) -> None:
    """Remember what was there when the step where the visitor is was opened for the first time: that was not made for it."""
    visitor, here = current_visitor(), place(name)
    there = Before(frozenset(visitor.runs), visitor.drawing_number, tuple(visitor.own_digits))
    here.opened.setdefault(here.step, there)


def prediction(name: str, step: int) -> Value[int | None]:
    """What the widget of a step says that asks for a prediction."""
    return Value(f"predict_{name}_{step}", None)


def predict_choice(name: str, step: int) -> None:
    """Keep what the visitor predicted."""
    chosen = prediction(name, step).get()
    if chosen is not None:
        place(name).predicted[step] = int(chosen)


def check(name: str, number: int, step: Step) -> Finding:
    """What the check of a step finds; once it is passed, that stays."""
    here = place(name)
    if number not in here.found:
        since = number if step.check.since is None else step.check.since - 1
        finding = step.check.find(facts(here.opened.get(since) or Before()))
        if not finding.passed:
            return finding
        here.found[number] = finding
    return here.found[number]


def facts(before: Before) -> Facts:
    """Everything of this visitor's that a check may look at."""
    visitor = current_visitor()
    run = current_run()
    reader = run.view() if run and owns(run.token) else None
    sample = chosen_sample()
    drawn = current_drawing() if sample is None else None
    picture = last_picture() if sample is None else sample_picture(sample)
    doubted = None
    if reader is not None and reader.network is not None and picture is not None and prepare(RUNS.workers):
        doubted = doubts(reader.network, picture)
    return Facts(
        runs=own_views(),
        reader=reader,
        drawing=drawn.pixels if drawn else None,
        sample=sample,
        picture=picture,
        prepared=PREPARE.get(),
        drawing_number=drawing_number(),
        own_digits=visitor.own_digits,
        doubted=doubted,
        voters=voters(),
        locked=visitor.locks.values,
        before=before,
    )


def _locks(query: dict[str, str]) -> Locks:
    try:
        return Locks.from_query(query)
    except ConfigError as error:
        field = error.field
        known = listed(error.limit.choices)
        say(t("lesson.unknown_knob", field=field, name=error.value, known=known))
        return Locks.from_query({key: text for key, text in query.items() if key not in (LOCK, HIDE)})
