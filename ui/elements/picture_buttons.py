"""A row of buttons with a small grey picture on each and its words for those who cannot see it; knows nothing of what they do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from model.network import Array
from ui.elements.images import picture_url


@dataclass(frozen=True, eq=False)
class PictureButton:
    """One button: its ``key``, the ``picture`` (28, 28) on it, what it does in words, and the arguments of the callback.

    ``badge`` is a digit shown in the button's corner, or nothing.
    """

    key: str
    picture: Array
    label: str
    arguments: tuple[object, ...]
    badge: str = ""


def picture_buttons(name: str, buttons: Sequence[PictureButton], on_click: Callable[..., None]) -> None:
    """Draw the buttons in a row that wraps; ``name`` tells rows of one page apart."""
    rules = [
        f".st-key-{button.key} button {{ background-image: url({picture_url(button.picture)}) !important }}"
        for button in buttons
    ]
    rules += [
        f'.st-key-{button.key} button::after {{ content: "{button.badge}" }}' for button in buttons if button.badge
    ]
    st.html(f"<style>{' '.join(rules)}</style>")
    with st.container(horizontal=True, key=f"pictures_{name}", gap="small"):
        for button in buttons:
            st.button(button.label, key=button.key, on_click=on_click, args=button.arguments)
