"""A survey of the landscape that a worker measures: on its way, here, or lost; waits no longer than it is told and draws nothing."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from model.textbook.optimizer_paths import Survey

LATE_SECONDS: Final = 60.0

LOGGER = logging.getLogger(__name__)


class Standing(StrEnum):
    """How far a survey is; LOST is one that failed, or of which nothing has come for ``LATE_SECONDS``."""

    MEASURING = "measuring"
    HERE = "here"
    LOST = "lost"


@dataclass(frozen=True, eq=False)
class AwaitedSurvey:
    """A survey that was asked for.

    Attributes:
        asked: what it is of, to be compared with what is wanted now.
        future: the worker's.
        late_at: on the monotonic clock, when it counts as lost.
    """

    asked: tuple[object, ...]
    future: "Future[Survey]"
    late_at: float

    def standing(self, patience: float = 0.0, now: Callable[[], float] = time.monotonic) -> Standing:
        """How far it is, after waiting ``patience`` seconds for it at most."""
        wait([self.future], patience)
        if not self.future.done():
            return Standing.MEASURING if now() < self.late_at else Standing.LOST
        lost = self.future.cancelled() or self.future.exception() is not None
        return Standing.LOST if lost else Standing.HERE


def survey_asked(
    asked: tuple[object, ...], future: "Future[Survey]", now: Callable[[], float] = time.monotonic
) -> AwaitedSurvey:
    """A survey that a worker was asked for just now and will give as ``future``; a failure is logged."""
    future.add_done_callback(_log_failure)
    return AwaitedSurvey(asked, future, now() + LATE_SECONDS)


def _log_failure(future: "Future[Survey]") -> None:
    error = None if future.cancelled() else future.exception()
    if error is not None:
        LOGGER.warning("the loss around a network could not be measured: %r", error)
