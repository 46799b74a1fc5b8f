"""What the knobs describe, before any training: the line of layers, the picture of the network, the link; trains nothing."""

import streamlit as st

from model.config import TrainingConfig
from model.runs.driver import Run
from ui.elements.shared_link import show_shared_link
from ui.runs.run_names import layers_in_words, shown_title
from ui.state.language import t
from ui.train.hyperparameters import resize_layer, sizes_are_free
from ui.train.network_picture import network_picture


def show_building(config: TrainingConfig, run: Run | None) -> None:
    """The network that the knobs describe, in words and as a picture, and whether it is that of the run shown."""
    show_building_words(config, run)
    show_building_picture(config)


def show_building_words(config: TrainingConfig, run: Run | None) -> None:
    """Its layers and how many weights they have, and whether it is that of the run shown."""
    with st.container(key="building"):
        st.markdown(t("train.building", layers=layers_in_words(config), weights=f"{config.weight_count:,}"))
        st.caption(_what_it_is(config, run))


def show_building_picture(config: TrainingConfig) -> None:
    """Its picture, in which the sizes of hidden layers can be set."""
    network_picture(config, key="diagram", resize=resize_layer if sizes_are_free() else None)


def show_now_and_next(config: TrainingConfig, run: Run | None) -> None:
    """What trains now and what Train would start next, in a place that keeps its height."""
    with st.container(key="now_and_next"):
        view = None if run is None else run.view()
        if view is not None and not view.ended:
            st.caption(t("train.now", network=layers_in_words(view.config), epochs=view.config.epochs))
        if view is None or view.config != config:
            st.caption(t("train.next", network=layers_in_words(config), epochs=config.epochs))
        elif view.ended:
            st.caption(t("train.next_same", title=shown_title(view.token)))


def _what_it_is(config: TrainingConfig, run: Run | None) -> str:
    """Whether a run of what the knobs describe is shown beside it."""
    if run is None or run.view().config != config:
        return t("train.building_untrained")
    return t("train.building_of_run", title=shown_title(run.token))


def show_link(config: TrainingConfig) -> None:
    """The address that gives somebody else the same experiment, with a button that copies it and a QR code."""
    with st.expander(t("train.copy_link"), key="copy_link", on_change="rerun") as box:
        st.caption(t("train.link_help"))
        show_shared_link(config.to_query(), "train", "copy", opened=bool(box.open))
