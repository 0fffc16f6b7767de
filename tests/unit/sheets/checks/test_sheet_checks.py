from decimal import Decimal

from core.sheets.checks.content import Whole
from core.sheets.checks.equal_signs import check_equal_signs
from core.sheets.checks.plan import Plan, Total
from core.sheets.checks.sheet_checks import check_fields
from tests.support.read_sheets import read_field, read_table


def test_a_line_that_is_not_true_is_read_otherwise_in_words() -> None:
    (finding,) = check_equal_signs([read_field((0, 0), "12+3=75", {"12+3=15": 0.3})])
    assert (finding.outcome, finding.suggested) == ("suggestion", "12+3=15")
    assert finding.sentence == "Read 12+3=75, which is not true; only 12+3=15 is."
    (finding,) = check_equal_signs([read_field((0, 0), "12+3=75")])
    assert (finding.outcome, finding.suggested) == ("mismatch", None)


def test_a_line_that_is_true_is_supported_where_it_is_unsure() -> None:
    fields = [read_field((0, 0), "12+3=15", {"12+3=75": 0.3}), read_field((0, 1), "1+1=2"), read_field((0, 2), "7=")]
    assert [finding.outcome for finding in check_equal_signs(fields)] == ["support"]


def test_no_check_corrects_a_pupils_work() -> None:
    fields = [read_field((0, 0), "12+3=75", {"12+3=15": 0.3})]
    (finding,) = check_fields(fields, Plan(worksheet=True))
    assert (finding.outcome, finding.suggested) == ("mismatch", None)
    assert check_fields([read_field((0, 0), "12+3=75")], Plan(worksheet=True)) == []
    assert len(check_fields(fields, Plan())) == 1


def test_all_checks_speak_in_the_order_of_the_sheet() -> None:
    sheet = read_table([["47", "1"], ["5", "2"], ["52", "4"]])
    plan = Plan(contents={0: Whole(high=Decimal(45))}, totals=(Total("row", 2, (0, 1)),))
    assert [finding.place for finding in check_fields(sheet.fields, plan)] == [(0, 0), (2, 0), (2, 1)]
