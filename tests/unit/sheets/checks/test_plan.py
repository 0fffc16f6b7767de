import json
from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from core.errors import SheetError
from core.sheets.checks.content import CheckDigits, Dates, Decimals, PostalCodes, Roster, Whole
from core.sheets.checks.plan import Plan, Total, plan_from_json, plan_to_json
from tests.support.read_sheets import read_table

PLAN = Plan(
    columns=("Name", "", "Mark"),
    contents={
        0: Roster(("1043",)),
        1: Whole(high=Decimal("45")),
        2: Decimals(1, exact=True, low=Decimal("0.5")),
        3: Dates(earliest=date(2020, 1, 1)),
        4: PostalCodes("Japan"),
        5: CheckDigits("Damm"),
    },
    totals=(Total("row", 3, (0, 1, 2)),),
    worksheet=True,
)


def test_a_plan_comes_back_from_its_json() -> None:
    assert plan_from_json(plan_to_json(PLAN)) == PLAN
    assert plan_from_json("{}") == Plan()


@pytest.mark.parametrize(
    "values",
    [
        {"colour": 1},
        {"columns": ["x" * 101]},
        {"contents": {"0": {"kind": "poem"}}},
        {"contents": {"0": {"kind": "postal code", "country": "Atlantis"}}},
        {"contents": {"-1": {"kind": "whole"}}},
        {"totals": [{"axis": "row", "total": 0, "parts": [0]}]},
        {"totals": [{"axis": "row", "total": 0, "parts": []}]},
        {"totals": [{"axis": "diagonal", "total": 0, "parts": [1]}]},
        {"worksheet": "yes"},
    ],
)
def test_what_is_no_plan_is_refused_in_words(values: object) -> None:
    with pytest.raises(SheetError, match="no plan of a sheet as Digit Lab writes it"):
        plan_from_json(json.dumps(values))


def test_no_total_is_added_to_itself() -> None:
    with pytest.raises(ValidationError, match="no total to itself"):
        Total("row", 1, (0, 1))


def test_columns_in_words() -> None:
    assert [PLAN.title(column) for column in (0, 1, 9)] == ["Name", "column 2", "column 10"]
    assert [PLAN.adds_up(column) for column in range(7)] == [False, True, True, False, False, False, True]


def test_the_mark_of_a_column() -> None:
    fields = read_table([["1,5", "1.234", "1,5"]]).fields
    assert [PLAN.mark(column, fields) for column in (0, 1, 2)] == ["comma", "none", "comma"]
