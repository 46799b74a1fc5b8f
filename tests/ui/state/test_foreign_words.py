"""Values from elsewhere in our texts: Markdown shows just their characters, and never a link, a picture or a form of our own."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from markdown_it import MarkdownIt

from ui.state.language import VALUE_LENGTH, Text, escaped, plain_words

MARKUP = [
    "[CLICK](http://host) ![x](http://host/p.png)",
    "<img src=http://host/p.png> <b>bold</b> <!-- --> <?x?>",
    "**bold** _slanted_ __bold__ ~~gone~~ `code`",
    "# heading",
    "- item",
    "+ item",
    "1. item",
    "> told",
    "---",
    "&lt;b&gt; &#91;x&#93;",
    "[x]: http://host",
    "[^1]",
    "a\n\n# b",
    "\\[x\\](y)",
]
# What Streamlit's Markdown knows beyond that: addresses as links, formulas, icons, colours.
BEYOND = ["http://host", "www.host.example", "me@host.example", "$x$", ":red[x]", ":smile:", ":material/home:", ":100:"]


def elements(words: str) -> set[str]:
    """What Markdown makes of words, but for the paragraph they stand in."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["strikethrough", "table"])
    found = set()
    for token in reader.parse(words):
        found |= {token.type} | {inner.type for inner in token.children or ()}
    return found - {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}


def shown(words: str) -> str:
    (inline,) = [token for token in MarkdownIt("commonmark").parse(words) if token.type == "inline"] or [None]
    return "" if inline is None else "".join(inner.content for inner in inline.children)


@pytest.mark.parametrize("value", MARKUP)
def test_markup_from_elsewhere_is_nothing_but_its_characters(value):
    assert elements(value) or "\n" in value or value.startswith(("[^", "[x]", "&", "\\")), "these would be something"
    assert elements(escaped(value)) == set()


@given(some.text(max_size=60))
@example("a_b*c_d")
@example("0) x")
def test_whatever_comes_is_shown_as_it_is_on_one_line(value):
    assert elements(escaped(value)) == set()
    line = re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+", " ", value)
    assert plain_words(escaped(value)) == line
    assert shown(escaped(value)).replace("\u2060", "").strip() == line.strip()


@pytest.mark.parametrize("value", BEYOND)
def test_what_only_streamlit_reads_is_broken_too(value):
    told = escaped(value)
    assert plain_words(told) == value
    # Streamlit looks for these in the words that are left when escapes are gone, too.
    for words in (told, shown(told)):
        assert not re.search(r":\w+(\[|:)|:material/|https?://|www\.|\w@\w", words)
    assert not re.search(r"(?<!\\)\$", told)


def test_a_text_of_ours_keeps_its_form_and_is_escaped_once():
    ours = Text("**{}**").join(["a*b", Text("*c*")])
    assert ours == r"a\*b**{}***c*"
    assert escaped(ours) is ours
    assert isinstance("*" + ours, Text) and "*" + ours == rf"\*{ours}"
    assert plain_words("a\\*b") == "a\\*b", "words that never were Markdown stay as they are"


def test_long_values_are_cut():
    assert len(plain_words(escaped("x" * 10_000))) == VALUE_LENGTH


@pytest.mark.parametrize(
    "usual", ["0.5", "-0.5", "784 → 64 → 10", "97.4%", "<0.01%", "192.168.1.20:8501", "hidden_sizes", "12:30"]
)
def test_our_usual_values_need_nothing(usual):
    assert escaped(usual) == usual
