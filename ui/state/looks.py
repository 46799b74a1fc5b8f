"""With which colour and dashes a run is drawn, wherever it appears; knows no runs, no Plotly and no Streamlit."""

from collections.abc import Mapping, Sequence
from typing import Final

from ui.colours import BLUE, DARK_AMBER, GREEN, ORANGE, PINK, SLATE

# After Okabe and Ito 2008, "Color Universal Design", darkened where a line would be too faint on white; the dashes tell the same.
COLOURS: Final = (BLUE, ORANGE, GREEN, PINK, DARK_AMBER, SLATE)
DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
# The same dashes as SVG writes them, in pixels at a line 2 wide.
DASH_LENGTHS: Final = ("", "7 5", "2 4", "7 4 2 4", "13 6", "13 5 2 5")
LOOKS: Final = len(COLOURS) * len(DASHES)


def colour(look: int) -> str:
    """The colour of a look, 0 to ``LOOKS`` - 1, as #rrggbb."""
    return COLOURS[look % len(COLOURS)]


def dash(look: int) -> str:
    """Its dashes under Plotly's name: the first six looks differ in both, the next six are the same colours with other dashes."""
    return DASHES[_dash_place(look)]


def dash_lengths(look: int) -> str:
    """Its dashes as SVG writes them; empty for a solid line."""
    return DASH_LENGTHS[_dash_place(look)]


def with_looks(looks: Mapping[str, int], groups: Sequence[Sequence[str]]) -> dict[str, int]:
    """``looks``, by token, and the same one for all of each group that lacks one: one that nobody has.

    Those given together get different colours and dashes as far as there are any left.
    """
    found = dict(looks)
    together: list[int] = []
    for group in groups:
        known = [found[token] for token in group if token in found]
        look = known[0] if known else _free_look(found, together)
        together.append(look)
        found |= {token: look for token in group if token not in found}
    return found


def _free_look(looks: Mapping[str, int], together: Sequence[int]) -> int:
    taken = set(looks.values())
    colours, dashes = {colour(look) for look in together}, {dash(look) for look in together}
    free = [look for look in range(LOOKS) if look not in taken] or range(LOOKS)
    return min(free, key=lambda look: (colour(look) in colours, dash(look) in dashes, look))


def _dash_place(look: int) -> int:
    return (look + look // len(COLOURS)) % len(DASHES)
