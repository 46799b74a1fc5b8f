"""Makes every word of the trade on a page say what it means, on hover, tap or key; the browser does the finding."""

import functools
from typing import Any

from ui import session
from ui.glossary import glossary
from ui.language import t
from ui.live_chart import own_element


def words_of_page() -> None:
    """A button that lists the words explained on this page; hovering or tapping one anywhere on it explains it there."""
    words = [
        {"name": term.name, "forms": list(term.forms), "plain": term.plain, "exact": term.exact}
        for term in glossary(session.language())
    ]
    labels = {name: t(f"glossary.{name}") for name in ("button", "on_page", "none_here", "close")}
    _element()(key="words_of_page", data={"words": words, "labels": labels, "language": session.language()})


@functools.cache
def _element() -> Any:
    return own_element("terms", '<div class="terms"></div>')
