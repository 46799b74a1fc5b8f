"""The only module that touches Streamlit's session state, the URL and the visitor's cookie."""

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import numpy as np
import streamlit as st

from model.config import DEFAULTS, ConfigError, TrainingConfig
from model.locked_settings import HIDE, LOCK
from model.network import FloatArray
from model.runs.driver import Run
from model.runs.race import Race
from model.runs.run import RunView, Status
from model.runs.store import RUNS
from model.training.fine_tuning import OWN_DIGITS_MOST, OwnDigit
from ui.state.looks import with_looks
from ui.state.visitors import PINS_MOST, RUNS_MOST, VISITORS, Drawing, OwnRunsFull, RaceEntry, Visitor

LANGUAGES: Final = {"en": "English", "zh": "中文"}
COOKIE: Final = "digit_lab_visitor"
FIELD_WIDGETS: Final = tuple(name for name in DEFAULTS if name != "hidden_sizes")
CANVAS: Final = "canvas"
SHOWN_RUNS: Final = "shown_runs"
# How long a browser may take to hear of a choice that the app made.
ECHO_SECONDS: Final = 10.0
LESSON, PRESENT = "lesson", "present"
UNKNOWN: Final = object()


@dataclass
class Offer:
    """What a choice was last drawn with.

    Attributes:
        labels, earlier: which label stands for which value, now and before the labels last changed.
        typed: whether other text is allowed too.
        held: what was chosen then.
        given: what the app itself has chosen since.
        replaced, given_at: what was chosen before the app last chose, and when that was.
    """

    labels: Mapping[str, Any]
    earlier: Mapping[str, Any]
    typed: bool
    held: Any
    given: Any = UNKNOWN
    replaced: Any = UNKNOWN
    given_at: float = -math.inf

    def read(self, told: Any) -> Any:
        """The value, or the list of values, meant by what the browser told: values, or labels of now or of before they changed."""
        if told == self.given:
            return told
        if isinstance(told, list):
            return [one for one in map(self._one, told) if one is not UNKNOWN]
        one = self._one(told)
        return self.held if one is UNKNOWN else one

    def _one(self, told: Any) -> Any:
        values = list(self.labels.values())
        if told in values:
            return told
        for labels in (self.labels, self.earlier):
            if isinstance(told, str) and told in labels and labels[told] in values:
                return labels[told]
        return told if self.typed else UNKNOWN


@dataclass
class Put:
    """What this tab put into the URL, and the browser may not have heard of.

    Attributes:
        value, before: what the URL says of it since then, and what it said before.
        at: when it was put there.
        page: the how many-th page of this session was being drawn; the one after it tells what the browser says.
    """

    value: Any
    before: list[Any]
    at: float
    page: int


def page_begins() -> None:
    """A page is drawn from its beginning, for what the browser asks now."""
    st.session_state["_pages"] = _pages() + 1


def _pages() -> int:
    return int(st.session_state.get("_pages", 0))


def _puts() -> dict[str, Put]:
    found: dict[str, Put] = st.session_state.setdefault("_puts", {})
    return found


def _put(name: str, value: Any, before: Any, page: int) -> None:
    """Remember that the URL says ``value`` of ``name`` from now on, and said ``before``."""
    earlier = _puts().get(name)
    said = [before] if earlier is None else [*earlier.before, earlier.value]
    _puts()[name] = Put(value, [old for old in said if old != value], time.monotonic(), page)


def _put_text(name: str, text: str, page: int) -> None:
    if st.query_params.get(name) != text:
        _put(name, text, st.query_params.get(name), page)
        st.query_params[name] = text


def _meant(name: str, told: Any) -> Any:
    """What a URL means that says ``told`` of ``name``: that, unless the browser has not heard yet of what this tab put there.

    On a busy server the browser asks for a page, or a part of one, with the URL of before: what was pressed last would be undone.
    """
    put = _puts().get(name)
    if put is None:
        return told
    if told != put.value and told in put.before and time.monotonic() - put.at < ECHO_SECONDS:
        return put.value
    if told != put.value or _pages() > put.page:
        del _puts()[name]
    return told


