"""The line that says how it stands with the other computers, where they train instead of this one; knows nothing of runs."""

from typing import Final

import streamlit as st

from model.runs.executor import cluster_address
from model.runs.store import RUNS
from ui.state.language import t

LOOK_SECONDS: Final = 1.0


def show_cluster() -> None:
    """One line on every page, kept up to date, where a cluster trains; nothing where this computer does."""
    if cluster_address() is not None:
        st.fragment(_show, run_every=LOOK_SECONDS)()


def waits_for_cluster() -> str | None:
    """What of the cluster is waited for, in words; None where nothing is."""
    missing = RUNS.workers.missing
    return None if missing is None else t(f"cluster.{missing}")


def _show() -> None:
    with st.container(key="cluster"):
        st.caption(waits_for_cluster() or t("cluster.ready", count=RUNS.workers.count))
