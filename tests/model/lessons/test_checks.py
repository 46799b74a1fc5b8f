"""Checks of lessons as files ask for them: what cannot be made is named with what would be right."""

import pytest

from model.lessons.checks import CHECKS, CheckError, make_check
from model.lessons.facts import Facts


@pytest.mark.parametrize(
    ("table", "field", "right"),
    [
        ({"name": "guessed"}, "name", "trained"),
        ({"name": "trained", "were": {}}, "were", "where"),
        ({"name": "compared", "where": {}}, "other", "needs it"),
        ({"name": "trained", "where": {"speed": 3}}, "where.speed", "epochs"),
        ({"name": "trained", "where": {"epochs": 999}}, "where.epochs", "1 to 200"),
        ({"name": "trained", "where": 3}, "where", "table"),
        ({"name": "voted", "count": "two"}, "count", "int"),
        ({"name": "compared", "where": {}, "other": {}, "measure": "beauty"}, "measure", "drawn_accuracy"),
        ({"name": "trained", "since": "first"}, "since", "int"),
        ({"name": "reads", "digit": "seven"}, "digit", "int"),
    ],
)
def test_a_check_that_cannot_be_made_says_where_and_what_would_be_right(table, field, right):
    with pytest.raises(CheckError) as caught:
        make_check(table)
    assert caught.value.field == field
    assert right in caught.value.right


def test_every_check_does_without_any_facts():
    for name in CHECKS:
        table = {"name": name} | {
            "compared": {"where": {}, "other": {}},
            "ensemble": {"where": {}},
        }.get(name, {})
        assert not make_check(table).find(Facts()).passed
