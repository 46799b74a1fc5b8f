"""Training: against plain Keras on the same batches, and the same to the last bit however a run is cut."""

import math
import os
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.config import TrainingConfig
from model.data.mnist import Mnist
from model.network import Network, evaluate, predict
from model.training import compiled_loop, loop
from model.training.batches import BLOCK_STEPS, epoch_batches
from model.training.loop import initial_state, train, train_steps
from model.training.state import Point, State, network_of, next_point, steps_per_point

pytestmark = pytest.mark.usefixtures("tensorflow")

# More steps between two points than a block holds, a short last batch, and chance in every place it can be.
EVERYTHING = TrainingConfig(
    hidden_sizes=(16, 8),
    epochs=2,
    batch_size=16,
    training_images=10_507,
    dropout=0.3,
    l2=1e-4,
    schedule="cosine",
    augmentation="gentle",
    seed=3,
)
TINY = TrainingConfig(hidden_sizes=(20,), epochs=2, batch_size=64, training_images=150, learning_rate=0.01)
DIVERGING = TrainingConfig(
    hidden_sizes=(20, 20),
    epochs=3,
    batch_size=50,
    training_images=2_000,
    optimizer="sgd",
    activation="linear",
    learning_rate=0.5,
)
ROOT = Path(__file__).resolve().parents[3]


def run_in_slices(config: TrainingConfig, steps: int) -> tuple[State, tuple[Point, ...]]:
    """A whole run, its state sent through pickle between slices as if to another worker."""
    state: State | None = None
    points: tuple[Point, ...] = ()
    while state is None or (state.step < config.total_steps and not state.diverged):
        state, new = train_steps(config, pickle.loads(pickle.dumps(state)), steps)
        points += new
    return state, points


def run_in_points(config: TrainingConfig, points_a_slice: int) -> tuple[State, tuple[Point, ...]]:
    """A whole run in slices that end at points, as runs and ``train`` cut it."""
    state: State | None = None
    points: tuple[Point, ...] = ()
    while state is None or (state.step < config.total_steps and not state.diverged):
        first = end = state.step if state else 0
        for _ in range(points_a_slice):
            end = next_point(config, end)
        state, new = train_steps(config, state, end - first)
        points += new
    return state, points


def arrays_of(state: State) -> list[np.ndarray]:
    return [array for pair in state.weights for array in pair] + list(state.optimizer)


def assert_same_to_the_last_bit(one: State, other: State) -> None:
    assert (one.step, one.loss_sum, one.correct, one.images, one.diverged) == (
        other.step,
        other.loss_sum,
        other.correct,
        other.images,
        other.diverged,
    )
    for a, b in zip(arrays_of(one), arrays_of(other), strict=True):
        assert a.dtype == b.dtype and a.tobytes() == b.tobytes()


def keras_twin(config: TrainingConfig, weights: Any) -> Any:
    """Plain Keras with the same weights, as a tutorial would write it."""
    import keras

    regularizer = keras.regularizers.L1L2(l1=config.l1, l2=config.l2)
    layers: list[Any] = [keras.Input((784,))]
    for size in config.hidden_sizes:
        layers.append(keras.layers.Dense(size, activation=config.activation, kernel_regularizer=regularizer))
    twin = keras.Sequential([*layers, keras.layers.Dense(10, kernel_regularizer=regularizer)])
    optimizer = {"adam": keras.optimizers.Adam, "sgd": keras.optimizers.SGD}[config.optimizer](config.learning_rate)
    twin.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    twin.set_weights([array for pair in weights for array in pair])
    return twin


def batches_of(config: TrainingConfig, epoch: int) -> tuple[np.ndarray, np.ndarray]:
    return epoch_batches(config, epoch)


def real_batch(config: TrainingConfig, mnist: Mnist, step: int) -> tuple[np.ndarray, np.ndarray]:
    epoch, row = divmod(step, config.steps_per_epoch)
    batches, counts = batches_of(config, epoch)
    chosen = batches[row][: counts[row]]
    return mnist.training_images[chosen].reshape(-1, 784) / np.float32(255), mnist.training_labels[chosen]


# --- one step ------------------------------------------------------------------------------------------------------


def test_one_step_raises_the_probability_of_the_right_digit(mnist: Mnist) -> None:
    before = initial_state(TINY)
    after, _ = train_steps(TINY, before, 1)
    images, labels = real_batch(TINY, mnist, 0)
    rows = np.arange(len(labels))
    sure_before = predict(network_of(TINY, before), images)[rows, labels]
    sure_after = predict(network_of(TINY, after), images)[rows, labels]
    assert sure_after.mean() > sure_before.mean() + 0.02


