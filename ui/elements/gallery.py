"""Pictures and table cells that can be chosen, by mouse, finger or keyboard; knows nothing of what they show."""

from collections.abc import Callable, Container, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from ui.elements.images import Sheet
from ui.elements.plotly_chart import OwnElement, last_sent
from ui.state.language import t
from ui.state.told import is_whole

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


@dataclass(frozen=True)
class More:
    """Of many pictures the first few, and buttons below for more of them and for all.

    The browser, which knows how wide it is, shows the first ``wide``, or ``narrow`` where few have room; more once they were asked for.

    Attributes:
        total: how many there are; the gallery is given at least the first ``wide`` and the first ``wanted`` of them.
        wanted: how many the visitor asked for; 0 before they asked.
        want: called with how many the visitor asks for.
    """

    total: int
    wanted: int
    want: Callable[[int], None]
    wide: int = 30
    narrow: int = 12

    @property
    def needed(self) -> int:
        """How many pictures the gallery is to be given."""
        return min(self.total, max(self.wide, self.wanted))


def gallery(
    sheet: Sheet,
    items: Sequence[Item],
    label: str,
    key: str,
    choose: Choose,
    chosen: int | None = None,
    side: int = 48,
    more: More | None = None,
) -> None:
    """Pictures of a sheet in its order, ``side`` pixels wide; ``choose`` is called with the value of the one pressed."""
    data = {
        "sheet": asdict(sheet),
        "items": [asdict(item) for item in items],
        "label": label,
        "chosen": chosen,
        "side": side,
        "more": _more_in_words(more) if more else None,
    }

    def wanted() -> None:
        count = last_sent(key, "wanted")
        if more is not None and is_whole(count, 0, more.total):
            more.want(count)

    there = {item.value for item in items}
    GALLERY(key=key, data=data, on_chosen_change=lambda: _tell(key, choose, there), on_wanted_change=wanted)


def _more_in_words(more: More) -> dict[str, str | int]:
    return {
        "total": more.total,
        "wanted": more.wanted,
        "wide": more.wide,
        "narrow": more.narrow,
        "next": t("gallery.more", count="{count}"),
        "all": t("gallery.all", total=f"{more.total:,}"),
        "shown": t("gallery.shown", count="{count}", total=f"{more.total:,}"),
    }


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
    there = range(sum(len(cells) for _, cells in rows))
    MATRIX(key=key, data=data, on_chosen_change=lambda: _tell(key, choose, there))


def _tell(key: str, choose: Choose, there: Container[int]) -> None:
    """Have the value chosen that the browser tells, if it is one of those that are there."""
    value = last_sent(key, "chosen")
    if is_whole(value) and value in there:
        choose(value)
