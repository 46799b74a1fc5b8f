"""Choices of one or several options: options are values, their labels may change with the language, and what is chosen stays."""

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, TypeVar

import streamlit as st

from ui.state.choices import newly_chosen, offer
from ui.state.language import escaped, plain_words, t
from ui.state.values import Value

T = TypeVar("T")
Look = Literal["box", "bar", "list", "pills"]
Form = dict[str, Any]  # arguments of a widget of Streamlit
# Looks whose labels Streamlit reads as Markdown.
MARKDOWN_LOOKS: Final = ("bar", "list", "pills")
# The browser sends a choice back as the label it last heard of, which after a change of the language is an old one. Every choice
# therefore goes through here; ``ui.state.choices`` remembers which labels stood for which values.


def choose(
    label: str,
    options: Sequence[T],
    key: str,
    words: Callable[[T], str] = str,
    *,
    look: Look = "box",
    on_change: Callable[..., None] | None = None,
    args: tuple[object, ...] = (),
    **appearance: object,
) -> T:
    """One of at least one option, the first until the visitor or ``Value.give`` chooses another.

    ``on_change`` is called, with ``args``, when the visitor chooses another option, and never when only a label has changed.
    """
    chosen = _one(label, options, key, words, look, options[0], on_change, args, appearance)
    return options[0] if chosen is None else chosen


def choose_or_not(
    label: str,
    options: Sequence[T],
    key: str,
    words: Callable[[T], str] = str,
    *,
    on_change: Callable[..., None] | None = None,
    args: tuple[object, ...] = (),
    **appearance: object,
) -> T | None:
    """One of the options in a list, or None until the visitor has chosen."""
    return _one(label, options, key, words, "list", None, on_change, args, appearance)


def choose_several(
    label: str,
    options: Sequence[T],
    key: str,
    words: Callable[[T], str] = str,
    *,
    look: Look = "box",
    first: Sequence[T] = (),
    typed: bool = False,
    **appearance: object,
) -> list[T]:
    """As many of the options as the visitor likes, ``first`` to begin with; with ``typed`` also what the visitor writes, as text."""
    labels = _labels(options, words, look)
    offer(key, {text: option for option, text in labels.items()}, list(first), typed)
    form: Form = {"key": key, "format_func": _written(labels), "persist_state": "session"} | appearance
    if look == "pills":
        st.pills(label, options, selection_mode="multi", **form)
    else:
        st.multiselect(
            label, options, accept_new_options=typed, placeholder=t("frame.choose_some"), select_all=False, **form
        )
    return list(Value[list[T]](key, []).get())


def _one(
    label: str,
    options: Sequence[T],
    key: str,
    words: Callable[[T], str],
    look: Look,
    first: T | None,
    on_change: Callable[..., None] | None,
    args: tuple[object, ...],
    appearance: dict[str, object],
) -> T | None:
    labels = _labels(options, words, look)
    offer(key, {text: option for option, text in labels.items()}, first, False)
    form: Form = {
        "key": key,
        "format_func": _written(labels),
        "persist_state": "session",
        "on_change": _chosen,
        "args": (key, on_change, args),
    } | appearance
    if look == "bar":
        st.segmented_control(label, options, required=True, **form)
    elif look == "list":
        st.radio(label, options, index=None if first is None else 0, **form)
    else:
        st.selectbox(label, options, placeholder=t("frame.choose_one"), filter_mode=None, **form)
    return Value[T | None](key, first).get()


def _chosen(key: str, on_change: Callable[..., None] | None, args: tuple[object, ...]) -> None:
    if newly_chosen(key) and on_change is not None:
        on_change(*args)


def _labels(options: Sequence[T], words: Callable[[T], str], look: Look) -> dict[T, str]:
    """The label of each option, in which no two are alike: a second one of the same words is numbered."""
    labels: dict[T, str] = {}
    for option in options:
        label = escaped(words(option)) if look in MARKDOWN_LOOKS else plain_words(words(option))
        text, number = str(label), 1
        while text in labels.values():
            number += 1
            text = f"{label} ({number})"
        labels[option] = text
    return labels


def _written(labels: dict[T, str]) -> Callable[[T], str]:
    return lambda option: labels.get(option, str(option))
