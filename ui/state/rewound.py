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
    """A run played from its beginning.

    Attributes:
        since: when its first picture was drawn, on the monotonic clock; None before.
        moments: how many the run has.
        at: the how many-th of them is shown, from 1.
    """

    token: str
    moments: int
    since: float | None = None
    at: int = 1


@dataclass(frozen=True)
class Left:
    """Where the last film was left, and the how many-th it was."""

    film: Film
    number: int


MOMENT: Final = Value[Moment | None]("_moment", None)
FILM: Final = Value[Film | None]("_film", None)
LEFT: Final = Value[Left | None]("_film_left", None)


def now() -> float:
    """Seconds of the clock that a film goes by."""
    return time.monotonic()


def place(view: RunView) -> Value[int]:
    """The how many-th snapshot of a run is looked at, from 1.

    It stands at the last where nobody chose, and where a film was left; a run that learned on begins anew. The film has a place of its
    own, and each leaves another behind: a slow browser still tells where it saw the film, and nobody listens there any more.
    """
    moments, film, left = len(view.snapshots), FILM.get(), LEFT.get()
    run = f"{view.token}_{moments}"
    if film is not None and (film.token, film.moments) == (view.token, moments):
        return Value(f"rewound_{run}_film", film.at)
    if left is not None and (left.film.token, left.film.moments) == (view.token, moments):
        return Value(f"rewound_{run}_{left.number}", left.film.at)
    return Value(f"rewound_{run}", moments)


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


def play(token: str, moments: int) -> None:
    """Show a run from its beginning to its end as a film; in a callback."""
    FILM.give(Film(token, moments))


def stop_film() -> None:
    """Leave the film where it is."""
    film, left = FILM.get(), LEFT.get()
    if film is not None:
        LEFT.give(Left(film, 1 if left is None else left.number + 1))
    FILM.reset()


def film_plays(view: RunView) -> bool:
    """Whether a film of this run is being shown."""
    film = FILM.get()
    return film is not None and (film.token, film.moments) == (view.token, len(view.snapshots)) and has_way_back(view)


def film_goes_on(view: RunView) -> None:
    """Look at the moment that the film has come to; at its end it is over. Before the slider is drawn."""
    film = FILM.get()
    if film is None or not film_plays(view):
        return
    since = now() if film.since is None else film.since  # a slow browser, too, sees it from its beginning
    share = (now() - since) / FILM_SECONDS
    film = replace(film, since=since, at=min(film.moments, 1 + int(share * film.moments)))
    FILM.give(film)
    place(view).give(film.at)
    if share >= 1:
        stop_film()
