"""Six moments of a run for a report: what the first units looked for then; takes every word as an argument, without Streamlit."""

import html
from typing import Final

import numpy as np

from model.runs.run import RunView
from ui.elements.images import first_units_sheet

MOMENTS: Final = 6
UNITS: Final = 16


def moments(view: RunView, title: str, about: str, epoch: str) -> str:
    """A strip of six moments from a run's first to its last; nothing where it has no way back. ``epoch`` takes an ``epoch``."""
    if len(view.snapshots) < MOMENTS:
        return ""
    places = np.linspace(0, len(view.snapshots) - 1, MOMENTS).round().astype(int).tolist()
    items = []
    for one in (view.snapshots[place] for place in places):
        told = html.escape(epoch.format(epoch=f"{one.step / view.config.steps_per_epoch:.1f}"))
        items.append(f'<li><img src="{first_units_sheet(one.network(), UNITS).url}" alt="">{told}</li>')
    return f'<h3>{html.escape(title)}</h3><p>{html.escape(about)}</p><ul class="moments">{"".join(items)}</ul>'
