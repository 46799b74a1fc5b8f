"""Numbers as text: no rounding that turns some into none, nearly all into all, or nothing into minus nothing."""

import ast
import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.elements.numerals import decimal, percent, plain, signed, thousands

DIGITS = st.integers(0, 4)
VALUES = st.floats(-1e6, 1e6)
ROOT = Path(__file__).resolve().parents[3]
MODULES = sorted(path for folder in ("ui", "pages") for path in (ROOT / folder).glob("*.py") if path.stem != "numerals")
# A share or a number with its sign by a format of Python's or of Plotly's, which say 0% of some and -0.00 of nothing.
BARE_FORMATS = re.compile(r":[,z]*\.\d~?%|\{:[,z]*%\}|:z?\+[,.\d]*[f%]")
# What opens a quotation, a heading or a list where a line of Markdown begins with it.
MARKDOWN_OPENS = re.compile(r"[>#|]|[-+*] |\d+[.)] ")


@given(share=st.floats(0, 1, exclude_min=True, exclude_max=True), digits=DIGITS)
def test_some_is_neither_none_nor_all(share, digits):
    text = percent(share, digits)
    assert float(text.strip("%<≥")) not in (0, 100)
    assert abs(float(text.strip("%<≥")) - 100 * share) <= 1.0001 * 10**-digits


def test_none_and_all_are_told_as_they_are():
    assert [percent(0), percent(0.0, 2), percent(1), percent(1.0, 1)] == ["0%", "0.00%", "100%", "100.0%"]


def test_shares_are_rounded_to_the_digits_asked_for():
    assert [percent(0.973), percent(0.9731, 1), percent(0.00004, 2), percent(0.00006, 2)] == [
        "97%", "97.3%", "<0.01%", "0.01%",
    ]  # fmt: skip
    assert [percent(0.9996, 1), percent(0.9994, 1), percent(0.996)] == ["≥99.9%", "99.9%", "≥99%"]


def test_an_unknown_share_is_a_dash():
    assert percent(math.nan, 2) == "–"


@given(value=VALUES, digits=DIGITS)
def test_nothing_has_no_sign(value, digits):
    for text in (decimal(value, digits), signed(value, digits)):
        assert not re.fullmatch(r"[+-]0(\.0*)?", text)
        assert abs(float(text) - value) <= 0.51 * 10**-digits


def test_what_is_added_shows_its_sign():
    assert [signed(0.314), signed(-2.9), signed(-0.001), signed(-0.0)] == ["+0.31", "-2.90", "0.00", "0.00"]


def test_a_setting_reads_as_it_is_typed():
    numbers = [0.00001, 0.000001, 0.0003, 0.001, 0.1 + 0.2, 0, 0.0, 1.0, 10.0, 1e-06, 0.5]
    assert [plain(number) for number in numbers] == [
        "0.00001", "0.000001", "0.0003", "0.001", "0.3", "0", "0", "1", "10", "0.000001", "0.5",
    ]  # fmt: skip


@given(value=st.floats(1e-6, 1e5))
def test_a_setting_reads_back_as_itself(value):
    assert "e" not in plain(value)
    assert float(plain(value)) == float(f"{value:.6g}")


@given(value=st.floats(1e-6, 1e9))
def test_a_limit_reads_back_as_itself(value):
    assert "e" not in thousands(value)
    assert float(thousands(value).replace(",", "")) == pytest.approx(value, rel=1e-11)


def test_a_limit_reads_as_a_person_writes_it():
    assert [thousands(number) for number in (1e-06, 10.0, 55_000, 0.9, 4_294_967_295, 0, -20_000)] == [
        "0.000001", "10", "55,000", "0.9", "4,294,967,295", "0", "-20,000",
    ]  # fmt: skip


@given(share=st.floats(0, 1), digits=DIGITS)
def test_no_share_opens_a_quotation_or_a_list_where_a_line_begins_with_it(share, digits):
    assert not MARKDOWN_OPENS.match(percent(share, digits))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_shares_and_signed_numbers_are_told_by_one_module(path):
    code = ast.unparse(ast.parse(path.read_text("utf-8")))
    assert [line.strip() for line in code.splitlines() if BARE_FORMATS.search(line)] == []
