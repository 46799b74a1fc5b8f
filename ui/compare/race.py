"""A fair race on the screen: choosing it, starting it, how far each variant is, and what the numbers say at the end."""

import html
import math
import re
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Final

import streamlit as st

from model.config import DEFAULTS, LIMITS, ConfigError, Setting, TrainingConfig
from model.locked_settings import LockError
from model.runs.executor import worker_count
from model.runs.race import (
    FEWEST,
    KNOBS,
    MOST,
    PRESET_RACES,
    SEEDS,
    STARTS,
    STEP_KNOBS,
    Race,
    VariantCountError,
    seconds_of_work,
)
from model.runs.run import RunView, Status
from model.runs.store import RUNS
from model.runs.token_registry import RegistryFull
from ui.compare.judgement import Judgement, judgement, lane_views, scored_lanes
from ui.elements.choices import choose, choose_several
from ui.elements.numerals import percent
from ui.elements.plotly_chart import Chart, live_charts
from ui.runs.overlaid_curves import DotRow, dots_height, seed_dots
from ui.runs.run_names import last_accuracy, race_goes_on, setting_text, status_words, value_text
from ui.runs.run_table import swatch
from ui.runs.setting_words import OFFERED, limit_message, refusal_message
from ui.state.hyperparameters import knobs
from ui.state.language import listed, listed_apart, t
from ui.state.messages import say
from ui.state.own_runs import own_runs, runs_to_leave, start_race
from ui.state.values import Value
from ui.state.visitor import current_visitor
from ui.state.visitors import RUNS_MOST, OwnRunsFull, RaceEntry

# A race of three seeds is the standard where it takes no longer than this.
SECONDS_FOR_SEEDS: Final = 60
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
CURVE_AXIS: Final = Value("curve_axis", "epochs")
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
    _start_button("start_race", t("race.start", count=starts * len(race.values)), race, starts, _start_chosen)


def start_race_button(race: Race, key: str, label: str) -> None:
    """The button that starts a certain race, with what that costs; grey while one of this visitor's runs trains."""
    starts = default_starts(race)
    _start_button(key, label, race, starts, lambda: _start(race, starts))


def _start_button(key: str, label: str, race: Race, starts: int, start: Callable[[], None]) -> None:
    busy = any(run.view().status == Status.TRAINING for run in own_runs())
    st.button(label, key=key, type="primary", width="stretch", disabled=busy, on_click=start)
    words = [
        t("race.size", variants=len(race.values), starts=_starts_text(starts), duration=duration_text(race, starts))
    ]
    leaving = runs_to_leave(starts * len(race.values))
    if leaving:
        words.append(t("race.room", most=RUNS_MOST, count=leaving))
    st.caption(t("race.busy") if busy else " ".join(words))


def default_starts(race: Race) -> int:
    """How many times each variant starts unless the visitor chooses: as many as a judgement needs, where that takes seconds."""
    fits = SEEDS * len(race.values) <= RUNS_MOST
    return SEEDS if fits and expected_seconds(race, SEEDS) <= SECONDS_FOR_SEEDS else 1


def expected_seconds(race: Race, starts: int) -> float:
    """About how long a race takes here and now: its work, spread over the workers and shared with whoever else trains."""
    runs = starts * len(race.values)
    work = starts * seconds_of_work(race.configs())
    others = RUNS.training_count()
    return work / min(worker_count(), runs) * (runs + others) / runs


def duration_text(race: Race, starts: int) -> str:
    """How long a race takes, as roughly as it is known."""
    seconds = expected_seconds(race, starts)
    if seconds > 90:
        return t("race.minutes", minutes=f"{seconds / 60:.0f}")
    return t("race.seconds", seconds=5 * max(1, math.ceil(seconds / 5)))


