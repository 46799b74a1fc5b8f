"""Makes every word of the trade on a page say what it means, on hover, tap or key; the browser does the finding."""

from typing import Final

from ui.asset_files import AssetError
from ui.elements.page_links import go_to
from ui.elements.plotly_chart import OwnElement
from ui.glossary.glossary import glossary
from ui.state.language import current_language, t

TERMS: Final = OwnElement("terms", '<div class="terms"></div>')


def words_of_page(page: str) -> None:
    """A button that lists the words of this page and leads to all of them; hovering or tapping a marked one explains it there."""
    try:
        terms = glossary(current_language())
    except AssetError:  # the frame says so on every page
        return
    words = [{"name": term.name, "forms": list(term.forms), "plain": term.plain, "exact": term.exact} for term in terms]
    labels = {name: t(f"glossary.{name}") for name in ("button", "on_page", "none_here", "all", "close")}
    data = {"words": words, "labels": labels, "language": current_language(), "here": page == "glossary"}
    told = TERMS(key="words_of_page", data=data, on_all_change=lambda: None)
    if getattr(told, "all", None):
        go_to("glossary")