def _meant_text(name: str) -> str | None:
    """The same of one parameter; a URL of before is put right."""
    told = st.query_params.get(name)
    meant: str | None = _meant(name, told)
    if meant is not None and meant != told:
        st.query_params[name] = meant
    return meant


def language() -> str:
    """The visitor's language: from the URL, else as chosen before, else the browser's, else English."""
    asked = _meant_text("lang")
    if asked in LANGUAGES:
        st.session_state["_language"] = asked
    if "_language" not in st.session_state:
        st.session_state["_language"] = "zh" if (st.context.locale or "").lower().startswith("zh") else "en"
    return str(st.session_state["_language"])


def set_language(code: str) -> None:
    """Switch the language, in the URL too; everything else stays. Only in a callback."""
    st.session_state["_language"] = code
    _put_text("lang", code, _pages() + 1)


def visitor() -> Visitor:
    """This browser's memory on the server, found by cookie, else by session; a fresh one for somebody new."""
    for token in (st.session_state.get("_visitor"), st.context.cookies.get(COOKIE)):
        found = VISITORS.find(token)
        if found is not None:
            st.session_state["_visitor"] = found.token
            return found
    token, fresh = VISITORS.add(Visitor)
    st.session_state["_visitor"] = token
    return fresh


def current_run() -> Run | None:
    """The run in the URL, else the one this tab had, else the latest of this visitor that still exists. It is put into the URL."""
    asked = _meant_text("run")
    before = st.session_state.get("_run")
    run = RUNS.find(asked) or RUNS.find(before)
    if run is None:
        run = next(filter(None, map(RUNS.find, reversed(visitor().runs))), None)
    if run is not None and before is not None and before != run.token:
        st.session_state["_other_run"] = run.token
    st.session_state["_run"] = None if run is None else run.token
    if run is not None and asked != run.token:
        if asked is not None:
            st.session_state["_lost_run"] = True
        _put_text("run", run.token, _pages())
    elif run is None and asked is not None:
        st.session_state["_lost_run"] = True
        del st.query_params["run"]
    return run


def take_other_run() -> str | None:
    """The token of the run looked at now though nothing on the page was pressed for it, as by the browser's Back; once each time."""
    token = st.session_state.pop("_other_run", None)
    return None if token is None else str(token)


def _look_at(token: str) -> None:
    """Make a run the one this tab looks at, in the URL too, because the visitor asked for it; in a callback."""
    st.session_state["_run"] = token
    st.session_state.pop("_other_run", None)
    _put_text("run", token, _pages() + 1)


def take_lost_run() -> bool:
    """Whether the URL named a run that does not exist (any more); true once for each such link."""
    return bool(st.session_state.pop("_lost_run", False))


def start_run(config: TrainingConfig) -> Run:
    """A new run of this visitor, put into the URL. While one of theirs is training, that one is returned instead.

    Raises:
        RegistryFull: when the server has no place for another run.
        OwnRunsFull: (a RegistryFull) when the visitor has too many runs that have not ended.
        LockError: when the config differs from what a teacher's link holds fast.
    """
    current = current_run()
    if current is not None and current.view().status == Status.TRAINING:
        return current
    leaving = _leaving(1)
    run = RUNS.start(config, visitor().locks)
    _remove(leaving)
    visitor().runs.append(run.token)
    _look_at(run.token)
    return run


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
    owner = visitor()
    leaving = _leaving(len(configs), earlier.all_tokens if earlier else ())
    tokens = [run.token for run in RUNS.start_together(configs, owner.locks)]
    _remove(leaving)
    width = len(race.values)
    rows = tuple(tuple(tokens[start : start + width]) for start in range(0, len(tokens), width))
    entry = RaceEntry(race, (earlier.tokens if earlier else ()) + rows)
    owner.looks = with_looks(_kept_looks(owner), entry.lanes)
    owner.races = [*(other for other in owner.races if other is not earlier), entry]
    owner.runs.extend(tokens)
    take_unlisted()
    if earlier is None:
        _look_at(tokens[0])
        show_runs(tokens[:width])


