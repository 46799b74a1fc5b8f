"""Makes every word of the trade on a page say what it means, on hover, tap or key; the browser does the finding."""

from typing import Final

from ui.asset_files import AssetError
from ui.elements.plotly_chart import OwnElement
from ui.glossary.glossary import glossary
from ui.state.language import current_language, t

TERMS: Final = OwnElement("terms", '<div class="terms"></div>')


def words_of_page() -> None:
    """A button that lists the words explained on this page; hovering or tapping one anywhere on it explains it there."""
    try:
        terms = glossary(current_language())
    except AssetError:  # the frame says so on every page
        return
    words = [{"name": term.name, "forms": list(term.forms), "plain": term.plain, "exact": term.exact} for term in terms]
    labels = {name: t(f"glossary.{name}") for name in ("button", "on_page", "none_here", "close")}
    TERMS(key="words_of_page", data={"words": words, "labels": labels, "language": current_language()})
