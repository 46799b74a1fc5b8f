"""Rules of the styles that lean on Streamlit's inside take effect: where its names change, this says which rule fell off."""

import pytest

from tests.browser.journey import settled

PHONE = {"viewport": {"width": 390, "height": 844}}
# For each page: what to look at, which property, and what it must be; a second table at the width of a telephone.
FRAME = [
    (".stMainBlockContainer", "max-width", "1280px"),
    (".stAppHeader", "height", "0px"),
    (".stElementContainer:has(> .stHtml style)", "display", "none"),
    (".st-key-document_settings", "position", "absolute"),
    (".st-key-navigation button[aria-checked='true'] p", "color", "rgb(27, 39, 51)"),
]
EXPECTED = {
    "/": [
        *FRAME,
        (".st-key-home_page", "display", "grid"),
        (".st-key-reading", "display", "grid"),
        (".st-key-canvas_area", "grid-area", "canvas"),
        (".st-key-home_page > [data-testid='stLayoutWrapper']", "display", "contents"),
        (".st-key-pipeline", "display", "grid"),
        (".st-key-station_use", "position", "relative"),
        (".st-key-station_use", "grid-area", "use"),
        ("[class*='st-key-station_link_']", "position", "static"),
        (".st-key-go_build a p", "color", "rgb(255, 255, 255)"),
        (".st-key-lesson_cards", "display", "grid"),
        ("[data-testid='stCaptionContainer']", "opacity", "0.82"),
    ],
    "/train?lesson=heads": [
        (".st-key-train_page", "display", "grid"),
        (".st-key-run_area", "grid-area", "run"),
        (".st-key-layer_sizes [data-testid='stHorizontalBlock']", "display", "grid"),
        (".st-key-layer_sizes [data-testid='stColumn']", "min-width", "0px"),
        (".stMain:has(.st-key-lesson_panel)", "padding-left", "352px"),
        (".st-key-lesson_panel", "position", "fixed"),
        (".st-key-lesson_turning", "position", "sticky"),
    ],
    "/draw": [
        (".st-key-draw_page", "display", "grid"),
        (".st-key-reading_area", "grid-area", "reading"),
        (".st-key-naming", "display", "grid"),
        (".st-key-canvas_guard", "position", "absolute"),
        ("[class*='st-key-pictures_'] button", "background-color", "rgb(0, 0, 0)"),
    ],
    "/by_hand": [
        (".st-key-hand_area", "display", "grid"),
        (".st-key-hand_picture_area", "position", "sticky"),
        (".st-key-hand_fields", "display", "grid"),
        (".st-key-hand_fields [data-testid='stNumberInputContainer']", "height", "33.5938px"),
        (".st-key-hand_fields [data-testid='stVerticalBlock']", "row-gap", "3.2px"),
        (".st-key-hand_choices [data-testid='stHorizontalBlock']", "align-items", "end"),
        ("[class*='st-key-hand_row_'] [data-testid='stHorizontalBlock']", "display", "grid"),
        ("[class*='st-key-hand_row_'] [data-testid='stColumn']", "min-width", "0px"),
        (".katex .katex-mathml", "font-size", "1px"),
    ],
    "/glossary": [
        (".st-key-glossary_terms", "display", "grid"),
        (".st-key-navigation button[aria-checked='true']", "color", "rgb(27, 39, 51)"),
    ],
    "/compare": [
        (".st-key-compare_page", "display", "grid"),
        (".st-key-race_area", "grid-area", "race"),
    ],
}
ON_A_PHONE = {
    "/by_hand": [
        (".stMainBlockContainer", "padding-left", "16px"),
        ("h1", "font-size", "32px"),
        (".st-key-hand_area", "display", "flex"),
        (".st-key-hand_fields_area", "position", "static"),
    ],
}
SEEN = """
rules => rules.map(([selector, property]) => {
  const found = document.querySelector(selector)
  return [selector, property, found ? getComputedStyle(found).getPropertyValue(property) : "nothing is there"]
})
"""


def assert_in_effect(page, rules):
    settled(page)
    assert [tuple(rule) for rule in page.evaluate(SEEN, rules)] == rules


@pytest.mark.parametrize("path", EXPECTED)
def test_the_rules_that_lean_on_streamlit_take_effect(visit, path):
    assert_in_effect(visit(path), EXPECTED[path])


@pytest.mark.parametrize("path", ON_A_PHONE)
def test_the_rules_for_a_phone_take_effect(visit, path):
    assert_in_effect(visit(path, **PHONE), ON_A_PHONE[path])
