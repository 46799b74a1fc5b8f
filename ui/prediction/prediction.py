"""What the network says of a picture: the digit, ten bars, the picture itself; reads with NumPy and trains nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import streamlit as st

from model.data.stroke_gaps import holes
from model.evaluation.ensemble import votes
from model.network import Array, FloatArray, Network, predict
from model.runs.look import RunLook
from model.runs.run import RunView, Status
from model.runs.store import RUNS
from model.sizes import SIDE
from ui.elements.figure_style import probability_bars
from ui.elements.images import picture_url
from ui.elements.numerals import percent
from ui.elements.page_links import link_to
from ui.elements.plotly_chart import Chart, live_charts
from ui.prediction.attribution import show_why
from ui.prediction.ensemble_choice import choose_voters, show_gain, voters
from ui.prediction.network_input import NetworkInput
from ui.prediction.out_of_distribution import doubts, given_up, prepare
from ui.runs.rewind import FILM_TICK, show_rewind
from ui.runs.run_names import layers_in_words
from ui.runs.start_button import poll_seconds, standard_button
from ui.state.language import listed, t, told_of
from ui.state.messages import redraw
from ui.state.rewound import film_goes_on, film_plays, rewound

BARS_HEIGHT: Final = 170


def show_network_missing() -> None:
    """No network yet: say so, and offer to train the standard one."""
    st.info(t("draw.no_network"))
    standard_button()


def show_reading(run: RunLook, network_input: NetworkInput | None) -> None:
    """What the run's network, or several, say of the picture; looks again by itself while the run trains.

    Every part has its place from the start, so that nothing moves when a drawing, a doubt or a hint appears.
    """
    choose_voters()
    view = run.view()
    before = _as_drawn(view)
    st.fragment(_watch, run_every=_seconds_to_next_look(before))(run, network_input, before)


def show_reasons(run: RunLook, network_input: NetworkInput | None) -> None:
    """Why the network answers so, or what each of several says alone; looks again by itself while the run trains."""
    st.fragment(_watch_reasons, run_every=poll_seconds() if run.view().busy else None)(run, network_input)


@dataclass(frozen=True)
class AsDrawn:
    """How a page was drawn that shows a run's answers: whether they change by themselves, whether a film plays, at which moment.

    Attributes:
        step: of the moment looked at; 0 while a film goes through them.
    """

    busy: bool
    playing: bool
    step: int


def _as_drawn(view: RunView) -> AsDrawn:
    playing, moving = film_plays(view), view.busy
    return AsDrawn(_busy(view), playing, 0 if playing or moving else rewound(view).step)


def _seconds_to_next_look(before: AsDrawn) -> float | None:
    if before.playing:
        return FILM_TICK
    return poll_seconds() if before.busy else None


def _busy(view: RunView) -> bool:
    """Whether what is shown will change by itself: the run goes on, or a worker still makes what doubt compares with."""
    return view.busy or not (prepare(RUNS.workers) or given_up())


def _watch(run: RunLook, network_input: NetworkInput | None, before: AsDrawn) -> None:
    now, voting = run.view(), voters()
    film_goes_on(now)
    view = rewound(now)
    networks = _networks(voting) or ([] if view.network is None else [view.network])
    if not networks or network_input is None:
        show_blank(t("draw.blank") if networks else _waiting_words(view))
    else:
        probabilities = votes(networks, network_input.picture[None])[:, 0].mean(axis=0)
        doubted = None if before.busy or given_up() else doubted_by(networks, network_input.picture)
        show_answer(
            probabilities, network_input, doubted, _remark(networks, probabilities, network_input, doubted, view)
        )
    if not voting:
        _show_reader(view, network_input)
        show_rewind(now)
    if _as_drawn(now) != before:
        redraw()


def _watch_reasons(run: RunLook, network_input: NetworkInput | None) -> None:
    view, voting = rewound(run.view()), voters()
    if voting:
        if network_input is not None:
            _show_ballots(voting, network_input.picture)
        show_gain(voting)
    elif view.network is not None and network_input is not None:
        answer = int(predict(view.network, network_input.picture[None])[0].argmax())
        show_why(view.network, network_input.picture, answer, network_input.placement, network_input.ink)


def show_vote(voting: Sequence[RunView], picture: Array) -> None:
    """What several networks say of the picture (28, 28) together, and what each of them says alone."""
    networks = _networks(voting)
    probabilities = votes(networks, picture[None])[:, 0].mean(axis=0)
    doubted = doubted_by(networks, picture) if prepare(RUNS.workers) else None
    remark = t("draw.unlike", answer=int(probabilities.argmax())) if doubted else ""
    show_answer(probabilities, NetworkInput(picture), doubted, t("draw.doubt_never") if given_up() else remark)
    _show_ballots(voting, picture)


def _networks(voting: Sequence[RunView]) -> list[Network]:
    return [view.network for view in voting if view.network is not None]


def doubted_by(networks: Sequence[Network], picture: FloatArray) -> bool:
    """Whether most of the networks doubt that the picture is a digit."""
    return sum(doubts(network, picture) for network in networks) * 2 > len(networks)


def _waiting_words(view: RunView) -> str:
    """What has to happen before a run without a network can read: it learns by itself, or somebody has to do something."""
    if view.status == Status.TRAINING or view.busy:
        return t("draw.waiting")
    return t(f"draw.waiting_{view.status if view.status in (Status.PAUSED, Status.FAILED) else 'nothing'}")


def _remark(
    networks: Sequence[Network],
    probabilities: FloatArray,
    network_input: NetworkInput,
    doubted: bool | None,
    view: RunView,
) -> str:
    """What is to be said beside the answer; one thing at a time, the most helpful."""
    answer = int(probabilities.argmax())
    if network_input.thinner is not None:
        otherwise = votes(networks, network_input.thinner[None])[:, 0].mean(axis=0)
        if int(otherwise.argmax()) != answer and otherwise.max() > 0.5:
            return t("draw.thinner_differs", answer=int(otherwise.argmax()))
        if holes(network_input.thinner) > holes(network_input.picture):
            return t("draw.gaps_filled")
    if doubted is None:
        later = "draw.doubt_later" if view.busy else "draw.doubt_soon"
        return t("draw.doubt_never" if given_up() else later)
    return t("draw.unlike", answer=answer) if doubted else ""


def _show_ballots(voting: Sequence[RunView], picture: Array) -> None:
    probabilities = votes(_networks(voting), picture[None])[:, 0]
    columns = (t("vote.network"), t("vote.says"))
    rows = []
    for view, alone in zip(voting, probabilities, strict=True):
        name = t(
            "vote.name", layers=layers_in_words(view.config), epochs=f"{round(view.epoch, 1):g}", seed=view.config.seed
        )
        rows.append((name, f"{alone.argmax()} · {t('draw.sure', share=percent(float(alone.max())))}"))
    with st.container(key="ballots"):
        st.table([dict(zip(columns, row, strict=True)) for row in rows])


def _show_reader(view: RunView, network_input: NetworkInput | None) -> None:
    st.caption(reader_in_words(view))
    if view.network is not None:
        with st.container(key="go_inside"):
            link_to("inside", t("inside.from_train" if network_input is None else "inside.from_draw"))


def reader_in_words(view: RunView) -> str:
    """Which network of the visitor's reads, and how far it has learned."""
    layers, epoch = layers_in_words(view.config), f"{round(view.epoch, 1):g}"
    return t("draw.read_by", layers=layers, status=t(f"status.{view.status}"), epoch=epoch)


