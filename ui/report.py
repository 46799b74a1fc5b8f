"""A run or a comparison as one HTML file that opens offline, and curves as CSV; takes every word as an argument, without Streamlit."""

import csv
import html
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from model.confusion import mistakes
from model.data import load_mnist
from model.network import Network, predict
from ui.compare_figures import COLOURS, DASH_LENGTHS, Series, numbers
from ui.drawn_curves import Line, svg_curves
from ui.figures import TRAINING_COLOUR, VALIDATION_COLOUR
from ui.pictures import picture_url
from ui.run_table import Setting, swatch

MISTAKES_SHOWN: Final = 20
# The curves are drawn as SVG, some 20 kB. Plotly's script would make each report 4.5 MB heavier, too much to hand in or mail,
# and a file without any script can promise, by its own policy, that it loads nothing.
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
STYLES: Final = """
:root { color-scheme: light dark; --quiet: #c9d3dc; --mark: #fde9b8; --ink: #1b2733; --paper: #fff; }
@media (prefers-color-scheme: dark) { :root { --quiet: #3a4753; --mark: #5a4300; --ink: #e8edf2; --paper: #10161c; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 0 0 1rem; }
th, td { border-bottom: 1px solid var(--quiet); padding: 0.25rem 0.75rem 0.25rem 0; text-align: left; vertical-align: top; }
.wide { overflow-x: auto; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem; }
svg { width: 100%; height: auto; }
.swatch { margin-inline-end: 0.4rem; }
svg text { font-size: 17px; fill: var(--ink); } .grid { stroke: var(--quiet); }
mark { background: var(--mark); color: inherit; }
.mistakes { display: flex; flex-wrap: wrap; gap: 0.75rem; list-style: none; padding: 0; }
.mistakes img { width: 56px; height: 56px; image-rendering: pixelated; display: block; }
.key { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; }
"""


@dataclass(frozen=True, eq=False)
class ReportRun:
    """One run for a report: how it is called and drawn, its settings and numbers in words, and why it went as it did."""

    series: Series
    status: str
    settings: Sequence[Setting]
    numbers: Sequence[tuple[str, str]]
    hints: Sequence[str]


@dataclass(frozen=True)
class ReportWords:
    """The words of a report, in the visitor's language. ``mistake`` takes label, answer and share; ``no_mistakes`` nothing."""

    language: str
    title: str
    made: str
    settings: str
    numbers: str
    curves: str
    epoch: str
    loss: str
    accuracy: str
    training: str
    validation: str
    why: str
    mistakes: str
    mistake: str
    no_mistakes: str
    run: str
    comma: str


@dataclass(frozen=True)
class Mistake:
    """A test image, as a data URL, that the network reads wrong: what it is, what it is read as, and how surely (0 to 1)."""

    picture: str
    label: int
    answer: int
    share: float


def report(runs: Sequence[ReportRun], words: ReportWords, verdict: Sequence[str] = ()) -> str:
    """The HTML file: what the comparison says, settings, numbers, curves, and each run's hints and mistakes."""
    title = html.escape(words.title)
    parts = [
        f'<!DOCTYPE html><html lang="{html.escape(words.language)}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title><style>{STYLES}</style></head><body><h1>{title}</h1><p>{html.escape(words.made)}</p>",
        *(f"<p>{html.escape(sentence)}</p>" for sentence in verdict),
        _table(runs, words),
        f"<h2>{html.escape(words.curves)}</h2>",
        _curves(runs, words),
        *(_details(run, words, alone=len(runs) == 1) for run in runs),
        "</body></html>",
    ]
    return "".join(parts)


