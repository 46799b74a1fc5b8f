"""A run on the screen: buttons, progress, numbers, curves, the strip of digits and the result; controls it through model.runs alone."""

import functools
import html
import math
from collections.abc import Callable
from typing import Final, Literal

import streamlit as st

from model.config import LIMITS, PRESETS, TrainingConfig
from model.data.mnist import load_mnist
from model.locked_settings import LockError
from model.network import Score, predict
from model.runs.driver import Run
from model.runs.look import RunLook
from model.runs.run import RunView, Status
from model.runs.store import RUNS
from model.training.state import next_point
from ui.elements.images import picture_url
from ui.elements.numerals import decimal, percent, plain
from ui.elements.page_links import link_to
from ui.elements.plotly_chart import announce, bring_into_sight, digit_strip
from ui.runs.cluster_line import waits_for_cluster
from ui.runs.diagnosis import show_hints
from ui.runs.network_sketch import network_sketch
from ui.runs.rewind import FILM_TICK, show_rewind
from ui.runs.run_names import layers_in_words, shown_title
from ui.runs.setting_words import refusal_message
from ui.runs.start_button import poll_seconds, start
from ui.state.hyperparameters import set_knobs
from ui.state.language import plain_words, sentence, t
from ui.state.messages import redraw, say
from ui.state.own_runs import STARTED, command, owns
from ui.state.rewound import film_goes_on, film_plays, rewound
from ui.state.visitor import current_visitor
from ui.train.architecture import show_building_picture, show_building_words
from ui.train.first_layer import show_first_layer
from ui.train.network_picture import network_picture
from ui.train.run_curves import show_axes, show_curves
from ui.train.tracked_drawings import show_followed

ButtonRank = Literal["primary", "secondary"]
STRIP_DIGITS: Final = 16
PICTURE_HEIGHT: Final = 150
# Seconds between two looks while the workers are only starting.
WHILE_STARTING: Final = 1.0
# What stands above the curves of a run in the part that looks again by itself: what is told, progress, scores.
PARTS_ABOVE_CURVES: Final = 3
# From this share on a result is shown as a success.
GOOD: Final = 0.9
# Percentage points between two scores that are worth a word.
WIDE_GAP: Final = 2


def show_no_run(config: TrainingConfig | None) -> None:
    """That there is no network yet, and what Train would make: its picture, and the axes of its curves."""
    bring_into_sight("st-key-run_area", None)
    with st.container(key="no_run"):  # as high as what stands here while one trains
        standard = config == PRESETS["standard"]
        st.info(t("train.empty" if standard else "train.empty_own"))
        if config is not None:
            show_building_words(config, None)
    if config is not None:
        _axes_in_place(config)
        show_building_picture(config)


def _axes_in_place(config: TrainingConfig) -> None:
    """The axes, where `show_run` and `_watch` have the curves: as the same part of the same part they become the run's own charts.

    Anywhere else axes and curves would both be there until a slow browser has all of a run that begins.
    """
    st.empty()  # where the buttons are
    with st.container():  # a fragment is a container of its own
        for _ in range(PARTS_ABOVE_CURVES):
            st.empty()
        with st.container():
            show_axes(config)


def show_run(run: RunLook) -> None:
    """Everything about a run; looks again by itself for as long as it trains."""
    view = run.view()
    bring_into_sight("st-key-run_area", STARTED.take())
    _show_head(view)
    _buttons(view)
    playing = film_plays(view)
    then = (view.status, view.busy, playing, RUNS.workers.ready)
    st.fragment(_watch, run_every=_seconds_to_next_look(view, playing))(run, then)
    with st.container(key="hints"):  # below what moves: nothing is pushed down when it comes
        show_hints(view, "train")


def _show_head(view: RunView) -> None:
    """Whose numbers and curves these are: the run's own name, its network as a picture and in words."""
    words = t("train.head", title=sentence(shown_title(view.token)), network=layers_in_words(view.config))
    picture = network_sketch(view.config.layer_sizes)
    with st.container(key="run_head"):
        st.html(
            f'<div class="run_head"><img src="{picture}" alt=""><strong>{html.escape(plain_words(words))}</strong></div>'
        )


def _seconds_to_next_look(view: RunView, playing: bool) -> float | None:
    """Until a run is looked at again by itself; rarely while the workers are only starting, which needs the whole machine."""
    if playing:
        return FILM_TICK
    if not view.busy:
        return None
    return poll_seconds() if RUNS.workers.ready else WHILE_STARTING


