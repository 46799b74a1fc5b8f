"""What the knobs describe, before any training: the line of layers, the drawing of the network, the link; trains nothing."""

import streamlit as st

from model.config import TrainingConfig
from ui.figures import network_diagram
from ui.language import t
from ui.link_view import show_shared_link
from ui.live_chart import Chart, live_charts


def show_building(config: TrainingConfig) -> None:
    """The network in words and as a small drawing."""
    sizes = " → ".join(f"{size:,}" for size in config.layer_sizes)
    with st.container(key="building"):
        st.markdown(t("train.building", layers=sizes, weights=f"{config.weight_count:,}"))
    hidden = [t("train.hidden_name", layer=index) for index in range(1, len(config.hidden_sizes) + 1)]
    if len(hidden) > 2:
        hidden = [str(index) for index in range(1, len(hidden) + 1)]
    figure = network_diagram(config, [t("train.pixels_name"), *hidden, t("train.digits_name")], more=" ⋮")
    label = t("train.diagram_words", layers=sizes)
    live_charts([Chart(figure, label, height=210)], key="diagram", failed=t("frame.plotly_failed"))


def show_link(config: TrainingConfig) -> None:
    """The address that gives somebody else the same experiment, with a button that copies it and a QR code."""
    with st.expander(t("train.copy_link"), key="copy_link", on_change="rerun") as box:
        st.caption(t("train.link_help"))
        show_shared_link(config.to_query(), "train", "copy", code=bool(box.open))
