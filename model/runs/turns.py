"""Whose turn it is: work waits in a line for each visitor, the lines take turns, and what hangs or is lost is done again elsewhere."""

import threading
import time
import weakref
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Future
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from model.library_types import Answer, Work

# A piece of work is overdue after ten times what its like took, but not before so many seconds: a worker that meets an architecture for
# the first time compiles it, on a busy machine for long. The first of its kind has longer still. Where a worker is seen to stand still,
# nothing is waited for longer than ``STALLED_SECONDS``.
TIMES_ITS_LIKE: Final = 10.0
GRACE_SECONDS: Final = 30.0
FIRST_SECONDS: Final = 90.0
STALLED_SECONDS: Final = 2.5
WATCH_SECONDS: Final = 0.5
# After a pool was lost so often while a piece of work was in it, that piece is done alone: if the pool is lost again, it was its fault.
LOSSES_SHARED: Final = 2
BACKOFF_SECONDS: Final = (0.0, 0.2, 1.0, 3.0)
# So often in a row a piece of work is overdue before all workers are replaced.
OVERDUE_RENEWS: Final = 3
LATEST_SHARE: Final = 0.2


class Stall(IntEnum):
    """How many of the workers are seen to stand still. ALL is told only of workers that can be replaced."""

    NONE = 0
    SOME = 1
    ALL = 2


Submit = Callable[..., Answer]


@dataclass(eq=False)
class Task:
    """A piece of work and what became of it.

    Attributes:
        whose: the line it stands in.
        seconds: what its like took; None where that is not known.
        attempt: the how many-th time it is being done; an answer to an earlier one is taken, if it comes first.
        started: when that began, on the clock of the turns; None while it waits.
        losses: how often the pool was lost while it was in there.
        overdue: how often in a row it did not come back in time.
        not_before: when it may be done again.
        begun: it was handed over once, and can no longer be cancelled.
        settled: its answer was taken.
    """

    whose: str
    seconds: float | None
    function: Work
    arguments: tuple[object, ...]
    future: Answer = field(default_factory=Future)
    attempt: int = 0
    started: float | None = None
    losses: int = 0
    overdue: int = 0
    not_before: float = 0.0
    begun: bool = False
    settled: bool = False

    def begins(self) -> bool:
        """It is to be handed over, or answered; False where whoever asked for it has cancelled it meanwhile."""
        self.begun = self.begun or self.future.set_running_or_notify_cancel()
        return self.begun

    def patience(self, stalled: bool) -> float:
        """Seconds until it is overdue; longer each time, lest a slow machine does everything twice."""
        usual = FIRST_SECONDS if self.seconds is None else max(GRACE_SECONDS, TIMES_ITS_LIKE * self.seconds)
        return float((STALLED_SECONDS if stalled else usual) * 2**self.overdue)


@dataclass(frozen=True)
class Waiting:
    """How it stands with somebody's work.

    Attributes:
        before: how many others come first; 0 once it is being done.
        seconds: about how long that takes.
        overdue: it did not come back in time, and is being done again.
    """

    before: int = 0
    seconds: float = 0.0
    overdue: bool = False


