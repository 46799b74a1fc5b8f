"""Texts by key in the visitor's language, from assets/texts; knows nothing of pages."""

import functools
import string
import tomllib
from pathlib import Path
from typing import Any, Final

from ui import session

TEXTS: Final = Path(__file__).resolve().parent.parent / "assets" / "texts"


class _Form(string.Formatter):
    """Puts values into a text as ``str.format`` does; ``{count:one|more}`` is the word that goes with the count."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        one, bar, more = format_spec.partition("|")
        if not bar:
            return super().format_field(value, format_spec)
        return one if str(value) == "1" else more


_FORM: Final = _Form()


@functools.cache
def texts(language: str) -> dict[str, str]:
    """Every text of a language by its dotted key."""
    with (TEXTS / f"{language}.toml").open("rb") as file:
        return _flat(tomllib.load(file))


def t(key: str, **values: Any) -> str:
    """The text of ``key`` in the visitor's language with ``values`` put in.

    In a text ``{steps} {steps:step|steps}`` reads "1 step" and "2 steps".

    Raises:
        KeyError: for a key that no text has, or a value the text wants and was not given.
    """
    return _FORM.vformat(texts(session.language())[key], (), values)


def _flat(tree: dict[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat
