"""What the network says of a picture: the digit, ten bars, the picture itself; reads with NumPy and trains nothing."""

from collections.abc import Sequence

import streamlit as st

from model.config import PRESETS
from model.ensemble import votes
from model.network import Array, FloatArray, Network, predict
from model.runs import RUNS, Run, RunView
from ui.doubting import doubts, prepare
from ui.figures import probability_bars
from ui.language import t
from ui.links import link_to
from ui.live_chart import Chart, live_charts
from ui.pictures import picture_url
from ui.seeing import Seen
from ui.training_view import poll_seconds, start_button
from ui.voting import choose_voters, show_gain
from ui.why_view import show_why


def show_network_missing() -> None:
    """No network yet: say so, and offer to train the standard one."""
    st.info(t("draw.no_network"))
    start_button(PRESETS["standard"], label="draw.train_standard")


def show_reading(run: Run, seen: Seen | None) -> None:
    """What the run's network says of the picture; looks again by itself while the run trains."""
    busy = _busy(run.view())
    voting = choose_voters()
    st.fragment(_watch, run_every=poll_seconds() if busy else None)(run, seen, voting, busy)


def _busy(view: RunView) -> bool:
    """Whether what is shown will change by itself: the run goes on, or a worker still makes what doubt compares with."""
    return view.busy or not prepare(RUNS.workers)


def _watch(run: Run, seen: Seen | None, voting: list[RunView], busy: bool) -> None:
    view = run.view()
    if view.network is None:
        st.info(t("draw.waiting"))
    elif seen is None:
        with st.container(key="prediction"):
            st.markdown(t("draw.blank"))
    elif voting:
        show_vote(voting, seen.picture)
    else:
        _show_answer(view.network, seen, busy)
    if voting:
        show_gain(voting)
    else:
        _show_reader(view)
    if _busy(view) != busy:
        st.rerun()


def show_vote(voting: Sequence[RunView], picture: Array) -> None:
    """What several networks say of the picture (28, 28) together, and what each of them says alone."""
    networks = [view.network for view in voting if view.network is not None]
    told = votes(networks, picture[None])[:, 0]
    together = told.mean(axis=0)
    with st.container(horizontal=True, gap="large"):
        _show_digit(together)
        _show_picture(picture)
    figure = probability_bars(together, t("draw.bars"))
    live_charts([Chart(figure, bars_in_words(together), 250)], key="bars", failed=t("frame.plotly_failed"))
    columns = (t("vote.network"), t("vote.says"))
    rows = []
    for view, alone in zip(voting, told, strict=True):
        name = t("vote.name", layers=_layers(view), epochs=view.config.epochs, seed=view.config.seed)
        rows.append((name, f"{alone.argmax()} · {t('draw.sure', share=f'{alone.max():.0%}')}"))
    with st.container(key="ballots"):
        st.table([dict(zip(columns, row, strict=True)) for row in rows])


def _show_reader(view: RunView) -> None:
    st.caption(
        t("draw.read_by", layers=_layers(view), status=t(f"status.{view.status}"), epoch=f"{round(view.epoch, 1):g}")
    )
    if view.network is not None:
        with st.container(key="go_inside"):
            link_to("inside", t("inside.from_draw"))


def _layers(view: RunView) -> str:
    return " → ".join(f"{size:,}" for size in view.config.layer_sizes)


def _show_answer(network: Network, seen: Seen, busy: bool) -> None:
    probabilities = predict(network, seen.picture[None])[0]
    answer = int(probabilities.argmax())
    with st.container(horizontal=True, gap="large"):
        _show_digit(probabilities)
        _show_picture(seen.picture)
    if not busy and doubts(network, seen.picture):
        with st.container(key="doubt"):
            st.warning(t("draw.doubt"))
    figure = probability_bars(probabilities, t("draw.bars"))
    live_charts([Chart(figure, bars_in_words(probabilities), 250)], key="bars", failed=t("frame.plotly_failed"))
    show_why(network, seen.picture, answer, seen.placement, seen.ink)


def _show_digit(probabilities: FloatArray) -> None:
    answer = int(probabilities.argmax())
    with st.container(key="answer", width="content"):
        st.caption(t("draw.answer"))
        with st.container(key="prediction"):
            st.header(str(answer), anchor=False)
        st.markdown(t("draw.sure", share=f"{probabilities[answer]:.0%}"))


def _show_picture(picture: Array) -> None:
    with st.container(key="seen", width="content"):
        st.caption(t("draw.seen"))
        label = t("draw.seen_words")
        st.html(f'<img class="seen" src="{picture_url(picture)}" alt="{label}" width="168" height="168">')


def bars_in_words(probabilities: FloatArray) -> str:
    """The three likeliest digits, for those who cannot see the bars; ``probabilities`` (10,)."""
    order = probabilities.argsort()[::-1][:3].tolist()
    return t("draw.bars_words", shares=", ".join(f"{digit}: {probabilities[digit]:.0%}" for digit in order))
