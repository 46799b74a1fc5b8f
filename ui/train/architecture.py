"""What the knobs describe, before any training: the line of layers, the picture of the network, the link; trains nothing."""

import streamlit as st

from model.config import TrainingConfig
from model.runs.look import RunLook
from ui.elements.shared_link import show_shared_link
from ui.runs.run_names import layers_in_words, shown_title
from ui.state.language import t
from ui.state.own_runs import owns, share_run, shared_look, withdraw_run
from ui.train.hyperparameters import resize_layers, sizes_are_free
from ui.train.network_picture import network_picture


def show_building(config: TrainingConfig, run: RunLook | None) -> None:
    """The network that the knobs describe, in words and as a picture, and whether it is that of the run shown."""
    show_building_words(config, run)
    show_building_picture(config)


def show_building_words(config: TrainingConfig, run: RunLook | None) -> None:
    """Its layers and how many weights they have, and whether it is that of the run shown."""
    with st.container(key="building"):
        st.markdown(t("train.building", layers=layers_in_words(config), weights=f"{config.weight_count:,}"))
        st.caption(_what_it_is(config, run))


def show_building_picture(config: TrainingConfig) -> None:
    """Its picture, in which the sizes of hidden layers can be set."""
    network_picture(config, key="diagram", resize=resize_layers if sizes_are_free() else None)


def show_now_and_next(config: TrainingConfig, run: RunLook | None) -> None:
    """What of the visitor's trains now and what Train would start next, in a place that keeps its height."""
    with st.container(key="now_and_next"):
        view = run.view() if run is not None and owns(run.token) else None
        if view is not None and not view.ended:
            st.caption(t("train.now", network=layers_in_words(view.config), epochs=view.config.epochs))
        if view is None or view.config != config:
            st.caption(t("train.next", network=layers_in_words(config), epochs=config.epochs))
        elif view.ended:
            st.caption(t("train.next_same", title=shown_title(view.token)))


def _what_it_is(config: TrainingConfig, run: RunLook | None) -> str:
    """Whether a run of what the knobs describe is shown beside it."""
    if run is None or run.view().config != config:
        return t("train.building_untrained")
    return t("train.building_of_run", title=shown_title(run.token))


def show_link(config: TrainingConfig, run: RunLook | None) -> None:
    """The address that gives somebody else the same experiment, with a button that copies it and a QR code; and the way to show a run."""
    with st.expander(t("train.copy_link"), key="copy_link", on_change="rerun") as box:
        st.caption(t("train.link_help"))
        show_shared_link(config.to_query(), "train", "copy", opened=bool(box.open))
        if run is not None and owns(run.token):
            _show_look(run.token, opened=bool(box.open))


def _show_look(token: str, opened: bool) -> None:
    """The choice to let others look at a run, by a link of its own that can be withdrawn."""
    look = shared_look(token)
    title = shown_title(token)
    with st.container(key="share_run"):
        if look is None:
            st.caption(t("train.share_help", title=title))
            st.button(t("train.share", title=title), key="share", on_click=share_run, args=(token,))
        else:
            st.caption(t("train.shared", title=title))
            show_shared_link({"run": look}, "train", "look", opened=opened)
            st.button(t("train.withdraw"), key="withdraw", on_click=withdraw_run, args=(token,))
