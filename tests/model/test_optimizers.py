"""Optimisers and learning-rate schedules against formulas written down a second time."""

import math

import numpy as np
import pytest

from model.optimizers import OPTIMIZERS, SCHEDULES, learning_rates

TOTAL = 4_300


def published_cosine(step: int, total: int, warm_up: int) -> float:
    """Linear warm-up, then equation 5 of Loshchilov and Hutter 2017 with eta_min = 0 and eta_max = 1."""
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.5 * (1 + math.cos(math.pi * (step - warm_up) / (total - warm_up)))


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize(
    ("name", "keras_name", "first_move"),
    [
        ("adam", "Adam", 0.1),
        ("adamw", "AdamW", 0.1),
        ("rmsprop", "RMSprop", 0.1 / math.sqrt(0.1)),
        ("sgd", "SGD", 0.05),
        ("momentum", "SGD", 0.05),
    ],
)
def test_an_optimizer_builds_and_takes_the_first_step_its_paper_gives(
    name: str, keras_name: str, first_move: float
) -> None:
    import keras

    optimizer = OPTIMIZERS[name].build()
    assert type(optimizer) is getattr(keras.optimizers, keras_name)
    weight = keras.Variable(np.array([0.0], np.float32))
    optimizer.build([weight])
    optimizer.learning_rate.assign(0.1)
    optimizer.apply([keras.ops.convert_to_tensor([0.5])], [weight])
    assert float(weight.value[0]) == pytest.approx(-first_move, rel=1e-4)


@pytest.mark.usefixtures("tensorflow")
def test_momentum_goes_on_in_the_old_direction() -> None:
    import keras

    weight = keras.Variable(np.array([0.0], np.float32))
    optimizer = OPTIMIZERS["momentum"].build()
    optimizer.build([weight])
    optimizer.learning_rate.assign(1.0)
    for gradient in (1.0, 0.0):
        optimizer.apply([keras.ops.convert_to_tensor([gradient])], [weight])
    assert float(weight.value[0]) == pytest.approx(-1.9)


def test_every_optimizer_and_schedule_of_the_issue_is_there() -> None:
    assert set(OPTIMIZERS) == {"adam", "adamw", "rmsprop", "sgd", "momentum"}
    assert set(SCHEDULES) == {"constant", "cosine"}


def test_a_constant_schedule_stays_at_the_peak() -> None:
    rates = learning_rates("constant", 0.003, 0, TOTAL, TOTAL)
    assert rates.dtype == np.float32 and rates.shape == (TOTAL,)
    assert (rates == np.float32(0.003)).all()


def test_the_cosine_schedule_follows_its_published_formula() -> None:
    rates = learning_rates("cosine", 0.003, 0, TOTAL, TOTAL)
    expected = [0.003 * published_cosine(step, TOTAL, warm_up=215) for step in range(TOTAL)]
    np.testing.assert_allclose(rates, expected, rtol=1e-6)


def test_the_cosine_schedule_rises_to_the_peak_and_falls_to_nearly_nothing() -> None:
    rates = learning_rates("cosine", 1.0, 0, TOTAL, TOTAL)
    peak = int(rates.argmax())
    assert 0.04 * TOTAL < peak < 0.06 * TOTAL
    assert rates.max() == 1 and 0 < rates[0] < 0.01 and 0 <= rates[-1] < 1e-5
    assert (np.diff(rates[:peak]) > 0).all() and (np.diff(rates[peak + 1 :]) < 0).all()


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_rates_are_the_same_however_they_are_asked_for(schedule: str) -> None:
    whole = learning_rates(schedule, 0.01, 0, 100, 100)
    parts = [learning_rates(schedule, 0.01, first, steps, 100) for first, steps in ((0, 3), (3, 64), (67, 33))]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("total", [1, 2, 3, 19])
def test_the_shortest_runs_have_sound_rates(schedule: str, total: int) -> None:
    rates = learning_rates(schedule, 0.01, 0, total, total)
    assert len(rates) == total and (rates >= 0).all() and 0 < rates.max() <= np.float32(0.01)


def test_an_unknown_schedule_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        learning_rates("step", 0.01, 0, 1, 1)