@pytest.mark.parametrize("penalties", [{}, {"l2": 0.01}, {"l1": 0.002, "l2": 0.01}], ids=str)
@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_an_epoch_with_a_short_last_batch_is_what_keras_itself_would_do(
    optimizer: str, penalties: dict[str, float], mnist: Mnist
) -> None:
    config = TINY.changed(optimizer=optimizer, **penalties)
    state = initial_state(config)
    twin = keras_twin(config, state.weights)
    for step, size in enumerate((64, 64, 22, 64)):
        images, labels = real_batch(config, mnist, step)
        assert len(labels) == size
        loss = evaluate(network_of(config, state), images, labels).loss
        state, points = train_steps(config, state, 1)
        twin.train_on_batch(images, labels)
        for found, expected in zip(arrays_of(replace(state, optimizer=())), twin.get_weights(), strict=True):
            np.testing.assert_allclose(found, expected, atol=2e-5)
        (point,) = points
        assert point.loss == pytest.approx(loss, rel=1e-4), (
            "the curve shows the loss before the step, without penalties"
        )


def test_settings_changed_between_slices_count_from_the_next_step_on_and_compile_nothing(mnist: Mnist) -> None:
    config = TINY.changed(optimizer="sgd", learning_rate=0.1)
    state, _ = train_steps(config, None, 1)
    program = compiled_loop.program_for(compiled_loop.Shape.of(config))
    traces = program.traces
    changed = config.changed(learning_rate=0.02, l1=0.001, l2=0.02)
    twin = keras_twin(changed, state.weights)
    state, _ = train_steps(changed, state, 2)
    for step in (1, 2):
        twin.train_on_batch(*real_batch(changed, mnist, step))
    for found, expected in zip(arrays_of(replace(state, optimizer=())), twin.get_weights(), strict=True):
        np.testing.assert_allclose(found, expected, atol=2e-6)
    dropping, _ = train_steps(changed.changed(dropout=0.5), state, 1)
    keeping, _ = train_steps(changed, state, 1)
    assert not np.array_equal(dropping.weights[0][0], keeping.weights[0][0])
    assert program.traces == traces


def test_xla_compiles_an_architecture_once_whatever_else_changes(tmp_path: Path) -> None:
    script = f"""
from pathlib import Path
from model.config import TrainingConfig
from model.training.loop import train_steps
from model.runs.executor import prepare_process
prepare_process()
def compiled():
    return len(list(Path({str(tmp_path)!r}).glob("*train_block*before_optimizations.txt")))
config = TrainingConfig(hidden_sizes=(5,), training_images=3000, batch_size=10)
state, _ = train_steps(config, None, 1)
print(compiled())
for steps, changes in enumerate([dict(learning_rate=0.5), dict(dropout=0.4), dict(dropout=0.1), dict(l1=0.01), dict(l2=0.1),
                                 dict(epochs=50), dict(schedule="cosine"), dict(training_images=777), dict(seed=9)], 2):
    config = config.changed(**changes)
    state, _ = train_steps(config, state, steps * 9)
print(compiled())
"""
    environment = os.environ | {"XLA_FLAGS": f"--xla_dump_to={tmp_path} --xla_dump_hlo_as_text"}
    output = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert output.split() == ["1", "1"]


# --- the same numbers ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole_run() -> tuple[State, tuple[Point, ...]]:
    return run_in_slices(EVERYTHING, 10_000)


@pytest.mark.parametrize("steps", [7, BLOCK_STEPS, BLOCK_STEPS + 1, 500])
def test_curves_and_weights_are_bit_equal_for_every_slice_size(
    steps: int, whole_run: tuple[State, tuple[Point, ...]]
) -> None:
    assert steps_per_point(EVERYTHING) > BLOCK_STEPS
    assert EVERYTHING.training_images % EVERYTHING.batch_size
    state, points = run_in_slices(EVERYTHING, steps)
    assert points == whole_run[1]
    assert_same_to_the_last_bit(state, whole_run[0])


def test_train_gives_the_same_curves_as_slices(whole_run: tuple[State, tuple[Point, ...]]) -> None:
    progress = list(train(EVERYTHING))
    state, points = whole_run
    assert [(p.step, p.loss, p.accuracy, p.validation_loss, p.validation_accuracy) for p in progress] == [
        (p.step, p.loss, p.accuracy, p.validation_loss, p.validation_accuracy) for p in points
    ]
    for found, expected in zip(progress[-1].network.weights, state.weights, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(found, expected, strict=True))


