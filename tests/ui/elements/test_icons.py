"""Every drawing of the sprite is a picture of its own, and every style that wants one finds it."""

import re
import xml.etree.ElementTree as ElementTree
from urllib.parse import unquote

import pytest

from ui.asset_files import ASSETS, AssetError
from ui.elements import icons
from ui.elements.icons import icon_styles


def test_every_icon_that_the_styles_want_is_a_picture_drawn_with_the_sprites_pen():
    pictures = dict(re.findall(r"--icon-(\w+): url\('data:image/svg\+xml,([^']+)'\)", icon_styles()))
    wanted = set(re.findall(r"var\(--icon-(\w+)\)", (ASSETS / "styles" / "icons.css").read_text("utf-8")))
    assert wanted <= set(pictures)
    for picture in pictures.values():
        drawn = ElementTree.fromstring(unquote(picture))
        assert drawn.tag.endswith("svg") and len(drawn) and drawn.get("viewBox") == "0 0 24 24"
        assert drawn.get("stroke-width") == "1.75" and drawn.get("fill") == "none"
    assert "http" not in icon_styles().replace(unquote("http%3A//www.w3.org/2000/svg"), "").replace(
        "http%3A//www.w3.org/2000/svg", ""
    )


def test_a_sprite_that_is_none_is_named(monkeypatch, tmp_path):
    broken = tmp_path / "icons.svg"
    broken.write_text("<svg", "utf-8")
    monkeypatch.setattr(icons, "SPRITE", broken)
    with pytest.raises(AssetError) as error:
        icon_styles()
    assert error.value.path == broken and error.value.reason == "damaged"
