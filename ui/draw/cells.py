"""Drawing by choosing cells of a coarse grid, for those who cannot draw a line."""

from typing import Final

import streamlit as st

from model.data.cell_strokes import COLUMNS, ROWS
from ui.elements.plotly_chart import OwnElement, last_sent
from ui.state.drawing import cells, draw_cells
from ui.state.language import t
from ui.state.told import is_whole

GRID: Final = OwnElement("cells", '<div class="cells" role="group"></div>', parts=("rove",))
KEY: Final = "cells"


def cell_grid() -> None:
    """Seven by nine cells behind a fold; those chosen are drawn on the canvas as strokes, in place of what is there."""
    with st.expander(t("cells.title"), key="cells_fold"):
        st.caption(t("cells.how"))
        # Places are put into the words by the browser.
        words = {"cell": t("cells.cell", row="{row}", column="{column}"), "group": t("cells.title")}
        GRID(
            key=KEY,
            data={"columns": COLUMNS, "rows": ROWS, "chosen": cells(), "words": words},
            on_chosen_change=_chosen,
        )


def _chosen() -> None:
    told = last_sent(KEY, "chosen")
    if (
        isinstance(told, list)
        and len(told) <= COLUMNS * ROWS
        and all(is_whole(cell, 0, COLUMNS * ROWS - 1) for cell in told)
    ):
        draw_cells(told)
