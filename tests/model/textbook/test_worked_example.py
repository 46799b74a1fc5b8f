"""The paper's every number against TensorFlow's automatic differentiation and against finite differences; its link and its training."""

import json
import math

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from model.activations import ACTIVATIONS
from model.config import ConfigError
from model.textbook.backpropagation import LOSSES, finite_differences
from model.textbook.sheet import QUERY_NAMES, SHAPES, SHEET_LIMITS, Sheet
from model.textbook.symbols import A1, A2, B1, B2, RATE, S1, TRAINED, W1, W2, Z1, Z2, X, Y
from model.textbook.worked_example import (
    FITS_WITHIN,
    STEP_NAMES,
    Ending,
    Phase,
    TrainingStep,
    fits,
    near_kink,
    shaken,
    sheet_differences,
    sheet_gradients,
    sheet_loss,
    train_by_hand,
    train_until_it_fits,
    training_step,
)

CHOICES = [(activation, loss) for activation in ACTIVATIONS for loss in LOSSES]
SYMBOLS = {"z1", "a1", "z2", "a2", "L", "d2", "d1", "GW2", "Gb2", "GW1", "Gb1", "NW2", "Nb2", "NW1", "Nb1"}


def random_sheet(seed: int, activation: str, loss: str) -> Sheet:
    rng = np.random.default_rng(seed)
    numbers = {name: tuple(rng.normal(0, 1, np.prod(shape)).tolist()) for name, shape in SHAPES.items()}
    share = float(rng.uniform())
    second = 1 - share if loss == "cross_entropy" else float(rng.uniform())
    return Sheet(
        **numbers | {"targets": (share, second)},
        activation=activation,
        loss=loss,
        learning_rate=float(rng.uniform()),
    )


def by_tensorflow(sheet: Sheet) -> dict[str, np.ndarray]:
    """The whole training step by TensorFlow alone: its activations, its losses, its tape, its optimiser."""
    values = {
        symbol: tf.Variable(sheet.matrix(name))
        for symbol, name in {
            "W1": "hidden_weights", "b1": "hidden_biases", "W2": "output_weights", "b2": "output_biases",
        }.items()
    }  # fmt: skip
    x, y = tf.constant(sheet.matrix("inputs")), tf.constant(sheet.matrix("targets"))
    with tf.GradientTape(persistent=True) as tape:
        z1 = values["W1"] @ x + values["b1"]
        a1 = tf.keras.activations.get(sheet.activation)(z1)
        z2 = values["W2"] @ a1 + values["b2"]
        if sheet.loss == "squared_error":
            a2 = tf.sigmoid(z2)
            loss = tf.reduce_mean(tf.math.squared_difference(a2, y))
        else:
            a2 = tf.transpose(tf.nn.softmax(tf.transpose(z2)))
            loss = tf.nn.softmax_cross_entropy_with_logits(tf.transpose(y), tf.transpose(z2))[0]
    found = {"z1": z1, "a1": a1, "z2": z2, "a2": a2, "L": tf.reshape(loss, (1, 1))}
    found |= {"d1": tape.gradient(loss, z1), "d2": tape.gradient(loss, z2), "s1": tape.gradient(a1, z1)}
    gradients = {symbol: tape.gradient(loss, value) for symbol, value in values.items()}
    found |= {f"G{symbol}": gradient for symbol, gradient in gradients.items()}
    tf.keras.optimizers.SGD(sheet.learning_rate).apply(list(gradients.values()), list(values.values()))
    found |= {f"N{symbol}": value for symbol, value in values.items()}
    return {symbol: np.asarray(value) for symbol, value in found.items()}


def assert_same(found: TrainingStep, sheet: Sheet) -> None:
    """Equal to the last digits; to 1e-6 what Keras keeps or TensorFlow computes in single precision: the rate, and erf's slope."""
    expected = by_tensorflow(sheet)
    assert set(expected) >= SYMBOLS
    by_name = {str(symbol): matrix for symbol, matrix in found.matrices.items()}
    for symbol, matrix in expected.items():
        tolerance = 1e-6 if symbol.startswith("N") or sheet.activation == "gelu" else 1e-12
        np.testing.assert_allclose(by_name[symbol], matrix, rtol=0, atol=tolerance, err_msg=symbol)


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("activation", "loss"), CHOICES)
def test_every_number_of_a_training_step_is_tensorflows(activation: str, loss: str, seed: int) -> None:
    sheet = random_sheet(seed, activation, loss)
    found = training_step(sheet)
    assert_same(found, sheet)
    assert {str(symbol) for step in found.steps for symbol in step.results} == SYMBOLS


