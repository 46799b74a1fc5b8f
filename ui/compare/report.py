"""A run or a comparison as one HTML file that opens offline; takes every word as an argument, without Streamlit."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from model.data.mnist import load_mnist
from model.evaluation.confusion import confusion_matrix, mistakes, recall
from model.network import FloatArray, Network, predict
from model.network_memory import remembered
from model.runs.race import share_of
from ui.colours import REPORT_DARK, REPORT_LIGHT
from ui.compare.report_moments import moments
from ui.compare.svg_curves import DotLine, Line, svg_curves, svg_dots
from ui.elements.figure_style import TRAINING_COLOUR, VALIDATION_COLOUR
from ui.elements.images import picture_url
from ui.elements.numerals import percent
from ui.runs.overlaid_curves import DotRow, Series, numbers
from ui.runs.run_table import swatch
from ui.state.looks import colour, dash_lengths

MISTAKES_SHOWN: Final = 20
# The curves are drawn as SVG, some 20 kB. Plotly's script would make each report 4.5 MB heavier, too much to hand in or mail,
# and a file without any script can promise, by its own policy, that it loads nothing.
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
COLOURS: Final = f"""
:root {{ color-scheme: light dark; {REPORT_LIGHT} }}
@media (prefers-color-scheme: dark) {{ :root {{ {REPORT_DARK} }} }}"""
STYLES: Final = (
    COLOURS
    + """
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 0 0 1rem; }
th, td { border-bottom: 1px solid var(--quiet); padding: 0.25rem 0.75rem 0.25rem 0; text-align: left; vertical-align: top; }
.wide { overflow-x: auto; }
.chart { margin: 1rem 0 1.5rem; overflow-x: auto; }
.chart svg { width: 100%; min-width: 36rem; height: auto; }
.swatch { margin-inline-end: 0.4rem; }
svg text { font-size: 15px; fill: var(--ink); } .grid { stroke: var(--quiet); }
mark { background: var(--mark); color: inherit; }
.confusion :is(th, td) { text-align: right; padding: 0.15rem 0.5rem; font-variant-numeric: tabular-nums; }
.mistakes { display: flex; flex-wrap: wrap; gap: 0.75rem; list-style: none; padding: 0; }
.mistakes img { width: 56px; height: 56px; image-rendering: pixelated; display: block; }
.moments { display: grid; grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr)); gap: 0.75rem; list-style: none; padding: 0; }
.moments img { width: 100%; image-rendering: pixelated; display: block; }
@media print { body { max-width: none; margin: 0; } figure, li, tr { break-inside: avoid; } h2, h3 { break-after: avoid; } }
.key { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; }
"""
)


@dataclass(frozen=True)
class RunNumbers:
    """One run in the table of numbers: how it is called, how it stands, and its numbers, each with its name."""

    title: str
    status: str
    numbers: Sequence[tuple[str, str]]


@dataclass(frozen=True, eq=False)
class ReportRun:
    """One curve for a report: how it is called and drawn, every setting with its name, the numbers of each seed, and why it went so."""

    series: Series
    settings: Sequence[tuple[str, str]]
    seeds: Sequence[RunNumbers]
    hints: Sequence[str]


@dataclass(frozen=True)
class Story:
    """What the runs show together: ``sentences``, and each seed as a dot under ``title``, in words as ``label``, and ``about`` it."""

    sentences: Sequence[str] = ()
    dots: Sequence[DotRow] = ()
    title: str = ""
    label: str = ""
    about: str = ""


@dataclass(frozen=True)
class ReportWords:
    """The words of a report, in the visitor's language.

    ``mistake`` takes label, answer and share; ``no_mistakes`` nothing; ``across`` names the x axis; ``of_seed`` takes a seed; ``moment``
    an epoch.
    """

    language: str
    title: str
    made: str
    settings: str
    numbers: str
    curves: str
    across: str
    loss: str
    accuracy: str
    held_out_loss: str
    held_out_accuracy: str
    training: str
    validation: str
    why: str
    confusion: str
    confusion_about: str
    right: str
    mistakes: str
    mistake: str
    no_mistakes: str
    of_seed: str
    run: str
    moments: str
    moments_about: str
    moment: str


@dataclass(frozen=True)
class Mistake:
    """A test image, as a data URL, that the network reads wrong: what it is, what it is read as, and how surely (0 to 1)."""

    picture: str
    label: int
    answer: int
    share: float


def report(runs: Sequence[ReportRun], words: ReportWords, story: Story | None = None, across: str = "epochs") -> str:
    """The HTML file: what the comparison says, settings, numbers, curves, and each run's hints, confusions and mistakes."""
    title = html.escape(words.title)
    parts = [
        f'<!DOCTYPE html><html lang="{html.escape(words.language)}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title><style>{STYLES}</style></head><body><h1>{title}</h1><p>{html.escape(words.made)}</p>",
        _story(story) if story else "",
        _settings(runs, words),
        _numbers(runs, words),
        f"<h2>{html.escape(words.curves)}</h2>",
        _curves(runs, words, across),
        *(_details(run, words, alone=len(runs) == 1) for run in runs),
        "</body></html>",
    ]
    return "".join(parts)


