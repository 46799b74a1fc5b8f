"""Forced colours, light and dark: what is chosen, filled or in focus is told by borders and signs, and no word becomes a block."""

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page

from tests.browser import journey

SLIDER = ".st-key-brush [role=group] > div"
SWITCH = ".st-key-prepare label > span + div"


def seen(part: Locator) -> np.ndarray:
    """A part of the page as the eye gets it, (H, W, 3) uint8."""
    part.scroll_into_view_if_needed()
    return np.asarray(Image.open(io.BytesIO(part.screenshot())).convert("RGB"))


def ground(page: Page) -> np.ndarray:
    """The colour of the page's background, (3,)."""
    told = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return np.array([int(part) for part in told[told.index("(") + 1 : -1].split(",")[:3]])


def inked(part: Locator, page: Page) -> float:
    """Which share of a part differs clearly from the page's background."""
    return float((np.abs(seen(part).astype(int) - ground(page)).max(axis=2) > 90).mean())


def signs(page: Page) -> list[str]:
    """What stands before the word of every chosen button in a bar, and of every other."""
    return page.evaluate(
        """() => [...document.querySelectorAll("[data-testid=stButtonGroup] button")].map((button) =>
          (button.ariaChecked ?? button.ariaPressed) + getComputedStyle(button.querySelector("p"), "::before").content)"""
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_chosen_filled_and_marked_are_seen_without_backgrounds(visit, trained_run, scheme):
    page = visit(f"/train?{trained_run()}", forced_colors="active", color_scheme=scheme)
    journey.settled(page)
    page.wait_for_function("CSS.highlights.get('digit-lab-term')?.size > 3")
    word = page.locator("p[data-digit-lab-term]").first
    assert inked(word, page) < 0.4  # letters, not a block
    assert inked(page.get_by_test_id("stProgressBarTrack").first, page) > 0.5
    chosen = signs(page)
    assert chosen and all(("✓" in sign) == sign.startswith("true") for sign in chosen)
    assert (
        page.locator("[class*=st-key-navigate_train] a").evaluate("a => getComputedStyle(a).borderBottomWidth") == "3px"
    )
    journey.open_path(page, f"/draw?{trained_run()}")
    assert 0.02 < inked(page.locator(SLIDER).first, page) < 0.5
    switch = page.locator(SWITCH)
    on = seen(switch)
    assert inked(switch, page) > 0.1
    page.locator(".st-key-prepare label").click()
    journey.settled(page)
    off = seen(switch)
    assert on.shape == off.shape
    assert inked(switch, page) > 0.1
    assert (np.abs(on.astype(int) - off).max(axis=2) > 90).mean() > 0.1
    journey.open_path(page, f"/inside?{trained_run()}")
    page.locator(".st-key-inside_part").get_by_role("radio").nth(3).click()
    cells = page.locator(".st-key-matrix button")
    cells.nth(13).click()
    page.locator(".st-key-matrix button[aria-pressed=true]").wait_for()
    borders = cells.evaluate_all(
        "cells => cells.map(cell => [cell.ariaPressed, getComputedStyle(cell).borderTopWidth])"
    )
    assert {width for pressed, width in borders if pressed == "true"} == {"3px"}
    assert {width for pressed, width in borders if pressed != "true"} == {"1px"}


def test_what_is_in_focus_has_an_outline(visit):
    page = visit("/train", forced_colors="active")
    journey.settled(page)
    for _ in range(14):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            """() => {
              let focused = document.activeElement
              while (focused.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement
              const style = getComputedStyle(focused)
              return focused === document.body ? "3px solid" : `${style.outlineWidth} ${style.outlineStyle}`
            }"""
        )
        assert outline == "3px solid"
