"""This visitor's runs: the one looked at, what is started, commanded, kept, named and let go, and with which looks they are drawn."""

from collections.abc import Callable, Sequence
from typing import Final

from model.config import TrainingConfig
from model.runs.driver import Run
from model.runs.look import RunLook
from model.runs.race import Race
from model.runs.run import RunView, Status
from model.runs.store import RUNS, NotOwner
from model.training.fine_tuning import OwnDigit
from ui.state import address
from ui.state.language import t
from ui.state.looks import with_looks
from ui.state.messages import say
from ui.state.values import Value
from ui.state.visitor import current_visitor
from ui.state.visitors import RUNS_MOST, OwnRunsFull, RaceEntry, Visitor

RUN_PARAMETER: Final = "run"
RUN: Final = Value[str | None]("_run", None)
OTHER_RUN: Final = Value[str | None]("_other_run", None)
LOST_RUN: Final = Value("_lost_run", False)
STARTED: Final = Value[str | None]("started", None)
REMOVED_RUNS: Final = Value("_removed_runs", 0)
SHOWN_RUNS: Final = Value[list[str] | None]("shown_runs", None)
LISTED_RUNS: Final = Value[set[str] | None]("_listed_runs", None)


def current_run() -> RunLook | None:
    """The run in the URL, whosever it is, else the one this tab had, else the latest of this visitor that still exists."""
    run = RUNS.look(address.meant_text(RUN_PARAMETER)) or RUNS.look(RUN.get())
    return run or next(filter(None, map(RUNS.look, reversed(current_visitor().runs))), None)


def owns(token: str) -> bool:
    """Whether this visitor started a run, and may have it do something; a link to it is no right to that."""
    return token in current_visitor().runs


def command(token: str, happens: Callable[[Run], object]) -> None:
    """Have one of this visitor's runs do something; nothing happens to a run that is gone, and somebody else's is refused in words.

    Every command of a page goes this way, whatever the page showed.
    """
    try:
        run = RUNS.commanded(token, _right_to_command(token))
    except NotOwner:
        say(t("run.not_yours"))
        return
    if run is not None:
        happens(run)


def _right_to_command(token: str) -> str:
    """By which the engine knows that a command is this visitor's.

    Raises:
        NotOwner: when the run is not among this visitor's.
    """
    if not owns(token):
        raise NotOwner
    return current_visitor().token


def settle_runs() -> None:
    """Every run has a number and a look, and the URL and this tab name the one looked at; at a page's beginning."""
    _number_and_dress(current_visitor())
    asked, before, run = address.settle_text(RUN_PARAMETER), RUN.get(), current_run()
    token = None if run is None else run.token
    if token is not None and before is not None and before != token:
        OTHER_RUN.give(token)
    RUN.give(token)
    if asked is not None and asked != token:
        LOST_RUN.give(True)
    if token is None:
        address.remove(RUN_PARAMETER)
    else:
        address.put_text(RUN_PARAMETER, token, address.this_page())


def take_other_run() -> str | None:
    """The token of the run looked at now though nothing on the page was pressed for it, as by the browser's Back; once each time."""
    return OTHER_RUN.take()


def look_at(token: str) -> None:
    """Make a run the one this tab looks at, in the URL too, because the visitor asked for it; in a callback."""
    RUN.give(token)
    OTHER_RUN.take()
    address.put_text(RUN_PARAMETER, token, address.next_page())


def take_lost_run() -> bool:
    """Whether the URL named a run that does not exist (any more); true once for each such link."""
    return LOST_RUN.take()


def start_run(config: TrainingConfig) -> str:
    """Start a run of this visitor, put into the URL; its token. While the one looked at is theirs and training, it is that one's instead.

    Raises:
        RegistryFull: when the server has no place for another run.
        OwnRunsFull: (a RegistryFull) when the visitor has too many runs that have not ended.
        LockError: when the config differs from what a teacher's link holds fast.
    """
    current = current_run()
    if current is not None and owns(current.token) and current.view().status == Status.TRAINING:
        return current.token
    leaving = _leaving(1)
    owner = current_visitor()
    run = RUNS.start(config, owner.locks, owner.token)
    _remove(leaving)
    _add([run.token])
    look_at(run.token)
    return run.token


def start_race(race: Race, seeds: Sequence[int], earlier: RaceEntry | None = None) -> None:
    """Start every variant of a race with each seed, all together; ``earlier`` is the entry these seeds are added to.

    Nothing happens while one of this visitor's runs is training.

    Raises:
        LockError: when a variant differs from what a teacher's link holds fast.
        RegistryFull: when the server has no place for so many.
        OwnRunsFull: (a RegistryFull) when the visitor has too many runs that have not ended.
    """
    if any(run.view().status == Status.TRAINING for run in own_runs()):
        return
    configs = [config for seed in seeds for config in race.configs(seed)]
    owner = current_visitor()
    leaving = _leaving(len(configs), earlier.all_tokens if earlier else ())
    tokens = [run.token for run in RUNS.start_together(configs, owner.locks, owner.token)]
    _remove(leaving)
    width = len(race.values)
    rows = tuple(tuple(tokens[start : start + width]) for start in range(0, len(tokens), width))
    entry = RaceEntry(race, (earlier.tokens if earlier else ()) + rows)
    owner.looks = with_looks(_kept_looks(owner), entry.lanes)
    owner.races = [*(other for other in owner.races if other is not earlier), entry]
    _add(tokens)
    take_unlisted()
    if earlier is None:
        look_at(tokens[0])
        show_runs(tokens[:width])


