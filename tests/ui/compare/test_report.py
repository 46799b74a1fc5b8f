"""Reports: one file that needs nothing else, with the run's own numbers in it; curves as SVG; the table of runs."""

import dataclasses
import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.config import TrainingConfig
from model.data.mnist import load_mnist
from model.network import Network, Score, predict
from model.runs.race import Lane
from model.runs.run import RunView, Status
from model.runs.snapshots import Snapshot, with_snapshot
from model.training.state import Point
from ui.compare.report import ReportRun, ReportWords, RunNumbers, Story, report, worst_mistakes
from ui.compare.svg_curves import Line, svg_curves
from ui.elements.axis_ticks import nice_ticks, odds_ticks
from ui.runs.overlaid_curves import ACROSS, DotRow, OverlayWords, Series, overlaid, seed_dots
from ui.runs.run_table import Row, Setting, run_table, swatch
from ui.state.looks import COLOURS, colour, dash

WORDS = ReportWords(
    language="en", title="Digit Lab: <mine>", made="today", settings="settings", numbers="numbers", curves="curves",
    across="epoch", loss="loss", accuracy="accuracy", held_out_loss="held-out loss", held_out_accuracy="held-out accuracy",
    training="training", validation="validation", why="why",
    confusion="confusion", confusion_about="rows are digits", right="right share",
    mistakes="mistakes", mistake="{label} as {answer}, {share}", no_mistakes="none", of_seed="seed {seed}", run="run",
    moments="moments", moments_about="what it looked for", moment="epoch {epoch}",
)  # fmt: skip
CONFIG = TrainingConfig(hidden_sizes=(), epochs=2, batch_size=50, training_images=100)


def view(token: str = "token", seed: int = 0) -> RunView:
    """A run of four points by hand, with a network of random weights."""
    rng = np.random.default_rng(seed)
    points = (Point(1, 2.3, 0.1), Point(2, 2.0, 0.3, 2.1, 0.2), Point(3, 1.5, 0.5), Point(4, 1.0, 0.7, 1.25, 0.6))
    weights = ((rng.normal(0, 0.1, (784, 10)).astype(np.float32), np.zeros(10, np.float32)),)
    return RunView(
        token=token, config=CONFIG.changed(seed=seed), status=Status.FINISHED, step=4, points=points,
        seconds=(0.25, 0.5, 0.75, 1.0), changes=(), network=Network("relu", weights), score=Score(1.2, 6_100, 10_000),
        drawn_score=Score(1.5, 550, 1_000), parent=None, images_per_second=None, seconds_left=None, step_wanted=False,
        busy=False,
    )  # fmt: skip


def reported(*titles: str, seeds: int = 1) -> list[ReportRun]:
    """Curves of so many seeds each; all with their own numbers."""
    return [
        ReportRun(
            Series(title, look, tuple(view(f"{title}{seed}", seed) for seed in range(seeds))),
            [("sizes", "8"), ("rate", f"0.{look}")],
            [RunNumbers(f"{title} {seed}", "finished", [("test", f"6{seed}.0%")]) for seed in range(seeds)],
            ["why so"],
        )
        for look, title in enumerate(titles)
    ]


def told_race(lanes: int = 2) -> Story:
    scores = [(Score(math.nan, 4_800 + 10 * n, 5_000), Score(math.nan, 4_820, 5_000)) for n in range(lanes)]
    rows = [DotRow(f"rate {n}", n, Lane(n, scores[n])) for n in range(lanes)]
    return Story(["Too few repeats to tell."], rows, "dots", "dots in words", "how to read them")


def test_a_report_of_one_run_holds_every_setting_numbers_curves_and_its_twenty_surest_mistakes() -> None:
    text = report(reported("one"), WORDS)
    assert "<th scope='row'>sizes</th><td>8</td>" in text and "60.0%" in text and "why so" in text
    assert "<mark>" not in text
    assert text.count("<polyline") == 4
    assert text.count('<img src="data:image/png;base64,') == 20


