"""The visitor's runs as an HTML table that turns into cards where it is narrow; words in, HTML out, without Streamlit."""

import base64
import html
from collections.abc import Sequence
from dataclasses import dataclass

from ui.state.looks import colour, dash_lengths


@dataclass(frozen=True)
class Setting:
    """One setting of a run in words, and whether it differs from the run before."""

    text: str
    changed: bool


@dataclass(frozen=True)
class Row:
    """One run: its ``title``, ``status``, ``look``, settings, and numbers, each with its name."""

    title: str
    status: str
    look: int
    settings: Sequence[Setting]
    numbers: Sequence[tuple[str, str]]


def run_table(rows: Sequence[Row], columns: Sequence[str], label: str, changed: str, comma: str) -> str:
    """The table of at least one run; ``columns`` name the run and its settings, ``changed`` is read out before a setting that differs.

    ``comma`` parts the settings.
    """
    names = [*columns, *(name for name, _ in rows[0].numbers)]
    head = "".join(f'<th role="columnheader" scope="col">{html.escape(name)}</th>' for name in names)
    body = "".join(_row(row, columns, changed, comma) for row in rows)
    return (
        f'<table class="runs" role="table" aria-label="{html.escape(label)}"><thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table>'
    )


def swatch(look: int) -> str:
    """A piece of the line a run is drawn with, as a picture; says nothing to a screen reader."""
    dashes = f' stroke-dasharray="{dash_lengths(look)}"' if dash_lengths(look) else ""
    line = f'<line x1="1" y1="5" x2="35" y2="5" stroke="{colour(look)}" stroke-width="3"{dashes}></line>'
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" width="36" height="10" viewBox="0 0 36 10">{line}</svg>'
    address = "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()
    return f'<img class="swatch" src="{address}" width="36" height="10" alt="">'


def _row(row: Row, columns: Sequence[str], changed: str, comma: str) -> str:
    name = f"{swatch(row.look)}<strong>{html.escape(row.title)}</strong> <small>{html.escape(row.status)}</small>"
    settings = comma.join(_setting(setting, changed) for setting in row.settings)
    cells = "".join(
        f'<td role="cell" data-label="{html.escape(name)}">{html.escape(number)}</td>' for name, number in row.numbers
    )
    return (
        f'<tr role="row"><th role="rowheader" scope="row">{name}</th>'
        f'<td role="cell" class="settings" data-label="{html.escape(columns[1])}"><span>{settings}</span></td>{cells}</tr>'
    )


def _setting(setting: Setting, changed: str) -> str:
    text = html.escape(setting.text)
    if not setting.changed:
        return text
    return f'<mark><span class="spoken">{html.escape(changed)} </span>{text}</mark>'
