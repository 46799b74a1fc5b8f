"""Every run of the server, reached by token; knows nothing of visitors, widgets or languages."""

from collections.abc import Iterable, Sequence
from typing import Final

from model.config import TrainingConfig
from model.locked_settings import FREE, LockError, Locks
from model.runs.driver import Run
from model.runs.executor import Workers
from model.runs.run import Parent, Status
from model.runs.snapshots import ALL_SNAPSHOT_BYTES, SNAPSHOT_BYTES
from model.runs.token_registry import Registry, RegistryFull
from model.training.fine_tuning import OwnDigit, fine_tuning_config, fine_tuning_of, split

# Thirty students with a race of four settings, three starts each, and two runs more. A standard run holds 0.7 MB, the largest
# possible 50 MB; its snapshots come on top, see ``model.runs.snapshots``.
RUNS_KEPT: Final = 420


class Runs:
    """Every run of the server, reached by token alone."""

    def __init__(self, workers: Workers, kept: int = RUNS_KEPT, snapshot_bytes: int = ALL_SNAPSHOT_BYTES) -> None:
        self.workers, self._snapshot_bytes = workers, snapshot_bytes
        self._registry: Registry[Run] = Registry(
            kept, busy=lambda run: run.view().status == Status.TRAINING, dropped=lambda run: run.stop()
        )

    def start(self, config: TrainingConfig, locks: Locks = FREE) -> Run:
        """A new run of ``config`` under a fresh token, already training; ``locks`` hold for its whole life.

        Raises:
            LockError: when ``config`` differs from what is locked.
            RegistryFull: when every place is taken by a run still at work.
        """
        locks.check(config)
        self._make_room_for_snapshots()
        _, run = self._registry.add(lambda token: Run(token, config, self.workers, locks=locks))
        run.resume()
        return run

    def start_together(self, configs: Iterable[TrainingConfig], locks: Locks = FREE) -> list[Run]:
        """A new run of each config, all training at once: every one of them, or none.

        Raises:
            LockError: when one of them differs from what is locked.
            RegistryFull: when there are not enough places; what had started by then is gone again.
        """
        started: list[Run] = []
        try:
            for config in configs:
                started.append(self.start(config, locks))
        except (RegistryFull, LockError):
            for run in started:
                self.drop(run.token)
            raise
        return started

    def fine_tune(self, parent: Run, digits: Sequence[OwnDigit], frozen_layers: int = 0) -> Run:
        """A new run that goes on from the network of an ended run, with a visitor's own digits mixed in.

        Args:
            parent: the run whose network learns.
            digits: the visitor's; some are held back, see ``model.training.fine_tuning.split``.
            frozen_layers: how many layers, counted from the picture, keep their weights.

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
        self._make_room_for_snapshots()
        origin = Parent(parent.token, view.network, view.score, tuple(taught), tuple(held_back))
        _, run = self._registry.add(
            lambda token: Run(token, config, self.workers, parent=origin, fine_tuning=fine_tuning)
        )
        run.resume()
        return run

    def find(self, token: str | None) -> Run | None:
        """The run of a token, or None."""
        return self._registry.find(token)

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


RUNS: Final = Runs(Workers())
