"""Ten sample digits to choose with keyboard, mouse or finger, for those who cannot draw; knows nothing of networks."""

import functools

import numpy as np
import streamlit as st

from model.data import load_mnist
from model.network import FloatArray
from ui import session
from ui.language import t
from ui.pictures import picture_url
from ui.seeing import Seen


def sample_digits() -> None:
    """Ten buttons with a digit of the validation images on each."""
    st.caption(t("draw.samples"))
    st.html(_styles())
    with st.container(horizontal=True, key="samples", gap="small"):
        for digit in range(10):
            st.button(
                t("draw.sample", digit=digit), key=f"sample_{digit}", on_click=session.choose_sample, args=(digit,)
            )


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


@functools.cache
def _styles() -> str:
    rules = [
        f".st-key-sample_{digit} button {{ background-image: url({picture_url(sample_picture(digit))}) !important }}"
        for digit in range(10)
    ]
    return f"<style>{' '.join(rules)}</style>"