def show_answer(
    probabilities: FloatArray, network_input: NetworkInput, doubted: bool | None, remark: str, heading: str = ""
) -> None:
    """The digit, the bars and the picture it was read from; a doubt comes before the digit, and makes it small.

    ``heading`` says whose answer it is, where it is not the visitor's own network's.
    """
    answer = int(probabilities.argmax())
    certainty = t("draw.nearest" if doubted else "draw.sure", share=percent(float(probabilities[answer])))
    with st.container(key="reading"):
        with st.container(key="answer"):
            with st.container(key="doubt" if doubted else "no_doubt"):
                st.markdown(t("draw.doubt") if doubted else heading or t("draw.answer"))
            with st.container(key="guess" if doubted else "verdict"), st.container(key="prediction"):
                st.header(str(answer), anchor=False)
            st.markdown(certainty)
        _show_bars(probabilities, bars_in_words(probabilities))
        _show_remark(remark)
        _show_picture(network_input.picture, _picture_words(network_input))


def show_blank(message: str, heading: str = "") -> None:
    """Where an answer will stand: what is missing for one, bars of no height and a black picture; all in the places of an answer."""
    with st.container(key="reading"):
        with st.container(key="answer"):
            with st.container(key="no_doubt"):
                st.markdown(heading or t("draw.answer"))
            with st.container(key="verdict"), st.container(key="prediction"):
                st.markdown(message)
        _show_bars(np.zeros(10, np.float32), t("draw.bars_empty"))
        _show_remark("")
        _show_picture(np.zeros((SIDE, SIDE), np.float32), t("draw.seen_nothing"))


def _show_remark(remark: str) -> None:
    with st.container(key="remark"):
        st.caption(remark or " ")


def _show_bars(probabilities: FloatArray, label: str) -> None:
    with st.container(key="bars_place"):
        st.caption(t("draw.bars"))
        chart = Chart(probability_bars(probabilities, None), label, BARS_HEIGHT, marks=True)
        live_charts([chart], key="bars", failed=t("frame.plotly_failed"))


def _picture_words(network_input: NetworkInput) -> str:
    if network_input.placement is None:
        return t("draw.seen_sample")
    return t("draw.seen_words" if network_input.prepared else "draw.seen_resized")


def _show_picture(picture: Array, label: str) -> None:
    with st.container(key="seen", width="content"):
        st.caption(t("draw.seen"))
        st.html(f'<img class="seen" src="{picture_url(picture)}" alt="{label}" width="168" height="168">')


def bars_in_words(probabilities: FloatArray) -> str:
    """The three likeliest digits, for those who cannot see the bars; ``probabilities`` (10,)."""
    order = probabilities.argsort()[::-1][:3].tolist()
    return t(
        "draw.bars_words", shares=listed(told_of(str(digit), percent(float(probabilities[digit]))) for digit in order)
    )
