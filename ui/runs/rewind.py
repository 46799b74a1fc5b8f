"""The slider through a run, on every page that shows its network, and the film; shows nothing of the network itself."""

from typing import Final

import streamlit as st

from model.runs.run import RunView
from ui.state.language import t
from ui.state.rewound import film_plays, has_way_back, place, play, rewound, stop_film

# Seconds between two pictures of a film.
FILM_TICK: Final = 0.2


def show_rewind(view: RunView) -> None:
    """The slider and the film's button, in a place of their own from the start.

    Where it stands is drawn again every ``FILM_TICK`` seconds while a film plays, with `film_goes_on` before anything asks for the
    moment looked at.
    """
    with st.container(key="rewind"):
        if not has_way_back(view):
            st.caption(t("rewind.later" if view.busy else "rewind.none"))
            return
        here = place(view)
        # A browser that draws it late begins at the value given here, not at what the session once told it.
        begins = None if film_plays(view) else here.standard
        with st.container(horizontal=True, vertical_alignment="bottom", key="rewind_row"):
            st.slider(t("rewind.slider"), 1, len(view.snapshots), begins, key=here.key, persist_state="session")
            _film_button(view)
        st.caption(_where(view))


def _film_button(view: RunView) -> None:
    if film_plays(view):
        st.button(t("rewind.stop"), key="film_stop", on_click=stop_film)
    else:
        st.button(t("rewind.play"), key="film_play", on_click=play, args=(view.token, len(view.snapshots)))


def _where(view: RunView) -> str:
    """Which moment is looked at."""
    then = rewound(view)
    if then is view:
        return t("rewind.now", epoch=f"{round(view.epoch, 1):g}")
    return t("rewind.then", epoch=f"{then.epoch:.1f}", steps=f"{then.step:,}")
