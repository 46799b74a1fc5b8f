"""Reports: one file that needs nothing else, with the run's own numbers in it; curves as CSV and as SVG; the table of runs."""

import csv
import io
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.config import TrainingConfig
from model.data import load_mnist
from model.network import Network, Score, predict
from model.runs import RunView, Status
from model.training import Point
from ui.compare_figures import COLOURS, DASHES, OverlayWords, Series, overlaid
from ui.drawn_curves import Line, nice_ticks, svg_curves
from ui.report import ReportRun, ReportWords, curves_csv, report, worst_mistakes
from ui.run_table import Row, Setting, run_table

WORDS = ReportWords(
    language="en", title="Digit Lab: <mine>", made="today", settings="settings", numbers="numbers", curves="curves",
    epoch="epoch", loss="loss", accuracy="accuracy", training="training", validation="validation", why="why",
    mistakes="mistakes", mistake="{label} as {answer}, {share}", no_mistakes="none", run="run", comma=", ",
)  # fmt: skip
CONFIG = TrainingConfig(hidden_sizes=(), epochs=2, batch_size=50, training_images=100)


def view(token: str = "token", seed: int = 0) -> RunView:
    """A run of four points by hand, with a network of random weights."""
    chance = np.random.default_rng(seed)
    points = (Point(1, 2.3, 0.1), Point(2, 2.0, 0.3, 2.1, 0.2), Point(3, 1.5, 0.5), Point(4, 1.0, 0.7, 1.25, 0.6))
    weights = ((chance.normal(0, 0.1, (784, 10)).astype(np.float32), np.zeros(10, np.float32)),)
    return RunView(
        token=token, config=CONFIG.changed(seed=seed), status=Status.FINISHED, step=4, points=points,
        seconds=(0.25, 0.5, 0.75, 1.0), changes=(), network=Network("relu", weights), score=Score(1.2, 6_100, 10_000),
        drawn_score=Score(1.5, 550, 1_000), parent=None, images_per_second=None, seconds_left=None, step_wanted=False,
        busy=False,
    )  # fmt: skip


def reported(*titles: str) -> list[ReportRun]:
    return [
        ReportRun(
            Series(title, place, (view(title, place),)), "finished", [Setting("sizes 8", place > 0)], [("test", "61.0%")], ["why so"],
        )
        for place, title in enumerate(titles)
    ]  # fmt: skip


def test_a_report_of_one_run_holds_settings_numbers_curves_and_its_twenty_surest_mistakes() -> None:
    text = report(reported("one"), WORDS)
    assert "sizes 8" in text and "61.0%" in text and "why so" in text
    assert text.count("<polyline") == 4
    assert text.count('<img src="data:image/png;base64,') == 20


def test_a_report_of_a_comparison_holds_a_curve_a_run_in_each_chart_and_what_the_numbers_say() -> None:
    text = report(reported("one", "two"), WORDS, ["Two is better."])
    assert "Two is better." in text and "<mark>sizes 8</mark>" in text
    assert text.count("<polyline") == 4
    assert all(text.count(COLOURS[place]) >= 2 for place in (0, 1))


def test_a_report_asks_for_nothing_outside_itself() -> None:
    text = report(reported("one"), WORDS)
    assert "default-src 'none'" in text
    assert not re.search(r"<script|<link|<iframe|https?://|url\(|@import", text)
    assert set(re.findall(r'src="(\w+):', text)) == {"data"}


def test_names_a_visitor_chose_are_text_and_nothing_else() -> None:
    text = report(reported('<img src="http://x">'), WORDS)
    assert '<img src="http' not in text and "&lt;img src=" in text and "<mine>" not in text
    row = Row('<a href="x">', "finished", 0, [Setting("<b>", True)], [("test", "1%")])
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


def test_the_curves_as_csv_read_back_as_the_points() -> None:
    rows = list(csv.DictReader(io.StringIO(curves_csv([Series("one", 0, (view(),))]).removeprefix("\ufeff"))))
    assert [int(row["step"]) for row in rows] == [1, 2, 3, 4]
    assert [float(row["epoch"]) for row in rows] == [0.5, 1, 1.5, 2]
    assert [row["validation_loss"] for row in rows] == ["", "2.1", "", "1.25"]
    assert [float(row["seconds"]) for row in rows] == [0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@x"])
def test_a_name_is_no_formula_in_a_spreadsheet(title: str) -> None:
    assert f"\n'{title}," in curves_csv([Series(title, 0, (view(),))])


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


def test_overlaid_curves_keep_their_place_by_epoch_and_by_seconds() -> None:
    series = [Series("one", 0, (view("a"), view("b", 1))), Series("<two>", 1, (view("c"),))]
    words = OverlayWords("loss", "epoch")
    by_epoch, by_seconds = (overlaid(series, "validation_loss", seconds, words) for seconds in (False, True))
    assert [list(trace.x) for trace in by_epoch.data] == [[1, 2]] * 3
    assert [list(trace.x) for trace in by_seconds.data] == [[0.5, 1.0]] * 3
    assert [trace.line.color for trace in by_epoch.data] == [COLOURS[0], COLOURS[0], COLOURS[1]]
    assert [trace.showlegend for trace in by_epoch.data] == [True, False, True]
    assert by_epoch.data[2].name == "&lt;two&gt;"
    assert by_epoch.layout.uirevision == overlaid(series[:1], "validation_loss", False, words).layout.uirevision
    assert by_epoch.layout.uirevision != by_seconds.layout.uirevision


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.1."""
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("paper", ["#FFFFFF", "#10161C"])
def test_every_line_stands_out_on_both_papers_and_no_two_look_alike(paper: str) -> None:
    for colour in COLOURS:
        light, dark = sorted((luminance(colour), luminance(paper)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3
    assert len(set(COLOURS)) == len(set(DASHES)) == 6


# --- hints ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_hint_has_words_for_the_numbers_it_saw(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from model.hints import RULES, Finding
    from ui import session
    from ui.hints_view import finding_words

    monkeypatch.setattr(session, "language", lambda: language)
    seen = {
        "learning_rate": 0.1, "step": 1_234, "training_accuracy": 0.5, "worst_loss": 8.5, "blind_loss": 2.3,
        "training_loss": 0.25, "silent_units": 12, "units": 64, "batch_size": 2, "rises": 3, "epochs": 6, "layers": 2,
        "training_images": 500, "validation_accuracy": 0.75, "best_epoch": 4, "best_validation_loss": 0.2,
        "validation_loss": 0.3, "validation_loss_before": 0.4, "gain": 0.001, "test_accuracy": 0.97, "drawn_accuracy": 0.9,
    }  # fmt: skip
    for rule in RULES:
        name, meaning, evidence = finding_words(Finding(rule, seen, CONFIG))
        assert name and meaning and re.search(r"\d", evidence), rule
