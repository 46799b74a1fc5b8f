"""Ten sample digits to choose with keyboard, mouse or finger, for those who cannot draw; knows nothing of networks."""

import functools

import numpy as np
import streamlit as st

from model.data.mnist import load_mnist
from model.network import FloatArray
from ui.elements.picture_buttons import PictureButton, picture_buttons
from ui.prediction.network_input import Seen
from ui.state import session
from ui.state.language import t


def sample_digits() -> None:
    """Ten buttons with a digit of the validation images on each."""
    st.caption(t("draw.samples"))
    buttons = [
        PictureButton(f"sample_{digit}", sample_picture(digit), t("draw.sample", digit=digit), (digit,))
        for digit in range(10)
    ]
    picture_buttons("samples", buttons, session.choose_sample)


def chosen_picture(drawn: Seen | None) -> Seen | None:
    """The picture of the sample digit that was chosen, else ``drawn``."""
    chosen = session.sample()
    return drawn if chosen is None else Seen(sample_picture(chosen))


@functools.cache
def sample_picture(digit: int) -> FloatArray:
    """The validation image of a digit that is nearest to the mean of its kind, (28, 28) float32 in [0, 1]."""
    mnist = load_mnist()
    images = np.asarray(mnist.validation_images[mnist.validation_labels == digit] / 255, np.float32)
    distances = np.square(images - images.mean(axis=0)).sum(axis=(1, 2))
    return np.asarray(images[distances.argmin()], np.float32)
