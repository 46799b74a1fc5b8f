"""A visitor's own digits: the file, the split, and that teaching them teaches."""

import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image

from model.config import TrainingConfig
from model.data.mnist import load_mnist
from model.network import Network
from model.training.digits_file import (
    FILE_BYTES_MOST,
    LABELS_NAME,
    SHEET_NAME,
    FileError,
    OwnDigit,
    from_file,
    read_right,
    split,
    teaching_config,
    teaching_of,
    to_file,
)
from model.training.loop import State, Teaching, initial_state, network_of, slice, test_score


def own_digits(count: int) -> list[OwnDigit]:
    """Validation images as if they had been drawn, each called the next digit: nobody knows them but the visitor."""
    mnist = load_mnist()
    return [OwnDigit(mnist.validation_images[i], (int(mnist.validation_labels[i]) + 1) % 10) for i in range(count)]


def packed(sheet: bytes, labels: object) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(SHEET_NAME, sheet)
        file.writestr(LABELS_NAME, labels if isinstance(labels, str) else json.dumps(labels))
    return buffer.getvalue()


def png(width: int, height: int, mode: str = "L") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (width, height)).save(buffer, "PNG")
    return buffer.getvalue()


def test_a_saved_set_is_read_back_as_it_was():
    digits = own_digits(9)
    again = from_file(to_file(digits))
    assert [digit.label for digit in again] == [digit.label for digit in digits]
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(again, digits, strict=True))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "kind"),
        (b"not a zip at all", "kind"),
        (png(28, 28), "kind"),
        (b"x" * (FILE_BYTES_MOST + 1), "size"),
        (packed(png(28, 28), {"labels": [3, 4]}), "shape"),
        (packed(png(30, 28), {"labels": [3]}), "shape"),
        (packed(png(28, 28, "RGB"), {"labels": [3]}), "shape"),
        (packed(png(28, 28), {"labels": [10]}), "labels"),
        (packed(png(28, 28), {"labels": ["3"]}), "labels"),
        (packed(png(28, 28), {"labels": [True]}), "labels"),
        (packed(png(28, 28), [3]), "labels"),
        (packed(png(28, 28), {"labels": []}), "count"),
        (packed(png(28, 28 * 101), {"labels": [1] * 101}), "count"),
        (packed(png(28, 28), "{broken"), "kind"),
        (packed(b"\x89PNG broken", {"labels": [1]}), "kind"),
        (packed(png(28, 28)[:-30], {"labels": [1]}), "kind"),
        (packed(png(28, 28), "9" * 2_000_000), "size"),
    ],
)
def test_a_file_that_is_not_a_set_of_digits_is_refused_with_the_reason(content, reason):
    with pytest.raises(FileError) as caught:
        from_file(content)
    assert caught.value.reason == reason


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
def test_the_engine_refuses_a_teaching_that_does_not_fit(wrong):
    with pytest.raises(ValueError):
        Teaching(**wrong)


@pytest.fixture(scope="module")
def parent() -> tuple[TrainingConfig, State]:
    config = TrainingConfig(hidden_sizes=(32, 32), epochs=1)
    state, _ = slice(config, None, config.total_steps)
    return config, state


def taught(parent, digits, frozen_layers=0) -> Network:
    config = teaching_config(parent[0])
    start = State(0, parent[1].weights, ())
    state, _ = slice(config, start, config.total_steps, teaching_of(digits, frozen_layers))
    return network_of(config, state)


def test_teaching_teaches_the_visitors_digits_and_forgets_little(parent):
    digits = own_digits(5)
    before = network_of(*parent)
    after = taught(parent, digits)
    assert read_right(before, digits) == 0
    assert read_right(after, digits) >= 4
    assert test_score(after).accuracy > test_score(before).accuracy - 0.05


def test_frozen_layers_keep_their_weights_to_the_last_bit(parent):
    after = taught(parent, own_digits(5), frozen_layers=2)
    before = parent[1].weights
    for layer, same in enumerate([True, True, False]):
        assert np.array_equal(after.weights[layer][0], before[layer][0]) is same
        assert np.array_equal(after.weights[layer][1], before[layer][1]) is same


def test_teaching_is_the_same_however_it_is_cut_into_slices(parent):
    config = teaching_config(parent[0]).changed(epochs=1, training_images=1_000)
    teaching = teaching_of(own_digits(3), 0)
    whole, points = slice(config, State(0, parent[1].weights, ()), config.total_steps, teaching)
    state, pieces = State(0, parent[1].weights, ()), ()
    while state.step < config.total_steps:
        state, more = slice(config, state, 3, teaching)
        pieces += more
    assert pieces == points
    assert all(
        np.array_equal(a, b)
        for p, q in zip(whole.weights, state.weights, strict=True)
        for a, b in zip(p, q, strict=True)
    )


def test_a_run_without_own_digits_is_not_touched_by_one_with_them(parent):
    config = TrainingConfig(hidden_sizes=(32, 32), epochs=1, training_images=500)
    first, points = slice(config, initial_state(config), 4)
    taught(parent, own_digits(3))
    again, points_again = slice(config, initial_state(config), 4)
    assert points == points_again
    assert np.array_equal(first.weights[0][0], again.weights[0][0])
