"""Ten sample digits to choose with keyboard, mouse or finger, for those who cannot draw; knows nothing of networks."""

import streamlit as st

from model.data.mnist import sample_picture
from ui.elements.picture_buttons import PictureButton, picture_buttons
from ui.prediction.network_input import NetworkInput
from ui.state.drawing import choose_sample, chosen_sample
from ui.state.language import t


def sample_digits() -> None:
    """Ten buttons with a digit of the validation images on each."""
    st.caption(t("draw.samples"))
    buttons = [
        PictureButton(f"sample_{digit}", sample_picture(digit), t("draw.sample", digit=digit), (digit,))
        for digit in range(10)
    ]
    picture_buttons("samples", buttons, choose_sample)


def chosen_picture(drawn: NetworkInput | None) -> NetworkInput | None:
    """The picture of the sample digit that was chosen, else ``drawn``."""
    chosen = chosen_sample()
    return drawn if chosen is None else NetworkInput(sample_picture(chosen))
