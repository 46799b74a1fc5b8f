"""A fair race: what is equal is equal to the last bit, and what chance explains is not called a difference."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, t, ttest_ind

from model.config import LIMITS, ConfigError, TrainingConfig
from model.network import Score
from model.runs.race import (
    KNOBS,
    PRESET_RACES,
    Lane,
    Race,
    log_odds,
    seconds_of_work,
    verdict,
    visible_lead,
)
from model.training.batches import epoch_batches
from model.training.loop import initial_state

ROOT = Path(__file__).resolve().parents[3]


def lane(value: object, *correct: int, count: int = 10_000) -> Lane:
    return Lane(value, tuple(Score(0.0, right, count) for right in correct))


# --- what races ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PRESET_RACES)
def test_the_variants_of_a_race_differ_in_its_knob_alone(name: str) -> None:
    race = PRESET_RACES[name]
    free = {race.knob, "epochs"} if race.equal_steps else {race.knob}
    for config, value in zip(race.configs(), race.values, strict=True):
        assert getattr(config, race.knob) == value
        others = [field.name for field in fields(TrainingConfig) if field.name not in free]
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


# --- equal steps ---------------------------------------------------------------------------------------------------


def test_how_many_examples_it_takes_is_asked_of_networks_that_take_equally_many_steps() -> None:
    few, some, many = PRESET_RACES["images"].configs()
    assert few.total_steps == some.total_steps == many.total_steps == 1_000
    assert many.training_images == 100 * few.training_images


@given(
    values=st.lists(
        st.integers(*map(int, (LIMITS["training_images"].low, LIMITS["training_images"].high))),
        unique=True,
        min_size=2,
        max_size=6,
    ),
    epochs=st.integers(1, 200),
)
def test_equal_steps_are_as_equal_as_whole_epochs_within_the_limits_allow(values: list[int], epochs: int) -> None:
    race = Race("training_images", tuple(values), TrainingConfig(epochs=epochs), equal_steps=True)
    for config in race.configs():
        apart = abs(config.total_steps - race.base.total_steps)
        for other in (config.epochs - 1, config.epochs + 1):
            if 1 <= other <= 200:
                assert apart <= abs(other * config.steps_per_epoch - race.base.total_steps)


def test_further_seeds_follow_and_go_on_at_nought_beyond_the_highest() -> None:
    race = Race("batch_size", (32, 64), TrainingConfig(seed=2**31 - 2))
    assert race.seeds(3) == (2**31 - 2, 2**31 - 1, 0)
    assert race.seeds(2, first=1) == race.seeds(3)[1:]


def test_work_grows_with_whatever_takes_longer() -> None:
    standard = TrainingConfig()
    longer = [dict(epochs=20), dict(hidden_sizes=(256, 256)), dict(batch_size=8), dict(augmentation="gentle")]
    assert all(seconds_of_work([standard.changed(**more)]) > seconds_of_work([standard]) for more in longer)
    assert seconds_of_work([standard, standard]) == pytest.approx(2 * seconds_of_work([standard]))


# --- what chance explains ------------------------------------------------------------------------------------------

VALIDATION_IMAGES = 5_000
# (share read right, how much the seeds of each lane differ, as a standard deviation of log odds). Seeds of 64-64 were seen to differ
# by 0.06, at learning rate 0.03 by 0.14, on 500 images by 0.2, with four units by 0.3.
SPREADS = {
    "equal": lambda lanes: (0.975, [0.06] * lanes),
    "wide": lambda lanes: (0.85, [0.3] * lanes),
    "unequal": lambda lanes: (0.95, np.linspace(0.05, 0.31, lanes)),
    "one wide": lambda lanes: (0.95, [0.05] * (lanes - 1) + [0.4]),
    "near the ceiling": lambda lanes: (0.9985, [0.2] * lanes),
    "at the ceiling": lambda lanes: (0.9998, [0.4] * lanes),
}


def drawn(share: float, spreads: Sequence[float], seeds: int, rng: np.random.Generator) -> list[Lane]:
    """Lanes of settings that are equally good, each of so many seeds."""
    odds = np.log(share / (1 - share)) + np.array(spreads)[:, None] * rng.normal(size=(len(spreads), seeds))
    return [
        lane(place, *map(int, np.round(VALIDATION_IMAGES / (1 + np.exp(-row)))), count=VALIDATION_IMAGES)
        for place, row in enumerate(odds)
    ]


@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.parametrize("lanes", [2, 4, 6])
@pytest.mark.parametrize("seeds", [2, 3, 5])
def test_of_races_between_equal_settings_a_twentieth_names_one_behind(lanes: int, spread: str, seeds: int) -> None:
    rng = np.random.default_rng(lanes)
    share, spreads = SPREADS[spread](lanes)
    races = 600
    found = sum(bool(verdict(drawn(share, spreads, seeds, rng)).behind) for _ in range(races))
    # 5 %, and three standard deviations of such a count; two seeds of unequal spread come a little higher.
    assert found <= 0.05 * races + 3 * np.sqrt(0.05 * 0.95 * races)


def test_settings_that_differ_by_more_than_their_seeds_are_told_apart_from_three_seeds() -> None:
    rng = np.random.default_rng(1)
    found = 0
    for _ in range(200):
        good, bad = drawn(0.975, [0.06], 3, rng), drawn(0.96, [0.1], 3, rng)
        told = verdict([Lane("good", good[0].scores), Lane("bad", bad[0].scores)])
        found += told.best.value == "good" and len(told.behind) == 1
    assert found > 0.8 * 200


@given(
    first=st.lists(st.integers(2_500, 4_990), min_size=2, max_size=6),
    second=st.lists(st.integers(2_500, 4_990), min_size=2, max_size=6),
)
def test_two_lanes_are_told_apart_exactly_where_welchs_test_of_their_log_odds_does(
    first: list[int], second: list[int]
) -> None:
    lanes = [lane("a", *first, count=VALIDATION_IMAGES), lane("b", *second, count=VALIDATION_IMAGES)]
    best, other = sorted(lanes, key=lambda one: one.accuracy, reverse=True)
    samples = [[log_odds(score) for score in one.scores] for one in (best, other)]
    own_spreads = [np.var(sample, ddof=1) / len(sample) for sample in samples]
    if any(one.squared_error > 1.001 * spread for one, spread in zip((best, other), own_spreads, strict=True)):
        return  # seeds that agree so closely are taken to differ by more
    test = ttest_ind(*samples, equal_var=False)
    if abs(test.pvalue - 0.05) > 1e-6 and test.statistic > 0:
        assert bool(verdict(lanes).behind) == (test.pvalue < 0.05)


def test_seeds_that_agree_by_luck_prove_nothing() -> None:
    assert not verdict([lane(1, 4_860, 4_860, count=5_000), lane(2, 4_865, 4_865, count=5_000)]).behind
    assert not verdict([lane(1, 4_860, 4_860, 4_860, count=5_000), lane(2, 4_866, 4_866, 4_866, count=5_000)]).behind
    assert not verdict([lane(1, 5_000, 5_000, count=5_000), lane(2, 4_999, 4_999, count=5_000)]).behind


def test_two_seeds_tell_a_wide_gap_and_say_which_they_cannot_see() -> None:
    wide = verdict([lane("good", 4_865, 4_860, count=5_000), lane("bad", 4_500, 4_510, count=5_000)])
    assert [one.value for one in wide.behind] == ["bad"] and not wide.undecided
    narrow = verdict([lane("good", 4_865, 4_840, count=5_000), lane("bad", 4_845, 4_820, count=5_000)])
    (open_one,) = narrow.undecided
    assert open_one.behind == pytest.approx(0.004) and open_one.visible > 0.01


def test_what_was_not_seen_would_have_been_had_the_lead_been_greater() -> None:
    best, other = lane("a", 4_870, 4_860, 4_850, count=5_000), lane("b", 4_856, 4_866, 4_846, count=5_000)
    visible = verdict([best, other]).undecided[0].visible
    for lead, seen in ((0.8 * visible, False), (1.3 * visible, True)):
        moved = lane("b", *(round(score.correct - 5_000 * lead) for score in best.scores), count=5_000)
        assert bool(verdict([best, moved]).behind) == seen


def test_every_pair_is_a_comparison_since_the_best_is_chosen_from_the_scores() -> None:
    best, near = lane(0, 4_870, 4_860, 4_850, count=5_000), lane(1, 4_868, 4_858, 4_848, count=5_000)
    others = [lane(place, 4_500, 4_510, 4_490, count=5_000) for place in range(2, 6)]
    alone, among_six = verdict([best, near]).undecided[0], verdict([best, near, *others]).undecided[0]
    assert alone.visible == visible_lead(best, near) < among_six.visible == visible_lead(best, near, 15)


def test_a_verdict_names_the_best_those_behind_and_those_undecided() -> None:
    told = verdict(
        [lane("low", 9_000, 9_020, 8_990), lane("best", 9_750, 9_740, 9_760), lane("near", 9_745, 9_755, 9_735)]
    )
    assert told.best.value == "best"
    assert [one.lane.value for one in told.undecided] == ["near"]
    assert [one.value for one in told.behind] == ["low"]


def test_equal_lanes_are_undecided_and_never_equal() -> None:
    told = verdict([lane(1, 9_700, 9_710), lane(2, 9_700, 9_710)])
    assert not told.behind and told.undecided[0].behind == 0 and told.undecided[0].visible > 0


def test_one_seed_gives_no_verdict_about_settings() -> None:
    with pytest.raises(ValueError, match="two scores"):
        verdict([lane("one", 9_700), lane("other", 9_000)])
    with pytest.raises(ValueError, match="two lanes"):
        verdict([lane("alone", 9_000, 9_100)])
    with pytest.raises(ValueError):
        verdict([lane("one", 9_000, 9_100), lane("none")])


def test_a_lane_tells_its_mean_and_its_spread() -> None:
    one = lane("x", 9_600, 9_700, 9_800)
    assert (one.accuracy, one.lowest, one.highest) == pytest.approx((0.97, 0.96, 0.98))


def test_the_interval_of_several_seeds_is_students_and_of_one_wilsons() -> None:
    one = lane("x", 9_600, 9_700, 9_800)
    sample = [log_odds(score) for score in one.scores]
    expected = t.interval(0.95, 2, np.mean(sample), np.std(sample, ddof=1) / np.sqrt(3))
    assert one.interval == pytest.approx(tuple(1 / (1 + np.exp(-np.array(expected)))))
    proportion = binomtest(4_860, 5_000).proportion_ci(method="wilson")
    assert lane("y", 4_860, count=5_000).interval == pytest.approx((proportion.low, proportion.high))


@given(scores=st.lists(st.integers(0, 5_000), min_size=1, max_size=5))
def test_an_interval_stays_between_none_and_all_and_holds_the_middle(scores: list[int]) -> None:
    low, high = lane("x", *scores, count=5_000).interval
    assert -1e-9 <= low < high <= 1 + 1e-9


def test_judging_costs_the_web_process_no_large_import() -> None:
    script = (
        "import sys; from model.runs.race import Lane, verdict; from model.network import Score;"
        "assert 'scipy' not in sys.modules;"
        "verdict([Lane(n, (Score(0, 90 + n, 100), Score(0, 91, 100))) for n in (1, 2)]);"
        "assert 'scipy.special' in sys.modules and 'scipy.stats' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)
