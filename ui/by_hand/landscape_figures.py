"""A loss surface with the walks of the optimisers on it, from above and in space; imports no Streamlit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from model.textbook.backpropagation import Matrix
from model.textbook.optimizer_paths import Survey
from ui.colours import BLUE, GREEN, ORANGE, PALE_GREY, PINK, SKY, STONE
from ui.elements.figure_style import QUIET_COLOUR

# Okabe and Ito's colours, told apart by the colour-blind; each walker has its own dash and mark as well.
STYLES: Final[Mapping[str, tuple[str, str, str]]] = {
    "descent": (BLUE, "solid", "circle"),
    "stochastic": (SKY, "dot", "square"),
    "momentum": (ORANGE, "dash", "diamond"),
    "rmsprop": (GREEN, "dashdot", "cross"),
    "adam": (PINK, "longdash", "x"),
}
# Low ground is the colour of the page, whichever theme; high ground is grey.
SCALE: Final = [[0, "rgba(138,151,163,0.05)"], [1, "rgba(138,151,163,0.8)"]]
SOLID_SCALE: Final = [[0, PALE_GREY], [1, STONE]]
LIFT: Final = 0.01


@dataclass(frozen=True)
class HillWords:
    """The words of the two pictures, in the visitor's language."""

    x: str
    y: str
    height: str
    step: str
    names: Mapping[str, str]


def hill_from_above(survey: Survey, steps: int, logarithmic: bool, words: HillWords) -> go.Figure:
    """Contour lines, greyer where the loss is higher, and each walk up to ``steps``."""
    shown = _shown(survey.heights, survey.heights, logarithmic)
    contour = go.Contour(
        x=survey.xs.astype(np.float32),
        y=survey.ys.astype(np.float32),
        z=shown.round(3),
        colorscale=SCALE,
        line={"width": 0.8, "color": QUIET_COLOUR},
        ncontours=18,
        showscale=False,
        hovertemplate=f"{words.height} %{{customdata:.4g}}<extra></extra>",
        customdata=survey.heights.astype(np.float32),
        showlegend=False,
    )
    traces: list[Any] = [contour]
    for name, places in survey.paths.items():
        colour, dash, mark = STYLES[name]
        walked = places[: steps + 1].astype(np.float32)
        heights = survey.path_losses[name][: steps + 1].astype(np.float32)
        sizes = [5.0] * (len(walked) - 1) + [12.0]
        traces.append(
            go.Scatter(
                x=walked[:, 0],
                y=walked[:, 1],
                name=words.names[name],
                mode="lines+markers",
                line={"color": colour, "width": 2.5, "dash": dash},
                marker={"color": colour, "size": sizes, "symbol": mark},
                customdata=heights,
                hovertemplate=f"{words.step} %{{pointNumber}}: %{{customdata:.4g}}<extra>{words.names[name]}</extra>",
            )
        )
    figure = go.Figure(traces)
    figure.update_layout(
        template="none",
        margin={"l": 60, "r": 8, "t": 64, "b": 40},
        font={"size": 12},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        uirevision="kept",
    )
    figure.update_xaxes(
        title={"text": words.x, "standoff": 4}, zeroline=False, range=[float(survey.xs[0]), float(survey.xs[-1])]
    )
    figure.update_yaxes(
        title={"text": words.y, "standoff": 4}, zeroline=False, range=[float(survey.ys[0]), float(survey.ys[-1])]
    )
    return figure


def hill_in_space(survey: Survey, steps: int, logarithmic: bool, words: HillWords) -> go.Figure:
    """The surface itself with the walks lying on it; can be turned."""
    surface_heights = _shown(survey.heights, survey.heights, logarithmic)
    bottom, top = float(surface_heights.min()), float(np.ptp(surface_heights))
    surface = go.Surface(
        x=survey.xs.astype(np.float32),
        y=survey.ys.astype(np.float32),
        z=surface_heights.astype(np.float32).round(3),
        colorscale=SOLID_SCALE,
        opacity=0.85,
        showscale=False,
        customdata=survey.heights.astype(np.float32),
        hovertemplate=f"{words.height} %{{customdata:.4g}}<extra></extra>",
        contours={"z": {"show": True, "width": 1, "color": QUIET_COLOUR}},
    )
    traces: list[Any] = [surface]
    for name, places in survey.paths.items():
        inside = _inside(survey, places[: steps + 1])
        heights = _shown(survey.path_losses[name][: steps + 1], survey.heights, logarithmic) + LIFT * top
        traces.append(
            go.Scatter3d(
                x=np.where(inside, places[: steps + 1, 0], np.nan).astype(np.float32),
                y=np.where(inside, places[: steps + 1, 1], np.nan).astype(np.float32),
                z=heights.astype(np.float32),
                name=words.names[name],
                mode="lines+markers",
                line={"color": STYLES[name][0], "width": 5},
                marker={"color": STYLES[name][0], "size": [2.0] * (len(heights) - 1) + [6.0]},
                hovertemplate=f"{words.step} %{{pointNumber}}<extra>{words.names[name]}</extra>",
            )
        )
    figure = go.Figure(traces)
    axis = {"showspikes": False, "nticks": 6}
    figure.update_layout(
        template="none",
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        showlegend=False,
        uirevision="kept",
        scene={
            "xaxis": axis | {"title": {"text": words.x}, "range": [float(survey.xs[0]), float(survey.xs[-1])]},
            "yaxis": axis | {"title": {"text": words.y}, "range": [float(survey.ys[0]), float(survey.ys[-1])]},
            "zaxis": axis | {"title": {"text": words.height}, "range": [bottom, bottom + (1 + 2 * LIFT) * top]},
            "aspectmode": "cube",
            # Far enough away for the titles of the axes to be whole from every side.
            "camera": {"eye": {"x": 1.7, "y": -2.05, "z": 1.25}},
        },
    )
    return figure


def _shown(heights: Matrix, all_heights: Matrix, logarithmic: bool) -> Matrix:
    """Heights as drawn: themselves, or the logarithm of one more than how far they lie above zero."""
    return np.asarray(np.log10(1 + heights - min(0.0, float(all_heights.min())))) if logarithmic else heights


def _inside(survey: Survey, places: Matrix) -> np.ndarray[Any, np.dtype[np.bool_]]:
    x_inside = (places[:, 0] >= survey.xs[0]) & (places[:, 0] <= survey.xs[-1])
    return np.asarray(x_inside & (places[:, 1] >= survey.ys[0]) & (places[:, 1] <= survey.ys[-1]))
