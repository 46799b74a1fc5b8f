"""The knobs: widgets in, TrainingConfig out; knows nothing of what is done with it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import streamlit as st

from model.config import CHANGEABLE_WHILE_TRAINING, DEFAULTS, LIMITS, PRESETS, ConfigError, TrainingConfig
from model.locked_settings import LockError
from model.runs.look import RunLook
from ui.elements.choices import choose
from ui.elements.number_field import number_field
from ui.runs.setting_words import OFFERED, limit_message, option_text
from ui.state.hyperparameters import (
    LAYERS,
    forget_link_errors,
    knob,
    knob_values,
    knobs,
    knobs_to_url,
    layer_size,
    link_errors,
    load_knobs,
    set_knobs,
)
from ui.state.language import listed, t
from ui.state.messages import say
from ui.state.own_runs import command, current_run, owns
from ui.state.visitor import current_visitor

SIZE_STEP: Final = 16


def training_controls() -> TrainingConfig | None:
    """Draw the knobs and return what they say; None, with the reason shown, while that is outside the limits."""
    load_knobs()
    _show_link_errors()
    _presets()
    if not _hidden("hidden_sizes"):
        _layers()
    if not _hidden("epochs"):
        _number("epochs", int(LIMITS["epochs"].low), int(LIMITS["epochs"].high), 1)
    try:
        config = TrainingConfig().changed(**knob_values())
    except ConfigError as error:
        st.error(limit_message(error))
        return None
    knobs_to_url(config)
    return config


def more_knobs() -> None:
    """The knobs most visitors leave alone, each with a plain sentence and the exact term."""
    with st.expander(_more_knobs_in_words(), key="more_knobs"):
        for name, options in OFFERED.items():
            if not _hidden(name):
                _choice(name, options)
        if not _hidden("seed"):
            _number("seed", int(LIMITS["seed"].low), int(LIMITS["seed"].high), 1)
            st.caption(t("knob.seed.help"))
        st.button(t("train.standard_knobs"), key="standard_knobs", on_click=_standard_knobs)


def _more_knobs_in_words() -> str:
    """What stands on the fold, and how many of the knobs below it differ from the standard ones."""
    values = knob_values()
    changed = sum(values[name] != DEFAULTS[name] for name in (*OFFERED, "seed") if name in values)
    return t("train.more_knobs") if not changed else t("train.more_knobs_changed", count=changed)


def sizes_are_free() -> bool:
    """Whether the visitor may set the sizes of hidden layers: no teacher's link holds or hides them."""
    return not _locked("hidden_sizes") and not _hidden("hidden_sizes")


def resize_layers(wanted: Mapping[int, int]) -> None:
    """Give hidden layers (from 1) other sizes; only in a callback. Layers that the knobs do not say are left out."""
    said = knobs()
    if said is None or not sizes_are_free():
        return
    sizes = tuple(wanted.get(layer, size) for layer, size in enumerate(said.hidden_sizes, 1))
    if sizes != said.hidden_sizes:
        set_knobs(said.changed(hidden_sizes=sizes))


def _show_link_errors() -> None:
    for field, text, error in link_errors():
        if isinstance(error, LockError):
            st.error(t("lock.link", field=field, text=text, reason=limit_message(error)))
            continue
        standard = knob_values()["hidden_sizes"] if field == "hidden_sizes" else DEFAULTS[field]
        used = listed(map(str, standard)) if isinstance(standard, tuple) else option_text(field, standard)
        st.error(t("error.link", field=field, text=text, reason=limit_message(error), used=used))
    if link_errors():
        st.button(t("error.dismiss"), key="dismiss_link_errors", on_click=forget_link_errors)


def _presets() -> None:
    """Ready-made trainings, with what each costs and gets; grey where a teacher's link holds a knob at another value."""
    with st.container(horizontal=True, key="presets", gap=None):
        chosen = _chosen_preset()
        for name, preset in PRESETS.items():
            with st.container(key=f"preset_of_{name}" + ("_chosen" if name == chosen else ""), width="content"):
                st.button(
                    " ".join(
                        [
                            t(f"preset.{name}.name"),
                            *(f":small[{t(f'preset.{name}.{fact}')}]" for fact in ("time", "scores")),
                        ]
                    ),
                    key=f"preset_{name}",
                    help=t(f"preset.{name}.about"),
                    on_click=set_knobs,
                    args=(preset,),
                    disabled=bool(_in_the_way(preset)),
                )
    with st.container(key="preset_about"):  # as high whatever it says, so that the knobs below keep their place
        st.caption(_presets_in_words(chosen))