def worst_mistakes(network: Network, count: int = MISTAKES_SHOWN) -> list[Mistake]:
    """The test images the network reads wrong most surely, the surest first. For the networks of runs that have ended."""
    mnist = load_mnist()
    probabilities = _read_test_images(network)
    return [
        Mistake(
            picture_url(mnist.test_images[i]),
            int(mnist.test_labels[i]),
            int(probabilities[i].argmax()),
            float(probabilities[i].max()),
        )
        for i in mistakes(mnist.test_labels, probabilities)[:count]
    ]


@remembered(most_bytes=1_000_000)
def _read_test_images(network: Network) -> FloatArray:
    """What a network says of the test images, (10000, 10); kept for the next question to the same network."""
    images = load_mnist().test_images
    return np.concatenate([predict(network, images[start : start + 1000]) for start in range(0, len(images), 1000)])


def _story(story: Story) -> str:
    parts = [f"<p>{html.escape(sentence)}</p>" for sentence in story.sentences]
    lines = [
        DotLine(
            row.title,
            colour(row.look),
            [s.accuracy for s in row.lane.scores],
            share_of(row.lane.log_odds),
            row.lane.interval,
        )
        for row in story.dots
        if row.lane is not None
    ]
    if lines:
        caption = f"<figcaption>{html.escape(story.title)}<br><small>{html.escape(story.about)}</small></figcaption>"
        parts.append(f'<figure class="chart">{caption}{svg_dots(lines, story.label)}</figure>')
    return "".join(parts)


def _settings(runs: Sequence[ReportRun], words: ReportWords) -> str:
    """Every setting, a row each; marked where the runs differ."""
    head = "".join(f"<th scope='col'>{swatch(run.series.look)}{html.escape(run.series.title)}</th>" for run in runs)
    rows = []
    for (name, _), *_others in zip(*(run.settings for run in runs), strict=True):
        values = [dict(run.settings)[name] for run in runs]
        form = "<td><mark>{}</mark></td>" if len(set(values)) > 1 else "<td>{}</td>"
        cells = "".join(form.format(html.escape(value)) for value in values)
        rows.append(f"<tr><th scope='row'>{html.escape(name)}</th>{cells}</tr>")
    return f'<h2>{html.escape(words.settings)}</h2><div class="wide"><table><tr><td></td>{head}</tr>{"".join(rows)}</table></div>'


def _numbers(runs: Sequence[ReportRun], words: ReportWords) -> str:
    names = [name for name, _ in runs[0].seeds[0].numbers]
    head = "".join(f"<th scope='col'>{html.escape(name)}</th>" for name in (words.run, *names))
    rows = []
    for run in runs:
        for seed in run.seeds:
            cells = "".join(f"<td>{html.escape(value)}</td>" for _, value in seed.numbers)
            name = f"{swatch(run.series.look)}{html.escape(seed.title)}<br><small>{html.escape(seed.status)}</small>"
            rows.append(f"<tr><th scope='row'>{name}</th>{cells}</tr>")
    return f'<h2>{html.escape(words.numbers)}</h2><div class="wide"><table><tr>{head}</tr>{"".join(rows)}</table></div>'


