"""A fair race on the screen: choosing it, starting it, how far each variant is, and what the numbers say at the end."""

import html
from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from model.config import ConfigError, TrainingConfig
from model.locks import LockError
from model.race import FEWEST, KNOBS, MOST, PRESET_RACES, SEEDS, Lane, Race, verdict
from model.registry import RegistryFull
from model.runs import RUNS, RunView, Status
from ui import session
from ui.controls import OFFERED, limit_message, refusal_message
from ui.language import t
from ui.run_table import swatch
from ui.run_words import last_accuracy, listed, setting_text, settings_of, status_words, value_text
from ui.visitors import RaceEntry

OWN: Final = "own"
OFFERED_SIZES: Final = (
    (), (4,), (8,), (16,), (32,), (64,), (128,), (256,), (32, 32), (64, 64), (128, 64), (256, 128), (64, 64, 64), (64, 64, 64, 64),
)  # fmt: skip
FIRST_VALUES: Final = {
    "hidden_sizes": ((16,), (64,), (64, 64)),
    "learning_rate": (0.0001, 0.001, 0.01),
    "batch_size": (32, 128, 512),
    "training_images": (1_000, 10_000, 55_000),
}
TYPED: Final = ("hidden_sizes", "learning_rate", "batch_size", "training_images", "dropout", "l1", "l2")


def show_race_choice() -> None:
    """The presets and the visitor's own comparison, with the button that starts it."""
    st.subheader(t("race.title"), anchor=False)
    st.caption(t("race.about"))
    names = {name: t(f"race.{name}.name") for name in (*PRESET_RACES, OWN)}
    session.give_if_missing("race_preset", next(iter(names)))
    name = st.selectbox(
        t("race.choose"),
        list(names),
        key="race_preset",
        format_func=names.__getitem__,
        persist_state="session",
        placeholder=t("frame.choose_one"),
        filter_mode=None,
    )
    race = _own_race() if name == OWN else PRESET_RACES[name]
    if race is None:
        return
    if name != OWN:
        st.markdown(t(f"race.{name}.about"))
        st.markdown(listed(value_text(race.knob, value) for value in race.values))
    st.caption(_equal_words(race))
    start_race_button(race, key="start_race", label=t("race.start", count=len(race.values)))


def start_race_button(race: Race, key: str, label: str) -> None:
    """The button that starts a race; grey while one of this visitor's runs trains."""
    busy = any(run.view().status == Status.TRAINING for run in session.own_runs())
    st.button(label, key=key, type="primary", width="stretch", disabled=busy, on_click=_start, args=(race,))
    if busy:
        st.caption(t("race.busy"))


def _equal_words(race: Race) -> str:
    """What is the same for all: every setting but the raced one."""
    equal = [setting_text(name, getattr(race.base, name)) for name in ("hidden_sizes", "epochs") if name != race.knob]
    others = [one.text for one in settings_of(race.base, None) if one.text not in equal]
    raced = setting_text(race.knob, getattr(race.base, race.knob))
    settings = listed([*equal, *(text for text in others if text != raced)])
    return t("race.equal", settings=settings, seed=race.base.seed)


def _own_race() -> Race | None:
    """What the visitor puts together; None, with the reason shown, while it is no race."""
    session.give_if_missing("race_knob", "hidden_sizes")
    names = {name: t(f"knob.{name}.label") for name in KNOBS}
    knob = st.selectbox(
        t("race.knob"),
        KNOBS,
        key="race_knob",
        format_func=names.__getitem__,
        persist_state="session",
        placeholder=t("frame.choose_one"),
        filter_mode=None,
    )
    options: Sequence[Any] = OFFERED_SIZES if knob == "hidden_sizes" else OFFERED[knob]
    key = f"race_values_{knob}"
    session.give_if_missing(key, list(FIRST_VALUES.get(knob, options[:3])))
    words = {option: value_text(knob, option) for option in options}
    chosen = st.multiselect(
        t("race.values", fewest=FEWEST, most=MOST),
        options,
        key=key,
        accept_new_options=knob in TYPED,
        format_func=lambda one: words.get(one, str(one)),
        help=t("race.sizes_help") if knob == "hidden_sizes" else None,
        persist_state="session",
        placeholder=t("frame.choose_some"),
        select_all=False,
    )
    base = session.knobs() or TrainingConfig()
    try:
        return Race(knob, tuple(dict.fromkeys(_value(knob, one) for one in chosen)), base)
    except ConfigError as error:
        st.error(limit_message(error))
    except ValueError:
        st.info(t("race.too_few", fewest=FEWEST) if len(chosen) < MOST else t("race.too_many", most=MOST))
    return None


def _value(knob: str, chosen: Any) -> Any:
    """An option, or what the visitor typed instead, such as 300-100 for two layers."""
    if not isinstance(chosen, str) or knob not in TYPED:
        return chosen
    text = chosen.replace("-", ",") if knob == "hidden_sizes" else chosen.replace(",", "")
    return getattr(TrainingConfig.from_query({knob: text}), knob)


def _start(race: Race) -> None:
    _start_seeds(race, [race.base.seed], None)


def _repeat(entry: RaceEntry) -> None:
    seed = entry.race.base.seed
    further = [(seed + more) % 2**31 for more in range(len(entry.tokens), SEEDS)]
    _start_seeds(entry.race, further, entry)


