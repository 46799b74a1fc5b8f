"""Every run of the server, reached by token, and who may command it; knows nothing of visitors, widgets or languages."""

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from model.config import TrainingConfig
from model.locked_settings import FREE, LockError, Locks
from model.runs.driver import Run
from model.runs.executor import Workers
from model.runs.limits import (
    RUN_MEGABYTES_SETTING,
    RUNS_SETTING,
    SNAPSHOT_MEGABYTES_SETTING,
    UNSEEN_SETTING,
    whole_setting,
)
from model.runs.look import RunLook
from model.runs.run import Parent, Status
from model.runs.snapshots import ALL_SNAPSHOT_BYTES, SNAPSHOT_BYTES
from model.runs.token_registry import TOKEN_BYTES, Registry, RegistryFull
from model.training.fine_tuning import FineTuning, OwnDigit, fine_tuning_config, fine_tuning_of, split

# Thirty students with a race of four settings, three starts each, and two runs more. A standard run holds 0.7 MB while it trains and 0.2
# afterwards, the largest possible 48 and 16; its snapshots come on top, see ``model.runs.snapshots``.
RUNS_KEPT: Final = 420
MEGABYTE: Final = 1_000_000
# Of all runs together, without their snapshots.
ALL_RUN_BYTES: Final = 1_000_000_000
# Float32; the weights, and of a run that goes on the optimiser's two variables a weight.
WEIGHT_BYTES, AT_WORK = 4, 3
# A run that nobody looked at for so long rests, unless whoever started it is there.
UNSEEN_SECONDS: Final = 120.0


class MemoryFull(RegistryFull):
    """There is no room for the weights of one run more, beside those of what is at work; its capacity is in bytes."""


class NotOwner(PermissionError):
    """Somebody wanted a run to do something that another started."""

    def __init__(self) -> None:
        super().__init__("whoever did not start a run can look at it, and cannot command it")