def _starts(race: Race) -> int:
    """How many times each variant starts: as the visitor chose, else what is sensible for this race."""
    options = _possible_starts(race)
    if not STARTS_CHOSEN.get() or RACE_STARTS.get() not in options:
        RACE_STARTS.give(default_starts(race))
    starts = choose(
        t("race.starts"),
        options,
        RACE_STARTS.key,
        _starts_text,
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


def _starts_text(count: int) -> str:
    return t("race.starts_each", count=count)


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
    _start(race, starts if starts in _possible_starts(race) else default_starts(race))


def _start(race: Race, starts: int) -> None:
    # Where the steps are equal and the epochs are not, curves can be compared step by step alone.
    CURVE_AXIS.give("steps" if race.equal_steps else "epochs")
    _start_seeds(race, race.seeds(starts), None)


def _repeat(entry: RaceEntry) -> None:
    done = len(entry.tokens)
    _start_seeds(entry.race, entry.race.seeds(SEEDS - done, first=done), entry)


def _start_seeds(race: Race, seeds: Sequence[int], earlier: RaceEntry | None) -> None:
    try:
        start_race(race, seeds, earlier)
    except OwnRunsFull as error:
        say(refusal_message(error))
    except RegistryFull as error:
        say(t("race.server_full", count=len(seeds) * len(race.values)) if len(seeds) > 1 else refusal_message(error))
    except LockError as error:
        say(refusal_message(error))


def latest_race() -> RaceEntry | None:
    """The visitor's latest race, if each of its variants still has a run."""
    races = current_visitor().races
    if not races or not all(any(map(RUNS.find, lane)) for lane in races[-1].lanes):
        return None
    return races[-1]


def show_race(entry: RaceEntry) -> None:
    """How far each variant is, each seed as a dot, and the buttons; when all have ended, what the numbers show."""
    lanes = lane_views(entry)
    rows = "".join(_lane(entry, place, views) for place, views in enumerate(lanes))
    st.html(f'<ol class="lanes">{rows}</ol>')
    with st.container(key="verdict_place"):
        if race_goes_on(entry):
            st.caption(t("race.verdict_later"))
        else:
            _show_judgement(judgement(entry))
    _show_dots(entry)
    _show_buttons(entry)


def _show_judgement(told: Judgement) -> None:
    with st.container(key="verdict"):
        (st.success if told.decided else st.info)(told.sentence)
        for note in told.notes:
            st.caption(note)


def _show_dots(entry: RaceEntry) -> None:
    rows, title, label, about = dots_of(entry)
    live_charts([Chart(seed_dots(rows, title), label, dots_height(len(rows)))], "seed_dots", t("frame.plotly_failed"))
    st.caption(about)


def dots_of(entry: RaceEntry) -> tuple[list[DotRow], str, str, str]:
    """The seeds of a race as dots: the rows, their title, what they show in words, and how to read them."""
    rows = _dot_rows(entry, lane_views(entry))
    about = t("race.dots_one_help") if len(entry.tokens) == 1 else t("race.dots_help")
    return rows, t("race.dots_title"), t("race.dots_words", lanes=listed_apart(map(_dots_in_words, rows))), about


def _dot_rows(entry: RaceEntry, lanes: Sequence[Sequence[RunView]]) -> list[DotRow]:
    """The variants of a race as rows of a chart of dots."""
    looks = current_visitor().looks
    return [
        DotRow(setting_text(entry.race.knob, lane.value), looks[views[0].token], lane if lane.scores else None)
        for lane, views in zip(scored_lanes(entry, lanes), lanes, strict=True)
    ]


def _dots_in_words(row: DotRow) -> str:
    if row.lane is None:
        return t("race.dots_none", title=row.title)
    low, high = (percent(share, 1) for share in row.lane.interval)
    seeds = listed(percent(score.accuracy, 1) for score in row.lane.scores)
    return t("race.dots_lane", title=row.title, seeds=seeds, low=low, high=high)


def _show_buttons(entry: RaceEntry) -> None:
    """Stop while it goes on; afterwards, repeat with further seeds where it had one."""
    runs = [run for run in map(RUNS.find, entry.all_tokens) if run is not None]
    if any(run.view().status in (Status.TRAINING, Status.PAUSED) for run in runs):
        st.button(t("race.stop"), key="stop_race", on_click=_stop, args=(entry,))
    elif len(entry.tokens) < SEEDS:
        st.button(t("race.repeat", count=SEEDS), key="repeat_race", on_click=_repeat, args=(entry,))
        st.caption(t("race.repeat_help"))


def _stop(entry: RaceEntry) -> None:
    for token in entry.all_tokens:
        run = RUNS.find(token)
        if run is not None:
            run.stop()


def _lane(entry: RaceEntry, place: int, views: Sequence[RunView]) -> str:
    title = html.escape(setting_text(entry.race.knob, entry.race.values[place]))
    share = sum(min(1.0, view.step / view.config.total_steps) for view in views) / len(views)
    bar = f'<progress value="{share:.3f}" max="1" aria-label="{title}"></progress>'
    look = current_visitor().looks[views[0].token]
    return f"<li><strong>{swatch(look)}{title}</strong>{bar}<span>{html.escape(_lane_words(views))}</span></li>"


def _lane_words(views: Sequence[RunView]) -> str:
    """What the runs of one variant read right so far, or in the end; before anything is known, that they get ready."""
    latest = [last_accuracy(view) for view in views]
    training = [accuracy for accuracy, _ in latest if accuracy is not None]
    validation = [accuracy for _, accuracy in latest if accuracy is not None]
    if not all(view.ended for view in views):
        if validation:
            return t("race.lane_validation", accuracy=percent(fmean(validation), 1))
        return t("race.lane_training", accuracy=percent(fmean(training), 1)) if training else t("race.lane_waiting")
    ends = sorted({status_words(view) for view in views if view.status != Status.FINISHED})
    if not validation:
        return " · ".join(ends) or t("race.lane_unchecked")
    mean, low, high = (percent(share, 1) for share in (fmean(validation), min(validation), max(validation)))
    several = len(validation) > 1
    said = t("race.lane_spread", accuracy=mean, low=low, high=high) if several else t("race.lane_end", accuracy=mean)
    return " · ".join([said, *ends])
