"""Curves as CSV: the points read back, and no name is taken for a formula."""

import csv
import io
import re

import pytest

from tests.ui.compare.test_report import view
from ui.compare.curves_csv import curves_csv
from ui.runs.overlaid_curves import Series


def test_the_curves_as_csv_read_back_as_the_points() -> None:
    rows = list(csv.DictReader(io.StringIO(curves_csv([Series("one", 0, (view(),))]).removeprefix("\ufeff"))))
    assert [int(row["step"]) for row in rows] == [1, 2, 3, 4]
    assert [float(row["epoch"]) for row in rows] == [0.5, 1, 1.5, 2]
    assert [row["validation_loss"] for row in rows] == ["", "2.1", "", "1.25"]
    assert [float(row["seconds"]) for row in rows] == [0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@x"])
def test_a_name_is_no_formula_in_a_spreadsheet(title: str) -> None:
    assert f"\n'{title}," in curves_csv([Series(title, 0, (view(),))])


@pytest.mark.parametrize(
    "title", ["\t=1+1", "\r=1", "\n=1", " =1", "＝1", "＋1", "；;=1", ";=1", "a;=1", "a; @x", "a|-1", "a,=1"]
)
def test_nor_behind_what_a_spreadsheet_may_part_cells_at(title: str) -> None:
    written = next(csv.DictReader(io.StringIO(curves_csv([Series(title, 0, (view(),))]).removeprefix("\ufeff"))))["run"]
    assert "\t" not in written and "\r" not in written and "\n" not in written
    for cell in re.split("[;,|]", written):
        assert not re.match(r"\s*[=+\-@＝＋－＠]", cell), written


@pytest.mark.parametrize("title", ["Run 3", "learning rate 0.1", "x-y", "50-50 (2)", "a+b"])
def test_an_ordinary_name_stays_as_it_is(title: str) -> None:
    assert f"\n{title}," in curves_csv([Series(title, 0, (view(),))])