def _start_seeds(race: Race, seeds: Sequence[int], earlier: RaceEntry | None) -> None:
    try:
        session.start_race(race, seeds, earlier)
    except (RegistryFull, LockError) as error:
        session.say(refusal_message(error))


def latest_race() -> RaceEntry | None:
    """The visitor's latest race, if all of its runs are still there."""
    races = session.visitor().races
    if not races or not all(map(RUNS.find, races[-1].all_tokens)):
        return None
    return races[-1]


def show_race_buttons(entry: RaceEntry) -> None:
    """Stop while it goes on; afterwards, repeat with further seeds."""
    views = lane_views(entry)
    if any(view.status in (Status.TRAINING, Status.PAUSED) for lane in views for view in lane):
        st.button(t("race.stop"), key="stop_race", on_click=_stop, args=(entry,))
    elif len(entry.tokens) < SEEDS:
        st.button(t("race.repeat", count=SEEDS), key="repeat_race", on_click=_repeat, args=(entry,))
        st.caption(t("race.repeat_help"))


def _stop(entry: RaceEntry) -> None:
    for token in entry.all_tokens:
        run = RUNS.find(token)
        if run is not None:
            run.stop()


def lane_views(entry: RaceEntry) -> list[list[RunView]]:
    """The runs of each variant as they stand, one a seed."""
    lanes = [[RUNS.find(token) for token in entry.lane(variant)] for variant in range(len(entry.race.values))]
    return [[run.view() for run in lane if run is not None] for lane in lanes]


def show_lanes(entry: RaceEntry) -> None:
    """How far each variant is; when all have ended, the sentence that says what the numbers show."""
    lanes = lane_views(entry)
    rows = "".join(_lane(entry, place, lane) for place, lane in enumerate(lanes))
    st.html(f'<ol class="lanes">{rows}</ol>')
    if all(view.ended and not view.busy for lane in lanes for view in lane):
        words = verdict_words(entry, lanes)
        with st.container(key="verdict"):
            if words:
                st.success(words)
            else:
                st.info(t("race.no_verdict"))
            st.caption(" ".join(verdict_notes(entry, lanes)))


def _lane(entry: RaceEntry, place: int, views: Sequence[RunView]) -> str:
    title = html.escape(setting_text(entry.race.knob, entry.race.values[place]))
    share = sum(min(1.0, view.step / view.config.total_steps) for view in views) / max(1, len(views))
    scores = [view.score.accuracy for view in views if view.score is not None]
    if len(scores) == len(views) and scores:
        said = t("race.lane_test", accuracy=f"{sum(scores) / len(scores):.2%}")
        if len(scores) > 1:
            said = t("race.lane_spread", mean=said, low=f"{min(scores):.2%}", high=f"{max(scores):.2%}")
        ends = {status_words(view) for view in views if view.status != Status.FINISHED}
        said = " · ".join([said, *sorted(ends)])
    else:
        validation = [last_accuracy(view)[1] for view in views]
        known = [accuracy for accuracy in validation if accuracy is not None]
        said = t("race.lane_validation", accuracy=f"{sum(known) / len(known):.1%}") if known else t("race.lane_waiting")
    bar = f'<progress value="{share:.3f}" max="1" aria-label="{title}"></progress>'
    return f"<li><strong>{swatch(place)}{title}</strong>{bar}<span>{html.escape(said)}</span></li>"


def verdict_words(entry: RaceEntry, views: Sequence[Sequence[RunView]]) -> str | None:
    """One sentence on what the scores show and what is within chance; None where there are no two scores to compare."""
    lanes = [
        Lane(value, tuple(view.score for view in lane if view.score is not None))
        for value, lane in zip(entry.race.values, views, strict=True)
    ]
    lanes = [lane for lane in lanes if lane.scores]
    if len(lanes) < 2:
        return None
    found = verdict(lanes)

    def named(some: Sequence[Lane]) -> str:
        return t("race.and").join(setting_text(entry.race.knob, lane.value) for lane in some)

    best, top = named([found.best]), f"{found.best.accuracy * 1000:.0f}"
    if not found.behind:
        lowest = min(lane.accuracy for lane in lanes)
        apart = f"{(found.best.accuracy - lowest) * 1000:.0f}"
        return _sentence(t("race.verdict_chance", best=best, top=top, apart=apart))
    nearest = f"{(found.best.accuracy - found.behind[0].accuracy) * 1000:.0f}"
    if found.tied:
        tied, behind = named(found.tied), named(found.behind)
        return _sentence(t("race.verdict_tied", best=best, top=top, tied=tied, behind=behind, nearest=nearest))
    return _sentence(t("race.verdict_clear", best=best, top=top, second=named(found.behind[:1]), nearest=nearest))


def _sentence(words: str) -> str:
    """The words with a capital letter at their beginning, where the language has capitals."""
    return words[:1].upper() + words[1:]


def verdict_notes(entry: RaceEntry, views: Sequence[Sequence[RunView]]) -> list[str]:
    """On what the sentence rests, and what was not fair about the race."""
    notes = [t("race.measured_seeds" if len(entry.tokens) > 1 else "race.measured_once", seeds=len(entry.tokens))]
    every = [view for lane in views for view in lane]
    if any(view.changes for view in every):
        notes.append(t("race.unfair_changes"))
    if len({round(view.epoch, 1) for view in every}) > 1:
        notes.append(t("race.unfair_epochs"))
    return notes