def own_runs() -> list[Run]:
    """This visitor's runs that still exist, oldest first."""
    owner = visitor()
    found = {token: RUNS.find(token) for token in owner.runs}
    for token in found:
        owner.run_numbers.setdefault(token, len(owner.run_numbers) + 1)
    there = [run for run in found.values() if run is not None]
    if any(run.token not in owner.looks for run in there):
        # Looks of races are given when they start: a run that still has none stands alone.
        owner.looks = with_looks(_kept_looks(owner), [[run.token] for run in there])
    return there


def _kept_looks(owner: Visitor) -> dict[str, int]:
    """The looks of runs that still exist; those of others are free again."""
    return {token: look for token, look in owner.looks.items() if RUNS.find(token)}


def own_views() -> list[RunView]:
    """This visitor's runs that still exist as they stand now, oldest first."""
    return [run.view() for run in own_runs()]


def take_unlisted() -> list[str]:
    """The runs this session has not been asked for here before, oldest first; each once.

    A new session of a browser takes up where its last one was.
    """
    owner = visitor()
    listed = st.session_state.get("_listed_runs", owner.listed_runs)
    there = [run.token for run in own_runs()]
    st.session_state["_listed_runs"] = owner.listed_runs = set(there)
    return [token for token in there if token not in listed]


def shown_runs() -> list[str]:
    """The runs whose curves are looked at, as chosen in this session, else as this browser looked at them last."""
    return list(_said(SHOWN_RUNS, visitor().shown_runs))


def show_runs(tokens: Sequence[str]) -> None:
    """Look at the curves of these runs; only before the choice is drawn, or in a callback."""
    give(SHOWN_RUNS, list(tokens))
    visitor().shown_runs = list(tokens)


def name_run(token: str, name: str) -> None:
    """Call one of this visitor's runs so; an empty name takes the name away."""
    if token not in visitor().runs:
        return
    if name.strip():
        visitor().run_names[token] = name.strip()
    else:
        visitor().run_names.pop(token, None)


def delete_run(token: str) -> None:
    """Stop and forget one of this visitor's runs."""
    owner = visitor()
    if token not in owner.runs:
        return
    RUNS.drop(token)
    owner.runs = [kept for kept in owner.runs if kept != token]
    owner.run_names.pop(token, None)
    owner.looks.pop(token, None)
    owner.races = [entry for entry in owner.races if set(entry.all_tokens) & set(owner.runs)]
    if st.query_params.get("run") == token:
        _puts().pop("run", None)
        del st.query_params["run"]


def take_removed() -> int:
    """How many of the visitor's oldest runs had to go since this was last asked."""
    return int(st.session_state.pop("_removed_runs", 0))


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
        st.session_state["_removed_runs"] = st.session_state.get("_removed_runs", 0) + len(tokens)


def link_parameters() -> dict[str, str]:
    """What every link inside the app carries: language, run, the lesson with what it holds fast, large type."""
    kept = {"lang": language()}
    for name in ("run", LESSON, PRESENT):
        value = st.query_params.get(name)
        if value:
            kept[name] = value
    return kept | visitor().locks.to_query()


def asked_lesson() -> dict[str, str] | None:
    """The query of a link that opens a lesson or locks knobs; None when the link says nothing of either."""
    query = dict(st.query_params.items())
    return query if {LESSON, LOCK, HIDE} & set(query) else None


def lesson_to_url() -> None:
    """Put the open lesson and what it holds fast into the URL, and nothing else about lessons."""
    query = visitor().locks.to_query()
    wanted = {LESSON: visitor().lesson, LOCK: query.get(LOCK), HIDE: query.get(HIDE)}
    for name, value in wanted.items():
        if value is None and name in st.query_params:
            del st.query_params[name]
        elif value is not None and st.query_params.get(name) != value:
            st.query_params[name] = value


def lesson_opened() -> None:
    """A lesson was opened in this tab."""
    st.session_state["_lessons_opened"] = lessons_opened() + 1


def lessons_opened() -> int:
    """How many times a lesson was opened in this tab."""
    return int(st.session_state.get("_lessons_opened", 0))


def presenting() -> bool:
    """Whether the link asks for large type, as a projector needs it."""
    return st.query_params.get(PRESENT) == "1"