@pytest.mark.usefixtures("tensorflow")
def test_the_numbers_the_page_opens_with_are_tensorflows() -> None:
    assert_same(training_step(Sheet()), Sheet())


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 10_000), choice=st.sampled_from(CHOICES))
def test_formula_and_finite_differences_agree_to_a_millionth(seed: int, choice: tuple[str, str]) -> None:
    sheet = random_sheet(seed, *choice)
    assume(not near_kink(sheet))
    for formula, differences in zip(sheet_gradients(sheet), sheet_differences(sheet), strict=True):
        for exact, nudged in zip(formula, differences, strict=True):
            np.testing.assert_allclose(exact, nudged, atol=1e-6)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_each_slope_is_the_slope_of_its_activation(name: str) -> None:
    z = np.linspace(-6, 6, 101) + 0.007
    nudged = (ACTIVATIONS[name].function(z + 1e-6) - ACTIVATIONS[name].function(z - 1e-6)) / 2e-6
    np.testing.assert_allclose(ACTIVATIONS[name].derivative(z), nudged, atol=1e-8)


def test_finite_differences_need_only_the_loss_and_find_a_hand_made_slope() -> None:
    # One input, one output: L = (sigmoid(w x + b) - y)^2, whose slope is written down here once more.
    w, b, x, y = 0.7, -0.2, 1.5, 1.0
    a = 1 / (1 + math.exp(-(w * x + b)))
    slope = 2 * (a - y) * a * (1 - a)
    layers = ((np.array([[w]]), np.array([[b]])),)
    ((by_weight, by_bias),) = finite_differences(layers, np.array([[x]]), np.array([[y]]), "relu", "squared_error")
    assert by_weight[0, 0] == pytest.approx(slope * x, abs=1e-9)
    assert by_bias[0, 0] == pytest.approx(slope, abs=1e-9)


def test_the_steps_come_in_a_textbooks_order_and_each_uses_only_what_is_known() -> None:
    found = training_step(Sheet())
    assert tuple(step.name for step in found.steps) == STEP_NAMES
    assert list(dict.fromkeys(step.phase for step in found.steps)) == list(Phase)
    known = {X, Y, *TRAINED, RATE, S1}
    for step in found.steps:
        assert set(step.operands) <= known, step.name
        known |= set(step.results)


def test_the_shapes_fit_the_formulas() -> None:
    shapes = {symbol: matrix.shape for symbol, matrix in training_step(Sheet()).matrices.items()}
    assert (shapes[W1], shapes[X], shapes[B1], shapes[Z1]) == ((4, 3), (3, 1), (4, 1), (4, 1))
    assert (shapes[W2], shapes[A1], shapes[B2], shapes[Z2]) == ((2, 4), (4, 1), (2, 1), (2, 1))
    assert (shapes[W1.gradient], shapes[W2.gradient]) == (shapes[W1], shapes[W2])


def test_the_first_sum_is_what_pencil_and_paper_give() -> None:
    assert Sheet().hidden_weights[:3] == (0.5, -0.4, 0.3)
    assert (Sheet().inputs, Sheet().hidden_biases[0]) == ((1.0, 0.5, -1.0), 0.1)
    assert training_step(Sheet()).matrices[Z1][0, 0] == pytest.approx(0.1)


def test_a_step_takes_the_loss_where_the_page_says_it_will() -> None:
    sheet = Sheet()
    trained = train_by_hand(sheet, 1)
    assert trained.losses == (pytest.approx(training_step(sheet).next_loss),)
    assert trained.losses[0] < sheet_loss(sheet)
    assert train_by_hand(sheet, 10).losses[0] == trained.losses[0]
    assert len(train_by_hand(sheet, 10).losses) == 10


@pytest.mark.parametrize(("activation", "loss"), CHOICES)
def test_until_it_fits_ends_when_it_fits(activation: str, loss: str) -> None:
    trained = train_until_it_fits(Sheet(activation=activation, loss=loss))
    assert trained.ending == Ending.FITS
    answers = training_step(trained.sheet).matrices[A2]
    assert np.abs(answers - trained.sheet.matrix("targets")).max() <= FITS_WITHIN
    assert fits(trained.sheet) and train_until_it_fits(trained.sheet).losses == ()


def test_until_it_fits_gives_up_and_says_so() -> None:
    trained = train_until_it_fits(Sheet(learning_rate=0.0), most=20)
    assert (trained.ending, len(trained.losses)) == (Ending.STUCK, 20)


