"""What the units of the first layer look for, as pictures that grow out of noise while a network learns."""

from dataclasses import asdict
from typing import Final

import streamlit as st

from model.runs.run import RunView
from ui.elements.images import first_units_sheet
from ui.elements.plotly_chart import OwnElement
from ui.state.language import t

UNITS_SHOWN: Final = 32
UNITS: Final = OwnElement("units", '<div class="units" role="img"></div>')


def show_first_layer(view: RunView) -> None:
    """The weights of the first units, as pictures; before there are any, the places where they will be."""
    total = view.config.layer_sizes[1]
    count = min(total, UNITS_SHOWN)
    hidden = bool(view.config.hidden_sizes)
    st.caption(t("first_layer.title" if hidden else "first_layer.digits", count=count, total=f"{total:,}"))
    if view.network is None:
        UNITS(key="first_layer", data={"sheet": None, "count": count, "label": t("first_layer.nothing")})
        return
    sheet = asdict(first_units_sheet(view.network, UNITS_SHOWN))
    label = t("first_layer.words", count=count, epoch=f"{view.epoch:.1f}")
    UNITS(key="first_layer", data={"sheet": sheet, "count": count, "label": label})