class Runs:
    """Every run of the server. A token lets one look at a run; commands are for its owner alone."""

    def __init__(
        self,
        workers: Workers,
        kept: int = RUNS_KEPT,
        snapshot_bytes: int = ALL_SNAPSHOT_BYTES,
        run_bytes: int = ALL_RUN_BYTES,
        clock: Callable[[], float] = time.monotonic,
        unseen_seconds: float = UNSEEN_SECONDS,
    ) -> None:
        self.workers, self._snapshot_bytes, self._run_bytes = workers, snapshot_bytes, run_bytes
        self._unseen_seconds = unseen_seconds
        self._turn_of: Callable[[str], str] = lambda owner: owner
        self._is_there: Callable[[str], bool] = lambda owner: False
        self._registry: Registry[Run] = Registry(
            kept, lambda run: run.view().status == Status.TRAINING, self._dropped, clock
        )
        # Tokens to look at a run, and which run that is.
        self._looks: dict[str, str] = {}
        self._lock = threading.RLock()

    def know_owners(self, turn_of: Callable[[str], str], is_there: Callable[[str], bool]) -> None:
        """From now on an owner's work waits in the line ``turn_of`` names, and an owner's runs do not rest while ``is_there`` holds."""
        self._turn_of, self._is_there = turn_of, is_there

    def start(self, config: TrainingConfig, locks: Locks = FREE, owner: str | None = None) -> Run:
        """A new run of ``config`` under a fresh token, already training; ``locks`` hold for its whole life, and ``owner`` commands it.

        Raises:
            LockError: when ``config`` differs from what is locked.
            RegistryFull: when every place is taken by a run still at work.
        """
        locks.check(config)
        return self._add(config, owner, locks=locks)

    def start_together(
        self, configs: Iterable[TrainingConfig], locks: Locks = FREE, owner: str | None = None
    ) -> list[Run]:
        """A new run of each config, all training at once: every one of them, or none.

        Raises:
            LockError: when one of them differs from what is locked.
            RegistryFull: when there are not enough places; what had started by then is gone again.
        """
        started: list[Run] = []
        try:
            for config in configs:
                started.append(self.start(config, locks, owner))
        except (RegistryFull, LockError):
            for run in started:
                self.drop(run.token)
            raise
        return started

    def fine_tune(
        self, parent: Run | RunLook, digits: Sequence[OwnDigit], frozen_layers: int = 0, owner: str | None = None
    ) -> Run:
        """A new run that goes on from the network of an ended run, with a visitor's own digits mixed in.

        Args:
            parent: the run whose network learns.
            digits: the visitor's; some are held back, see ``model.training.fine_tuning.split``.
            frozen_layers: how many layers, counted from the picture, keep their weights.
            owner: who commands the new run.

        Raises:
            ValueError: when ``parent`` has not ended, there is no digit to teach, or every layer would be frozen.
            RegistryFull: when every place is taken by a run still at work.
        """
        view = parent.view()
        if view.network is None or view.score is None:
            raise ValueError("a network can be taught once its run has ended and was tested")
        if not 0 <= frozen_layers <= len(view.config.hidden_sizes):
            raise ValueError(f"frozen_layers = {frozen_layers}; expected 0 to {len(view.config.hidden_sizes)}")
        taught, held_back = split(digits)
        config, fine_tuning = fine_tuning_config(view.config), fine_tuning_of(taught, frozen_layers)
        origin = Parent(parent.token, view.network, view.score, tuple(taught), tuple(held_back))
        return self._add(config, owner, parent=origin, fine_tuning=fine_tuning)

    def _add(
        self,
        config: TrainingConfig,
        owner: str | None,
        parent: Parent | None = None,
        fine_tuning: FineTuning | None = None,
        locks: Locks = FREE,
    ) -> Run:
        """A new run, already training, once there is room for it."""
        self._make_room(config)
        self._make_room_for_snapshots()
        _, run = self._registry.add(
            lambda token: Run(
                token,
                config,
                self.workers,
                parent=parent,
                fine_tuning=fine_tuning,
                locks=locks,
                owner=owner,
                whose=None if owner is None else lambda: self._turn_of(owner),
                watched=lambda: self._is_watched(token, owner),
            )
        )
        run.resume()
        return run

    def _is_watched(self, token: str, owner: str | None) -> bool:
        """Whether a run goes on: somebody looked at it a while ago, or its owner is there; one that a program started always does."""
        return owner is None or self._registry.unseen_seconds(token) < self._unseen_seconds or self._is_there(owner)

    def find(self, token: str | None) -> Run | None:
        """The run of a token of its own, or None; for programs, and for those who were asked whether they may."""
        return self._registry.find(token)

    def look(self, token: str | None) -> RunLook | None:
        """The run of a token, its own or one given away to look at it; None for a token never given or withdrawn, or a run that is gone."""
        run = self._registry.find(self._looks.get(token or "", token))
        if run is None or token is None:
            return None
        run.wake()
        return RunLook(token, run)

    def commanded(self, token: str, by: str | None) -> Run | None:
        """The run of a token, for somebody who wants it to do something; None when it is gone.

        Raises:
            NotOwner: when another started it.
        """
        run = self._registry.find(token)
        if run is not None and run.owner != by:
            raise NotOwner
        return run

    def share(self, token: str, by: str | None) -> str | None:
        """A token by which others can look at a run and no more, the same until it is withdrawn; None when the run is gone.

        Raises:
            NotOwner: when another started it.
        """
        if self.commanded(token, by) is None:
            return None
        with self._lock:
            look = self.shared(token) or secrets.token_urlsafe(TOKEN_BYTES)
            self._looks[look] = token
        return look

    def shared(self, token: str) -> str | None:
        """The token by which others can look at a run, if one was given away and not withdrawn."""
        with self._lock:
            return next((look for look, run in self._looks.items() if run == token), None)

    def withdraw(self, token: str, by: str | None) -> None:
        """From now on nobody looks at a run by the token that was given away.

        Raises:
            NotOwner: when another started it.
        """
        self.commanded(token, by)
        self._forget_looks(token)

    def _forget_looks(self, token: str) -> None:
        with self._lock:
            self._looks = {look: run for look, run in self._looks.items() if run != token}

    def _dropped(self, run: Run) -> None:
        self._forget_looks(run.token)
        run.stop()

    def drop(self, token: str) -> None:
        """Stop a run and forget it."""
        self._registry.drop(token)

    def all(self) -> list[Run]:
        """Every run kept, whoever started it; for counting and clearing up, not for showing to a visitor."""
        return self._registry.all()

    def close(self) -> None:
        """Stop every run, forget it, and end the workers when what they do now is done."""
        for run in self.all():
            self.drop(run.token)
        self.workers.shutdown()

    def abandon(self) -> None:
        """The server ends: nobody waits for any run any more, and the workers are ended, whatever they do."""
        for run in self.all():
            run.abandon()
        self.workers.kill()

    def _make_room(self, config: TrainingConfig) -> None:
        """Let go of ended runs that nobody looked at for longest, until one more of these sizes has room.

        Raises:
            MemoryFull: when there is no room beside what is still at work.
        """
        runs = [(run, run.view()) for run in self._registry.longest_unseen_first()]
        held = {run.token: bytes_of(view.config, at_work=view.busy or not view.ended) for run, view in runs}
        over = sum(held.values()) + bytes_of(config, at_work=True) - self._run_bytes
        ended = [run for run, view in runs if view.ended and not view.busy]
        if over > sum(held[run.token] for run in ended):
            raise MemoryFull(self._run_bytes)
        for run in ended:
            if over <= 0:
                return
            over -= held[run.token]
            self.drop(run.token)

    def _make_room_for_snapshots(self) -> None:
        """Have runs that nobody has looked at for longest give up their way back, until one more of full length has room.

        A run that is still at work counts with all it may come to hold, and keeps its own.
        """
        runs = [(run, run.view()) for run in self._registry.longest_unseen_first()]
        held = {run.token: sum(one.size for one in view.snapshots) for run, view in runs}
        room = self._snapshot_bytes - SNAPSHOT_BYTES
        room -= sum(SNAPSHOT_BYTES if view.busy else held[run.token] for run, view in runs)
        for run, view in runs:
            if room >= 0:
                return
            if not view.busy and len(view.snapshots) > 1:
                run.give_up_way_back()
                room += held[run.token] - view.snapshots[-1].size

    def training_count(self) -> int:
        """How many runs of all visitors are training now."""
        return sum(run.view().status == Status.TRAINING for run in self.all())


def bytes_of(config: TrainingConfig, at_work: bool) -> int:
    """What a run of this config holds, without its snapshots: weights, and while it goes on what its optimiser remembers of each."""
    return config.weight_count * WEIGHT_BYTES * (AT_WORK if at_work else 1)


RUNS: Final = Runs(
    Workers(),
    kept=whole_setting(RUNS_SETTING, RUNS_KEPT),
    snapshot_bytes=MEGABYTE * whole_setting(SNAPSHOT_MEGABYTES_SETTING, ALL_SNAPSHOT_BYTES // MEGABYTE),
    run_bytes=MEGABYTE * whole_setting(RUN_MEGABYTES_SETTING, ALL_RUN_BYTES // MEGABYTE),
    unseen_seconds=float(whole_setting(UNSEEN_SETTING, int(UNSEEN_SECONDS))),
)