def test_a_report_shows_six_moments_of_a_run_that_has_a_way_back_and_none_of_another() -> None:
    assert "moments</h3>" not in report(reported("one"), WORDS)
    network = view().network
    assert network is not None
    kept: tuple[Snapshot, ...] = ()
    for step in range(1, 9):
        kept = with_snapshot(kept, step, network)
    rewindable = dataclasses.replace(view(), snapshots=kept)
    (run,) = reported("one")
    text = report([dataclasses.replace(run, series=Series("one", 0, (rewindable,)))], WORDS)
    strip = text.partition("moments</h3>")[2].partition("</ul>")[0]
    assert strip.count("<img") == 6
    assert ("epoch 0.5" in strip, "epoch 4.0" in strip) == (True, True)


def test_a_report_of_a_comparison_holds_a_curve_a_seed_in_each_chart_and_what_the_numbers_say() -> None:
    text = report(reported("one", "two", seeds=3), WORDS, told_race())
    assert "Too few repeats to tell." in text
    assert "<mark>0.0</mark>" in text and "<mark>0.1</mark>" in text and "<mark>8</mark>" not in text
    assert text.count("<polyline") == 2 * 2 * 3
    assert all(f"{title} {seed}" in text for title in ("one", "two") for seed in range(3))
    assert text.count("seed 0") == 2


def test_a_report_shows_every_seed_of_a_race_as_a_dot_with_the_interval() -> None:
    text = report(reported("one", "two"), WORDS, told_race())
    assert text.count("<circle") == 4 and 'aria-label="dots in words"' in text and "how to read them" in text
    assert "<circle" not in report(reported("one", "two"), WORDS)


def test_a_report_holds_the_confusions_of_the_network() -> None:
    text = report(reported("one"), WORDS)
    mnist, network = load_mnist(), view("one0").network
    assert network is not None
    answers = predict(network, mnist.test_images).argmax(axis=1)
    told = re.findall(r"<td style=\"background:[^\"]*\">([^<]+)</td>", text)
    expected = [
        int(((mnist.test_labels == digit) & (answers == said)).sum()) for digit in range(10) for said in range(10)
    ]
    assert [int(cell.replace("·", "0")) for cell in told] == expected
    assert "right share" in text and "rows are digits" in text


def test_a_curve_looks_the_same_in_every_part_of_a_report() -> None:
    text = report(reported("one", "two"), WORDS, told_race())
    for look in (0, 1):
        assert text.count(swatch(look)) == 4  # settings, numbers, legend, details
        assert text.count(f'stroke="{colour(look)}"') >= 2


def test_a_report_asks_for_nothing_outside_itself() -> None:
    text = report(reported("one"), WORDS)
    assert "default-src 'none'" in text
    assert not re.search(r"<script|<link|<iframe|https?://|url\(|@import", text)
    assert set(re.findall(r'src="(\w+):', text)) == {"data"}


def test_names_a_visitor_chose_are_text_and_nothing_else() -> None:
    text = report(reported('<img src="http://x">'), WORDS)
    assert '<img src="http' not in text and "&lt;img src=" in text and "<mine>" not in text
    row = Row('<a href="x">', "finished", 7, [Setting("<b>", True)], [("test", "1%")])
    told = run_table([row], ("run", "settings"), "label", "changed:", ", ")
    assert "<a" not in told and "<b>" not in told


def test_the_mistakes_are_those_the_network_makes_the_surest_first() -> None:
    network = view().network
    assert network is not None
    mnist = load_mnist()
    told = predict(network, mnist.test_images)
    wrong = told.argmax(axis=1) != mnist.test_labels
    found = worst_mistakes(network, 5)
    assert found[0].share == pytest.approx(float(told[wrong].max(axis=1).max()), abs=1e-5)
    assert [one.share for one in found] == sorted((one.share for one in found), reverse=True)
    assert all(one.label != one.answer for one in found)


# --- curves --------------------------------------------------------------------------------------------------------