def _watch(run: RunLook, before: tuple[Status, bool, bool, bool]) -> None:
    view = run.view()
    announce(_what_happened(view), "run_told")
    _show_progress(view)
    with st.container(key="scores"):
        _show_numbers(view)
        _show_result(view)
    curves, growing = st.container(), st.container(key="growing")
    film_goes_on(view)
    show_rewind(view)
    then = rewound(view)
    with curves:
        show_curves(view, then)
    with growing:
        with st.container(key="weights"):
            st.caption(t("train.weights"))
            network_picture(view.config, "weights_picture", then.network, PICTURE_HEIGHT)
        with st.container(key="units"):
            show_first_layer(then)
    show_followed(run, view, then)
    _show_strip(then)
    _show_meaning(view)
    if view.ended and view.points:
        _show_table(view)
    if (view.status, view.busy, film_plays(view), RUNS.workers.ready) != before:
        redraw()


def _buttons(view: RunView) -> None:
    with st.container(horizontal=True, key="run_buttons", vertical_alignment="center"):
        if owns(view.token):
            _commands(view)
        else:
            st.button(t("train.take_settings"), key="take_settings", on_click=set_knobs, args=(view.config,))
            st.caption(t("train.look_only"))
        if view.ended and view.network is not None:
            link_to("draw", t("train.to_draw"))
            link_to("inside", t("inside.from_train"))


def _commands(view: RunView) -> None:
    """What the run's owner can have it do, as it stands now."""
    if view.status == Status.TRAINING:
        _command("pause", Run.pause, view)
    elif view.status in (Status.PAUSED, Status.FAILED):
        _command("resume", Run.resume, view, "primary")
    if view.status == Status.PAUSED:
        updates = next_point(view.config, view.step) - view.step
        st.button(
            t("train.step", count=updates),
            key="step",
            on_click=command,
            args=(view.token, Run.step),
            disabled=view.step_wanted,
        )
    if not view.ended:
        _command("stop", Run.stop, view)
    if view.status in (Status.FINISHED, Status.STOPPED):
        _train_longer(view)


def _command(name: str, happens: Callable[[Run], None], view: RunView, rank: ButtonRank = "secondary") -> None:
    st.button(t(f"train.{name}"), key=name, on_click=command, args=(view.token, happens), type=rank)


def _train_longer(view: RunView) -> None:
    room = int(LIMITS["epochs"].high) - round(view.epoch + 0.4999)
    more = min(10, room)
    if "epochs" in current_visitor().locks.values:
        return
    if more < 1:
        st.caption(t("train.longest", epochs=int(LIMITS["epochs"].high)))
        return
    st.button(t("train.longer", epochs=more), key="train_longer", on_click=_longer, args=(view.token, more))


def _longer(token: str, more: int) -> None:
    try:
        command(token, lambda run: run.train_longer(more))
    except LockError as error:  # the run was started under a lesson's locks, which it keeps
        say(refusal_message(error))


def _what_happened(view: RunView) -> str:
    """What those who listen are told of a run: that it began, paused or ended and how, not each tick."""
    words = t("train.told", title=sentence(shown_title(view.token)), status=t(f"status.{view.status}"))
    if view.status == Status.PAUSED:
        words += " " + t("train.told_epoch", epoch=f"{round(view.epoch, 1):g}")
    if view.score is not None:
        words += " " + t("train.told_score", accuracy=percent(view.score.accuracy, 2))
    return words


def _show_progress(view: RunView) -> None:
    share = min(1.0, view.step / view.config.total_steps)
    with st.container(key="progress"):
        st.progress(share, text=_progress_text(view))


def _progress_text(view: RunView) -> str:
    if view.overdue:
        return waits_for_cluster() or t("train.waits_for_worker")
    if view.before and view.waiting and RUNS.workers.ready:
        return t("train.in_line", before=view.before, seconds=max(1, math.ceil(view.wait_seconds)))
    if view.waiting or (view.step_wanted and not view.points):
        return t("train.preparing") if RUNS.workers.ready else t("train.getting_ready")
    words = [
        t(f"status.{view.status}"),
        t("train.epoch_of", epoch=f"{round(view.epoch, 1):g}", epochs=view.config.epochs),
    ]
    if view.status == Status.TRAINING and view.images_per_second is not None:
        words.append(t("train.images_per_second", images=f"{view.images_per_second:,.0f}"))
    if view.status == Status.TRAINING and view.seconds_left is not None:
        words.append(t("train.seconds_left", seconds=f"{view.seconds_left:,.0f}"))
    return " · ".join(words)


def _show_numbers(view: RunView) -> None:
    training = view.latest_training
    checked = next((point for point in reversed(view.points) if point.validation_accuracy is not None), None)
    numbers = [
        ("training_loss", f"{training[0]:.3f}" if training else None),
        ("training_accuracy", percent(training[1], 1) if training else None),
        ("validation_loss", f"{checked.validation_loss:.3f}" if checked else None),
        ("validation_accuracy", percent(checked.validation_accuracy or 0.0, 1) if checked else None),
    ]
    with st.container(key="numbers"):
        for place, (name, number) in zip(st.columns(4), numbers, strict=True):
            place.metric(t(f"train.{name}"), number or "–", help=t(f"train.{name}_help"))


