"""Pictures and table cells that can be chosen, by mouse, finger or keyboard; knows nothing of what they show."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from ui import session
from ui.live_chart import OwnElement
from ui.pictures import Sheet

GALLERY: Final = OwnElement("gallery", '<div class="gallery" role="group"></div>', parts=("rove",))
MATRIX: Final = OwnElement("matrix", '<div class="frame"><table></table></div>', parts=("rove",))

Choose = Callable[[int], None]


@dataclass(frozen=True)
class Item:
    """A picture of a gallery: the number that choosing it gives, the word below, what is said of it, and how it looks.

    ``state`` is empty, wrong, off or dead.
    """

    value: int
    text: str
    label: str
    state: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its text, what is said of it, its shade in percent, and whether it counts what is wrong."""

    text: str
    label: str
    strength: int
    state: str = ""


def gallery(
    sheet: Sheet, items: Sequence[Item], label: str, key: str, choose: Choose, chosen: int | None = None, side: int = 48
) -> None:
    """Pictures of a sheet in its order, ``side`` pixels wide; ``choose`` is called with the value of the one pressed."""
    data = {
        "sheet": asdict(sheet),
        "items": [asdict(item) for item in items],
        "label": label,
        "chosen": chosen,
        "side": side,
    }
    GALLERY(key=key, data=data, on_chosen_change=lambda: _tell(key, choose))


def choice_table(
    columns: Sequence[str],
    rows: Sequence[tuple[str, Sequence[Cell]]],
    label: str,
    corner: str,
    key: str,
    choose: Choose,
    chosen: int | None = None,
) -> None:
    """A table of cells with named rows and columns; ``choose`` is called with the number of the cell pressed, row by row."""
    shown = [{"name": name, "cells": [asdict(cell) for cell in cells]} for name, cells in rows]
    data = {"columns": list(columns), "rows": shown, "label": label, "corner": corner, "chosen": chosen}
    MATRIX(key=key, data=data, on_chosen_change=lambda: _tell(key, choose))


def _tell(key: str, choose: Choose) -> None:
    value = session.chosen(key).chosen
    if isinstance(value, int):
        choose(value)
