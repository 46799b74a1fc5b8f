"""Look inside as a whole: which network is looked at and on what, its damage, and the part the visitor chose; draws no part itself."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import streamlit as st

from model.runs.look import RunLook
from model.runs.run import RunView
from ui.elements.choices import choose
from ui.elements.page_links import link_to
from ui.inside import examined_network
from ui.inside.ablation import show_breaking
from ui.inside.activation_trace import show_flow
from ui.inside.confusion import show_confusion
from ui.inside.examined_network import FOLLOWING, PART, Examined
from ui.inside.layer_units import show_tiles
from ui.inside.pca_map import show_map
from ui.runs.rewind import FILM_TICK, show_rewind
from ui.runs.run_names import layers_in_words
from ui.runs.start_button import standard_button
from ui.state.language import t
from ui.state.messages import redraw
from ui.state.rewound import film_goes_on, film_plays, now, rewound

FOLLOW_SECONDS: Final = 1.0
# How long a run that goes on is looked at as it was, before it is looked at again by itself.
LOOK_SECONDS: Final = 2.0
PARTS: Final[Mapping[str, Callable[[Examined], None]]] = MappingProxyType(
    {"flow": show_flow, "tiles": show_tiles, "map": show_map, "mistakes": show_confusion, "break": show_breaking}
)


def show_nothing_to_see() -> None:
    """No network yet: say so, and offer to train the standard one."""
    st.info(t("inside.no_network"))
    standard_button()


def show_inside(run: RunLook) -> None:
    """The network of a run, in the part that is chosen."""
    examined_network.begin(run)
    view = run.view()
    film_goes_on(view)
    seen = rewound(view)
    examined = examined_network.look_at(seen, then=seen is not view)
    if examined is None:
        st.fragment(_await_network, run_every=FOLLOW_SECONDS)(run)
        return
    _show_what(view, examined)
    if not view.busy:
        show_rewind(view)
    if film_plays(view):
        st.fragment(_next_picture, run_every=FILM_TICK)(now())
    if view.score is None:
        st.fragment(_follow, run_every=FOLLOW_SECONDS if view.busy else None)(run, examined)
    part = choose(
        t("inside.parts"),
        list(PARTS),
        PART.key,
        lambda name: t(f"inside.part.{name}"),
        look="bar",
        label_visibility="collapsed",
    )
    show_damage_warning(examined)
    with st.container(key=f"part_{part}"):
        PARTS[part](examined)


def _next_picture(drawn: float) -> None:
    """A film goes on: the page, which was ``drawn`` at that time, is drawn anew by itself."""
    if now() - drawn >= FILM_TICK:
        redraw()


def _show_what(view: RunView, examined: Examined) -> None:
    st.caption(
        t(
            "inside.what",
            layers=layers_in_words(view.config),
            status=t(f"status.{view.status}"),
            epoch=f"{round(examined.epoch, 1):g}",
        )
        + " · "
        + t("inside.on_test" if examined.on_test else "inside.on_validation")
    )


def _await_network(run: RunLook) -> None:
    """Nothing learned yet: wait for the first moment there is something to see."""
    view = run.view()
    if view.network is not None:
        redraw()
    if view.busy:
        st.info(t("inside.waiting"))
    else:
        st.info(t("inside.nothing_learned"))
        link_to("train", t("train.link"))


def _follow(run: RunLook, examined: Examined) -> None:
    """Where a run that goes on stands by now; it is looked at again by itself, unless the visitor wants it to stand still."""
    view = run.view()
    follows = view.busy and FOLLOWING.get() and examined_network.seconds_looked() >= LOOK_SECONDS
    if view.score is not None or (follows and view.epoch != examined.epoch):
        examined_network.look_again()
        redraw()
    with st.container(border=True, key="following"):
        st.markdown(t("inside.following", seen=f"{examined.epoch:.1f}", now=f"{view.epoch:.1f}"))
        if view.busy:
            st.toggle(t("inside.follow"), FOLLOWING.standard, key=FOLLOWING.key)
        if st.button(t("inside.look_again"), key="look_again", on_click=examined_network.look_again):
            redraw()


def show_damage_warning(examined: Examined) -> None:
    """That this is not the network as it was trained, with the way back."""
    if examined.network is examined.intact:
        return
    with st.container(border=True, key="damage_warning", horizontal=True, vertical_alignment="center"):
        st.markdown(t("inside.damaged"))
        st.button(t("inside.repair"), key="repair", on_click=examined_network.repair_network)