def judged() -> None:
    """What is drawn now was judged."""
    st.session_state["_judged"] = _judgeable()


def drawing_changed() -> bool:
    """Whether what is drawn has changed since it was judged."""
    return bool(st.session_state.get("_judged") != _judgeable())


def _judgeable() -> tuple[int, int, int | None, int]:
    """What tells one drawing, and what was done with it, from another."""
    voters = _said("voters", 1) or 1
    return id(last_picture()), len(visitor().own_digits), sample(), voters


def stop_presenting() -> None:
    """Back to normal type."""
    if PRESENT in st.query_params:
        del st.query_params[PRESENT]


def load_knobs() -> None:
    """Set the knobs' widgets from the URL, and where it says nothing from the run in it, once for each new link.

    A field that cannot be used is reported by ``link_errors`` and takes its standard value.
    """
    _give_again()
    query = _meant("knobs", _knobs_of_url())
    if st.session_state.get("_knobs_in_url") == query:
        return
    first = "_knobs_in_url" not in st.session_state
    run = current_run() if first and (st.query_params.get("run") or "hidden_layers" not in st.session_state) else None
    base = run.view().config if run else TrainingConfig()
    if not first:
        base = knobs() or base
    st.session_state["_link_errors"] = errors = []
    locks = visitor().locks
    for name, text in query.items():
        try:
            changed = base.changed(**{name: getattr(TrainingConfig.from_query({name: text}), name)})
            if name in locks.values:
                locks.check(locks.applied_to(base).changed(**{name: getattr(changed, name)}))
            base = changed
        except ConfigError as error:
            errors.append((name, text, error))
    set_knobs(base)


def link_errors() -> list[tuple[str, str, ConfigError]]:
    """(field, text, error) of every field of the last link that could not be used."""
    return list(st.session_state.get("_link_errors", []))


def forget_link_errors() -> None:
    """The visitor has moved on."""
    st.session_state["_link_errors"] = []


def set_knobs(config: TrainingConfig) -> None:
    """Put a config into the widgets, but what is locked; only before they are drawn, or in a callback."""
    config = visitor().locks.applied_to(config)
    unheard = st.session_state.setdefault("_unheard", {})
    sizes = {f"hidden_size_{index}": size for index, size in enumerate(config.hidden_sizes, 1)}
    settings = {name: getattr(config, name) for name in FIELD_WIDGETS}
    for key, value in ({"hidden_layers": len(sizes)} | sizes | settings).items():
        before, _ = unheard.get(key, (_said(key, UNKNOWN), value))
        unheard[key] = (before, value)
        _give_unheard(key, value)


def knobs_drawn() -> None:
    """Every knob was drawn with what it was set to: from now on the browser knows, and what it tells is what the visitor means."""
    st.session_state.pop("_unheard", None)


def _give_again() -> None:
    """Set the knobs once more that a browser has put back because it was asked something before it had been told of the new values."""
    for key, (before, value) in st.session_state.get("_unheard", {}).items():
        if _said(key, UNKNOWN) == before:
            give(key, value)


def set_knobs_for_train(config: TrainingConfig) -> None:
    """Put a config into the knobs, to stand there when the Train page opens next; only in a callback or on another page."""
    set_knobs(config)
    st.session_state["_knobs_in_url"] = _knobs_of_url()


def _knobs_of_url() -> dict[str, str]:
    """What the URL says of the knobs."""
    return {name: text for name, text in st.query_params.items() if name in DEFAULTS}


def knob_values() -> dict[str, Any]:
    """What the widgets say, as arguments of ``TrainingConfig``; standard values for those not drawn yet."""
    layers = st.session_state.get("hidden_layers", len(DEFAULTS["hidden_sizes"]))
    sizes = tuple(st.session_state.get(f"hidden_size_{index}", 64) for index in range(1, layers + 1))
    shown = {"hidden_sizes": sizes} | {name: _said(name, DEFAULTS[name]) for name in FIELD_WIDGETS}
    return shown | dict(visitor().locks.values)


def knobs() -> TrainingConfig | None:
    """The config the widgets describe; None while it is outside the limits."""
    try:
        return TrainingConfig(**knob_values())
    except ConfigError:
        return None