def test_a_network_that_runs_off_keeps_its_last_good_weights() -> None:
    sheet = Sheet(activation="linear", loss="cross_entropy", targets=(0.5, 0.5), inputs=(10, 10, 10), learning_rate=100)
    trained = train_until_it_fits(sheet)
    assert trained.ending == Ending.RAN_OFF
    assert math.isfinite(sheet_loss(trained.sheet))


def test_shaking_is_decided_by_its_seed_alone() -> None:
    assert shaken(Sheet(), 3) == shaken(train_by_hand(Sheet(), 5).sheet, 3) != shaken(Sheet(), 4)
    assert shaken(Sheet(), 3).hidden_biases == (0, 0, 0, 0)
    assert max(map(abs, shaken(Sheet(), 3).hidden_weights)) <= math.sqrt(6 / 7)


def test_a_relu_at_its_kink_is_noticed() -> None:
    assert near_kink(Sheet(activation="relu", hidden_weights=(0.0,) * 12, hidden_biases=(0.0,) * 4))
    assert not near_kink(Sheet(activation="relu", hidden_weights=(0.0,) * 12, hidden_biases=(0.5,) * 4))
    assert not near_kink(Sheet(hidden_weights=(0.0,) * 12, hidden_biases=(0.0,) * 4))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), choice=st.sampled_from(CHOICES))
def test_a_link_holds_the_sheet_to_the_last_digit(seed: int, choice: tuple[str, str]) -> None:
    sheet = random_sheet(seed, *choice)
    query = json.loads(json.dumps(sheet.to_query()))
    assert Sheet.from_query(query) == sheet
    assert Sheet.from_query(query | {"epochs": "3", "activation": "nonsense"}) == sheet


def test_the_links_names_are_nobody_elses() -> None:
    from model.config import DEFAULTS

    assert not set(QUERY_NAMES.values()) & {*DEFAULTS, "run", "lang"}
    assert set(QUERY_NAMES) == set(SHEET_LIMITS)


@pytest.mark.parametrize(
    ("query", "field", "limit"),
    [
        ({"hand_x": "1,2"}, "inputs", "3 numbers, each -10 to 10"),
        ({"hand_x": "1,2,11"}, "inputs", "3 numbers, each -10 to 10"),
        ({"hand_x": "1,2,x"}, "inputs", "3 numbers, each -10 to 10"),
        ({"hand_x": "1_5,2,3"}, "inputs", "3 numbers, each -10 to 10"),
        ({"hand_rate": "1_5"}, "learning_rate", "0 to 100"),
        ({"hand_y": "1,nan"}, "targets", "2 numbers, each 0 to 1"),
        ({"hand_w1": "inf" + ",0" * 11}, "hidden_weights", "12 numbers, each -1000 to 1000"),
        ({"hand_y": "0.5,0.4", "hand_loss": "cross_entropy"}, "targets", "2 numbers, each 0 to 1, adding up to 1"),
        ({"hand_rate": "-1"}, "learning_rate", "0 to 100"),
        ({"hand_rate": "fast"}, "learning_rate", "0 to 100"),
        ({"hand_bend": "cubic"}, "activation", f"one of {', '.join(ACTIVATIONS)}"),
        ({"hand_loss": "hinge"}, "loss", "one of squared_error, cross_entropy"),
    ],
)
def test_a_link_outside_the_limits_is_refused_with_field_value_and_limit(
    query: dict[str, str], field: str, limit: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        Sheet.from_query(query)
    assert (refused.value.field, str(refused.value.limit)) == (field, limit)
    assert limit in str(refused.value)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("weight", [-1000.0, 0.0, 1000.0])
def test_no_loss_is_a_negative_zero_and_no_sheet_holds_one(loss: str, weight: float) -> None:
    sheet = Sheet(output_weights=(weight,) * 4 + (-weight,) * 4, loss=loss, inputs=(-0.0, 0, 0), targets=(1, -0.0))
    step = training_step(sheet)
    values = [step.loss, step.next_loss, sheet_loss(sheet), *sheet.inputs, *sheet.targets]
    assert not [value for value in values if value == 0 and math.copysign(1, value) < 0]
    assert "-0" not in sheet.to_query()["hand_x"]


@pytest.mark.parametrize("values", [{"learning_rate": "fast"}, {"inputs": 3}, {"inputs": (True, 0, 0)}])
def test_code_that_gives_other_things_than_numbers_is_refused_too(values: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        Sheet(**values)  # type: ignore[arg-type]