def test_a_line_runs_from_left_to_right_and_a_greater_value_stands_higher() -> None:
    text = svg_curves([Line("a", "#000000", "", 2, [0, 1, 2], [1.0, 3.0, 2.0])], "epoch", False, "label")
    points = [tuple(map(float, pair.split(","))) for pair in re.findall(r'points="([^"]*)"', text)[0].split()]
    across, up = zip(*points, strict=True)
    assert list(across) == sorted(across)
    assert up[1] < up[2] < up[0]
    assert 'aria-label="label"' in text


def test_a_chart_without_points_or_with_numbers_that_are_none_is_drawn_all_the_same() -> None:
    assert "<svg" in svg_curves([], "epoch", True, "empty")
    text = svg_curves([Line("a", "#000000", "", 2, [0, 1, 2], [1.0, float("nan"), float("inf")])], "epoch", False, "x")
    assert "nan" not in text and "inf" not in text


@given(low=st.floats(-1e3, 1e3), span=st.floats(1e-6, 1e4))
def test_ticks_are_round_even_and_enclose_what_is_drawn(low: float, span: float) -> None:
    ticks = nice_ticks(low, low + span)
    step = ticks[1] - ticks[0]
    assert 2 <= len(ticks) <= 8
    assert ticks[0] <= low + 1e-6 * step + 1e-9 and ticks[-1] >= low + span - 1e-6 * step - 1e-9
    assert np.diff(ticks) == pytest.approx([step] * (len(ticks) - 1), rel=1e-6)


WORDS_OF_CHART = OverlayWords("loss", "epoch")


def test_overlaid_curves_keep_their_place_by_epoch_by_step_and_by_seconds() -> None:
    series = [Series("one", 0, (view("a"), view("b", 1))), Series("<two>", 7, (view("c"),))]
    figures = [overlaid(series, "validation_loss", across, WORDS_OF_CHART) for across in ACROSS]
    for figure, expected in zip(figures, ([1, 2], [2, 4], [0.5, 1.0]), strict=True):
        assert [list(trace.x) for trace in figure.data] == [expected] * 3
    by_epoch = figures[0]
    assert [(trace.line.color, trace.line.dash) for trace in by_epoch.data] == [
        (colour(look), dash(look)) for look in (0, 0, 7)
    ]
    assert [trace.showlegend for trace in by_epoch.data] == [True, False, True]
    assert by_epoch.data[2].name == "&lt;two&gt;"
    again = overlaid(series[:1], "validation_loss", "epochs", WORDS_OF_CHART)
    assert by_epoch.layout.uirevision == again.layout.uirevision
    assert len({figure.layout.uirevision for figure in figures}) == 3


def unfinished(points: int, status: Status = Status.TRAINING) -> RunView:
    """The run as it stood after so many of its points."""
    whole = view()
    return dataclasses.replace(
        whole, points=whole.points[:points], seconds=whole.seconds[:points], step=points, status=status
    )


@pytest.mark.parametrize("across", ACROSS)
@pytest.mark.parametrize("value", ["loss", "accuracy", "validation_loss", "validation_accuracy"])
def test_every_axis_has_its_range_from_the_first_frame_on(value: str, across: str) -> None:
    for views in ((), (unfinished(0),), (unfinished(1),), (unfinished(3), unfinished(0)), (view(),)):
        figure = overlaid([Series("one", 0, views)] if views else [], value, across, WORDS_OF_CHART)
        (left, right), (bottom, top) = figure.layout.xaxis.range, figure.layout.yaxis.range
        assert left == 0 < right and bottom == 0 < top
        assert "accuracy" not in value or top == 1
        for trace in figure.data:
            assert all(left <= x <= right for x in trace.x) and all(bottom <= y <= top for y in trace.y)


@pytest.mark.parametrize("value", ["loss", "validation_accuracy"])
def test_an_axis_of_epochs_or_steps_stays_through_the_whole_run_so_that_a_zoom_does(value: str) -> None:
    for across, end in (("epochs", 2), ("steps", 4)):
        frames = [overlaid([Series("one", 0, (unfinished(n),))], value, across, WORDS_OF_CHART) for n in range(5)]
        assert {tuple(figure.layout.xaxis.range) for figure in frames} == {(0, end)}


def test_a_loss_that_is_no_number_does_not_break_the_axis() -> None:
    broken = dataclasses.replace(view(), points=(Point(1, math.nan, math.nan), *view().points[1:]))
    figure = overlaid([Series("one", 0, (broken,))], "loss", "epochs", WORDS_OF_CHART)
    assert figure.layout.yaxis.range == (0, 2.5)


# --- seeds as dots -------------------------------------------------------------------------------------------------


def test_every_seed_is_a_dot_and_every_variant_has_its_interval() -> None:
    rows = [*told_race(3).dots, DotRow("not yet", 3, None)]
    figure = seed_dots(rows, "dots")
    dots = [trace for trace in figure.data if trace.hovertemplate]
    assert [len(trace.x) for trace in dots] == [2, 2, 2]
    assert [trace.marker.color for trace in dots] == [colour(look) for look in range(3)]
    assert [annotation.text for annotation in figure.layout.annotations] == ["rate 0", "rate 1", "rate 2", "not yet"]
    low, high = figure.layout.xaxis.range
    assert all(low <= x <= high for trace in figure.data for x in trace.x)


@given(scores=st.lists(st.lists(st.integers(0, 5_000), min_size=1, max_size=5), min_size=1, max_size=6))
def test_dots_stand_where_their_shares_belong(scores: list[list[int]]) -> None:
    lanes = [Lane(n, tuple(Score(math.nan, right, 5_000) for right in some)) for n, some in enumerate(scores)]
    figure = seed_dots([DotRow(str(n), n, lane) for n, lane in enumerate(lanes)], "dots")
    ticks = dict(zip(figure.layout.xaxis.ticktext, figure.layout.xaxis.tickvals, strict=True))
    assert list(ticks.values()) == sorted(ticks.values()) and len(ticks) >= 2
    for text, place in ticks.items():
        assert 1 / (1 + math.exp(-place)) == pytest.approx(float(text.strip("%")) / 100, abs=1e-4)
    for lane, trace in zip(lanes, [trace for trace in figure.data if trace.hovertemplate], strict=True):
        order = sorted(range(len(lane.scores)), key=lambda seed: lane.scores[seed].correct)
        assert [trace.x[seed] for seed in order] == sorted(trace.x)


@given(low=st.floats(0, 1), high=st.floats(0, 1))
def test_ticks_of_shares_are_round_apart_and_enclose_what_they_can(low: float, high: float) -> None:
    low, high = sorted((low, high))
    ticks = odds_ticks(low, high)
    places = [odds for odds, _ in ticks]
    assert 2 <= len(ticks) <= 8 and places == sorted(places)
    assert ticks[0][1] <= max(low, 0.001) and ticks[-1][1] >= min(high, 0.9999)


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.1."""
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("paper", ["#FFFFFF", "#10161C"])
def test_every_line_stands_out_on_both_papers(paper: str) -> None:
    for drawn in COLOURS:
        light, dark = sorted((luminance(drawn), luminance(paper)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3


# --- hints ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_hint_has_words_for_the_numbers_it_saw(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from model.runs.diagnostics import RULES, Finding
    from ui.runs.diagnosis import finding_words
    from ui.state import language as spoken

    monkeypatch.setattr(spoken, "current_language", lambda: language)
    seen = {
        "learning_rate": 0.1, "step": 1_234, "training_accuracy": 0.5, "worst_loss": 8.5, "blind_loss": 2.3,
        "training_loss": 0.25, "silent_units": 12, "units": 64, "batch_size": 2, "rises": 3, "epochs": 6, "layers": 2,
        "training_images": 500, "validation_accuracy": 0.75, "best_epoch": 4, "best_validation_loss": 0.2,
        "validation_loss": 0.3, "validation_loss_before": 0.4, "gain": 0.001, "test_accuracy": 0.97, "drawn_accuracy": 0.9,
    }  # fmt: skip
    for rule in RULES:
        name, meaning, evidence = finding_words(Finding(rule, seen, CONFIG))
        assert name and meaning and re.search(r"\d", evidence), rule