def curves_csv(series: Sequence[Series]) -> str:
    """Every point of every run, one a line; begins with a byte order mark, by which spreadsheets know it is UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    fields = ("loss", "accuracy", "validation_loss", "validation_accuracy")
    writer.writerow(["run", "seed", "step", "epoch", "seconds", *fields])
    for one in series:
        for view in one.views:
            for point, seconds in zip(view.points, view.seconds, strict=True):
                values = [getattr(point, field) for field in fields]
                epoch = f"{point.step / view.config.steps_per_epoch:.4f}"
                start = [_harmless(one.title), view.config.seed, point.step, epoch, f"{seconds:.3f}"]
                writer.writerow([*start, *("" if value is None else f"{value:.6g}" for value in values)])
    return "\ufeff" + text.getvalue()


def worst_mistakes(network: Network, count: int = MISTAKES_SHOWN) -> list[Mistake]:
    """The test images the network reads wrong most surely, the surest first. For the networks of runs that have ended."""
    mnist = load_mnist()
    told = np.concatenate(
        [predict(network, mnist.test_images[start : start + 1000]) for start in range(0, 10_000, 1000)]
    )
    return [
        Mistake(
            picture_url(mnist.test_images[i]), int(mnist.test_labels[i]), int(told[i].argmax()), float(told[i].max())
        )
        for i in mistakes(mnist.test_labels, told)[:count]
    ]


def _table(runs: Sequence[ReportRun], words: ReportWords) -> str:
    names = [name for name, _ in runs[0].numbers]
    head = "".join(f"<th scope='col'>{html.escape(name)}</th>" for name in (words.run, words.settings, *names))
    rows = []
    for run in runs:
        cells = "".join(f"<td>{html.escape(value)}</td>" for _, value in run.numbers)
        settings = words.comma.join(
            f"<mark>{html.escape(one.text)}</mark>" if one.changed else html.escape(one.text) for one in run.settings
        )
        name = f"{html.escape(run.series.title)}<br><small>{html.escape(run.status)}</small>"
        rows.append(f"<tr><th scope='row'>{name}</th><td>{settings}</td>{cells}</tr>")
    return f'<h2>{html.escape(words.numbers)}</h2><div class="wide"><table><tr>{head}</tr>{"".join(rows)}</table></div>'


def _curves(runs: Sequence[ReportRun], words: ReportWords) -> str:
    if len(runs) == 1:
        view = runs[0].series.views[0]
        kinds = ((words.training, "", TRAINING_COLOUR), (words.validation, "validation_", VALIDATION_COLOUR))
        charts = [
            svg_curves(
                [Line(name, colour, "", 2, *numbers(view, prefix + value, False)) for name, prefix, colour in kinds],
                words.epoch,
                value == "accuracy",
                title,
            )
            for value, title in (("loss", words.loss), ("accuracy", words.accuracy))
        ]
        key = "".join(f'<li style="color:{colour}">{html.escape(name)}</li>' for name, _, colour in kinds)
    else:
        charts = [
            svg_curves(_lines(runs, value), words.epoch, "accuracy" in value, f"{title} ({words.validation})")
            for value, title in (("validation_loss", words.loss), ("validation_accuracy", words.accuracy))
        ]
        key = "".join(f"<li>{swatch(run.series.place)}{html.escape(run.series.title)}</li>" for run in runs)
    held_out = "" if len(runs) == 1 else f" ({html.escape(words.validation)})"
    titled = [
        f"<figure><figcaption>{html.escape(title)}{held_out}</figcaption>{chart}</figure>"
        for title, chart in zip((words.loss, words.accuracy), charts, strict=True)
    ]
    return f'<ul class="key">{key}</ul><div class="charts">{"".join(titled)}</div>'


def _lines(runs: Sequence[ReportRun], value: str) -> list[Line]:
    return [
        Line(
            run.series.title,
            COLOURS[run.series.place],
            DASH_LENGTHS[run.series.place],
            1 if seed else 2,
            *numbers(view, value, False),
        )
        for run in runs
        for seed, view in enumerate(run.series.views)
    ]


def _details(run: ReportRun, words: ReportWords, alone: bool) -> str:
    parts = [] if alone else [f"<h2>{html.escape(run.series.title)}</h2>"]
    if run.hints:
        told = "".join(f"<li>{html.escape(hint)}</li>" for hint in run.hints)
        parts.append(f"<h3>{html.escape(words.why)}</h3><ul>{told}</ul>")
    view = run.series.views[0]
    if view.network is not None and view.score is not None:
        shown = worst_mistakes(view.network, MISTAKES_SHOWN if alone else MISTAKES_SHOWN // 2)
        told = "".join(_mistake(one, words) for one in shown)
        parts.append(f"<h3>{html.escape(words.mistakes)}</h3>")
        parts.append(f'<ul class="mistakes">{told}</ul>' if shown else f"<p>{html.escape(words.no_mistakes)}</p>")
    return "".join(parts)


def _mistake(one: Mistake, words: ReportWords) -> str:
    said = html.escape(words.mistake.format(label=one.label, answer=one.answer, share=f"{one.share:.0%}"))
    return f'<li><img src="{one.picture}" alt="">{said}</li>'


def _harmless(text: str) -> str:
    """A name a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
