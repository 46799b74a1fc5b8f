"""A run on the screen: buttons, progress, numbers, curves, the strip of digits and the result; controls it through model.runs alone."""

import functools
from typing import Final

import streamlit as st

from model.config import LIMITS, TrainingConfig
from model.data import load_mnist
from model.locks import LockError
from model.network import Score, predict
from model.registry import RegistryFull
from model.runs import RUNS, Run, RunView, Status
from ui import session
from ui.controls import option_text, refusal_message
from ui.figures import CurveWords, accuracy_close_look, accuracy_curve, loss_curve
from ui.following_view import show_followed
from ui.hints_view import show_hints
from ui.language import t
from ui.links import link_to
from ui.live_chart import Chart, digit_strip, live_charts
from ui.pictures import picture_url

POLL_SECONDS: Final = 0.2
RUNS_AT_FULL_POLL: Final = 5
STRIP_DIGITS: Final = 16


def start_button(config: TrainingConfig | None, key: str = "train", label: str = "train.train") -> None:
    """The main button of the page; grey while something is training or the knobs are outside their limits."""
    run = session.current_run()
    training = run is not None and run.view().status == Status.TRAINING
    st.button(
        t(label),
        key=key,
        type="primary",
        disabled=training or config is None,
        on_click=_start,
        args=(config,),
        width="stretch",
    )


def poll_seconds() -> float:
    """Time between two looks at a run: a fifth of a second, longer when many train and each advances more slowly."""
    return POLL_SECONDS * max(1.0, RUNS.training_count() / RUNS_AT_FULL_POLL)


def show_run(run: Run) -> None:
    """Everything about a run; looks again by itself for as long as it trains."""
    view = run.view()
    _buttons(run, view)
    with st.container(key="hints"):  # always there, so that what stands below keeps its place and the curves their zoom
        show_hints(view, "train")
    st.fragment(_watch, run_every=poll_seconds() if view.busy else None)(run, view.status, view.busy)


def _watch(run: Run, status: Status, busy: bool) -> None:
    view = run.view()
    _show_progress(view)
    if view.ended:
        _show_result(view)
    _show_numbers(view)
    _show_curves(view)
    _show_strip(view)
    show_followed(run, view)
    if view.ended and view.points:
        _show_table(view)
    if (view.status, view.busy) != (status, busy):
        st.rerun()


def _buttons(run: Run, view: RunView) -> None:
    with st.container(horizontal=True, key="run_buttons", vertical_alignment="center"):
        if view.status == Status.TRAINING:
            st.button(t("train.pause"), key="pause", on_click=run.pause)
        elif view.status in (Status.PAUSED, Status.FAILED):
            st.button(t("train.resume"), key="resume", on_click=run.resume, type="primary")
        if view.status == Status.PAUSED:
            st.button(t("train.step"), key="step", on_click=run.step, disabled=view.step_wanted)
        if not view.ended:
            st.button(t("train.stop"), key="stop", on_click=run.stop)
        if view.status in (Status.FINISHED, Status.STOPPED):
            _train_longer(run, view)
        if view.ended and view.network is not None:
            link_to("draw", t("train.to_draw"))
            link_to("inside", t("inside.from_train"))


def _train_longer(run: Run, view: RunView) -> None:
    room = int(LIMITS["epochs"].high) - round(view.epoch + 0.4999)
    more = min(10, room)
    if "epochs" in session.visitor().locks.values:
        return
    if more < 1:
        st.caption(t("train.longest", epochs=int(LIMITS["epochs"].high)))
        return
    st.button(t("train.longer", epochs=more), key="train_longer", on_click=_longer, args=(run, more))


def _longer(run: Run, more: int) -> None:
    try:
        run.train_longer(more)
    except LockError as error:  # the run was started under a lesson's locks, which it keeps
        session.say(refusal_message(error))


def _show_progress(view: RunView) -> None:
    share = min(1.0, view.step / view.config.total_steps)
    st.progress(share, text=_progress_text(view))


def _progress_text(view: RunView) -> str:
    if view.waiting:
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
        ("training_accuracy", f"{training[1]:.1%}" if training else None),
        ("validation_loss", f"{checked.validation_loss:.3f}" if checked else None),
        ("validation_accuracy", f"{checked.validation_accuracy:.1%}" if checked else None),
    ]
    with st.container(key="numbers"):
        for place, (name, number) in zip(st.columns(4), numbers, strict=True):
            place.metric(t(f"train.{name}"), number or "–", help=t(f"train.{name}_help"))


