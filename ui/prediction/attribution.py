"""Why the network reads a picture as it does: which ink speaks for the answer and which against, as pictures and in words."""

from typing import Final

import numpy as np
import numpy.typing as npt
import streamlit as st
from PIL import Image

from model.drawing import Placement
from model.interpretability.attribution import TOLERANCE, Explanation, explain, strongest_regions
from model.network import FloatArray, Network
from ui.elements.choices import choose
from ui.elements.images import colour_picture_url
from ui.elements.numerals import decimal, percent
from ui.state.language import t
from ui.state.values import Value

OTHER_DIGIT: Final = Value("against", "all")
FOR, AGAINST = np.array([86, 180, 233]), np.array([255, 140, 60])
QUIET = np.array([96, 96, 96])


def show_why(
    network: Network, picture: FloatArray, answer: int, placement: Placement | None, ink: FloatArray | None
) -> None:
    """The explanation of ``answer``, against the digit the visitor chooses; over the drawing too, where there is one."""
    with st.container(border=True, key="why"):
        st.subheader(t("why.title", answer=answer), anchor=False)
        others = ["all", *(str(digit) for digit in range(10) if digit != answer)]
        chosen = choose(
            t("why.against"), others, OTHER_DIGIT.key, lambda other: t("why.all") if other == "all" else other
        )
        found = explain(network, picture, answer, None if chosen == "all" else int(chosen))
        with st.container(horizontal=True, key="why_pictures"):
            _picture(why_colours(found.contributions, picture), t("why.picture"), 168)
            if placement is not None and ink is not None:
                _picture(why_colours(placement.enlarged(found.contributions), ink), t("why.drawing"), 224)
        st.markdown(in_words(found))
        st.caption(t("why.how"))


def in_words(found: Explanation) -> str:
    """What the contributions support saying, in the visitor's language."""
    other = t("why.other_digits") if found.other is None else str(found.other)
    speaks_for, speaks_against = strongest_regions(found)
    words = []
    if speaks_for is not None:
        words.append(t("why.for", place=_place(speaks_for), digit=found.digit, other=other))
    if speaks_against is not None:
        words.append(t("why.against_words", place=_place(speaks_against), digit=found.digit, other=other))
    total_for = float(found.contributions.clip(min=0).sum())
    total_against = float(-found.contributions.clip(max=0).sum())
    words.append(t("why.sums", share_for=_points(total_for), share_against=_points(total_against)))
    if found.residual > TOLERANCE:
        words.append(t("why.residual", share=percent(found.residual, 1)))
    return " ".join(words)


def why_colours(contributions: FloatArray, ink: FloatArray) -> npt.NDArray[np.uint8]:
    """Ink (H, W) 0..1 on black, blue where it speaks for, orange where against, grey where neither; (H, W, 3) uint8."""
    strength = np.abs(contributions)
    strongest = max(float(np.quantile(strength[ink > 0.1], 0.9)) if (ink > 0.1).any() else 0.0, 1e-9)
    share = np.clip(strength / strongest, 0, 1)[..., None]
    colour = np.where((contributions > 0)[..., None], FOR, AGAINST)
    mixed = QUIET + share * (colour - QUIET)
    return np.asarray(np.clip(ink, 0, 1)[..., None] * mixed, np.uint8)


def _points(total: float) -> str:
    """A sum of logits, 0 or more, with one digit after the point; some is never told as none."""
    return "<0.1" if 0 < total < 0.05 else decimal(total, 1)


def _place(region: tuple[int, int]) -> str:
    return t(f"why.place_{region[0]}{region[1]}")


def _picture(pixels: npt.NDArray[np.uint8], label: str, side: int) -> None:
    with st.container(width="content"):
        st.caption(label)
        image = np.asarray(Image.fromarray(pixels).resize((side, side), Image.Resampling.NEAREST))
        st.html(f'<img class="seen" src="{colour_picture_url(image)}" alt="{label}" width="{side}" height="{side}">')