def _in_the_way(preset: TrainingConfig) -> list[str]:
    """The fields that a teacher's link holds at another value than this preset needs."""
    return [name for name, value in current_visitor().locks.values.items() if getattr(preset, name) != value]


def _chosen_preset() -> str | None:
    """The preset that the knobs say, if they say one."""
    said = knobs()
    return next((name for name, preset in PRESETS.items() if preset == said), None)


def _presets_in_words(chosen: str | None) -> str:
    """What the ``chosen`` preset costs and gets; else that the knobs say none; and why presets are grey."""
    words = t("preset.own") if chosen is None else t(f"preset.{chosen}.about")
    locked = dict.fromkeys(field for preset in PRESETS.values() for field in _in_the_way(preset))
    if locked:
        words += " " + t("preset.locked", knobs=listed(t(f"knob.{name}.short") for name in locked))
    return words


def _hidden(name: str) -> bool:
    """Whether a teacher's link hides this knob."""
    return name in current_visitor().locks.hidden


def _locked(name: str) -> bool:
    """Whether a teacher's link holds this knob fast."""
    return name in current_visitor().locks.values


def _layers() -> None:
    locked = _locked("hidden_sizes")
    _number(LAYERS.key, 0, int(LIMITS["hidden_layers"].high), 1, locked)
    layers = min(LAYERS.get(), int(LIMITS["hidden_layers"].high))
    with st.container(key="layer_sizes"):  # room for four from the start
        for index, place in enumerate(st.columns(2)):
            with place:
                for layer in range(index + 1, layers + 1, 2):
                    _size(layer, locked)


def _number(name: str, low: int, high: int, step: int, locked: bool = False) -> None:
    number_field(
        t(f"knob.{name}.label"),
        low,
        high,
        step,
        name,
        persist_state="session",
        disabled=locked or _locked(name),
    )


def _size(layer: int, locked: bool) -> None:
    limit = LIMITS["hidden_sizes"]
    size = layer_size(layer)
    size.begin()
    number_field(
        t("knob.hidden_size.label", layer=layer),
        int(limit.low),
        int(limit.high),
        SIZE_STEP,
        size.key,
        persist_state="session",
        disabled=locked,
    )


def _choice(name: str, options: Sequence[Any]) -> None:
    value = knob(name)
    shown = list(options) if value in options else sorted([*options, value])
    choose(
        t(f"knob.{name}.label"),
        shown,
        name,
        lambda option: option_text(name, option),
        on_change=_knob_changed,
        args=(name,),
        disabled=_locked(name),
    )
    st.caption(" ".join([t(f"knob.{name}.help"), *_effect_now(name)]))


def _effect_now(name: str) -> list[str]:
    """That a knob acts on the run that is going on, and what that run has, where they differ."""
    run = _run_to_change()
    if run is None or name not in CHANGEABLE_WHILE_TRAINING:
        return []
    current = getattr(run.view().config, name)
    if current == knob(name):
        return [t("knob.acts_now")]
    return [t("knob.acts_now_other", value=option_text(name, current))]


def _run_to_change() -> RunLook | None:
    """The visitor's run that is going on; none while own handwriting is taught, which has settings of its own."""
    run = current_run()
    if run is None or not owns(run.token) or run.view().parent is not None or run.view().ended:
        return None
    return run


def _knob_changed(name: str) -> None:
    """Learning rate, dropout, L1 and L2 take effect at once in a run that is going on."""
    run = _run_to_change()
    if run is not None and name in CHANGEABLE_WHILE_TRAINING:
        try:
            command(run.token, lambda own: own.change(**{name: knob(name)}))
        except LockError as error:  # the run was started under a lesson's locks, which it keeps
            say(limit_message(error))


def _standard_knobs() -> None:
    set_knobs(TrainingConfig())
