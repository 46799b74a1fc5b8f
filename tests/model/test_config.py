"""The settings: defaults, limits, errors that name what is wrong, and the link that carries them."""

import dataclasses
import math
import pickle
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import model.config
from model.config import DEFAULTS, LIMITS, PRESETS, ConfigError, Limit, TrainingConfig

WHOLE_FIELDS = ("epochs", "batch_size", "training_images", "seed")
REAL_FIELDS = ("learning_rate", "dropout", "l1", "l2")
CHOICE_FIELDS = ("activation", "optimizer", "schedule", "augmentation")
# Written out from the design, not read from the code.
BOUNDS = {
    "epochs": (1, 200),
    "training_images": (100, 55_000),
    "batch_size": (1, 1024),
    "seed": (0, 2**31 - 1),
    "learning_rate": (1e-6, 10.0),
    "dropout": (0.0, 0.9),
    "l1": (0.0, 0.1),
    "l2": (0.0, 0.1),
    "pen_share": (0.0, 0.5),
}
CHOICES = {
    "activation": {"relu", "tanh", "sigmoid", "gelu", "linear"},
    "optimizer": {"adam", "adamw", "rmsprop", "sgd", "momentum"},
    "schedule": {"constant", "cosine"},
    "augmentation": {"off", "gentle", "strong"},
}
NONSENSE = [
    "",
    " ",
    "abc",
    "64;64",
    "1e",
    "--1",
    "0x10",
    "١٢x",
    "None",
    "NaN",
    "inf",
    "-inf",
    "9" * 6000,
    "\x00",
    "1_5",
    "1,5",
]

configs = st.builds(
    TrainingConfig,
    hidden_sizes=st.lists(st.integers(1, 1024), max_size=4).map(tuple),
    **{name: st.integers(*map(int, BOUNDS[name])) for name in WHOLE_FIELDS},
    **{name: st.floats(*BOUNDS[name]) for name in REAL_FIELDS},
    **{name: st.sampled_from(sorted(CHOICES[name])) for name in CHOICE_FIELDS},
)


def refused(**values: Any) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        TrainingConfig(**values)
    return caught.value


def test_the_standard_network_is_the_one_of_the_article() -> None:
    config = TrainingConfig()
    assert (config.hidden_sizes, config.optimizer, config.batch_size, config.epochs) == ((64, 64), "adam", 128, 10)
    assert (config.activation, config.learning_rate, config.schedule, config.seed) == ("relu", 0.001, "constant", 0)
    assert (config.dropout, config.l1, config.l2, config.augmentation) == (0, 0, 0, "off")
    assert config.training_images == 55_000
    assert PRESETS["standard"] == config


def test_the_standard_network_has_55050_weights() -> None:
    assert TrainingConfig().weight_count == 55_050
    assert TrainingConfig().layer_sizes == (784, 64, 64, 10)


def test_a_network_without_hidden_layers_has_7850_weights() -> None:
    assert TrainingConfig(hidden_sizes=()).weight_count == 7_850


def test_the_last_short_batch_counts_as_a_step() -> None:
    config = TrainingConfig(training_images=250, batch_size=100, epochs=3)
    assert (config.steps_per_epoch, config.total_steps) == (3, 9)
    assert TrainingConfig(training_images=200, batch_size=100).steps_per_epoch == 2


def test_a_config_cannot_be_changed_in_place() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        TrainingConfig().epochs = 3  # type: ignore[misc]


def test_every_field_has_a_limit() -> None:
    assert set(DEFAULTS) <= set(LIMITS)
    assert set(BOUNDS) | set(CHOICES) | {"hidden_sizes"} == set(DEFAULTS)


@pytest.mark.parametrize("field", BOUNDS)
def test_the_bounds_themselves_are_allowed(field: str) -> None:
    for bound in BOUNDS[field]:
        assert getattr(TrainingConfig(**{field: bound}), field) == bound


@pytest.mark.parametrize("field", sorted(WHOLE_FIELDS))
@given(beyond=st.integers(1, 10**30))
def test_whole_numbers_outside_the_bounds_are_refused(field: str, beyond: int) -> None:
    low, high = map(int, BOUNDS[field])
    for value in (low - beyond, high + beyond):
        error = refused(**{field: value})
        assert (error.field, error.value) == (field, value)
        assert field in str(error) and repr(value) in str(error) and str(LIMITS[field]) in str(error)


@pytest.mark.parametrize("field", REAL_FIELDS)
@given(value=st.floats(allow_nan=True, allow_infinity=True))
def test_a_number_is_taken_exactly_when_it_is_inside_the_bounds(field: str, value: float) -> None:
    low, high = BOUNDS[field]
    if not math.isnan(value) and low <= value <= high:
        assert getattr(TrainingConfig(**{field: value}), field) == value
    else:
        assert refused(**{field: value}).field == field


@pytest.mark.parametrize("field", BOUNDS)
@pytest.mark.parametrize("value", [True, False, None, "1", 1j, math.nan, math.inf, -math.inf, [1], b"1"], ids=repr)
def test_what_is_not_a_finite_number_is_refused(field: str, value: object) -> None:
    assert refused(**{field: value}).field == field


@pytest.mark.parametrize("field", sorted(WHOLE_FIELDS))
def test_a_whole_number_field_refuses_a_fraction(field: str) -> None:
    assert refused(**{field: 150.5}).field == field


@pytest.mark.parametrize("field", CHOICE_FIELDS)
@given(text=st.text())
def test_a_choice_is_one_of_the_names_and_nothing_else(field: str, text: str) -> None:
    for name in CHOICES[field]:
        assert getattr(TrainingConfig(**{field: name}), field) == name
    if text not in CHOICES[field]:
        error = refused(**{field: text})
        assert error.field == field
        assert all(name in str(error) for name in CHOICES[field])


@pytest.mark.parametrize("field", CHOICE_FIELDS)
@pytest.mark.parametrize("value", [None, 0, True, ["relu"]], ids=repr)
def test_a_choice_that_is_no_text_is_refused(field: str, value: object) -> None:
    assert refused(**{field: value}).field == field


@given(sizes=st.lists(st.integers(1, 1024), max_size=4))
def test_zero_to_four_layers_of_1_to_1024_units_are_allowed(sizes: list[int]) -> None:
    assert TrainingConfig(hidden_sizes=sizes).hidden_sizes == tuple(sizes)  # type: ignore[arg-type]


@given(sizes=st.lists(st.integers(1, 1024), min_size=5, max_size=9))
def test_a_fifth_layer_is_refused(sizes: list[int]) -> None:
    error = refused(hidden_sizes=tuple(sizes))
    assert (error.field, error.value, str(error.limit)) == ("hidden_layers", len(sizes), "0 to 4")


@given(sizes=st.lists(st.integers(1, 1024), max_size=3), wrong=st.one_of(st.integers(max_value=0), st.integers(1025)))
def test_a_layer_of_another_size_is_refused(sizes: list[int], wrong: int) -> None:
    error = refused(hidden_sizes=(*sizes, wrong))
    assert (error.field, error.value, str(error.limit)) == ("hidden_sizes", wrong, "1 to 1024")


@pytest.mark.parametrize("value", ["64,64", 64, None, (64.0,), (True,), ("64",), ((64,),)], ids=repr)
def test_sizes_that_are_not_whole_numbers_are_refused(value: object) -> None:
    assert refused(hidden_sizes=value).field == "hidden_sizes"


def test_a_config_error_is_a_value_error_and_survives_pickling() -> None:
    error = refused(epochs=201)
    copy = pickle.loads(pickle.dumps(error))
    assert isinstance(copy, ValueError)
    assert (copy.field, copy.value, copy.limit, str(copy)) == ("epochs", 201, LIMITS["epochs"], str(error))


@given(config=configs)
def test_a_config_comes_back_from_its_link_equal(config: TrainingConfig) -> None:
    query = config.to_query()
    assert set(query) == set(DEFAULTS)
    assert all(isinstance(text, str) for text in query.values())
    assert TrainingConfig.from_query(query) == config
    assert pickle.loads(pickle.dumps(config)) == config


@given(config=configs, kept=st.sets(st.sampled_from(sorted(DEFAULTS))))
def test_what_a_link_lacks_is_standard(config: TrainingConfig, kept: set[str]) -> None:
    query = {name: text for name, text in config.to_query().items() if name in kept}
    read = TrainingConfig.from_query(query | {"run": "x", "lang": "zh"})
    assert all(getattr(read, name) == getattr(config if name in kept else TrainingConfig(), name) for name in DEFAULTS)


def test_no_hidden_layer_has_a_word_in_the_link() -> None:
    assert TrainingConfig(hidden_sizes=()).to_query()["hidden_sizes"] == "none"
    assert TrainingConfig.from_query({"hidden_sizes": "none"}).hidden_sizes == ()
    assert TrainingConfig.from_query({"hidden_sizes": ""}).hidden_sizes == ()


@pytest.mark.parametrize("field", [name for name in DEFAULTS if name != "hidden_sizes"])
@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_in_a_link_is_refused_by_the_name_of_its_field(field: str, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        TrainingConfig.from_query({field: text})
    assert caught.value.field == field


@pytest.mark.parametrize(
    "text", ["abc", "64,", ",", "64;64", "64,x", "6.5", "-3", "0", "1025", "9" * 6000, "none,64", "1_5"]
)
def test_nonsense_sizes_in_a_link_are_refused(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        TrainingConfig.from_query({"hidden_sizes": text})
    assert caught.value.field == "hidden_sizes"


def test_a_link_holds_no_negative_zero() -> None:
    assert TrainingConfig.from_query({"dropout": "-0", "l2": "-0.0"}).to_query()["dropout"] == "0.0"


@given(query=st.dictionaries(st.sampled_from(sorted(DEFAULTS)), st.text(), min_size=1))
def test_any_text_in_a_link_gives_a_config_or_a_config_error(query: dict[str, str]) -> None:
    try:
        config = TrainingConfig.from_query(query)
    except ConfigError as error:
        assert error.field in {*query, "hidden_layers"}
    else:
        assert TrainingConfig.from_query(config.to_query()) == config


def test_a_changed_config_is_validated_again() -> None:
    assert TrainingConfig().changed(epochs=3) == TrainingConfig(epochs=3)
    with pytest.raises(ConfigError):
        TrainingConfig().changed(epochs=0)


def ranges(limit: Limit) -> set[str]:
    """How somebody might write down what a limit says."""
    numbers = {
        bound: {f"{bound:g}", f"{bound:,.0f}", f"{bound:.0f}"} if bound >= 1 or bound == 0 else {f"{bound:g}"}
        for bound in (limit.low, limit.high)
    }
    highs = numbers[limit.high] | ({"2**31 - 1"} if limit.high == 2**31 - 1 else set())
    lows = {low for low in numbers[limit.low]} | {f"{limit.low:.0e}".replace("e-0", "e-")}
    return {f"{low} to {high}" for low in lows for high in highs}


@pytest.mark.parametrize("name", [name for name, limit in LIMITS.items() if not limit.choices])
def test_a_limit_stands_in_one_place_and_in_no_docstring(name: str) -> None:
    for text in filter(
        None, [model.config.__doc__, *(getattr(each, "__doc__", "") for each in vars(model.config).values())]
    ):
        assert not [
            said for said in ranges(LIMITS[name]) if re.search(rf"(?<![\d.]){re.escape(said)}(?![\d])", text)
        ], text
    assert str(LIMITS[name]) not in str(TrainingConfig.__doc__)


def test_the_way_limits_are_looked_for_finds_them() -> None:
    assert {"1 to 200"} <= ranges(LIMITS["epochs"]) and "0 to 2**31 - 1" in ranges(LIMITS["seed"])
    assert {"100 to 55,000", "100 to 55000"} <= ranges(LIMITS["training_images"])
    assert "1e-6 to 10" in ranges(LIMITS["learning_rate"]) and "0 to 0.9" in ranges(LIMITS["dropout"])