class Turns:
    """Hands work to an executor so that everybody's lines advance alike, however long they are. Safe to call from any thread.

    Args:
        submit: hands one piece of work to the executor.
        workers: how many of them there are now; one piece more than that is handed over, lest a worker has nothing to do.
        stalled: whether workers are seen to stand still.
        renew: makes all workers anew.
        clock: seconds.
        absent: whether there are no workers at all, as when a cluster is not reached: nothing is overdue then.
    """

    def __init__(
        self,
        submit: Submit,
        workers: Callable[[], int],
        stalled: Callable[[], Stall],
        renew: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        absent: Callable[[], bool] = lambda: False,
    ) -> None:
        self._absent = absent
        self._hand_over, self._workers, self._stalled = submit, workers, stalled
        self._renew, self._clock = renew, clock
        self._lock = threading.RLock()
        self._lines: OrderedDict[str, deque[Task]] = OrderedDict()
        self._handed: set[Task] = set()
        self._usual = 0.3  # seconds a piece of work takes
        self._watching = False

    def submit(self, whose: str, seconds: float | None, function: Work, *arguments: object) -> Answer:
        """Have ``function(*arguments)`` done when it is ``whose`` turn; ``seconds`` is what its like took, None where nobody knows."""
        task = Task(whose, seconds, function, arguments)
        with self._lock:
            self._lines.setdefault(whose, deque()).append(task)
            self._watch()
        self._go_on()
        return task.future

    def waiting(self, future: Answer | None) -> Waiting:
        """How it stands with the work that ``future`` stands for; nothing is waited for where there is none."""
        with self._lock:
            for task in self._handed:
                if task.future is future:
                    return Waiting(overdue=bool(task.overdue))
            for before, line in enumerate(self._lines.values()):
                for task in line:
                    if task.future is future:
                        rounds = before + len(self._handed)
                        return Waiting(before, rounds * self._usual / max(1, self._workers()), bool(task.overdue))
        return Waiting()

    def forget(self) -> None:
        """Nobody waits any more, and what was handed over is no longer waited for."""
        with self._lock:
            left = [*self._handed, *(task for line in self._lines.values() for task in line)]
            self._lines.clear()
            self._handed.clear()
            fresh = [task for task in left if not task.settled]
            for task in fresh:
                task.settled = True
        for task in fresh:
            if task.begins():
                task.future.set_exception(CancelledError("the workers were shut down"))

    def look(self) -> None:
        """Do again what is overdue, and what had to wait a while; called again and again by itself."""
        now, late = self._clock(), []
        absent, stalled = self._absent(), self._stalled() if self._handed else Stall.NONE
        with self._lock:
            for task in list(self._handed):
                if absent:
                    task.started = now
                elif task.started is not None and now - task.started > task.patience(stalled > Stall.NONE):
                    task.overdue += 1
                    self._wait_again(task)
                    late.append(task)
        if late and (stalled == Stall.ALL or any(task.overdue % OVERDUE_RENEWS == 0 for task in late)):
            self._renew()
        self._go_on()

    def _wait_again(self, task: Task, seconds: float = 0.0) -> None:
        """The task is first in its line, and its line first of all, after so many seconds."""
        self._handed.discard(task)
        task.started, task.not_before = None, self._clock() + seconds
        self._lines.setdefault(task.whose, deque()).appendleft(task)
        self._lines.move_to_end(task.whose, last=False)

    def _go_on(self) -> None:
        while (task := self._next()) is not None:
            self._start(task)

    def _next(self) -> Task | None:
        """The task whose turn it is, if one can be handed over now."""
        with self._lock:
            alone = any(task.losses >= LOSSES_SHARED for task in self._handed)
            if alone or len(self._handed) >= self._workers() + 1:
                return None
            now = self._clock()
            for whose, line in self._lines.items():
                task = line[0]
                if task.not_before > now or (task.losses >= LOSSES_SHARED and self._handed):
                    continue
                line.popleft()
                if not task.begins():  # nobody wants it any more, and it takes no turn
                    if not line:
                        del self._lines[whose]
                    return self._next()
                del self._lines[whose]
                if line:  # everybody else comes first
                    self._lines[whose] = line
                task.attempt += 1
                task.started = now
                self._handed.add(task)
                return task
            return None

    def _start(self, task: Task) -> None:
        attempt = task.attempt
        try:
            handed = self._hand_over(task.function, *task.arguments)
        except Exception as error:  # noqa: BLE001  (whatever keeps an executor from starting)
            handed = Future()
            handed.set_exception(error)
        handed.add_done_callback(lambda done: self._done(task, attempt, done))

    def _done(self, task: Task, attempt: int, done: Answer) -> None:
        error = CancelledError() if done.cancelled() else done.exception()
        if self._settles(task, attempt, error):
            if error is None:
                task.future.set_result(done.result())
            else:
                task.future.set_exception(error)
        self._go_on()

    def _settles(self, task: Task, attempt: int, error: BaseException | None) -> bool:
        """Whether this is the answer to give: the first, and not that workers were lost, for then it is to be done again."""
        with self._lock:
            lost = is_loss(error)
            if task.settled or (lost and attempt != task.attempt):
                return False
            task.losses += lost
            if lost and self._is_again(task):
                self._wait_again(task, BACKOFF_SECONDS[min(task.losses, len(BACKOFF_SECONDS)) - 1])
                return False
            if error is None and task.started is not None:
                self._usual += LATEST_SHARE * (self._clock() - task.started - self._usual)
            self._take_off(task)
            task.settled = True
            return True

    def _is_again(self, task: Task) -> bool:
        """Whether work that was in a lost pool is to be done again: not where it was in there alone, for then it was its fault."""
        return not (task.losses > LOSSES_SHARED and self._handed <= {task})

    def _take_off(self, task: Task) -> None:
        """Nobody waits for it any more, whether it is handed over, or waits to be done again when a late answer comes."""
        self._handed.discard(task)
        line = self._lines.get(task.whose)
        if line is not None and task in line:
            line.remove(task)
            if not line:
                del self._lines[task.whose]

    def _watch(self) -> None:
        if not self._watching:
            self._watching = True
            threading.Thread(
                target=_look_again_and_again, args=(weakref.ref(self),), name="WatchTurns", daemon=True
            ).start()


def is_loss(error: BaseException | None) -> bool:
    """Whether an error says that workers were lost, and nothing of the work that they did."""
    if isinstance(error, BrokenExecutor | CancelledError | ConnectionError):
        return True
    return type(error).__module__.partition(".")[0] in ("distributed", "loky")


def _look_again_and_again(reference: "weakref.ref[Turns]") -> None:
    while True:
        time.sleep(WATCH_SECONDS)
        turns = reference()
        if turns is None:
            return
        turns.look()
        del turns
