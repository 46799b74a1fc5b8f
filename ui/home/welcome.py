"""What Home says: the one sentence, the main button, the way back; knows nothing of training."""

import streamlit as st

from model.runs.run import Status
from ui.elements.numerals import percent
from ui.elements.page_links import link_to
from ui.runs.run_names import layers_in_words
from ui.state.language import t
from ui.state.own_runs import current_run


def show_welcome() -> None:
    """The name of the app and the one sentence that says what it is."""
    st.title(t("product"), anchor=False)
    with st.container(key="sentence"):
        st.markdown(t("home.sentence"))


def show_continue() -> None:
    """Where the visitor was, if there is a run."""
    run = current_run()
    if run is None:
        return
    view = run.view()
    sizes = layers_in_words(view.config)
    with st.container(border=True, key="continue"):
        st.markdown(f"**{t('home.continue')}**  \n{sizes} · {t(f'status.{view.status}')}")
        if view.score is not None:
            st.markdown(t("home.continue_score", accuracy=percent(view.score.accuracy, 1)))
        with st.container(horizontal=True):
            watching = view.status in (Status.TRAINING, Status.PAUSED)
            link_to("train", t("home.continue_training") if watching else t("home.continue_curves"))
            link_to("draw", t("home.continue_drawing"))


def show_start() -> None:
    """The main button, and who sees what is drawn here."""
    with st.container(key="go_build"):
        link_to("train", t("home.build"))
    st.caption(t("home.private"))