def fine_tune(run: RunLook, digits: Sequence[OwnDigit], frozen_layers: int) -> None:
    """Start a run of this visitor that goes on from the network of an ended one, and look at it.

    Raises:
        ValueError: when the run has not ended, there is no digit to teach, or every layer would be frozen.
        RegistryFull: when the server has no place for another run.
    """
    _open_run(RUNS.fine_tune(run, digits, frozen_layers, current_visitor().token))


def share_run(token: str) -> None:
    """Give away a token by which others can look at one of this visitor's runs; only in a callback."""
    command(token, lambda run: RUNS.share(run.token, run.owner))


def withdraw_run(token: str) -> None:
    """Take that token back; only in a callback."""
    command(token, lambda run: RUNS.withdraw(run.token, run.owner))


def shared_look(token: str) -> str | None:
    """The token that was given away for others to look at one of this visitor's runs; None where there is none."""
    return RUNS.shared(token) if owns(token) else None


def _open_run(run: Run) -> None:
    _remove(_oldest_ended(len(own_runs()) + 1 - RUNS_MOST))
    _add([run.token])
    look_at(run.token)


def _add(tokens: Sequence[str]) -> None:
    owner = current_visitor()
    owner.runs.extend(tokens)
    _number_and_dress(owner)


def _number_and_dress(owner: Visitor) -> None:
    """Give every run of a visitor that lacks it a number, and a look; looks of races are given when they start."""
    for token in owner.runs:
        owner.run_numbers.setdefault(token, len(owner.run_numbers) + 1)
    bare = [[token] for token in owner.runs if token not in owner.looks and RUNS.look(token)]
    if bare:
        owner.looks = with_looks(_kept_looks(owner), bare)


def _kept_looks(owner: Visitor) -> dict[str, int]:
    """The looks of runs that still exist; those of others are free again."""
    return {token: look for token, look in owner.looks.items() if RUNS.look(token)}


def own_runs() -> list[RunLook]:
    """This visitor's runs that still exist, oldest first."""
    return [run for run in map(RUNS.look, current_visitor().runs) if run is not None]


def own_views() -> list[RunView]:
    """This visitor's runs that still exist as they stand now, oldest first."""
    return [run.view() for run in own_runs()]


def take_unlisted() -> list[str]:
    """The runs this session has not been asked for here before, oldest first; each once.

    A new session of a browser takes up where its last one was.
    """
    owner = current_visitor()
    kept = LISTED_RUNS.get()
    listed = owner.listed_runs if kept is None else kept
    there = [run.token for run in own_runs()]
    owner.listed_runs = set(there)
    LISTED_RUNS.give(owner.listed_runs)
    return [token for token in there if token not in listed]


def shown_runs() -> list[str]:
    """The runs whose curves are looked at, as chosen in this session, else as this browser looked at them last."""
    chosen = SHOWN_RUNS.get()
    return list(current_visitor().shown_runs if chosen is None else chosen)


def show_runs(tokens: Sequence[str]) -> None:
    """Look at the curves of these runs; only before the choice is drawn, or in a callback."""
    if shown_runs() != list(tokens) or not SHOWN_RUNS.there:
        SHOWN_RUNS.insist(list(tokens))
    current_visitor().shown_runs = list(tokens)


def name_run(token: str, name: str) -> None:
    """Call one of this visitor's runs so; an empty name takes the name away."""
    owner = current_visitor()
    if token not in owner.runs:
        return
    if name.strip():
        owner.run_names[token] = name.strip()
    else:
        owner.run_names.pop(token, None)


def delete_run(token: str) -> None:
    """Stop and forget one of this visitor's runs."""
    owner = current_visitor()
    if token not in owner.runs:
        return
    RUNS.drop(token)
    owner.runs = [kept for kept in owner.runs if kept != token]
    owner.run_names.pop(token, None)
    owner.looks.pop(token, None)
    owner.races = [entry for entry in owner.races if set(entry.all_tokens) & set(owner.runs)]
    address.remove_text(RUN_PARAMETER, token)


def take_removed() -> int:
    """How many of the visitor's oldest runs had to go since this was last asked."""
    return REMOVED_RUNS.take()


def runs_to_leave(count: int) -> int:
    """How many of this visitor's oldest runs must go for ``count`` more to fit."""
    return max(0, len(own_runs()) + count - RUNS_MOST)


def _leaving(count: int, keep: Sequence[str] = ()) -> list[str]:
    """Which of the visitor's runs must go for ``count`` more to fit: the oldest that have ended, none of ``keep``.

    Raises:
        OwnRunsFull: when too few have ended.
    """
    surplus = runs_to_leave(count)
    found = _oldest_ended(surplus, keep)
    if len(found) < surplus:
        raise OwnRunsFull(RUNS_MOST)
    return found


def _oldest_ended(count: int, keep: Sequence[str] = ()) -> list[str]:
    ended = [run.token for run in own_runs() if run.token not in keep and run.view().ended]
    return ended[: max(0, count)]


def _remove(tokens: Sequence[str]) -> None:
    for token in tokens:
        delete_run(token)
    if tokens:
        REMOVED_RUNS.give(REMOVED_RUNS.get() + len(tokens))
