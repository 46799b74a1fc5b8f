"""The visitor's language, and texts by key in it, from assets/texts; knows nothing of pages."""

import functools
import re
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import streamlit as st

from ui.asset_files import ASSETS, AssetError, asset_table
from ui.state import address
from ui.state.values import Value

TEXTS: Final = ASSETS / "texts"
LANGUAGES: Final = {"en": "English", "zh": "中文"}
LANGUAGE_PARAMETER: Final = "lang"
LANGUAGE: Final = Value[str | None]("_language", None)
TextTree = dict[str, "str | TextTree"]
# Of a value from elsewhere so many characters are shown: names and numbers are shorter, whatever a link says.
VALUE_LENGTH: Final = 200
_CUT: Final = "…"
# What Markdown, as Streamlit reads it, makes something of: emphasis, code, formulas, links, pictures, addresses, HTML, entities, icons,
# colours; and at a beginning headings and lists.
_MARKUP: Final = re.compile(
    r"[\\`*\[\]$~@]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|<(?=[A-Za-z/!?])|&(?=#|\w+;)|:(?=[^\W\d]|[/+-]|\d+:)|(?<=www)\.|^(?:[#>]|[-+](?=[\s-]|$))",
    re.IGNORECASE,
)
_NUMBERED: Final = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
# Line ends and other controls, those among them that turn the direction of the words after them.
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
# Addresses and icons are looked for once more in what Markdown has made of a text: there a character that is not seen parts them.
_JOINER: Final = "\u2060"
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")

# A value lies between two of these while its text is put together; a character that no text has.
_EDGE: Final = "\ue000"
_HAN: Final = "[\u3400-\u9fff]"
# Between Chinese and Latin letters or digits stands a space, between Chinese and Chinese none, whatever the value turns out to be.
_SPACES: Final = (
    (re.compile(rf"({_HAN}){_EDGE}(?=[A-Za-z0-9Α-ω<>≥+−-])"), r"\1 "),
    (re.compile(rf"([A-Za-z0-9Α-ω%]){_EDGE}(?={_HAN})"), r"\1 "),
    (re.compile(rf"({_HAN}){_EDGE} (?={_HAN})"), r"\1"),
    (re.compile(rf"({_HAN}) {_EDGE}(?={_HAN})"), r"\1"),
)


class Text(str):
    """Words that are Markdown as they stand: written by us, with whatever came from elsewhere escaped."""

    def __add__(self, other: str) -> "Text":
        return Text(f"{self}{escaped(other)}")

    def __radd__(self, other: str) -> "Text":
        return Text(f"{escaped(other)}{self}")

    def join(self, parts: Iterable[str], /) -> "Text":
        """The parts with these words between them."""
        return Text(str.join(self, map(escaped, parts)))


def escaped(value: str) -> Text:
    """A value from elsewhere as Markdown that shows just these characters, on one line and not too many of them; ours as it is."""
    if isinstance(value, Text):
        return value
    line = _CONTROLS.sub(" ", value)
    short = line if len(line) <= VALUE_LENGTH else line[: VALUE_LENGTH - 1] + _CUT
    return Text(_NUMBERED.sub(r"\1\\\2", _MARKUP.sub(_broken, short)))


def _broken(found: re.Match[str]) -> str:
    """A character that Markdown would make something of, so that it does not."""
    if found[0] == ".":
        return f"{_JOINER}\\."
    return f"\\{found[0]}{_JOINER if found[0] in ':@' else ''}"


def plain_words(words: str) -> str:
    """The same words where they are not read as Markdown: in HTML, in a chart, in a file, to those who listen."""
    return _ESCAPED.sub(r"\1", words).replace(_JOINER, "") if isinstance(words, Text) else words


@dataclass(frozen=True)
class _Edged:
    """A value whose edges are to be seen in the text."""

    value: object


class _Form(string.Formatter):
    """Puts values into a text as ``str.format`` does; ``{count:one|more}`` is the word that goes with the count."""

    def format_field(self, value: object, format_spec: str) -> str:
        if isinstance(value, _Edged):
            return f"{_EDGE}{self.format_field(value.value, format_spec)}{_EDGE}"
        one, bar, more = format_spec.partition("|")
        if not bar:
            return format(value, format_spec)
        return one if str(value) == "1" else more


