"""What the units of the first layer look for, as pictures that grow out of noise while a network learns."""

from typing import Final

import streamlit as st

from model.network import Network
from model.runs.run import RunView
from model.sizes import SIDE
from ui.elements.images import Sheet, signed_sheet
from ui.elements.plotly_chart import OwnElement
from ui.state.language import t

UNITS_SHOWN: Final = 32
# So few shades that a picture of noise is half as many bytes.
SHADES: Final = 7
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
    sheet = unit_sheet(view.network)
    shown = {"url": sheet.url, "columns": sheet.columns, "rows": sheet.rows}
    label = t("first_layer.words", count=count, epoch=f"{view.epoch:.1f}")
    UNITS(key="first_layer", data={"sheet": shown, "count": count, "label": label})


def unit_sheet(network: Network) -> Sheet:
    """The first 32 columns of the first weights (784, units) as pictures: blue where ink speaks for a unit, orange where against."""
    return signed_sheet(network.weights[0][0][:, :UNITS_SHOWN].T.reshape(-1, SIDE, SIDE), SHADES)
