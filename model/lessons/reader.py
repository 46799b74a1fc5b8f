"""Lessons: read from files, checked to the last field, and given as plain values; knows no screen and no visitor."""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Final

from model.config import DEFAULTS, TrainingConfig
from model.lessons.checks import Check, CheckError, checked_settings, make_check

STEPS_FEWEST, STEPS_MOST = 3, 6
CHOICES_FEWEST, CHOICES_MOST = 2, 5

Words = Mapping[str, str]
Table = Mapping[str, object]


class LessonError(ValueError):
    """A lesson's file that cannot be used: the ``file``, the ``field`` in it, what is ``wrong`` and what would be ``right``."""

    def __init__(self, file: str, field: str, wrong: str, right: str) -> None:
        super().__init__(f"{file}: {field}: {wrong}; {right}")
        self.file, self.field, self.wrong, self.right = file, field, wrong, right


@dataclass(frozen=True)
class Choice:
    """One thing to predict: its ``words``, and from which value of the check (included) to which (excluded) it comes true."""

    words: Words
    low: float
    high: float


@dataclass(frozen=True)
class Step:
    """One step of a lesson.

    Attributes:
        read: a few sentences to read first.
        question, choices: what to predict before looking; exactly one choice comes true, decided by the check's value.
        task: what to do, on which ``page``.
        knobs: settings that a link to the page carries; None for a page without knobs.
        check: reads from the real run whether it was done.
        meaning: what it means, to read afterwards.
    """

    read: Words
    question: Words
    choices: tuple[Choice, ...]
    task: Words
    page: str
    knobs: TrainingConfig | None
    check: Check
    meaning: Words

    def outcome(self, value: float) -> int:
        """The number of the choice that came true."""
        return next(number for number, choice in enumerate(self.choices) if choice.low <= value < choice.high)


@dataclass(frozen=True)
class Lesson:
    """A lesson: its ``name`` is its file's, ``order`` its place in the list, ``minutes`` how long it takes in class."""

    name: str
    order: int
    minutes: int
    title: Words
    goal: Words
    steps: tuple[Step, ...]

    @property
    def moved_knobs(self) -> frozenset[str]:
        """Settings that must stay free for the lesson to work: its steps set them differently, or its checks compare them."""
        configs = [step.knobs for step in self.steps if step.knobs is not None]
        moved = {name for name in DEFAULTS if len({getattr(config, name) for config in configs}) > 1}
        return frozenset(moved.union(*(step.check.compared for step in self.steps)))


def read_lesson(path: Path, pages: Collection[str], languages: Iterable[str]) -> Lesson:
    """The lesson of a file.

    Raises:
        LessonError: naming the file, the field, what is wrong with it and what would be right.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        wrong = f"it cannot be read: {error.strerror or error}"
        raise LessonError(path.name, "the file", wrong, "the server must be allowed to read it") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LessonError(path.name, "the file", str(error), "it should be TOML in UTF-8") from error
    return _Reader(path.name, tuple(pages), tuple(languages)).lesson(path.stem, table)


def read_lessons(folder: Path, pages: Collection[str], languages: Collection[str]) -> dict[str, Lesson]:
    """Every lesson of a folder by name, in their order.

    Raises:
        LessonError: for the first file that cannot be used.
    """
    lessons = [read_lesson(path, pages, languages) for path in sorted(folder.glob("*.toml"))]
    return {lesson.name: lesson for lesson in sorted(lessons, key=lambda lesson: (lesson.order, lesson.name))}


LESSON_FIELDS: Final = ("order", "minutes", "title", "goal", "steps")
STEP_FIELDS: Final = ("read", "predict", "do", "check", "meaning")


@dataclass(frozen=True)
class _Reader:
    """Takes a file's tables apart; every method raises a LessonError that names the field it was given."""

    file: str
    pages: tuple[str, ...]
    languages: tuple[str, ...]

    def lesson(self, name: str, table: Table) -> Lesson:
        self._only(table, LESSON_FIELDS, "")
        steps = table["steps"]
        if not isinstance(steps, list) or not STEPS_FEWEST <= len(steps) <= STEPS_MOST:
            count = len(steps) if isinstance(steps, list) else 0
            raise self._error("steps", f"there are {count}", f"a lesson has {STEPS_FEWEST} to {STEPS_MOST} [[steps]]")
        return Lesson(
            name,
            self._whole(table["order"], "order"),
            self._whole(table["minutes"], "minutes"),
            self._words(table["title"], "title"),
            self._words(table["goal"], "goal"),
            tuple(self._step(step, number) for number, step in enumerate(steps, 1)),
        )

    def _step(self, table: object, number: int) -> Step:
        field = f"steps[{number}]"
        step = self._table(table, field)
        self._only(step, STEP_FIELDS, f"{field}.")
        do = self._table(step["do"], f"{field}.do")
        predict = self._table(step["predict"], f"{field}.predict")
        page = do.get("page")
        if not isinstance(page, str) or page not in self.pages:
            raise self._error(f"{field}.do.page", f"is {page!r}", f"it can be one of: {', '.join(self.pages)}")
        try:
            knobs = checked_settings("do.knobs", do["knobs"]) if "knobs" in do else None
            check = make_check(self._table(step["check"], f"{field}.check"))
        except CheckError as error:
            place = error.field if error.field.startswith("do.") else f"check.{error.field}"
            raise self._error(f"{field}.{place}", error.wrong, error.right) from error
        if check.since is not None and not 1 <= check.since < number:
            raise self._error(f"{field}.check.since", f"is {check.since}", "it should be the number of an earlier step")
        return Step(
            read=self._words(step["read"], f"{field}.read"),
            question=self._words(predict, f"{field}.predict", beside=("choices",)),
            choices=self._choices(predict.get("choices"), f"{field}.predict.choices"),
            task=self._words(do, f"{field}.do", beside=("page", "knobs")),
            page=page,
            knobs=None if knobs is None else TrainingConfig().changed(**knobs),
            check=check,
            meaning=self._words(step["meaning"], f"{field}.meaning"),
        )

    def _choices(self, tables: object, field: str) -> tuple[Choice, ...]:
        if not isinstance(tables, list) or not CHOICES_FEWEST <= len(tables) <= CHOICES_MOST:
            raise self._error(field, "are missing or too many", f"there should be {CHOICES_FEWEST} to {CHOICES_MOST}")
        choices = []
        for number, table in enumerate(tables, 1):
            place = f"{field}[{number}]"
            words = self._words(table, place, beside=("from", "to"))
            low, high = table.get("from", float("-inf")), table.get("to", float("inf"))
            if not all(isinstance(end, (int, float)) and not isinstance(end, bool) for end in (low, high)):
                raise self._error(place, "from or to is no number", "both should be numbers")
            choices.append(Choice(words, float(low), float(high)))
        ordered = sorted(choices, key=lambda choice: choice.low)
        joined = all(below.high == above.low for below, above in pairwise(ordered))
        if not joined or ordered[0].low != float("-inf") or ordered[-1].high != float("inf"):
            raise self._error(
                field,
                "leave a gap or overlap",
                "each should begin (from) where another ends (to), the lowest has no from, the highest no to",
            )
        return tuple(choices)

    def _words(self, table: object, field: str, beside: tuple[str, ...] = ()) -> Words:
        given = self._table(table, field)
        for key in given:
            if key not in (*self.languages, *beside):
                raise self._error(
                    f"{field}.{key}", "is unknown", f"here can be: {', '.join((*self.languages, *beside))}"
                )
        words = {}
        for language in self.languages:
            text = given.get(language)
            if not isinstance(text, str) or not text.strip():
                raise self._error(f"{field}.{language}", "is missing or empty", "every language needs its own text")
            words[language] = text.strip()
        return MappingProxyType(words)

    def _only(self, table: Table, names: tuple[str, ...], field: str) -> None:
        """Exactly these keys."""
        for name in names:
            if name not in table:
                raise self._error(f"{field}{name}", "is missing", f"there should be: {', '.join(names)}")
        for name in table:
            if name not in names:
                raise self._error(f"{field}{name}", "is unknown", f"there should be: {', '.join(names)}")

    def _table(self, value: object, field: str) -> Table:
        if not isinstance(value, Mapping):
            raise self._error(field, f"is {value!r}", "it should be a table")
        return value

    def _whole(self, value: object, field: str) -> int:
        if type(value) is not int or value < 1:
            raise self._error(field, f"is {value!r}", "it should be a whole number from 1 up")
        return value

    def _error(self, field: str, wrong: str, right: str) -> LessonError:
        return LessonError(self.file, field, wrong, right)