_FORM: Final = _Form()


def current_language() -> str:
    """The visitor's language: from the URL, else as chosen before, else the browser's, else English."""
    asked = address.meant_text(LANGUAGE_PARAMETER)
    if asked is not None and asked in LANGUAGES:
        return asked
    browsers = "zh" if (st.context.locale or "").lower().startswith("zh") else "en"
    return LANGUAGE.get() or browsers


def settle_language() -> None:
    """From now on this tab speaks the language of the URL, or stays with the one it has; at a page's beginning."""
    address.settle_text(LANGUAGE_PARAMETER)
    LANGUAGE.give(current_language())


def set_language(code: str) -> None:
    """Switch the language, in the URL too; everything else stays. Only in a callback."""
    LANGUAGE.give(code)
    address.put_text(LANGUAGE_PARAMETER, code, address.next_page())


@functools.cache
def texts(language: str) -> dict[str, str]:
    """Every text of a language by its dotted key.

    Raises:
        AssetError: when its file cannot be read.
    """
    return _flat(asset_table(TEXTS / f"{language}.toml"))


def readable_texts(first: str | None = None) -> dict[str, str]:
    """The texts of the visitor's language, which is ``first`` where that is known already, or of another whose file can be read.

    Raises:
        AssetError: when no file can be read.
    """
    first = first or current_language()
    for language in (first, *(other for other in LANGUAGES if other != first)):
        try:
            return texts(language)
        except AssetError as error:
            unread = error
    raise unread


def unread_texts() -> AssetError | None:
    """Why the page is not in the visitor's language; None where it is."""
    try:
        texts(current_language())
    except AssetError as error:
        return error
    return None


def text_in(language: str, key: str, **values: object) -> str:
    """The text of ``key`` in a language, for somebody of whom nothing is known yet; no Markdown.

    Raises:
        AssetError: when its file cannot be read.
    """
    return _FORM.vformat(texts(language)[key], (), values)


def t(key: str, **values: object) -> str:
    """The text of ``key`` in the visitor's language with ``values`` put in: Markdown, in which a value is nothing but its characters.

    A value that is such a text itself keeps its form; ``plain_words`` gives the words for where Markdown is not read. In a text
    ``{steps} {steps:step|steps}`` reads "1 step" and "2 steps".

    Raises:
        KeyError: for a key that no text has, or a value the text wants and was not given.
        AssetError: when no file of texts can be read.
    """
    language = current_language()
    text = readable_texts(language)[key]
    safe = {name: escaped(value) if isinstance(value, str) else value for name, value in values.items()}
    return Text(_chinese(text, safe) if language == "zh" else _FORM.vformat(text, (), safe))


def has_text(key: str) -> bool:
    """Whether there is a text of this key."""
    return key in readable_texts()


def listed(parts: Iterable[str]) -> str:
    """Words or numbers one after the other, as the visitor's language parts them."""
    return t("list.comma").join(parts)


def listed_apart(parts: Iterable[str]) -> str:
    """Parts that may hold lists themselves, one after the other, as the visitor's language parts them."""
    return t("list.semicolon").join(parts)


def sentence(words: str) -> str:
    """The words with a capital letter at their beginning, where the language has capitals."""
    capital = words[:1].upper() + str(words[1:])
    return Text(capital) if isinstance(words, Text) else capital


def told_of(name: str, value: str) -> str:
    """A value after its name, as the visitor's language joins the two."""
    return t("list.told", name=name, value=value)


def _chinese(text: str, values: Mapping[str, object]) -> str:
    """The text with its values put in and the spaces about them as Chinese is set."""
    marked = _FORM.vformat(text, (), {name: _Edged(value) for name, value in values.items()})
    for pattern, spaced in _SPACES:
        marked = pattern.sub(spaced, marked)
    return marked.replace(_EDGE, "")


def _flat(tree: TextTree, prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat
