"""A loss surface with the paths of the optimisers on it, from above and in space; imports no Streamlit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from model.textbook.backpropagation import Matrix
from model.textbook.optimizer_paths import Survey
from ui.colours import BLUE, GREEN, ORANGE, PALE_GREY, PINK, SKY, STONE
from ui.elements.figure_style import QUIET_COLOUR, axis_title, legend

# Okabe and Ito's colours, told apart by the colour-blind; each optimiser has its own dash and mark as well.
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
class LandscapeWords:
    """The words of the two pictures, in the visitor's language."""

    x: str
    y: str
    height: str
    step: str
    names: Mapping[str, str]


def landscape_from_above(survey: Survey, steps: int, logarithmic: bool, words: LandscapeWords) -> go.Figure:
    """Contour lines, greyer where the loss is higher, and each path up to ``steps``."""
    contour = go.Contour(
        x=survey.xs.astype(np.float32),
        y=survey.ys.astype(np.float32),
        z=_shown(survey.heights, survey.heights, logarithmic).round(3),
        colorscale=SCALE,
        line={"width": 0.8, "color": QUIET_COLOUR},
        ncontours=18,
        showscale=False,
        hovertemplate=f"{words.height} %{{customdata:.4g}}<extra></extra>",
        customdata=survey.heights.astype(np.float32),
        showlegend=False,
    )
    figure = go.Figure([contour, *(_path_from_above(survey, name, steps, words) for name in survey.paths)])
    margin, font = {"l": 60, "r": 8, "t": 64, "b": 40}, {"size": 12}
    figure.update_layout(template="none", margin=margin, font=font, legend=legend(1.02, 0), uirevision="kept")
    figure.update_xaxes(title=axis_title(words.x), zeroline=False, range=_ends(survey.xs))
    figure.update_yaxes(title=axis_title(words.y), zeroline=False, range=_ends(survey.ys))
    return figure


def _path_from_above(survey: Survey, name: str, steps: int, words: LandscapeWords) -> go.Scatter:
    colour, dash, mark = STYLES[name]
    places = survey.paths[name][: steps + 1].astype(np.float32)
    return go.Scatter(
        x=places[:, 0],
        y=places[:, 1],
        name=words.names[name],
        mode="lines+markers",
        line={"color": colour, "width": 2.5, "dash": dash},
        marker={"color": colour, "size": [5.0] * (len(places) - 1) + [12.0], "symbol": mark},
        customdata=survey.path_losses[name][: steps + 1].astype(np.float32),
        hovertemplate=f"{words.step} %{{pointNumber}}: %{{customdata:.4g}}<extra>{words.names[name]}</extra>",
    )


def landscape_in_space(survey: Survey, steps: int, logarithmic: bool, words: LandscapeWords) -> go.Figure:
    """The surface itself with the paths lying on it; can be turned."""
    heights = _shown(survey.heights, survey.heights, logarithmic)
    bottom, span = float(heights.min()), float(np.ptp(heights))
    surface = go.Surface(
        x=survey.xs.astype(np.float32),
        y=survey.ys.astype(np.float32),
        z=heights.astype(np.float32).round(3),
        colorscale=SOLID_SCALE,
        opacity=0.85,
        showscale=False,
        customdata=survey.heights.astype(np.float32),
        hovertemplate=f"{words.height} %{{customdata:.4g}}<extra></extra>",
        contours={"z": {"show": True, "width": 1, "color": QUIET_COLOUR}},
    )
    lift = LIFT * span
    paths = [_path_in_space(survey, name, steps, logarithmic, lift, words) for name in survey.paths]
    figure = go.Figure([surface, *paths])
    margin, scene = {"l": 0, "r": 0, "t": 8, "b": 0}, _scene(survey, [bottom, bottom + (1 + 2 * LIFT) * span], words)
    figure.update_layout(template="none", margin=margin, showlegend=False, uirevision="kept", scene=scene)
    return figure


def _path_in_space(
    survey: Survey, name: str, steps: int, logarithmic: bool, lift: float, words: LandscapeWords
) -> go.Scatter3d:
    """A path a little above the surface, as far as it lies over it."""
    places = survey.paths[name][: steps + 1]
    inside = _inside(survey, places)
    heights = _shown(survey.path_losses[name][: steps + 1], survey.heights, logarithmic) + lift
    return go.Scatter3d(
        x=np.where(inside, places[:, 0], np.nan).astype(np.float32),
        y=np.where(inside, places[:, 1], np.nan).astype(np.float32),
        z=heights.astype(np.float32),
        name=words.names[name],
        mode="lines+markers",
        line={"color": STYLES[name][0], "width": 5},
        marker={"color": STYLES[name][0], "size": [2.0] * (len(heights) - 1) + [6.0]},
        hovertemplate=f"{words.step} %{{pointNumber}}<extra>{words.names[name]}</extra>",
    )


def _scene(survey: Survey, heights: list[float], words: LandscapeWords) -> dict[str, object]:
    """The axes of the space and from where it is looked at: far enough away for their titles to be whole from every side."""
    axis = {"showspikes": False, "nticks": 6}
    return {
        "xaxis": axis | {"title": {"text": words.x}, "range": _ends(survey.xs)},
        "yaxis": axis | {"title": {"text": words.y}, "range": _ends(survey.ys)},
        "zaxis": axis | {"title": {"text": words.height}, "range": heights},
        "aspectmode": "cube",
        "camera": {"eye": {"x": 1.7, "y": -2.05, "z": 1.25}},
    }


def _ends(lines: Matrix) -> list[float]:
    return [float(lines[0]), float(lines[-1])]


def _shown(heights: Matrix, all_heights: Matrix, logarithmic: bool) -> Matrix:
    """Heights as drawn: themselves, or the logarithm of one more than how far they lie above zero."""
    return np.asarray(np.log10(1 + heights - min(0.0, float(all_heights.min())))) if logarithmic else heights


def _inside(survey: Survey, places: Matrix) -> npt.NDArray[np.bool_]:
    x_inside = (places[:, 0] >= survey.xs[0]) & (places[:, 0] <= survey.xs[-1])
    return np.asarray(x_inside & (places[:, 1] >= survey.ys[0]) & (places[:, 1] <= survey.ys[-1]))
