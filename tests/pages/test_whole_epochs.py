"""Training loss and accuracy, wherever they are told, are those of a whole epoch, each image counted once."""

import csv
import io

import pytest

from model.lessons.facts import Facts
from model.lessons.run_checks import overfits
from model.runs.evidence import evidence_of
from tests.model.counted import counted_epochs
from tests.pages.conftest import finished
from ui.compare.curves_csv import curves_csv
from ui.runs.overlaid_curves import Series
from ui.runs.run_names import last_accuracy

# Four points an epoch, the last of four images: the last alone says 100 %.
QUERY = {"training_images": "100", "batch_size": "32", "epochs": "8"}


@pytest.fixture
def trained(open_page):
    page = open_page("pages/train.py", **QUERY)
    page.button(key="train").click().run()
    run = finished(page)
    page.run()
    assert not page.exception
    return page, run.view()


def test_every_place_tells_the_training_numbers_of_the_whole_epoch(trained):
    page, view = trained
    counted = counted_epochs(view.config)
    (loss, accuracy), last_point = counted[-1], view.points[-1]
    assert round(accuracy, 3) != round(last_point.accuracy, 3)
    metrics = {metric.label: metric.value for metric in page.metric}
    assert metrics["Training loss"] == f"{loss:.3f}"
    assert metrics["Training accuracy"] == f"{accuracy:.1%}"
    table = page.table[0].value
    assert table["Training accuracy"].tolist() == [f"{share:.2%}" for _, share in counted]
    assert table["Training loss"].tolist() == [f"{mean:.4f}" for mean, _ in counted]
    assert evidence_of(view).last.accuracy == accuracy
    assert last_accuracy(view)[0] == accuracy
    assert overfits(Facts(runs=(view,))).numbers["training_after"] == f"{loss:.3f}"
    rows = list(csv.DictReader(io.StringIO(curves_csv([Series("one", 0, (view,))]).removeprefix("\ufeff"))))
    assert [row["images"] for row in rows] == ["32", "32", "32", "4"] * 8
    assert [row["epoch_accuracy"] for row in rows if row["epoch_accuracy"]] == [f"{share:.6g}" for _, share in counted]
