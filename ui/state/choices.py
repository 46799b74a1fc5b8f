"""What choices say: which label stood for which value when the browser was told, and what the app itself has chosen since."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

# How long a browser may take to hear of a choice that the app made.
ECHO_SECONDS: Final = 10.0
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
        outdated: what the app insists on having replaced: none of it comes back until the browser has heard of what was given.
        drawn: it was drawn since the app last chose; what the browser tells from then on, it tells itself.
    """

    labels: Mapping[str, object]
    earlier: Mapping[str, object]
    typed: bool
    held: object
    given: object = UNKNOWN
    replaced: object = UNKNOWN
    given_at: float = -math.inf
    outdated: tuple[object, ...] = ()
    drawn: bool = False

    def meant(self, told: object) -> object:
        """What the browser told, read; but what the app insists on, where the browser tells what that has replaced."""
        found = self.read(told)
        return self.given if found in self.outdated and time.monotonic() - self.given_at < ECHO_SECONDS else found

    def heard(self, told: object) -> None:
        """The choice is about to be drawn, and this is what the browser told of it: perhaps that it has heard of what was given."""
        if self.drawn and self.read(told) == self.given:
            self.outdated = ()
        self.drawn = True

    def read(self, told: object) -> object:
        """The value, or the list of values, meant by what the browser told: values, or labels of now or of before they changed."""
        if told == self.given:
            return told
        if isinstance(told, list):
            return [one for one in map(self._one, told) if one is not UNKNOWN]
        one = self._one(told)
        return self.held if one is UNKNOWN else one

    def _one(self, told: object) -> object:
        values = list(self.labels.values())
        if told in values:
            return told
        for labels in (self.labels, self.earlier):
            if isinstance(told, str) and told in labels and labels[told] in values:
                return labels[told]
        return told if self.typed else UNKNOWN


def offer(key: str, labels: Mapping[str, object], first: object, typed: bool) -> None:
    """Make the choice of ``key`` ready to be drawn with these labels, each of which stands for a value.

    Whatever the browser knows it by, it then says one of these values (a list of them, where ``first`` is a list): the one it said
    before, or ``first``. ``typed`` allows other text too. Labels that differ from those drawn before are sent to the browser.
    """
    before = _offers().get(key)
    same = before is not None and before.labels == labels
    offered = Offer(labels, {} if before is None else before.earlier if same else before.labels, typed, first)
    if before is not None:
        offered.given, offered.replaced, offered.given_at = before.given, before.replaced, before.given_at
        offered.outdated, offered.drawn = before.outdated, before.drawn
    if before is not None and offered.read(before.held) == before.held:
        offered.held = before.held
    told = st.session_state.get(key, first)
    offered.heard(told)
    offered.held = offered.meant(told)
    _offers()[key] = offered
    if not same or key not in st.session_state or st.session_state[key] != offered.held:
        st.session_state[key] = offered.held


def newly_chosen(key: str) -> bool:
    """Whether the choice of ``key`` says something else than when it was drawn or this was last asked; for callbacks.

    A browser that had not heard yet of what the app chose tells the choice before once more, and then what the app chose: neither is new.
    """
    offer = _offers().get(key)
    if offer is None:  # it was forgotten when it was chosen, and the browser tells so once more
        return False
    now = said(key, None)
    before, offer.held = offer.held, now
    echo = time.monotonic() - offer.given_at < ECHO_SECONDS and now in (offer.replaced, offer.given)
    if not echo:
        offer.replaced = UNKNOWN  # the browser has gone on from there: whatever it tells from now on is new
    return bool(now != before) and not echo


def forget_choice(key: str) -> None:
    """Have the choice of ``key`` be as if it had never been drawn."""
    _offers().pop(key, None)


def said(key: str, standard: object) -> Any:
    """What the session holds under ``key``, as a value even where the browser told a label; ``standard`` where it holds nothing."""
    if key not in st.session_state:
        return standard
    offered = _offers().get(key)
    told = st.session_state[key]
    return told if offered is None else offered.meant(told)


def give(key: str, value: object) -> None:
    """Have the session hold this under ``key``, and the choice of that key know that the app chose it."""
    st.session_state[key] = value
    if key in _offers():
        _offers()[key].given = value


def give_unheard(key: str, value: object) -> None:
    """``give``, where what the browser tells next may still be what it said before: see ``newly_chosen``."""
    offer = _offers().get(key)
    if offer is not None and offer.held != value:
        offer.replaced, offer.given_at = offer.held, time.monotonic()
    give(key, value)


def insist(key: str, value: object) -> None:
    """``give_unheard``, on a page that asks by itself: a browser that tells what was chosen before is told of this once more."""
    offer = _offers().get(key)
    if offer is not None and offer.held != value:
        earlier = () if time.monotonic() - offer.given_at >= ECHO_SECONDS else offer.outdated
        offer.outdated, offer.drawn = tuple(one for one in (*earlier, offer.held) if one != value), False
    give_unheard(key, value)


def _offers() -> dict[str, Offer]:
    found: dict[str, Offer] = st.session_state.setdefault("_offers", {})
    return found
