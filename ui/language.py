"""Texts by key in the visitor's language, from assets/texts; knows nothing of pages."""

import functools
import string
from typing import Any, Final

from ui import session
from ui.asset_files import ASSETS, AssetError, asset_table

TEXTS: Final = ASSETS / "texts"


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
    """Every text of a language by its dotted key.

    Raises:
        AssetError: when its file cannot be read.
    """
    return _flat(asset_table(TEXTS / f"{language}.toml"))


def readable_texts() -> dict[str, str]:
    """The texts of the visitor's language, or of another one whose file can be read.

    Raises:
        AssetError: when no file can be read.
    """
    first = session.language()
    for language in (first, *(other for other in session.LANGUAGES if other != first)):
        try:
            return texts(language)
        except AssetError as error:
            unread = error
    raise unread


def unread_texts() -> AssetError | None:
    """Why the page is not in the visitor's language; None where it is."""
    try:
        texts(session.language())
    except AssetError as error:
        return error
    return None


def t(key: str, **values: Any) -> str:
    """The text of ``key`` in the visitor's language with ``values`` put in.

    In a text ``{steps} {steps:step|steps}`` reads "1 step" and "2 steps".

    Raises:
        KeyError: for a key that no text has, or a value the text wants and was not given.
        AssetError: when no file of texts can be read.
    """
    return _FORM.vformat(readable_texts()[key], (), values)


def _flat(tree: dict[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat
