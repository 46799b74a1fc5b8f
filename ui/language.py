"""Texts by key in the visitor's language, from assets/texts; knows nothing of pages."""

import functools
import tomllib
from pathlib import Path
from typing import Any, Final

from ui import session

TEXTS: Final = Path(__file__).resolve().parent.parent / "assets" / "texts"


@functools.cache
def texts(language: str) -> dict[str, str]:
    """Every text of a language by its dotted key."""
    with (TEXTS / f"{language}.toml").open("rb") as file:
        return _flat(tomllib.load(file))


def t(key: str, **values: Any) -> str:
    """The text of ``key`` in the visitor's language with ``values`` put in.

    Raises:
        KeyError: for a key that no text has, or a value the text wants and was not given.
    """
    return texts(session.language())[key].format(**values)


def _flat(tree: dict[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat
