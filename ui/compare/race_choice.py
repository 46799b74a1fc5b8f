"""Choosing a race: a preset, or a knob and values of one's own, and how many times each variant starts."""

import re
from collections.abc import Sequence
from typing import Final

import streamlit as st

from model.config import DEFAULTS, LIMITS, ConfigError, Setting, TrainingConfig
from model.runs.race import FEWEST, KNOBS, MOST, PRESET_RACES, STARTS, STEP_KNOBS, Race, VariantCountError
from ui.compare.race_start import begin_race, default_starts, start_button, starts_text
from ui.elements.choices import choose, choose_several
from ui.runs.run_names import setting_text, value_text
from ui.runs.setting_words import OFFERED, limit_message
from ui.state.hyperparameters import knobs
from ui.state.language import listed, t
from ui.state.values import Value
from ui.state.visitors import RUNS_MOST

OWN: Final = "own"
EQUAL: Final = ("steps", "epochs")
OFFERED_SIZES: Final = (
    (), (4,), (8,), (16,), (32,), (64,), (128,), (256,), (32, 32), (64, 64), (128, 64), (256, 128), (64, 64, 64), (64, 64, 64, 64),
)  # fmt: skip
FIRST_VALUES: Final[dict[str, Sequence[Setting]]] = {
    "hidden_sizes": ((16,), (64,), (64, 64)),
    "learning_rate": (0.0001, 0.001, 0.01),
    "batch_size": (32, 128, 512),
    "training_images": (1_000, 10_000, 55_000),
}
THOUSANDS: Final = re.compile(r"\d{1,3}(,\d{3})+")
RACE_PRESET: Final = Value("race_preset", next(iter(PRESET_RACES)))
RACE_KNOB: Final = Value("race_knob", KNOBS[0])
RACE_EQUAL: Final = Value("race_equal", EQUAL[0])
RACE_STARTS: Final = Value[int | None]("race_starts", None)
STARTS_CHOSEN: Final = Value("race_starts_chosen", False)
TYPED: Final = ("hidden_sizes", "learning_rate", "batch_size", "training_images", "dropout", "l1", "l2")


def show_race_choice() -> None:
    """The presets and the visitor's own comparison, with the button that starts it."""
    st.subheader(t("race.title"), anchor=False)
    st.caption(t("race.about"))
    names = {name: t(f"race.{name}.name") for name in (*PRESET_RACES, OWN)}
    name = choose(t("race.choose"), list(names), RACE_PRESET.key, names.__getitem__)
    if name == OWN:
        _show_own_choices()
    race = _chosen_race_or_reason()
    if race is None:
        return
    if name != OWN:
        st.markdown(t(f"race.{name}.about"))
        st.markdown(listed(value_text(race.knob, value) for value in race.values))
    st.caption(_equal_words(race))
    starts = _starts(race)
    start_button("start_race", t("race.start", count=starts * len(race.values)), race, starts, _start_chosen)


def _starts(race: Race) -> int:
    """How many times each variant starts: as the visitor chose, else what is sensible for this race."""
    options = _possible_starts(race)
    if not STARTS_CHOSEN.get() or RACE_STARTS.get() not in options:
        RACE_STARTS.give(default_starts(race))
    starts = choose(
        t("race.starts"),
        options,
        RACE_STARTS.key,
        starts_text,
        look="bar",
        on_change=lambda: STARTS_CHOSEN.give(True),
    )
    words = [t("race.starts_one_help") if starts == 1 else t("race.starts_help", count=starts)]
    if len(options) < len(STARTS):
        words.append(t("race.starts_most", count=STARTS[-1], variants=len(race.values), most=RUNS_MOST))
    st.caption(" ".join(words))
    return starts


def _possible_starts(race: Race) -> list[int]:
    return [count for count in STARTS if count * len(race.values) <= RUNS_MOST]


def _equal_words(race: Race) -> str:
    """What is the same for all: every setting but the raced one; and how many steps each takes where that is not the same."""
    free = {race.knob, "seed", *(("epochs",) if race.equal_steps else ())}
    names = dict.fromkeys(("hidden_sizes", "epochs", *DEFAULTS))
    equal = [
        setting_text(name, getattr(race.base, name))
        for name in names
        if name not in free and (name in ("hidden_sizes", "epochs") or getattr(race.base, name) != DEFAULTS[name])
    ]
    words = [t("race.equal", settings=listed(equal), seed=race.base.seed)]
    configs = race.configs()
    if race.equal_steps or len({config.total_steps for config in configs}) > 1:
        each = listed(
            t(
                "race.steps_of",
                value=value_text(race.knob, value),
                passes=f"{config.epochs:,}",
                steps=f"{config.total_steps:,}",
            )
            for value, config in zip(race.values, configs, strict=True)
        )
        key = "race.equal_steps" if race.equal_steps else "race.equal_epochs"
        words.append(t(key, each=each))
    return " ".join(words)


def _show_own_choices() -> None:
    """The knob and the values of a race that the visitor puts together."""
    knob = choose(t("race.knob"), KNOBS, RACE_KNOB.key, lambda name: t(f"knob.{name}.label"))
    options: Sequence[Setting] = OFFERED_SIZES if knob == "hidden_sizes" else OFFERED[knob]
    choose_several(
        t("race.values", fewest=FEWEST, most=MOST),
        options,
        _race_values(knob).key,
        lambda one: value_text(knob, one),
        first=FIRST_VALUES.get(knob, options[:3]),
        typed=knob in TYPED,
        help=t("race.sizes_help") if knob == "hidden_sizes" else None,
    )
    if knob in STEP_KNOBS:
        _show_equal_choice()


def _show_equal_choice() -> None:
    """Whether all take equally many steps or equally many passes over their images."""
    choose(t("race.equal_choice"), EQUAL, RACE_EQUAL.key, lambda option: t(f"race.equal_{option}_choice"), look="bar")


def _chosen_race() -> Race:
    """The race that is chosen now, by what the widgets say.

    Raises:
        VariantCountError: for fewer or more own values than make a race.
        ConfigError: for one outside its limits.
    """
    name = RACE_PRESET.get()
    if name != OWN:
        return PRESET_RACES[name]
    knob = RACE_KNOB.get()
    values = tuple(dict.fromkeys(value_of(knob, one) for one in _race_values(knob).get()))
    equal_steps = knob in STEP_KNOBS and RACE_EQUAL.get() != "epochs"
    return Race(knob, values, knobs() or TrainingConfig(), equal_steps)


def _chosen_race_or_reason() -> Race | None:
    """The race that is chosen; None, with the reason shown, while it is no race."""
    try:
        return _chosen_race()
    except ConfigError as error:
        st.error(limit_message(error))
    except VariantCountError as error:
        few = error.count < FEWEST
        st.info(t("race.too_few", fewest=FEWEST) if few else t("race.too_many", most=MOST))
    return None


def _race_values(knob: str) -> Value[Sequence[Setting]]:
    return Value(f"race_values_{knob}", ())


def value_of(knob: str, chosen: Setting) -> Setting:
    """An option, or what the visitor typed instead, such as 300-100 for two layers.

    A comma is read where it can mean one thing alone, between the thousands of a whole number as the options have it.

    Raises:
        ConfigError: for what is no value of the knob.
    """
    if not isinstance(chosen, str) or knob not in TYPED:
        return chosen
    text = chosen.strip()
    if THOUSANDS.fullmatch(text) and isinstance(DEFAULTS[knob], int):
        text = text.replace(",", "")
    if "," in text:
        raise ConfigError(knob, chosen, LIMITS[knob])
    try:
        query = {knob: text.replace("-", ",") if knob == "hidden_sizes" else text}
        found: Setting = getattr(TrainingConfig.from_query(query), knob)
        return found
    except ConfigError as error:
        raise ConfigError(error.field, chosen, error.limit) from None


def _start_chosen() -> None:
    """Start what is chosen at the moment of the press, which may be more than the page drawn last shows."""
    try:
        race = _chosen_race()
    except (ConfigError, VariantCountError):
        return  # the page, drawn next, says why it is no race
    starts = RACE_STARTS.get() or 0
    begin_race(race, starts if starts in _possible_starts(race) else default_starts(race))
