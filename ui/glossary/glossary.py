"""The words of the trade that the app uses, from assets/glossary.toml, in every language; knows no Streamlit."""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypedDict

from ui.asset_files import ASSETS, asset_table

GLOSSARY: Final = ASSETS / "glossary.toml"


class TermTable(TypedDict, total=False):
    """A word in one language as the file has it, where nothing may be missing but ``forms``."""

    name: str
    forms: list[str]
    plain: str
    exact: str


@dataclass(frozen=True)
class Term:
    """One word in one language: its ``name``, the other ``forms`` it is written in, one ``plain`` sentence and one ``exact`` one."""

    name: str
    forms: tuple[str, ...]
    plain: str
    exact: str

    def matches(self, searched: str) -> bool:
        """Whether the word, one of its forms or a sentence of it holds what is searched, in upper or lower case."""
        wanted = searched.strip().casefold()
        return any(wanted in text.casefold() for text in (self.name, *self.forms, self.plain, self.exact))


@functools.cache
def glossary(language: str) -> tuple[Term, ...]:
    """Every word of a language, in the alphabet's order.

    Raises:
        ValueError: naming the word and the language where a part of it is missing.
        AssetError: when the file cannot be read.
    """
    tables = asset_table(GLOSSARY)
    terms = [_term(word, language, table) for word, table in tables.items()]
    return tuple(sorted(terms, key=lambda term: term.name.casefold()))


def found_terms(searched: str, terms: Iterable[Term]) -> list[Term]:
    """The terms that hold what is searched, those whose name holds it first."""
    wanted = searched.strip().casefold()
    found = [term for term in terms if term.matches(searched)]
    return sorted(found, key=lambda term: wanted not in term.name.casefold())


def _term(word: str, language: str, table: Mapping[str, TermTable]) -> Term:
    given = table.get(language, {})
    for part in ("name", "plain", "exact"):
        if not str(given.get(part, "")).strip():
            raise ValueError(f"{GLOSSARY.name}: {word}.{language}.{part} is missing; every word needs all three")
    return Term(given["name"], tuple(given.get("forms", ())), given["plain"], given["exact"])
