"""Curves of accuracy against damage, which the workers measure piece by piece; keeps them as long as their network lives, draws nothing."""

import functools
import threading
import time
import weakref
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

from model.data.mnist import load_mnist
from model.evaluation.damage_curve import KINDS, Harm, coarse_to_fine, measure
from model.network import Network
from model.runs.executor import Workers

KEPT: Final = 64
PIECE_SECONDS: Final = 0.2
WANTED_SECONDS: Final = 5.0
LATE_SECONDS: Final = 60.0

Asked = tuple[str, Harm, bool]


@dataclass(frozen=True)
class Progress:
    """A curve as far as it is measured.

    Attributes:
        right: how many images are read right at each place measured so far, in order.
        count: how many images there are.
        places: at how many places it is to be measured.
        failed: a worker could not go on, or nothing has come for a minute.
    """

    right: dict[int, int]
    count: int
    places: int
    failed: bool

    @property
    def done(self) -> bool:
        """Whether every place is measured."""
        return len(self.right) == self.places


@dataclass(eq=False)
class _Curve:
    """What is known of a curve. ``piece`` is what a worker measures now, ``wanted`` when somebody last asked, ``news`` the last news.

    ``whose`` is the line of whoever asked last.
    """

    places: list[int]
    right: dict[int, int] = field(default_factory=dict)
    piece: "Future[dict[int, int]] | None" = None
    wanted: float = 0.0
    whose: str = ""
    news: float = 0.0
    failed: bool = False
    finished: threading.Event = field(default_factory=threading.Event)

    @property
    def left(self) -> list[int]:
        return [place for place in self.places if place not in self.right]


@dataclass(eq=False)
class DamageCurves:
    """The curves that were asked for. Safe to call from any thread.

    A worker measures a fifth of a second of a curve at a time, so that training goes on beside it; what nobody has asked for in the last
    seconds is left as it is and gone on with when it is asked for again.
    """

    workers: Workers
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _asked: "weakref.WeakKeyDictionary[Network, OrderedDict[Asked, _Curve]]" = field(
        default_factory=weakref.WeakKeyDictionary
    )

    def of(
        self, network: Network, kind: str, harm: Harm, on_test: bool, patience: float = 0.0, whose: str = ""
    ) -> Progress:
        """The curve of an undamaged network for one kind of damage, the rest as in ``harm``; waits ``patience`` seconds for it at most.

        It is measured when it is the turn of whoever asked for it last, ``whose``.
        """
        asked = (kind, KINDS[kind].without(harm), on_test)
        with self._lock:
            curve = self._kept(network, asked)
            curve.wanted, curve.whose = time.monotonic(), whose
            if curve.left and curve.piece is None and not curve.failed:
                self._go_on(network, asked, curve)
        curve.finished.wait(patience)
        with self._lock:
            late = curve.piece is not None and time.monotonic() - curve.news > LATE_SECONDS
            count = len(load_mnist().test_labels if on_test else load_mnist().validation_labels)
            return Progress(dict(sorted(curve.right.items())), count, len(curve.places), curve.failed or late)

    def try_again(self, network: Network, kind: str, harm: Harm, on_test: bool) -> None:
        """Go on with a curve that failed."""
        with self._lock:
            curve = self._kept(network, (kind, KINDS[kind].without(harm), on_test))
            curve.failed, curve.piece = False, None
            if curve.left:
                curve.finished.clear()

    def _kept(self, network: Network, asked: Asked) -> _Curve:
        curves = self._asked.setdefault(network, OrderedDict())
        curve = curves.setdefault(asked, _Curve(coarse_to_fine(KINDS[asked[0]].places)))
        curves.move_to_end(asked)
        while len(curves) > KEPT:
            curves.popitem(last=False)
        return curve

    def _go_on(self, network: Network, asked: Asked, curve: _Curve) -> None:
        kind, harm, on_test = asked
        curve.news = time.monotonic()
        work = (measure, network, on_test, kind, harm, curve.left, PIECE_SECONDS)
        piece = self.workers.in_turn(curve.whose, PIECE_SECONDS, *work)
        curve.piece = piece
        piece.add_done_callback(functools.partial(self._collect, network, asked, curve))

    def _collect(self, network: Network, asked: Asked, curve: _Curve, piece: "Future[dict[int, int]]") -> None:
        with self._lock:
            if curve.piece is not piece:  # given up meanwhile
                return
            curve.piece = None
            if piece.cancelled() or piece.exception() is not None:
                self._fail(curve)
                return
            curve.right |= piece.result()
            if not curve.left:
                curve.finished.set()
            elif time.monotonic() - curve.wanted < WANTED_SECONDS:
                self._go_on(network, asked, curve)

    @staticmethod
    def _fail(curve: _Curve) -> None:
        curve.failed, curve.piece = True, None
        curve.finished.set()
