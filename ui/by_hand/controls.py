"""The numbers of the paper as widgets: a Sheet in and out, kept in the link; computes nothing with them."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from model.config import ConfigError, Limit
from model.textbook.sheet import QUERY_NAMES, SHAPES, SHEET_LIMITS, Numbers, Sheet, read_field
from model.textbook.worked_example import STEP_NAMES, sheet_loss, with_loss
from ui.elements.choices import choose
from ui.elements.number_field import number_field
from ui.elements.numerals import plain
from ui.runs.setting_words import activation_name
from ui.state.address import put_into_url, settle_asked_for
from ui.state.language import listed, t
from ui.state.values import AnyValue, Value

PARTS: Final = ("paper", "network", "hill")
STEP: Final = Value("hand_step", STEP_NAMES[0])
PART: Final = Value("hand_part", PARTS[0])
PLACES: Final = {"step": (STEP, STEP_NAMES), "part": (PART, PARTS)}
URL_NAMES: Final = (*QUERY_NAMES.values(), *(place.key for place, _ in PLACES.values()))
RATE: Final = Value("hand_learning_rate", Sheet().learning_rate)
ACTIVATION: Final = Value("hand_activation", Sheet().activation)
LOSS: Final = Value("hand_loss", Sheet().loss)
SETTINGS: Final[dict[str, AnyValue]] = {"learning_rate": RATE, "activation": ACTIVATION, "loss": LOSS}
LOSSES: Final = Value[list[float] | None]("_hand_losses", None)
ENDING: Final = Value[str | None]("_hand_ending", None)
SEED: Final = Value("_hand_seed", 0)
ERRORS: Final = Value[tuple[tuple[str, str, ConfigError], ...]]("_hand_errors", ())
IN_URL: Final = Value[dict[str, str] | None]("_hand_in_url", None)
LOSSES_KEPT: Final = 20_000
ENDS: Final = ("x₁", "x₂", "x₃", "y₁", "y₂")
SUBSCRIPT: Final = "₁₂₃₄"


def load_sheet() -> None:
    """Set the widgets from the URL, once for each new link; what it does not say stays as it is."""
    query = settle_asked_for(URL_NAMES)
    if IN_URL.get() == query:
        return
    sheet = sheet_now() if IN_URL.get() is not None else Sheet()
    errors: list[tuple[str, str, ConfigError]] = []
    asked = {name: query[key] for name, key in QUERY_NAMES.items() if key in query}
    for name in sorted(asked, key="loss".__ne__):  # the loss first: it says what targets may be
        try:
            value = read_field(name, asked[name])
            sheet = with_loss(sheet, str(value)) if name == "loss" else sheet.changed(**{name: value})
        except ConfigError as error:
            errors.append((name, asked[name], error))
    for name, (shown, choices) in PLACES.items():
        place = query.get(shown.key, shown.get())
        if place not in choices:
            errors.append((name, place, ConfigError(name, place, Limit(choices=tuple(choices)))))
            place = choices[0]
        shown.give(place)
    ERRORS.give(tuple(errors))
    IN_URL.give(query)
    put_sheet(sheet)
    LOSSES.give([sheet_loss(sheet)])


def show_sheet_errors() -> None:
    """What the link said that cannot be used, with what would be right."""
    errors = ERRORS.get()
    for name, text, error in errors:
        st.error(t("by_hand.link_error", field=t(f"by_hand.field.{name}"), text=text, allowed=allowed(error.limit)))
    if errors:
        st.button(t("error.dismiss"), key="dismiss_hand_errors", on_click=ERRORS.reset)


def allowed(limit: Limit) -> str:
    """What a field may be, in the visitor's language."""
    if limit.choices:
        return t("error.choices", choices=listed(limit.choices))
    if not isinstance(limit, Numbers):
        return t("error.range", low=plain(limit.low), high=plain(limit.high))
    key = "by_hand.numbers" if limit.total is None else "by_hand.numbers_total"
    values = {"count": limit.count, "low": plain(limit.low), "high": plain(limit.high)}
    return t(key, **values) if limit.total is None else t(key, **values, total=plain(limit.total))


def put_sheet(sheet: Sheet) -> None:
    """Put a sheet into the widgets; only before they are drawn, or in a callback."""
    for name in SHAPES:
        for index, value in enumerate(getattr(sheet, name)):
            _number_of(name, index).give(value)
    for name, setting in SETTINGS.items():
        setting.give(getattr(sheet, name))


def sheet_now() -> Sheet:
    """The sheet the widgets describe."""
    values = {
        name: tuple(_number_of(name, index).number() for index in range(rows * columns))
        for name, (rows, columns) in SHAPES.items()
    }
    return Sheet().changed(**values, **{name: setting.number() for name, setting in SETTINGS.items()})


def sheet_query(sheet: Sheet) -> dict[str, str]:
    """What of a sheet, of the step shown and of the part of the page differs from how the page opens, for the link."""
    standard = Sheet().to_query()
    query = {key: text for key, text in sheet.to_query().items() if text != standard[key]}
    places = {place.key: place.get() for place, _ in PLACES.values() if place.get() != place.standard}
    return query | places


def sheet_to_url(sheet: Sheet) -> None:
    """Have the URL hold the sheet."""
    query = sheet_query(sheet)
    put_into_url(URL_NAMES, query)
    IN_URL.give(query)