def test_another_run_in_between_changes_nothing(whole_run: tuple[State, tuple[Point, ...]]) -> None:
    """Programs are shared: what one run leaves in their variables must not reach another."""
    half, points = train_steps(EVERYTHING, None, 600)
    run_in_slices(EVERYTHING.changed(seed=8, dropout=0.6, l1=0.01, learning_rate=0.1, epochs=1), 10_000)
    state, more = train_steps(EVERYTHING, half, 10_000)
    assert points + more == whole_run[1]
    assert_same_to_the_last_bit(state, whole_run[0])


def test_a_slice_leaves_the_state_it_was_given_as_it_was() -> None:
    state, _ = train_steps(TINY, None, 1)
    copy = pickle.loads(pickle.dumps(state))
    train_steps(TINY, state, 5)
    assert_same_to_the_last_bit(state, copy)


@pytest.mark.parametrize("changes", [{"seed": 4}, {"dropout": 0.31}, {"l2": 2e-4}, {"learning_rate": 0.0011}], ids=str)
def test_another_setting_gives_other_numbers(
    changes: dict[str, float], whole_run: tuple[State, tuple[Point, ...]]
) -> None:
    _, points = train_steps(EVERYTHING.changed(**changes), None, 300)
    assert points and points[-1].loss != whole_run[1][len(points) - 1].loss


def test_a_seed_decides_starting_weights_order_and_chance_each() -> None:
    state = initial_state(EVERYTHING)
    other_seed = EVERYTHING.changed(seed=4)
    assert not np.array_equal(initial_state(other_seed).weights[0][0], state.weights[0][0])
    assert not np.array_equal(batches_of(other_seed, 0)[0], batches_of(EVERYTHING, 0)[0])


# --- batches -------------------------------------------------------------------------------------------------------


def test_a_batch_larger_than_the_training_images_is_one_short_batch(mnist: Mnist) -> None:
    config = TINY.changed(training_images=100, batch_size=128, epochs=1, optimizer="sgd")
    state = initial_state(config)
    twin = keras_twin(config, state.weights)
    state, points = train_steps(config, state, 9)
    twin.train_on_batch(*real_batch(config, mnist, 0))
    np.testing.assert_allclose(state.weights[0][0], twin.get_weights()[0], atol=2e-6)
    assert [point.step for point in points] == [1]


# --- dropout -------------------------------------------------------------------------------------------------------


def test_dropout_silences_its_share_and_scales_up_the_rest() -> None:
    import tensorflow as tf

    rate = tf.Variable(0.4)
    layer = compiled_loop.AdjustableDropout(rate, tf.Variable([1, 8]), layer=0)
    inputs = tf.ones((200, 500))
    dropped = np.asarray(tf.function(lambda x: layer(x, training=True), jit_compile=True)(inputs))
    assert (dropped == 0).mean() == pytest.approx(0.4, abs=0.01)
    np.testing.assert_allclose(dropped[dropped != 0], 1 / 0.6, rtol=1e-5)
    np.testing.assert_array_equal(layer(inputs, training=False), inputs)
    rate.assign(0.0)
    np.testing.assert_array_equal(tf.function(lambda x: layer(x, training=True), jit_compile=True)(inputs), inputs)


def test_dropout_silences_other_units_in_every_step_layer_and_seed() -> None:
    import tensorflow as tf

    def mask(key: list[int], layer: int) -> bytes:
        dropout = compiled_loop.AdjustableDropout(tf.Variable(0.5), tf.Variable(key), layer)
        call = tf.function(lambda x: dropout(x, training=True), jit_compile=True)
        return np.asarray(call(tf.ones((4, 50)))).tobytes()

    assert len({mask([1, 8], 0), mask([1, 16], 0), mask([1, 8], 1), mask([2, 8], 0)}) == 4


# --- a whole run ---------------------------------------------------------------------------------------------------


def test_a_short_run_learns_to_read_and_tells_one_progress_a_point(mnist: Mnist) -> None:
    config = TrainingConfig(training_images=10_000, epochs=3)
    progress = list(train(config))
    expected_steps = [79 * epoch + min(16 * point, 79) for epoch in range(3) for point in range(1, 6)]
    assert [p.step for p in progress] == expected_steps
    assert [p.step for p in progress if p.validation_loss is not None] == [79, 158, 237]
    assert [p.step for p in progress if p.validation_accuracy is not None] == [79, 158, 237]
    assert [p.epoch for p in progress] == [step / 79 for step in expected_steps]
    assert progress[-1].validation_accuracy > 0.9  # type: ignore[operator]
    assert progress[-1].accuracy > 0.9 > progress[0].accuracy
    assert progress[-1].loss < 0.4 < progress[0].loss
    assert not any(p.diverged for p in progress)
    score = evaluate(progress[4].network, mnist.validation_images, mnist.validation_labels)
    assert (progress[4].validation_loss, progress[4].validation_accuracy) == (score.loss, score.accuracy)
    assert loop.test_score(progress[-1].network).accuracy > 0.9