def _show_curves(view: RunView) -> None:
    epoch, training, validation = t("train.epoch"), t("train.training"), t("train.validation")
    figures = {"loss": loss_curve, "accuracy": accuracy_curve}
    charts = []
    for name, figure in figures.items():
        words = CurveWords(t(f"train.{name}_chart"), epoch, training, validation)
        shown = figure(view.points, view.changes, view.config, words)
        closer = accuracy_close_look(_accuracies(view)) if name == "accuracy" else None
        charts.append(Chart(shown, curves_in_words(view, name), close_look=closer, notes=changes_in_words(view)))
    live_charts(charts, key="curves", failed=t("frame.plotly_failed"))


def _accuracies(view: RunView) -> list[float | None]:
    return [value for point in view.points for value in (point.accuracy, point.validation_accuracy)]


def changes_in_words(view: RunView) -> str:
    """What the numbered lines of the curves mean: each setting that was changed, one after the other."""
    return "  ".join(
        t(
            "train.change_label",
            number=number,
            field=t(f"knob.{change.field}.short"),
            value=option_text(change.field, change.after),
        )
        for number, change in enumerate(view.changes, 1)
    )


def curves_in_words(view: RunView, name: str) -> str:
    """What a chart of curves shows, for those who cannot see it; ``name`` is loss or accuracy."""
    training = view.latest_training
    if training is None:
        return t(f"train.{name}_empty")
    form = "{:.1%}" if name == "accuracy" else "{:.3f}"
    first = form.format(getattr(view.points[0], name))
    last = form.format(training[1 if name == "accuracy" else 0])
    words = t(f"train.{name}_words", epoch=f"{view.epoch:.1f}", first=first, last=last)
    checked = [getattr(point, f"validation_{name}") for point in view.points if point.validation_loss is not None]
    if checked:
        words += " " + t(f"train.{name}_validation_words", last=form.format(checked[-1]))
    return words


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
        spoken = t(f"train.strip_{state}", label=label, answer=answer, share=f"{share:.0%}")
        digits.append({"picture": picture, "answer": answer, "state": state, "label": spoken})
    st.caption(t("train.strip", count=STRIP_DIGITS))
    digit_strip(digits, t("train.strip", count=STRIP_DIGITS), key="strip")


@functools.cache
def strip_pictures() -> list[str]:
    """The first validation digits as data URLs."""
    return [picture_url(image) for image in load_mnist().validation_images[:STRIP_DIGITS]]


def _show_result(view: RunView) -> None:
    if view.score is not None:
        thousand = round(view.score.accuracy * 1000)
        with st.container(key="result"):
            st.success(t("train.result", accuracy=f"{view.score.accuracy:.2%}", thousand=f"{thousand:,}"))
            st.caption(t("train.result_help"))
            if view.drawn_score is not None:
                _show_gap(view.score, view.drawn_score)
    if view.status == Status.DIVERGED:
        st.warning(t("train.diverged", rate=f"{view.config.learning_rate:g}"))
        lower = max(view.config.learning_rate / 10, LIMITS["learning_rate"].low)
        locked = "learning_rate" in session.visitor().locks.values
        st.button(
            t("train.lower_rate", rate=f"{lower:g}"),
            key="lower_rate",
            on_click=_start_again,
            args=(view.config, lower),
            disabled=locked,
        )
    if view.status == Status.FAILED:
        st.error(t("train.failed"))


def _show_gap(test: Score, drawn: Score) -> None:
    """The score on pen-drawn digits beside the test score, and what the gap between them says."""
    gap = 100 * (test.accuracy - drawn.accuracy)
    st.markdown(t("train.drawn", accuracy=f"{drawn.accuracy:.1%}", count=f"{drawn.count:,}"))
    st.caption(t("train.gap_wide" if gap > 2 else "train.gap_narrow", gap=f"{abs(gap):.1f}"))


def _show_table(view: RunView) -> None:
    with st.expander(t("train.table"), key="curve_table"):
        rows = [
            {
                t("train.epoch"): number,
                t("train.training_loss"): f"{epoch.loss:.4f}",
                t("train.training_accuracy"): f"{epoch.accuracy:.2%}",
                t("train.validation_loss"): f"{epoch.validation_loss:.4f}",
                t("train.validation_accuracy"): f"{epoch.validation_accuracy:.2%}",
            }
            for number, epoch in enumerate(view.epochs, 1)
        ]
        st.table(rows)


def _start(config: TrainingConfig) -> None:
    """Start a run of what the knobs say at this moment, which may be newer than what the button was drawn with."""
    try:
        session.start_run(session.knobs() or config)
    except (RegistryFull, LockError) as error:
        session.say(refusal_message(error))


def _start_again(config: TrainingConfig, learning_rate: float) -> None:
    lower = config.changed(learning_rate=learning_rate)
    session.set_knobs(lower)
    _start(lower)