def choose_part() -> str:
    """Which part of the page the visitor looks at, one of ``PARTS``; the choice goes into the link."""
    part = choose(
        t("by_hand.parts"),
        PARTS,
        PART.key,
        lambda part: t(f"by_hand.part.{part}"),
        look="bar",
        label_visibility="collapsed",
    )
    sheet_to_url(sheet_now())
    st.markdown(t(f"by_hand.intro.{part}"))
    return part


def sheet_controls() -> None:
    """Every number that can be moved, in the order of the picture's columns, and what else can be chosen."""
    with st.container(key="hand_fields"):
        with st.container(key="hand_fields_inputs"):
            st.markdown(t("by_hand.inputs_title"))
            _row("inputs", [("inputs", index) for index in range(3)], ENDS[:3])
        with st.container(key="hand_fields_hidden"):
            st.markdown(t("by_hand.weights_hidden"))
            _matrix("hidden", 4, 3, ("x₁", "x₂", "x₃"), "h")
        with st.container(key="hand_fields_output"):
            st.markdown(t("by_hand.weights_output"))
            _matrix("output", 2, 4, ("h₁", "h₂", "h₃", "h₄"), "o")
        with st.container(key="hand_fields_targets"):
            st.markdown(t("by_hand.targets_title"))
            _row("targets", [("targets", index) for index in range(2)], ENDS[3:])
    _choices()


def _choices() -> None:
    limit = SHEET_LIMITS["learning_rate"]
    with st.container(key="hand_choices"):
        activation, loss, rate = st.columns((2, 3, 2))
        with activation:
            choose(
                t("by_hand.field.activation"),
                SHEET_LIMITS["activation"].choices,
                ACTIVATION.key,
                activation_name,
                on_change=changed_by_hand,
            )
        with loss:
            choose(
                t("by_hand.field.loss"),
                SHEET_LIMITS["loss"].choices,
                LOSS.key,
                lambda name: t(f"by_hand.loss_name.{name}"),
                on_change=_loss_chosen,
            )
        with rate:
            number_field(
                t("by_hand.field.learning_rate"),
                float(limit.low),
                float(limit.high),
                0.1,
                RATE.key,
                format="%.4g",
                persist_state="session",
            )


def _matrix(layer: str, rows: int, columns: int, below: Sequence[str], letter: str) -> None:
    """A grid of weights with the biases as its last column, headed by where each weight comes from."""
    heads = [*below, "b"]
    cells = "".join(f"<span>{head}</span>" for head in heads)
    st.html(f'<div class="hand_heads" aria-hidden="true"><span></span>{cells}</div>')
    for row in range(rows):
        fields = [(f"{layer}_weights", row * columns + column) for column in range(columns)]
        _row(f"{layer}_{row}", [*fields, (f"{layer}_biases", row)], heads, f"{letter}{SUBSCRIPT[row]}")


def _row(name: str, fields: Sequence[tuple[str, int]], heads: Sequence[str], neuron: str = "") -> None:
    with st.container(key=f"hand_row_{name}"):
        places = st.columns(len(fields) + bool(neuron))
        if neuron:
            places[0].html(f'<div class="hand_neuron" aria-hidden="true">{neuron}</div>')
        for place, (field, index), head in zip(places[bool(neuron) :], fields, heads, strict=True):
            with place:
                _number(field, index, head, neuron)


def _number(field: str, index: int, head: str, neuron: str) -> None:
    limit = SHEET_LIMITS[field]
    if not neuron:
        label = head
    elif head == "b":
        label = t("by_hand.bias_label", neuron=neuron)
    else:
        label = t("by_hand.weight_label", source=head, neuron=neuron)
    number_field(
        label,
        float(limit.low),
        float(limit.high),
        0.1,
        _number_of(field, index).key,
        on_change=_target_changed if field == "targets" else changed_by_hand,
        args=(index,) if field == "targets" else (),
        format="%.4g",
        label_visibility="collapsed" if neuron else "visible",
        persist_state="session",
    )


def _target_changed(index: int) -> None:
    """Under cross-entropy the two targets are shares of one: the other follows."""
    if LOSS.get() == "cross_entropy":
        _number_of("targets", 1 - index).give(round(1 - _number_of("targets", index).number(), 12))
    changed_by_hand()


def _loss_chosen() -> None:
    """Cross-entropy wants targets that add up to one."""
    loss = LOSS.get()
    LOSS.give("squared_error")  # under which any targets are right
    put_sheet(with_loss(sheet_now(), loss))
    changed_by_hand(new_curve=True)


def changed_by_hand(new_curve: bool = False) -> None:
    """A number was changed: what was said of the last training no longer holds, and the curve's last point moves."""
    ENDING.give(None)
    losses = list(LOSSES.get() or [])
    loss = sheet_loss(sheet_now())
    LOSSES.give([loss] if new_curve else [*losses[:-1], loss])


def standard_sheet() -> None:
    """Back to the numbers the page opens with; only in a callback."""
    put_sheet(Sheet())
    changed_by_hand(new_curve=True)


def _number_of(name: str, index: int) -> Value[float]:
    """What the widget of one number of a field says, counted from 0; ``put_sheet`` puts all of them there."""
    return Value(f"hand_{name}_{index + 1}", 0.0)