def test_a_network_without_hidden_layers_learns() -> None:
    *_, last = train(
        TrainingConfig(hidden_sizes=(), epochs=1, training_images=5_000, batch_size=50, learning_rate=0.01)
    )
    assert last.validation_accuracy is not None and last.validation_accuracy > 0.8
    assert len(last.network.weights) == 1


def test_a_slice_ends_where_the_run_ends() -> None:
    state, points = train_steps(TINY, None, 1_000)
    assert state.step == points[-1].step == 6
    again, none = train_steps(TINY, state, 5)
    assert again.step == 6 and none == ()


@pytest.mark.parametrize("steps", [0, -1])
def test_a_slice_of_no_steps_is_refused(steps: int) -> None:
    with pytest.raises(ValueError, match=f"steps = {steps}"):
        train_steps(TINY, None, steps)


class Untouchable:
    """Test data that must not be looked at."""

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError(f"the test set was read during training: {name}")

    def __getitem__(self, index: Any) -> Any:
        raise AssertionError("the test set was read during training")


def test_neither_test_nor_validation_images_take_part_in_training(
    mnist: Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = TINY.changed(hidden_sizes=(), batch_size=50)
    expected, points = train_steps(config, None, 6)
    other: Any = replace(
        mnist,
        validation_images=255 - mnist.validation_images,
        validation_labels=9 - mnist.validation_labels,
        test_images=Untouchable(),
        test_labels=Untouchable(),
    )
    for module in (loop, compiled_loop):
        monkeypatch.setattr(module, "load_mnist", lambda: other)
    for name in ("training_tensors", "program_for"):
        monkeypatch.setattr(compiled_loop, name, getattr(compiled_loop, name).__wrapped__)
    found, other_points = train_steps(config, None, 6)
    assert_same_to_the_last_bit(found, expected)
    assert [p.loss for p in other_points] == [p.loss for p in points]
    assert [p.validation_loss for p in other_points] != [p.validation_loss for p in points]


# --- divergence ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def diverged() -> tuple[State, tuple[Point, ...]]:
    return run_in_points(DIVERGING, 1)


def test_a_run_that_diverges_keeps_its_last_good_weights(diverged: tuple[State, tuple[Point, ...]]) -> None:
    state, points = diverged
    assert state.diverged
    assert 0 < state.step < DIVERGING.total_steps
    assert state.step == points[-1].step
    assert all(np.isfinite(array).all() for pair in state.weights for array in pair)
    assert all(math.isfinite(point.loss) for point in points)
    assert np.isfinite(predict(network_of(DIVERGING, state), np.zeros((1, 28, 28), np.uint8))).all()


@pytest.mark.parametrize("points_a_slice", [2, 5, 1_000])
def test_the_last_good_state_does_not_depend_on_the_slices(
    points_a_slice: int, diverged: tuple[State, tuple[Point, ...]]
) -> None:
    state, points = run_in_points(DIVERGING, points_a_slice)
    assert points == diverged[1]
    assert_same_to_the_last_bit(state, diverged[0])


@pytest.mark.parametrize("optimizer", ["adam", "momentum"])
def test_the_wildest_settings_end_in_finite_weights(optimizer: str) -> None:
    config = DIVERGING.changed(hidden_sizes=(), optimizer=optimizer, learning_rate=10.0, epochs=1)
    progress = list(train(config))
    assert all(np.isfinite(array).all() for p in progress for pair in p.network.weights for array in pair)
    assert progress[-1].diverged or progress[-1].step == config.total_steps
    assert not any(p.diverged for p in progress[:-1])


def test_train_ends_with_a_progress_that_says_diverged(diverged: tuple[State, tuple[Point, ...]]) -> None:
    *before, last = train(DIVERGING)
    assert last.diverged and math.isnan(last.loss)
    assert [p.loss for p in before] == [p.loss for p in diverged[1]]
    assert isinstance(last.network, Network) and last.step == diverged[0].step


@pytest.mark.parametrize("steps", range(2, 16))
def test_a_run_that_breaks_in_its_very_last_step_has_diverged_too(steps: int) -> None:
    """No later loss tells it: the weights themselves must be looked at. One of these lengths ends at that step."""
    config = DIVERGING.changed(training_images=50 * steps, epochs=1)
    state, points = train_steps(config, None, 1_000)
    scores = predict(network_of(config, state), np.zeros((1, 28, 28), np.uint8))
    assert np.isfinite(scores).all()
    assert all(np.isfinite(array).all() for pair in state.weights for array in pair)
    assert all(p.validation_loss is None or math.isfinite(p.validation_loss) for p in points)
    assert state.diverged or state.step == config.total_steps
