"""Where in a run's past this tab looks: at one of its snapshots, or at the run as it is; and the film that goes through them."""

import time
from dataclasses import dataclass, replace
from typing import Final

from model.network import Network
from model.runs.run import RunView
from ui.state.values import Value

FILM_SECONDS: Final = 5.0


@dataclass(frozen=True, eq=False)
class Moment:
    """A run's network as it was after ``step`` batches; one object as long as one looks at it, so that what is computed of it is kept."""

    token: str
    step: int
    network: Network


@dataclass(frozen=True)
class Film:
    """A run played from its beginning, ``since`` a moment of the monotonic clock: when its first picture was drawn; None before."""

    token: str
    since: float | None = None


MOMENT: Final = Value[Moment | None]("_moment", None)
FILM: Final = Value[Film | None]("_film", None)


def now() -> float:
    """Seconds of the clock that a film goes by."""
    return time.monotonic()


def place(view: RunView) -> Value[int]:
    """The how many-th snapshot of a run is looked at, from 1; the last where nobody chose. A run that learned on begins anew."""
    return Value(f"rewound_{view.token}_{len(view.snapshots)}", len(view.snapshots))


def has_way_back(view: RunView) -> bool:
    """Whether a run stands still and has more than one moment to look at."""
    return not view.busy and len(view.snapshots) > 1


def rewound(view: RunView) -> RunView:
    """A run as it was at the moment looked at, without the scores that it got at its end; itself where that is its end."""
    if not has_way_back(view):
        return view
    chosen = view.snapshots[min(max(place(view).get(), 1), len(view.snapshots)) - 1]
    if chosen.step >= view.step:
        return view
    kept = MOMENT.get()
    if kept is None or (kept.token, kept.step) != (view.token, chosen.step):
        kept = Moment(view.token, chosen.step, chosen.network())
        MOMENT.give(kept)
    return replace(view, network=kept.network, step=chosen.step, score=None, drawn_score=None)


def play(token: str) -> None:
    """Show a run from its beginning to its end as a film; in a callback."""
    FILM.give(Film(token))


def stop_film() -> None:
    """Leave the film where it is."""
    FILM.reset()


def film_plays(view: RunView) -> bool:
    """Whether a film of this run is being shown."""
    film = FILM.get()
    return film is not None and film.token == view.token and has_way_back(view)


def film_goes_on(view: RunView) -> None:
    """Look at the moment that the film has come to; at its end it is over. Before the slider is drawn."""
    film = FILM.get()
    if film is None or not film_plays(view):
        return
    since = now() if film.since is None else film.since  # a slow browser, too, sees it from its beginning
    FILM.give(Film(film.token, since))
    share = (now() - since) / FILM_SECONDS
    last = len(view.snapshots)
    place(view).give(min(last, 1 + int(share * last)))
    if share >= 1:
        stop_film()
