"""From paper to Digit Lab on the screen: the same training step on the visitor's own network; changes no run."""

from typing import Final

import numpy as np
import streamlit as st

from model.data.mnist import load_mnist
from model.network import FloatArray, Network, predict
from model.runs.look import RunLook
from model.runs.run import RunView
from model.textbook.gradient_step import BatchStep, DigitStep, step_on_batch, step_on_digit
from ui.by_hand.layer_formulas import layer_formulas
from ui.by_hand.notation import number
from ui.elements.choices import choose
from ui.elements.images import picture_url
from ui.elements.number_field import number_field
from ui.elements.numerals import percent, signed
from ui.prediction.prediction import show_network_missing
from ui.runs.setting_words import activation_name
from ui.state.drawing import last_picture
from ui.state.language import t
from ui.state.values import Value

PAPER_RATE: Final = Value("paper_rate", 0.1)
RATE_MOST: Final = 10.0
DRAWING: Final = "drawing"
HARDEST: Final = "hardest"
HELD_OUT: Final = 1_000


def show_paper_step(run: RunLook | None) -> None:
    """One digit and one batch through the visitor's network, with the formulas of the paper; or how to get a network."""
    if run is None:
        show_network_missing()
    elif (view := run.view()).network is None:
        st.info(t("draw.waiting"))
        st.button(t("paper.look_again"), key="paper_look_again")
    else:
        _show_steps(view, view.network)


@st.fragment
def _show_steps(view: RunView, network: Network) -> None:
    sizes = "-".join(str(size) for size in view.config.layer_sizes)
    epoch = f"{round(view.epoch, 1):g}"
    st.markdown(t("paper.network", layers=sizes, status=t(f"status.{view.status}"), epoch=epoch))
    with st.container(key="paper_area"):
        with st.container(key="paper_digit_area"):
            picture, label, rate = _choose(network)
            step = step_on_digit(network, picture, label, rate)
            _show_digit(step, picture, label)
            _show_batch(_batch_step(view, network, rate))
        with st.container(key="paper_layers_area"):
            _show_formulas(view)
            _show_layers(step)


def _choose(network: Network) -> tuple[FloatArray, int, float]:
    """The picture, what it shows, and the learning rate."""
    drawing = last_picture()
    hardest = hardest_digit(network)
    options = [HARDEST, *map(str, range(10)), *([DRAWING] if drawing is not None else [])]
    PAPER_RATE.begin()
    names = {HARDEST: t("paper.hardest", images=f"{HELD_OUT:,}", digit=hardest[1]), DRAWING: t("paper.drawing")}
    names |= {str(digit): t("paper.digit", digit=digit) for digit in range(10)}
    chosen = choose(t("paper.picture"), options, "paper_picture", names.__getitem__)
    if chosen == DRAWING and drawing is not None:
        label = choose(t("paper.shows"), range(10), "paper_shows")
        picture = drawing
    elif chosen == HARDEST:
        picture, label = hardest
    else:
        label = int(chosen)
        picture = validation_digit(label)
    rate = number_field(t("by_hand.field.learning_rate"), 0.0, RATE_MOST, 0.05, PAPER_RATE.key, format="%.4g")
    return picture, label, rate


def hardest_digit(network: Network) -> tuple[FloatArray, int]:
    """Of the first ``HELD_OUT`` validation images the one the network is least sure of: (28, 28) float32 0..1, and its digit."""
    mnist = load_mnist()
    labels = mnist.validation_labels[:HELD_OUT]
    sure = predict(network, mnist.validation_images[:HELD_OUT])[np.arange(HELD_OUT), labels]
    place = int(sure.argmin())
    return np.asarray(mnist.validation_images[place] / np.float32(255), np.float32), int(labels[place])


def validation_digit(digit: int) -> FloatArray:
    """The first validation image of a digit, (28, 28) float32 0..1."""
    mnist = load_mnist()
    image = mnist.validation_images[int(np.flatnonzero(mnist.validation_labels == digit)[0])]
    return np.asarray(image / np.float32(255), np.float32)


def _show_digit(step: DigitStep, picture: FloatArray, label: int) -> None:
    with st.container(horizontal=True, key="paper_digit", vertical_alignment="center"):
        words = t("paper.picture_words", digit=label)
        with st.container(width="content"):
            st.html(f'<img class="seen" src="{picture_url(picture)}" alt="{words}" width="112" height="112">')
        with st.container(width="stretch"):
            before, after = (percent(shares[label], 2) for shares in (step.before, step.after))
            st.markdown(t("paper.sure", digit=label, before=before, after=after))
            st.markdown(t("paper.loss", before=number(step.loss), after=number(step.next_loss)))
    if step.next_loss > step.loss:
        st.warning(t("paper.overshot"))


def _show_formulas(view: RunView) -> None:
    st.subheader(t("paper.formulas"), anchor=False)
    with st.container(key="paper_formulas"):
        for phase, formulas in layer_formulas(view.config.layer_sizes).items():
            st.caption(t(f"by_hand.phase.{phase}"))
            for formula in formulas:
                st.latex(formula)
    st.html(f'<p class="spoken">{t("paper.formulas_spoken")}</p>')
    activation = activation_name(view.config.activation)
    st.caption(t("paper.formulas_help", activation=activation, layers=len(view.config.layer_sizes) - 1))


def _show_layers(step: DigitStep) -> None:
    """Shapes and norms, one column a layer."""
    st.subheader(t("paper.layers"), anchor=False)
    rows = {
        "shape": [f"{out:,}×{into:,}" for out, into in (layer.shape for layer in step.layers)],
        "stored": [f"{into:,}×{out:,}" for into, out in (layer.stored_shape for layer in step.layers)],
        "weight_norm": [number(layer.weight_norm) for layer in step.layers],
        "delta_norm": [number(layer.delta_norm) for layer in step.layers],
        "gradient_norm": [number(layer.gradient_norm) for layer in step.layers],
        "bias_norm": [number(layer.bias_gradient_norm) for layer in step.layers],
        "silent": [t("paper.of", count=layer.silent, all=layer.units) for layer in step.layers],
    }
    names = [t("paper.layer", number=index) for index in range(1, len(step.layers) + 1)]
    with st.container(key="paper_layers"):
        st.table(
            [
                {t("paper.quantity"): t(f"paper.row.{row}")} | dict(zip(names, cells, strict=True))
                for row, cells in rows.items()
            ]
        )
    st.caption(t("paper.layers_help"))


def _batch_step(view: RunView, network: Network, rate: float) -> BatchStep:
    mnist = load_mnist()
    size = min(view.config.batch_size, view.config.training_images)
    batch = mnist.training_images[:size], mnist.training_labels[:size]
    return step_on_batch(network, *batch, rate, mnist.validation_images[:HELD_OUT], mnist.validation_labels[:HELD_OUT])


def _show_batch(step: BatchStep) -> None:
    st.subheader(t("paper.batch"), anchor=False)
    with st.container(key="paper_batch"):
        st.markdown(
            t(
                "paper.batch_moved",
                images=f"{step.images:,}",
                before=f"{step.loss:.5f}",
                after=f"{step.next_loss:.5f}",
                moved=signed(step.next_loss - step.loss, 5),
                foretold=signed(step.first_order_prediction, 5),
                norm=number(step.gradient_norm),
            )
        )
        st.markdown(
            t(
                "paper.batch_validation",
                images=f"{HELD_OUT:,}",
                before=f"{step.validation_loss:.5f}",
                after=f"{step.next_validation_loss:.5f}",
            )
        )
    st.caption(t("paper.batch_help"))