def _curves(runs: Sequence[ReportRun], words: ReportWords, across: str) -> str:
    alone = len(runs) == 1 and len(runs[0].seeds) == 1
    kinds = ((words.training, "", TRAINING_COLOUR), (words.validation, "validation_", VALIDATION_COLOUR))
    charts = []
    names = (
        ("loss", words.loss, words.held_out_loss),
        ("accuracy", words.accuracy, words.held_out_accuracy),
    )
    for value, name, held_out_name in names:
        title = name if alone else held_out_name
        if alone:
            view = runs[0].series.views[0]
            lines = [Line(kind, drawn, "", 2, *numbers(view, prefix + value, across)) for kind, prefix, drawn in kinds]
        else:
            lines = _lines(runs, f"validation_{value}", across)
        chart = svg_curves(lines, words.across, value == "accuracy", title)
        charts.append(f'<figure class="chart"><figcaption>{html.escape(title)}</figcaption>{chart}</figure>')
    if alone:
        key = "".join(f'<li style="color:{drawn}">{html.escape(name)}</li>' for name, _, drawn in kinds)
    else:
        key = "".join(f"<li>{swatch(run.series.look)}{html.escape(run.series.title)}</li>" for run in runs)
    return f'<ul class="key">{key}</ul>{"".join(charts)}'


def _lines(runs: Sequence[ReportRun], value: str, across: str) -> list[Line]:
    return [
        Line(
            run.series.title,
            colour(run.series.look),
            dash_lengths(run.series.look),
            1 if seed else 2,
            *numbers(view, value, across),
        )
        for run in runs
        for seed, view in enumerate(run.series.views)
    ]


def _details(run: ReportRun, words: ReportWords, alone: bool) -> str:
    parts = [] if alone else [f"<h2>{swatch(run.series.look)}{html.escape(run.series.title)}</h2>"]
    view = run.series.views[0]
    if len(run.series.views) > 1:
        parts.append(f"<p>{html.escape(words.of_seed.format(seed=view.config.seed))}</p>")
    if run.hints:
        told = "".join(f"<li>{html.escape(hint)}</li>" for hint in run.hints)
        parts.append(f"<h3>{html.escape(words.why)}</h3><ul>{told}</ul>")
    parts.append(moments(view, words.moments, words.moments_about, words.moment))
    if view.network is not None and view.score is not None:
        parts.append(_confusion(view.network, words))
        shown = worst_mistakes(view.network, MISTAKES_SHOWN if alone else MISTAKES_SHOWN // 2)
        told = "".join(_mistake(one, words) for one in shown)
        parts.append(f"<h3>{html.escape(words.mistakes)}</h3>")
        parts.append(f'<ul class="mistakes">{told}</ul>' if shown else f"<p>{html.escape(words.no_mistakes)}</p>")
    return "".join(parts)


def _confusion(network: Network, words: ReportWords) -> str:
    """What the network takes each digit of the test images for: a row is what it is, a column what was said."""
    matrix = confusion_matrix(load_mnist().test_labels, _read_test_images(network).argmax(axis=1))
    head = "".join(f"<th scope='col'>{digit}</th>" for digit in range(10))
    rows = []
    for digit, (counts, share) in enumerate(zip(matrix.tolist(), recall(matrix).tolist(), strict=True)):
        cells = "".join(_cell(count, sum(counts), answer == digit) for answer, count in enumerate(counts))
        rows.append(f"<tr><th scope='row'>{digit}</th>{cells}<td>{percent(share, 1)}</td></tr>")
    return (
        f"<h3>{html.escape(words.confusion)}</h3><p>{html.escape(words.confusion_about)}</p>"
        f'<div class="wide"><table class="confusion"><tr><td></td>{head}<th scope="col">{html.escape(words.right)}</th></tr>'
        f"{''.join(rows)}</table></div>"
    )


def _cell(count: int, total: int, right: bool) -> str:
    # The root makes few mistakes visible beside many right answers.
    strength = 0.6 * (count / total) ** 0.5 if right else min(0.6, 2 * (count / total) ** 0.5)
    drawn = "0 114 178" if right else "213 94 0"
    return f'<td style="background:rgb({drawn} / {strength:.2f})">{count or "·"}</td>'


def _mistake(one: Mistake, words: ReportWords) -> str:
    said = html.escape(words.mistake.format(label=one.label, answer=one.answer, share=percent(one.share)))
    return f'<li><img src="{one.picture}" alt="">{said}</li>'
