"""A fair race: what is equal is equal to the last bit, and what chance explains is not called a difference."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_selection import f_oneway

from model.config import ConfigError, TrainingConfig
from model.network import Score
from model.race import (
    KNOBS,
    PRESET_RACES,
    Lane,
    Race,
    difference_interval,
    tells_apart,
    verdict,
    welch,
)
from model.training import epoch_batches, initial_state


def lane(value: object, *correct: int, count: int = 10_000) -> Lane:
    return Lane(value, tuple(Score(0.0, right, count) for right in correct))


# --- what races ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PRESET_RACES)
def test_the_variants_of_a_race_differ_in_its_knob_alone(name: str) -> None:
    race = PRESET_RACES[name]
    for config, value in zip(race.configs(), race.values, strict=True):
        assert getattr(config, race.knob) == value
        others = [field.name for field in fields(TrainingConfig) if field.name != race.knob]
        assert all(getattr(config, other) == getattr(race.base, other) for other in others)


def test_another_seed_changes_the_seed_alone() -> None:
    race = Race("batch_size", (32, 64), TrainingConfig(epochs=3))
    assert race.configs(5) == tuple(config.changed(seed=5) for config in race.configs())


@pytest.mark.parametrize(
    ("knob", "values", "said"),
    [
        ("seed", (1, 2), "no knob to race"),
        ("batch_size", (32,), "2 to 6"),
        ("batch_size", (1, 2, 3, 4, 5, 6, 7), "2 to 6"),
        ("batch_size", (32, 32), "different"),
        ("learning_rate", (0.1, 100.0), "learning_rate = 100.0"),
    ],
)
def test_what_is_no_race_is_refused_with_the_reason(knob: str, values: tuple[object, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Race(knob, values)


def test_a_value_outside_its_limits_names_field_and_limit() -> None:
    with pytest.raises(ConfigError) as caught:
        Race("hidden_sizes", ((64,), (2_000,)))
    assert caught.value.field == "hidden_sizes"


def test_every_knob_of_a_race_is_a_setting() -> None:
    assert set(KNOBS) < {field.name for field in fields(TrainingConfig)}


@pytest.mark.usefixtures("tensorflow")
def test_variants_start_with_equal_weights_wherever_shapes_allow() -> None:
    small, large = (initial_state(config) for config in Race("hidden_sizes", ((16,), (16, 8))).configs())
    np.testing.assert_array_equal(small.weights[0][0], large.weights[0][0])
    one, other = (initial_state(config) for config in Race("optimizer", ("sgd", "adam")).configs())
    for (weights, biases), (other_weights, other_biases) in zip(one.weights, other.weights, strict=True):
        np.testing.assert_array_equal(weights, other_weights)
        np.testing.assert_array_equal(biases, other_biases)


def test_variants_see_the_same_images_in_the_same_order() -> None:
    few, many = Race("batch_size", (8, 64), TrainingConfig(training_images=1_000)).configs()
    for epoch in range(3):
        orders = [epoch_batches(config, epoch)[0].ravel()[:1_000] for config in (few, many)]
        np.testing.assert_array_equal(*orders)


# --- what chance explains ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    # Newcombe 1998, "Interval estimation for the difference between independent proportions", table II, method 10.
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((10, 10), (0, 20), (0.6791, 1.0)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
    ],
)
def test_the_interval_of_a_difference_is_the_published_one(
    first: tuple[int, int], second: tuple[int, int], expected: tuple[float, float]
) -> None:
    assert difference_interval(Score(0, *first), Score(0, *second)) == pytest.approx(expected, abs=6e-5)


def test_welch_of_students_own_sleep_data_is_what_is_published() -> None:
    # Student 1908, "The probable error of a mean"; R's help page of t.test prints t = -1.8608, df = 17.776, p = 0.07939 for it.
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    assert 0.07939 <= welch(first, second) < 0.0805


@given(
    first=st.lists(st.floats(0.5, 1), min_size=2, max_size=6),
    shift=st.floats(0.001, 0.3),
)
def test_welch_with_equal_spreads_is_the_analysis_of_variance(first: list[float], shift: float) -> None:
    if np.ptp(first) < 1e-3:
        return
    second = [share + shift for share in first]
    _, expected = f_oneway(np.array(first)[:, None], np.array(second)[:, None])
    assert welch(first, second) == pytest.approx(expected[0], abs=1e-6)


def test_equal_runs_are_within_chance_and_equal_spreadless_ones_too() -> None:
    assert not tells_apart(lane(1, 9_700), lane(2, 9_700))
    assert not tells_apart(lane(1, 9_700, 9_700, 9_700), lane(2, 9_700, 9_700, 9_700))


def test_ten_digits_of_ten_thousand_are_chance_and_two_hundred_are_not() -> None:
    assert not tells_apart(lane(1, 9_750), lane(2, 9_740))
    assert tells_apart(lane(1, 9_750), lane(2, 9_550))


def test_seeds_that_spread_wider_than_the_difference_are_chance_and_narrow_ones_are_not() -> None:
    assert not tells_apart(lane(1, 9_700, 9_760, 9_730), lane(2, 9_690, 9_750, 9_715))
    assert tells_apart(lane(1, 9_750, 9_752, 9_754), lane(2, 9_720, 9_723, 9_726))


def test_networks_that_differ_by_chance_alone_are_told_apart_in_a_twentieth_of_races_at_most() -> None:
    chance = np.random.default_rng(1)
    found = 0
    for _ in range(400):
        lanes = [lane(number, int(chance.binomial(10_000, 0.97))) for number in range(4)]
        found += bool(verdict(lanes).behind)
    # The largest of four against each of the others: Bonferroni holds for fixed pairs; the choice of the best costs some of it.
    assert found / 400 < 0.1


def test_a_verdict_names_the_best_the_tied_and_those_behind() -> None:
    told = verdict([lane("low", 9_000), lane("best", 9_750), lane("near", 9_745)])
    assert told.best.value == "best"
    assert [one.value for one in told.tied] == ["near"]
    assert [one.value for one in told.behind] == ["low"]


def test_a_verdict_wants_two_lanes_with_scores() -> None:
    with pytest.raises(ValueError):
        verdict([lane("alone", 9_000)])
    with pytest.raises(ValueError):
        verdict([lane("one", 9_000), lane("none")])


def test_a_lane_tells_its_mean_and_its_spread() -> None:
    one = lane("x", 9_600, 9_700, 9_800)
    assert (one.accuracy, one.lowest, one.highest) == pytest.approx((0.97, 0.96, 0.98))
