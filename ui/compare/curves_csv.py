"""Curves as CSV, for spreadsheets; without Streamlit."""

import csv
import io
import re
from collections.abc import Sequence
from typing import Final

from model.training.state import point_images
from ui.runs.overlaid_curves import Series

# What begins a formula, also in its full-width form, at the beginning of a cell: some spreadsheets part cells at other signs than a comma.
FORMULA: Final = re.compile(r"(^|[;,|]) ?([=+\-@\uff1d\uff0b\uff0d\uff20])")


def curves_csv(series: Sequence[Series]) -> str:
    """Every point of every run, one a line; begins with a byte order mark, by which spreadsheets know it is UTF-8.

    ``loss`` and ``accuracy`` are means over the ``images`` trained on since the point before, ``epoch_loss`` and ``epoch_accuracy``
    those over the whole epoch that ends there.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    fields = ("loss", "accuracy", "validation_loss", "validation_accuracy")
    writer.writerow(["run", "seed", "step", "epoch", "seconds", *fields, "images", "epoch_loss", "epoch_accuracy"])
    for one in series:
        for view in one.views:
            images, epochs = point_images(view.config, view.points), iter(view.epochs)
            for point, seconds, count in zip(view.points, view.seconds, images, strict=True):
                whole = next(epochs) if point.validation_loss is not None else None
                means = [None, None] if whole is None else [whole.loss, whole.accuracy]
                values = [*(getattr(point, field) for field in fields), count, *means]
                epoch = f"{point.step / view.config.steps_per_epoch:.4f}"
                start = [_harmless(one.title), view.config.seed, point.step, epoch, f"{seconds:.3f}"]
                writer.writerow([*start, *("" if value is None else f"{value:.6g}" for value in values)])
    return "\ufeff" + text.getvalue()


def _harmless(text: str) -> str:
    """A name a spreadsheet does not take for a formula, wherever it may begin a new cell in it; on one line."""
    return FORMULA.sub(r"\1'\2", " ".join(text.split()))