def _show_strip(view: RunView) -> None:
    pictures, labels = strip_pictures(), load_mnist().validation_labels[:STRIP_DIGITS]
    if view.network is None:
        answers, shares = ["?"] * STRIP_DIGITS, [0.0] * STRIP_DIGITS
    else:
        probabilities = predict(view.network, load_mnist().validation_images[:STRIP_DIGITS])
        answers = [str(answer) for answer in probabilities.argmax(axis=1)]
        shares = probabilities.max(axis=1).tolist()
    digits = []
    for picture, label, answer, share in zip(pictures, labels.tolist(), answers, shares, strict=True):
        state = "unknown" if answer == "?" else "right" if answer == str(label) else "wrong"
        spoken = t(f"train.strip_{state}", label=label, answer=answer, share=percent(share))
        digits.append({"picture": picture, "answer": answer, "state": state, "label": spoken})
    st.caption(t("train.strip", count=STRIP_DIGITS))
    digit_strip(digits, t("train.strip", count=STRIP_DIGITS), key="strip")


@functools.cache
def strip_pictures() -> list[str]:
    """The first validation digits as data URLs."""
    return [picture_url(image) for image in load_mnist().validation_images[:STRIP_DIGITS]]


def _show_result(view: RunView) -> None:
    """What the network reads of the two sets that are read once, at the end; in a place that is there from the start."""
    with st.container(key="result_place"):
        if view.status == Status.DIVERGED:
            st.markdown(t("train.diverged_short"))
        elif view.status == Status.FAILED:
            st.markdown(t("train.failed_short"))
        else:
            with st.container(key="result_to_come" if view.score is None else "result"):
                _show_scores(view.score, view.drawn_score)


def _show_scores(test: Score | None, drawn: Score | None) -> None:
    """Both as numbers of one rank, with what each was measured on behind it."""
    left, right = st.columns(2)
    left.metric(
        t("train.test_score"),
        "–" if test is None else percent(test.accuracy, 2),
        help=t("train.result_to_come" if test is None else "train.result_help"),
    )
    right.metric(
        t("train.drawn_score"),
        "–" if drawn is None else percent(drawn.accuracy, 1),
        help=t("train.result_to_come") if drawn is None else t("train.drawn_score_help", count=f"{drawn.count:,}"),
    )


def _scores_in_words(test: Score, drawn: Score | None) -> str:
    thousand = round(test.accuracy * 1000)
    words = t("train.result", accuracy=percent(test.accuracy, 2), thousand=f"{thousand:,}")
    if drawn is not None:
        words += "  \n" + t("train.drawn", accuracy=percent(drawn.accuracy, 1), count=f"{drawn.count:,}")
    return words


def _show_meaning(view: RunView) -> None:
    """What the result says and on what it was measured, below everything that moves."""
    if view.score is not None:
        if view.status == Status.DIVERGED:
            st.caption(t("train.last_good", accuracy=percent(view.score.accuracy, 2)))
        else:
            st.markdown(_scores_in_words(view.score, view.drawn_score))
        st.caption(t("train.result_help"))
        if view.drawn_score is not None:
            st.caption(_gap_in_words(view.config, view.score, view.drawn_score))
    if view.status == Status.DIVERGED:
        st.warning(t("train.diverged", rate=plain(view.config.learning_rate)))
        lower = max(view.config.learning_rate / 10, LIMITS["learning_rate"].low)
        st.button(
            t("train.lower_rate", rate=plain(lower)),
            key="lower_rate",
            on_click=_start_again,
            args=(view.config, lower),
            disabled="learning_rate" in current_visitor().locks.values or lower >= view.config.learning_rate,
        )
    if view.status == Status.FAILED:
        st.error(t("train.failed"))


def _gap_in_words(config: TrainingConfig, test: Score, drawn: Score) -> str:
    """What the gap between the score on pen-drawn digits and the test score says of this run."""
    gap = 100 * (test.accuracy - drawn.accuracy)
    size = decimal(abs(gap), 1)
    if test.accuracy < GOOD:
        return t("train.gap_early")
    if gap > WIDE_GAP:
        return t("train.gap_wide_varied" if config.pen_share > 0 else "train.gap_wide", gap=size)
    return t("train.gap_reverse" if gap < -WIDE_GAP else "train.gap_narrow", gap=size)


def _show_table(view: RunView) -> None:
    with st.expander(t("train.table"), key="curve_table"):
        rows = [
            {
                t("train.epoch"): number,
                t("train.training_loss"): f"{epoch.loss:.4f}",
                t("train.training_accuracy"): percent(epoch.accuracy, 2),
                t("train.validation_loss"): f"{epoch.validation_loss:.4f}",
                t("train.validation_accuracy"): percent(epoch.validation_accuracy, 2),
            }
            for number, epoch in enumerate(view.epochs, 1)
        ]
        st.table(rows)


def _start_again(config: TrainingConfig, learning_rate: float) -> None:
    lower = config.changed(learning_rate=learning_rate)
    set_knobs(lower)
    start(lower)
