"""The project's own line drawings, from one sprite, as values of styles; knows no Streamlit."""

import functools
import xml.etree.ElementTree as ElementTree
from typing import Final
from urllib.parse import quote

from ui.asset_files import ASSETS, AssetError, asset_text

SPRITE: Final = ASSETS / "icons.svg"
SVG: Final = "http://www.w3.org/2000/svg"


def icon_styles() -> str:
    """CSS that names each drawing of the sprite: ``--icon-train`` and so on, each a picture for ``mask``.

    Raises:
        AssetError: when the sprite cannot be read or is none.
    """
    try:
        return _styles_of(asset_text(SPRITE))
    except ElementTree.ParseError as error:
        raise AssetError(SPRITE, "damaged", str(error)) from error


@functools.lru_cache(1)
def _styles_of(text: str) -> str:
    """The styles of a sprite, made anew when its text is another: every page asks for them at every run of its script."""
    sprite = ElementTree.fromstring(text)
    named = [
        f"--icon-{symbol.get('id')}: url('{_picture(symbol, sprite)}');" for symbol in sprite.iter(f"{{{SVG}}}symbol")
    ]
    return f":root {{ {' '.join(named)} }}"


def _picture(symbol: ElementTree.Element, sprite: ElementTree.Element) -> str:
    """A symbol as a picture of its own, with the pen of the sprite, as a data URL."""
    ElementTree.register_namespace("", SVG)
    picture = ElementTree.Element(f"{{{SVG}}}svg", {**sprite.attrib, "viewBox": symbol.get("viewBox", "0 0 24 24")})
    picture.extend(symbol)
    return "data:image/svg+xml," + quote(ElementTree.tostring(picture, "unicode"))
