"""The knobs: what their widgets say as a config, what a link sets them to, and what of them the URL says."""

from types import MappingProxyType
from typing import Any, Final

from model.config import DEFAULTS, ConfigError, Setting, TrainingConfig
from model.locked_settings import config_of_link
from model.runs.store import RUNS
from ui.state import address
from ui.state.choices import UNKNOWN
from ui.state.own_runs import RUN_PARAMETER, current_run, owns
from ui.state.values import AnyValue, Value
from ui.state.visitor import current_visitor

LinkError = tuple[str, str, ConfigError]
SIZE: Final = 64
LAYERS: Final = Value("hidden_layers", len(TrainingConfig().hidden_sizes))
# A list of sizes has no widget of its own: it is said by the number of layers and the size of each.
KNOBS: Final = MappingProxyType(
    {name: Value[Setting](name, standard) for name, standard in DEFAULTS.items() if name != "hidden_sizes"}
)
IN_URL: Final = Value[dict[str, str] | None]("_knobs_in_url", None)
LINK_ERRORS: Final = Value[tuple[LinkError, ...]]("_link_errors", ())
# Of every knob set since the browser was last known to hear: what it said before, and what it was set to.
UNHEARD: Final = Value[dict[str, tuple[object, object]] | None]("_unheard", None)
FIELDS: Final = tuple(DEFAULTS)


def layer_size(layer: int) -> Value[int]:
    """The size of a hidden layer, counted from 1."""
    return Value(f"hidden_size_{layer}", SIZE)


def knob(name: str) -> Any:
    """What the knob of a field of ``TrainingConfig`` says, or its standard value before it is drawn."""
    return KNOBS[name].get()


def knob_values() -> dict[str, Setting]:
    """What the widgets say, as arguments of ``TrainingConfig``; standard values for those not drawn yet."""
    sizes = tuple(layer_size(layer).get() for layer in range(1, LAYERS.get() + 1))
    shown = {name: value.get() for name, value in KNOBS.items()}
    return {"hidden_sizes": sizes, **shown, **current_visitor().locks.values}


def knobs() -> TrainingConfig | None:
    """The config the widgets describe; None while it is outside the limits."""
    try:
        return TrainingConfig().changed(**knob_values())
    except ConfigError:
        return None


def load_knobs() -> None:
    """Set the knobs' widgets from the URL, and where it says nothing from the run in it, once for each new link.

    A field that cannot be used is reported by ``link_errors`` and takes its standard value. Only before they are drawn, or in a callback.
    """
    _give_again()
    query = address.settle_asked_for(FIELDS)
    if IN_URL.get() == query:
        return
    config, errors = config_of_link(query, _base_of_link(), current_visitor().locks)
    LINK_ERRORS.give(tuple(errors))
    set_knobs(config)


def _base_of_link() -> TrainingConfig:
    """What the knobs say where a link says nothing: what they say already, at first what one's own run was trained with."""
    if IN_URL.there:
        return knobs() or TrainingConfig()
    run = current_run() if address.meant_text(RUN_PARAMETER) or not LAYERS.there else None
    return run.view().config if run and owns(run.token) else TrainingConfig()


def link_errors() -> tuple[LinkError, ...]:
    """(field, text, error) of every field of the last link that could not be used."""
    return LINK_ERRORS.get()


def forget_link_errors() -> None:
    """The visitor has moved on."""
    LINK_ERRORS.reset()


def set_knobs(config: TrainingConfig) -> None:
    """Put a config into the widgets, but what is locked; only before they are drawn, or in a callback."""
    config = current_visitor().locks.applied_to(config)
    unheard = UNHEARD.get() or {}
    sizes = [(layer_size(layer), size) for layer, size in enumerate(config.hidden_sizes, 1)]
    settings = [(value, getattr(config, name)) for name, value in KNOBS.items()]
    given: list[tuple[AnyValue, object]] = [(LAYERS, len(sizes)), *sizes, *settings]
    for value, new in given:
        before, _ = unheard.get(value.key, (_now(value.key), new))
        unheard[value.key] = (before, new)
        value.give_unheard(new)
    UNHEARD.give(unheard)


def knobs_drawn() -> None:
    """Every knob was drawn with what it was set to: from now on the browser knows, and what it tells is what the visitor means."""
    UNHEARD.take()


def _give_again() -> None:
    """Set the knobs once more that a browser has put back because it was asked something before it had been told of the new values."""
    for key, (before, new) in (UNHEARD.get() or {}).items():
        if _now(key) == before:
            Value[object](key, None).give(new)


def _now(key: str) -> object:
    """What a knob says; an answer of its own where it was never drawn."""
    return Value[object](key, UNKNOWN).get()


def set_knobs_for_train(config: TrainingConfig) -> None:
    """Put a config into the knobs, to stand there when the Train page opens next; only in a callback or on another page."""
    set_knobs(config)
    IN_URL.give(address.asked_for(FIELDS))


def knobs_to_url(config: TrainingConfig) -> None:
    """Put into the URL what differs from the standard network, or from the run that a reload would take knobs from."""
    asked = address.meant_text(RUN_PARAMETER)
    run = RUNS.look(asked) if asked is not None and owns(asked) else None
    bases = [base.to_query() for base in (TrainingConfig(), *([run.view().config] if run else []))]
    query = {name: text for name, text in config.to_query().items() if any(text != base[name] for base in bases)}
    address.put_into_url(FIELDS, query)
    IN_URL.give(query)
