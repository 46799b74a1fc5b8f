"""Fine-tuning on a visitor's own digits: the split, that it teaches them, and what stays as it was."""

import numpy as np
import pytest

from model.config import TrainingConfig
from model.network import Network
from model.training.fine_tuning import FineTuning, fine_tuning_config, fine_tuning_of, read_right, split
from model.training.loop import initial_state, test_score, train_steps
from model.training.state import State, network_of
from tests.model.networks import own_digits

pytestmark = pytest.mark.usefixtures("tensorflow")


def test_every_fourth_digit_is_held_back():
    digits = own_digits(9)
    taught, held_back = split(digits)
    assert held_back == [digits[3], digits[7]]
    assert len(taught) == 7


@pytest.mark.parametrize(
    "wrong",
    [
        {"images": np.zeros((0, 28, 28), np.uint8), "labels": np.zeros(0, np.uint8)},
        {"images": np.zeros((2, 28, 28), np.uint8), "labels": np.zeros(1, np.uint8)},
        {"images": np.zeros((1, 28, 28), np.float32), "labels": np.zeros(1, np.uint8)},
        {"images": np.zeros((1, 28, 28), np.uint8), "labels": np.full(1, 10, np.uint8)},
        {"images": np.zeros((101, 28, 28), np.uint8), "labels": np.zeros(101, np.uint8)},
    ],
)
def test_the_engine_refuses_digits_that_do_not_fit(wrong):
    with pytest.raises(ValueError):
        FineTuning(**wrong)


@pytest.fixture(scope="module")
def parent() -> tuple[TrainingConfig, State]:
    config = TrainingConfig(hidden_sizes=(32, 32), epochs=1)
    state, _ = train_steps(config, None, config.total_steps)
    return config, state


def fine_tuned(parent, digits, frozen_layers=0) -> Network:
    config = fine_tuning_config(parent[0])
    start = State(0, parent[1].weights, ())
    state, _ = train_steps(config, start, config.total_steps, fine_tuning_of(digits, frozen_layers))
    return network_of(config, state)


def test_fine_tuning_teaches_the_visitors_digits_and_forgets_little(parent):
    digits = own_digits(5)
    before = network_of(*parent)
    after = fine_tuned(parent, digits)
    assert read_right(before, digits) == 0
    assert read_right(after, digits) >= 4
    assert test_score(after).accuracy > test_score(before).accuracy - 0.05


def test_frozen_layers_keep_their_weights_to_the_last_bit(parent):
    after = fine_tuned(parent, own_digits(5), frozen_layers=2)
    before = parent[1].weights
    for layer, same in enumerate([True, True, False]):
        assert np.array_equal(after.weights[layer][0], before[layer][0]) is same
        assert np.array_equal(after.weights[layer][1], before[layer][1]) is same


def test_fine_tuning_is_the_same_however_it_is_cut_into_slices(parent):
    config = fine_tuning_config(parent[0]).changed(epochs=1, training_images=1_000)
    fine_tuning = fine_tuning_of(own_digits(3), 0)
    whole, points = train_steps(config, State(0, parent[1].weights, ()), config.total_steps, fine_tuning)
    state, pieces = State(0, parent[1].weights, ()), ()
    while state.step < config.total_steps:
        state, more = train_steps(config, state, 3, fine_tuning)
        pieces += more
    assert pieces == points
    assert all(
        np.array_equal(a, b)
        for p, q in zip(whole.weights, state.weights, strict=True)
        for a, b in zip(p, q, strict=True)
    )


def test_a_run_without_own_digits_is_not_touched_by_one_with_them(parent):
    config = TrainingConfig(hidden_sizes=(32, 32), epochs=1, training_images=500)
    first, points = train_steps(config, initial_state(config), 4)
    fine_tuned(parent, own_digits(3))
    again, points_again = train_steps(config, initial_state(config), 4)
    assert points == points_again
    assert np.array_equal(first.weights[0][0], again.weights[0][0])