def knobs_to_url(config: TrainingConfig) -> None:
    """Put into the URL what differs from the standard network, or from the run that a reload would take knobs from."""
    run = RUNS.find(st.query_params.get("run"))
    bases = [TrainingConfig(), *([run.view().config] if run else [])]
    query = {
        name: text for name, text in config.to_query().items() if any(text != base.to_query()[name] for base in bases)
    }
    if query != _knobs_of_url():
        _put("knobs", query, _knobs_of_url(), _pages())
    for name in DEFAULTS:
        if name not in query and name in st.query_params:
            del st.query_params[name]
    for name, text in query.items():
        if st.query_params.get(name) != text:
            st.query_params[name] = text
    st.session_state["_knobs_in_url"] = query


def asked_for(names: Iterable[str]) -> dict[str, str]:
    """What the URL says of the parameters ``names``."""
    return {name: st.query_params[name] for name in names if name in st.query_params}


def put_into_url(names: Iterable[str], query: Mapping[str, str]) -> None:
    """Have the URL say ``query`` of the parameters ``names``, and nothing of those that ``query`` leaves out."""
    for name in names:
        if name in query and st.query_params.get(name) != query[name]:
            st.query_params[name] = query[name]
        elif name not in query and name in st.query_params:
            del st.query_params[name]


def browser_stands(key: str) -> str:
    """The address of this page without its query: what the browser said in the element of ``key``, else what Streamlit believes."""
    said = st.session_state.get(key)
    stands = said.get("stands") if isinstance(said, Mapping) else None
    return str(stands or st.context.url or "")


def offer(key: str, labels: Mapping[str, Any], first: Any, typed: bool) -> None:
    """Make the choice of ``key`` ready to be drawn with these labels, each of which stands for a value.

    Whatever the browser knows it by, it then says one of these values (a list of them, where ``first`` is a list): the one it said
    before, or ``first``. ``typed`` allows other text too. Labels that differ from those drawn before are sent to the browser.
    """
    before = _offers().get(key)
    same = before is not None and before.labels == labels
    offered = Offer(labels, {} if before is None else before.earlier if same else before.labels, typed, first)
    if before is not None:
        offered.given, offered.replaced, offered.given_at = before.given, before.replaced, before.given_at
    if before is not None and offered.read(before.held) == before.held:
        offered.held = before.held
    offered.held = offered.read(st.session_state.get(key, first))
    _offers()[key] = offered
    if not same or key not in st.session_state or st.session_state[key] != offered.held:
        st.session_state[key] = offered.held


def newly_chosen(key: str) -> bool:
    """Whether the choice of ``key`` says something else than when it was drawn or this was last asked; for callbacks.

    A browser that had not heard yet of what the app chose tells the choice before once more, and then what the app chose: neither is new.
    """
    now, offer = chosen(key), _offers()[key]
    before, offer.held = offer.held, now
    echo = time.monotonic() - offer.given_at < ECHO_SECONDS and now in (offer.replaced, offer.given)
    if not echo:
        offer.replaced = UNKNOWN  # the browser has gone on from there: whatever it tells from now on is new
    return bool(now != before) and not echo


def forget_choice(key: str) -> None:
    """Have the choice of ``key`` be as if it had never been drawn."""
    _offers().pop(key, None)


def _offers() -> dict[str, Offer]:
    found: dict[str, Offer] = st.session_state.setdefault("_offers", {})
    return found


def _said(key: str, standard: Any) -> Any:
    """What the widget of ``key`` says, as a value even where the browser told a label."""
    if key not in st.session_state:
        return standard
    offered = _offers().get(key)
    told = st.session_state[key]
    return told if offered is None else offered.read(told)


def chosen(key: str) -> Any:
    """What the widget of ``key`` says; for callbacks."""
    if key not in st.session_state:
        raise KeyError(key)
    return _said(key, None)


def give(key: str, value: Any) -> None:
    """Set what the widget of ``key`` says; only before it is drawn, or in a callback."""
    st.session_state[key] = value
    if key in _offers():
        _offers()[key].given = value


