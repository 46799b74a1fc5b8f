"""Try to break it: accuracy against one kind of damage as a curve with its cliffs, what it says in words, and as a table."""

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from model.evaluation.damage_curve import KINDS, LITTLE, Fall, Harm, Side, sides
from model.runs.store import RUNS
from ui.elements.choices import choose
from ui.elements.numerals import percent
from ui.elements.plotly_chart import Chart, live_charts
from ui.inside import examined_network
from ui.inside.damage_curves import DamageCurves, Progress
from ui.inside.examined_network import Examined
from ui.inside.figures import CHANCE, DamageWords, damage_curve
from ui.state.language import Text, t
from ui.state.messages import redraw
from ui.state.told import is_whole
from ui.state.values import Value
from ui.state.visitor import current_visitor

CURVES: Final = DamageCurves(RUNS.workers)
PATIENCE_SECONDS: Final = 0.2
POLL_SECONDS: Final = 0.4
HEIGHT: Final = 300
BREAK_CURVE: Final = Value("break_curve", next(iter(KINDS)))
# Below that there is not much more to lose than guessing would get right.
LITTLE_LEFT: Final = 0.2


def last_moved(kind: str) -> None:
    """Show the curve of the kind of damage whose slider was moved last; only in a callback."""
    BREAK_CURVE.give(kind)


def show_curve(examined: Examined, right: int) -> None:
    """The curve of the chosen kind of damage, as far as it is measured; ``right`` images are read right with the damage as it is now."""
    st.subheader(t("break.curve.title"), anchor=False)
    kind = choose(t("break.curve.kind"), list(KINDS), BREAK_CURVE.key, lambda name: t(f"break.curve.axis.{name}"))
    waits = _waits(_measured(examined, kind, PATIENCE_SECONDS))
    st.fragment(_watch, run_every=POLL_SECONDS if waits else None)(examined, kind, right, waits)


def _harm(examined: Examined) -> Harm:
    return Harm(examined.damage, examined_network.image_damage_now())


def _measured(examined: Examined, kind: str, patience: float = 0.0) -> Progress:
    return CURVES.of(examined.intact, kind, _harm(examined), examined.on_test, patience, current_visitor().turn)


def _waits(progress: Progress) -> bool:
    return not (progress.done or progress.failed)


def _watch(examined: Examined, kind: str, right: int, waited: bool) -> None:
    progress = _measured(examined, kind)
    if waited and not _waits(progress):
        redraw()
    found = sides(progress.right, progress.count) if progress.done else []
    words = _words(examined, kind, progress)
    _draw(kind, progress, found, right / progress.count, words)
    with st.container(key="curve_words"):
        for line in words:
            st.markdown(line)
        if progress.failed:
            st.button(t("break.curve.again"), key="curve_again", on_click=_try_again, args=(examined, kind))
        st.caption(t("break.curve.how", places=progress.places, count=f"{progress.count:,}"))
    _show_table(kind, progress)


def _words(examined: Examined, kind: str, progress: Progress) -> list[str]:
    if not progress.done:
        return [t("break.curve.failed" if progress.failed else "break.curve.not_yet")]
    if kind == "damage_share" and not examined.hidden_sizes:
        return [t("break.curve.no_neurons")]
    return in_words(kind, progress.right, progress.count)


def _try_again(examined: Examined, kind: str) -> None:
    CURVES.try_again(examined.intact, kind, _harm(examined), examined.on_test)


def _draw(kind: str, progress: Progress, found: Sequence[Side], share: float, words: Sequence[str]) -> None:
    """The curve with the present place marked; the line below tells it, and how far the measuring is."""
    place = examined_network.STRENGTHS[kind].get()
    notes = t("break.curve.now", amount=amount(kind, place), share=percent(share, 1))
    if _waits(progress):
        notes += " · " + t("break.curve.measuring", done=len(progress.right), places=progress.places)
    names = DamageWords(
        t(f"break.curve.axis.{kind}"),
        t("break.curve.accuracy"),
        t("break.curve.chance", share=percent(CHANCE)),
        t("break.curve.cliff"),
        t(f"break.unit.{kind}"),
    )
    cliffs = [side.steepest for side in found if side.cliff and side.steepest is not None]
    shares = {at: right / progress.count for at, right in progress.right.items()}
    figure = damage_curve(shares, (KINDS[kind].low, KINDS[kind].high), (place, share), cliffs, names)
    label = t(
        "break.curve.label", kind=t(f"break.curve.axis.{kind}"), words=Text(" ".join((notes, *words)).replace("*", ""))
    )
    chart = Chart(figure, label, HEIGHT, notes=notes)
    live_charts([chart], "damage_curve", t("frame.plotly_failed"), on_click=lambda at: _go_to(kind, at))


def _go_to(kind: str, place: object) -> None:
    """Damage as much as at the point of the curve that was pressed."""
    if is_whole(place, KINDS[kind].low, KINDS[kind].high):
        examined_network.STRENGTHS[kind].give(place)


def amount(kind: str, place: int) -> str:
    """So much damage of a kind, with its unit."""
    return f"{place}{t(f'break.unit.{kind}')}".replace("-", "−")


def in_words(kind: str, right: Mapping[int, int], count: int) -> list[str]:
    """What a curve that is measured at every place says: how long the network bears the damage, and where it falls."""
    found = sides(right, count)
    whole = right[0] / count
    lines = [t("break.curve.little_left", share=percent(whole))] if whole < LITTLE_LEFT else []
    if len(found) == 1:
        return [*lines, _side_in_words(kind, found[0])]
    for name, side in zip(("low", "high"), found, strict=True):
        lines.append(t(f"break.curve.{name}.{kind}", words=_side_in_words(kind, side)))
    return lines


def _side_in_words(kind: str, side: Side) -> str:
    points = round(100 * LITTLE)
    if side.next is None:
        return t("break.curve.holds_all", points=points)
    held = "break.curve.holds" if side.holds else "break.curve.holds_not"
    place = amount(kind, abs(side.holds or side.next))
    words = t(held, place=place, points=points)
    if side.steepest is None:
        return words
    return t("break.curve.both", held=words, fall=_fall_in_words(kind, side, side.steepest))


def _fall_in_words(kind: str, side: Side, fall: Fall) -> str:
    return t(
        "break.curve.falls_off" if side.cliff else "break.curve.falls",
        start=amount(kind, abs(fall.start)),
        end=amount(kind, abs(fall.end)),
        before=percent(fall.before),
        after=percent(fall.after),
    )


def _show_table(kind: str, progress: Progress) -> None:
    """Every place that is measured, as numbers."""
    with st.expander(t("break.curve.table"), key="curve_table"):
        st.table(
            {
                t(f"break.curve.axis.{kind}"): [amount(kind, place) for place in progress.right],
                t("break.curve.accuracy"): [percent(right / progress.count, 1) for right in progress.right.values()],
            }
        )
