"""One value of a session, with its type: what the widget of the same key says, or what the app keeps there itself."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import streamlit as st

from ui.state import choices

T = TypeVar("T")


@dataclass(frozen=True)
class Value(Generic[T]):
    """Where a session keeps one value.

    Attributes:
        key: of the widget that says it, and of the session.
        standard: what it is as long as nobody has said or given anything.
    """

    key: str
    standard: T

    @property
    def there(self) -> bool:
        """Whether it was said or given."""
        return self.key in st.session_state

    def get(self) -> T:
        """What it is now, in a callback too; a choice says a value even where the browser told a label."""
        found: T = choices.said(self.key, self.standard)
        return found

    def number(self) -> T:
        """The same, of a field for a number: its standard value where the field was emptied and nothing is told of it yet."""
        found = self.get()
        return self.standard if found is None else found

    def give(self, value: T) -> None:
        """Set it; where it is a widget's, only before that is drawn, or in a callback."""
        choices.give(self.key, value)

    def give_unheard(self, value: T) -> None:
        """The same, where what the browser tells next may still be what it said before."""
        choices.give_unheard(self.key, value)

    def insist(self, value: T) -> None:
        """The same, on a page that asks by itself: what was said before does not come back until the browser has heard of this."""
        choices.insist(self.key, value)

    def give_if_missing(self, value: T) -> None:
        """Set it, unless it was said or given before."""
        st.session_state.setdefault(self.key, value)

    def begin(self) -> None:
        """Have it there, at its standard value unless it was said or given before."""
        self.give_if_missing(self.standard)

    def reset(self) -> None:
        """Back to its standard value."""
        self.give(self.standard)

    def take(self) -> T:
        """What it is now, once: from then on it is as if nobody had given it."""
        found: T = st.session_state.pop(self.key, self.standard)
        return found


AnyValue = Value[Any]  # of several values together, each of its own type
