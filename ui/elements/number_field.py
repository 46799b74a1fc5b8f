"""A field for one number: what was meant is taken, else the last good value comes back with a sentence; knows no page."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import streamlit as st

from ui.elements.numerals import plain
from ui.elements.plotly_chart import OwnElement
from ui.state.language import t
from ui.state.values import Value

WATCHER: Final = OwnElement("number_field", '<div class="number-fields"></div>', isolated=False)
Number = TypeVar("Number", int, float)
PROBLEMS: Final = ("nothing", "unreadable", "comma", "not_whole", "beyond")


def number_field(
    label: str,
    low: Number,
    high: Number,
    step: Number,
    key: str,
    on_change: Callable[..., None] | None = None,
    args: tuple[object, ...] = (),
    **look: Any,
) -> Number:
    """A ``st.number_input`` over the value that the session holds under ``key``, which must be there already.

    The browser's side, ``number_field.js``, reads what is typed before Streamlit does. Whatever still arrives here without a
    number in it, from a browser without that script, is treated alike.

    Args:
        label: what the field is called, also in the sentence.
        low, high: the limits, both allowed. Whole numbers make a field of whole numbers.
        step: what its buttons add; of a field that takes fractions it is no whole number, by which the browser tells them apart.
        key: of the widget.
        on_change: called with ``args`` when a number was entered, before the page is drawn again.
        look: further arguments of ``st.number_input`` that only concern how it looks and how long it is kept.
    """
    kept = Value(key, low).get()
    _last_good(key).give(kept)
    value = st.number_input(
        label,
        min_value=low,
        max_value=high,
        value=None,
        step=step,
        key=key,
        # What an emptied field shows faintly, and what the browser puts back, in full.
        placeholder=repr(kept),
        on_change=_entered,
        args=(key, on_change, args),
        **look,
    )
    if _refused(key).take():
        st.warning(t("number.refused", field=label, kept=plain(kept, 12), low=plain(low, 12), high=plain(high, 12)))
    return kept if value is None else value


def watch_number_fields() -> None:
    """Have the browser read every number field of the page first: a decimal comma, full-width digits, and what is no number."""
    blanks = {name: f"{{{name}}}" for name in ("field", "typed", "kept", "low", "high")}
    sentences = {problem: t(f"number.{problem}", **blanks) for problem in PROBLEMS}
    WATCHER(key="number_fields", data={"sentences": sentences})


def _entered(key: str, on_change: Callable[..., None] | None, args: tuple[object, ...]) -> None:
    field = Value[float | None](key, None)
    if field.get() is None:
        field.give(_last_good(key).get())
        _refused(key).give(True)
    elif on_change is not None:
        on_change(*args)


def _last_good(key: str) -> Value[float | None]:
    return Value(f"_last_good_{key}", None)


def _refused(key: str) -> Value[bool]:
    return Value(f"_refused_{key}", False)