def _give_unheard(key: str, value: Any) -> None:
    """``give``, where what the browser tells next may still be what it said before: see ``newly_chosen``."""
    offer = _offers().get(key)
    if offer is not None and offer.held != value:
        offer.replaced, offer.given_at = offer.held, time.monotonic()
    give(key, value)


def give_if_missing(key: str, value: Any) -> None:
    """Set what the widget of ``key`` says, unless it says something already."""
    st.session_state.setdefault(key, value)


def take(key: str) -> Any:
    """What was given under ``key``, once; None when nothing was."""
    return st.session_state.pop(key, None)


def knob(name: str) -> Any:
    """What one knob says, or its standard value before it is drawn."""
    return _said(name, DEFAULTS.get(name))


def say(message: str) -> None:
    """Keep a message for the next page drawn."""
    st.session_state["_message"] = message


def message_waits() -> bool:
    """Whether a message is kept that no page has shown."""
    return "_message" in st.session_state


def take_message() -> str | None:
    """The message kept, once."""
    message = st.session_state.pop("_message", None)
    return None if message is None else str(message)


def browser_forgets() -> None:
    """This browser keeps no cookie, so a reload will not find this visitor again."""
    st.session_state["_forgetful_news"] = not forgetful()
    st.session_state["_forgetful"] = True


def forgetful() -> bool:
    """Whether this browser is known to keep no cookie."""
    return bool(st.session_state.get("_forgetful"))


def take_forgetful_news() -> bool:
    """Whether it was just found out that this browser keeps no cookie; true once."""
    return bool(st.session_state.pop("_forgetful_news", False))


def canvas_begins_with() -> dict[str, Any]:
    """What the canvas is to show when it is put on the page; stays the same until it is cleared or put there anew.

    It must not follow the strokes: a canvas whose first drawing changes draws everything again.
    """
    if CANVAS not in st.session_state or "_first_drawing" not in st.session_state:
        kept = drawing() if CANVAS not in st.session_state else None
        st.session_state["_drawing"] = kept  # even if nothing: from now on this tab's own
        st.session_state.setdefault("_picture", None)
        st.session_state["_first_drawing"] = kept.strokes if kept else {"objects": []}
    return dict(st.session_state["_first_drawing"])


def drawing() -> Drawing | None:
    """What is drawn in this tab; in a new one what this browser drew last."""
    _begin_with_memory()
    found = st.session_state.get("_drawing")
    return found if isinstance(found, Drawing) else None


def last_picture() -> FloatArray | None:
    """The drawing of this tab as the network sees it, (28, 28); in a new one what this browser drew last."""
    _begin_with_memory()
    found: FloatArray | None = st.session_state.get("_picture")
    return found


def _begin_with_memory() -> None:
    """Take over what this browser's memory holds, once, and only into a tab that has no drawing of its own."""
    memory = visitor()
    if "_drawing" not in st.session_state and (memory.drawing is not None or memory.last_picture is not None):
        st.session_state["_drawing"], st.session_state["_picture"] = memory.drawing, memory.last_picture
        st.session_state["_drawing_number"] = memory.drawing_number


def keep_drawing(drawn: Drawing | None) -> None:
    """Take over what the canvas sent; a new stroke ends the look at a sample digit."""
    if drawn == drawing():
        return
    if drawing() is None:
        _begin_drawing()
    st.session_state["_drawing"] = visitor().drawing = drawn
    if drawn is None:
        follow(None)
    else:
        st.session_state["_sample"] = st.session_state["_kept"] = None


def _begin_drawing() -> None:
    """What is looked at from now on is another drawing or sample digit than before, with a number of its own."""
    visitor().drawing_number += 1
    st.session_state["_drawing_number"] = visitor().drawing_number


def drawing_number() -> int:
    """The how many-th drawing or sample digit of this visitor is looked at in this tab; 0 before the first."""
    _begin_with_memory()
    return int(st.session_state.get("_drawing_number", 0))


def clear_drawing() -> None:
    """Empty the canvas and forget the drawing, here and in the visitor's memory; only in a callback."""
    st.session_state["_kept"] = None
    _draw_anew([])
    st.session_state["_drawing"] = visitor().drawing = None
    follow(None)
    st.session_state["_sample"] = None


def undo_stroke() -> None:
    """Take the last stroke off the canvas; only in a callback.

    The strokes are those the canvas sent last, which this tab may not have read yet.
    """
    sent = st.session_state.get(CANVAS) or {}
    raw = (sent.get("drawing") or {}).get("raw") or {}
    strokes = raw.get("objects") or (drawing() or Drawing({}, None)).strokes.get("objects", [])
    if len(strokes) < 2:
        clear_drawing()
        return
    _draw_anew(strokes[:-1])
    left = Drawing({"objects": strokes[:-1]}, None)
    if left.lines is not None:
        keep_drawing(left)


def _draw_anew(strokes: list[Any]) -> None:
    """Have the canvas show these strokes; the number makes it a drawing it has not shown before."""
    number = st.session_state["_redrawn"] = st.session_state.get("_redrawn", 0) + 1
    st.session_state["_first_drawing"] = {"objects": strokes, "redrawn": number}
    st.session_state[CANVAS] = {"drawing": {"raw": {"objects": strokes}, "data": None}, "backgroundFit": None}


def sample() -> int | None:
    """The sample digit being looked at instead of the canvas."""
    found = st.session_state.get("_sample")
    return found if isinstance(found, int) else None


def choose_sample(digit: int) -> None:
    """Look at a sample digit; the canvas is emptied. Only in a callback."""
    clear_drawing()
    _begin_drawing()
    st.session_state["_sample"] = digit


def open_run(run: Run) -> None:
    """Make a run this visitor's current one, in the URL too."""
    _remove(_oldest_ended(len(own_runs()) + 1 - RUNS_MOST))
    visitor().runs.append(run.token)
    _look_at(run.token)


def open_token(token: str) -> None:
    """Go to another run of this visitor."""
    _look_at(token)


def name_drawing(picture: FloatArray | None, digit: int) -> None:
    """Put a prepared picture (28, 28) into the visitor's own set as that digit, and empty the canvas; only in a callback."""
    own = visitor().own_digits
    if picture is not None and len(own) < OWN_DIGITS_MOST:
        own.append(OwnDigit(np.asarray((picture * 255).round(), np.uint8), digit))
        clear_drawing()
        st.session_state["_kept"] = digit


def kept_as() -> int | None:
    """The digit the last drawing was named and kept as; None once something else is drawn or chosen."""
    found: int | None = st.session_state.get("_kept")
    return found


def forget_own_digit(number: int) -> None:
    """Remove one digit of the visitor's own set."""
    st.session_state["_kept"] = None
    own = visitor().own_digits
    if number < len(own):
        del own[number]


def forget_own_digits() -> None:
    """Remove the visitor's whole set."""
    st.session_state["_kept"] = None
    visitor().own_digits.clear()


def pin(picture: FloatArray) -> None:
    """Follow a picture through training, unless it is followed already; the oldest pin makes room for a seventh."""
    pins = visitor().pins
    if pinned_as(picture) is not None:
        return
    last = last_picture()
    if last is not None and np.array_equal(last, picture):
        picture = last  # the same object, which carries what was read of it so far
    st.session_state["_pinned"] = number = st.session_state.get("_pinned", 0) + 1
    while len(pins) >= PINS_MOST:
        del pins[next(iter(pins))]
    pins[f"{visitor().token[:4]}{_tab()}{number}"] = picture


def pinned_as(picture: FloatArray) -> str | None:
    """The name under which a picture is followed; None when it is not pinned."""
    return next((name for name, pinned in visitor().pins.items() if np.array_equal(pinned, picture)), None)


def unpin(name: str) -> None:
    """Follow a picture no longer."""
    visitor().pins.pop(name, None)


def follow(picture: FloatArray | None) -> None:
    """Make this the last picture of this tab and of the visitor; a picture that stays the same stays the same object."""
    last = last_picture()
    if picture is not None and last is not None and np.array_equal(picture, last):
        return
    st.session_state["_picture"] = visitor().last_picture = picture
    visitor().remember_picture(_tab(), picture)


def _tab() -> str:
    """What tells this tab from the visitor's others."""
    return str(st.session_state.setdefault("_tab", uuid4().hex))
