"""The glossary explains what the app says, in both languages, and says nothing that nobody uses."""

import re

import pytest

from ui.glossary.glossary import found_terms, glossary
from ui.lessons.progress import LESSONS
from ui.state.language import texts

LANGUAGES = ("en", "zh")
# The exact term that stands in brackets after a knob's plain name.
# The exact term stands first, the plain words for it in brackets.
EXACT = {"en": r"^([^(]+) \(", "zh": r"^([^（]+)（"}


def forms(language):
    return {form.casefold() for term in glossary(language) for form in (term.name, *term.forms)}


def test_both_languages_explain_the_same_words():
    assert len(glossary("en")) == len(glossary("zh")) > 40


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_form_belongs_to_two_words(language):
    every = [form.casefold() for term in glossary(language) for form in (term.name, *term.forms)]
    assert sorted({form for form in every if every.count(form) > 1}) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_exact_term_of_every_knob_is_explained(language):
    asked = set()
    for key, text in texts(language).items():
        if re.fullmatch(r"knob\.\w+\.label", key):
            asked |= set(re.findall(EXACT[language], text))
    asked -= {"Images", "图片数", "Pen share", "笔写比例"}
    assert len(asked) > 8
    assert {term for term in asked if term.casefold() not in forms(language)} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_numbers_of_a_run_are_explained(language):
    everything = "|".join(sorted(map(re.escape, forms(language)), key=len, reverse=True))
    for key in ("training_loss", "training_accuracy", "validation_loss", "validation_accuracy", "result", "epoch"):
        assert re.search(everything, texts(language)[f"train.{key}"], re.IGNORECASE), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_explained_is_used(language):
    said = "\n".join(
        [*texts(language).values(), *(path.read_text("utf-8") for path in LESSONS.glob("*.toml"))]
    ).casefold()
    unused = [t.name for t in glossary(language) if not any(form.casefold() in said for form in (t.name, *t.forms))]
    assert unused == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_explanation_is_a_sentence_or_two(language):
    for term in glossary(language):
        for sentence in (term.plain, term.exact):
            assert sentence.endswith((".", "。", "；", ")")), (term.name, sentence)
            assert len(sentence) < 260


def test_searching_finds_names_first_and_ignores_case():
    found = found_terms("LOSS", glossary("en"))
    assert found[0].name in ("loss", "cross-entropy")
    assert {"loss", "overfitting"} <= {term.name for term in found}
    assert found_terms("nothing like that", glossary("en")) == []
