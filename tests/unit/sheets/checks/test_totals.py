import random

import pytest

from core.sheets.checks.content import Roster
from core.sheets.checks.plan import Plan, Total
from core.sheets.checks.totals import check_totals
from tests.benchmarks.totals import KINDS, make_table, measure, read
from tests.support.read_sheets import read_field, read_table

COLUMN = Plan(columns=("Mark",), totals=(Total("row", 3, (0, 1, 2)),))
BOTH = Plan(totals=(Total("row", 2, (0, 1)), Total("column", 2, (0, 1))))


def test_a_reading_is_chosen_in_words() -> None:
    sheet = read_table([["47"], ["5"], ["13"], ["59"]], {(0, 0): {"41": 0.3, "42": 0.1}})
    (finding,) = check_totals(sheet.fields, COLUMN)
    assert (finding.place, finding.outcome, finding.suggested) == ((0, 0), "suggestion", "41")
    assert finding.sentence == "Read 47; only 41 makes Mark add up to 59."
    assert [field.text for field in sheet.fields] == ["47", "5", "13", "59"]


def test_a_misread_total_is_named_too() -> None:
    sheet = read_table([["41"], ["5"], ["13"], ["69"]], {(3, 0): {"59": 0.3}})
    (finding,) = check_totals(sheet.fields, COLUMN)
    assert (finding.place, finding.suggested) == ((3, 0), "59")
    assert finding.sentence == "Read 69; only 59 is what Mark adds up to."


def test_of_several_explanations_the_likeliest_by_far_is_told_alone() -> None:
    sheet = read_table([["47"], ["15"], ["13"], ["69"]], {(0, 0): {"41": 0.4}, (1, 0): {"9": 0.001}})
    (finding,) = check_totals(sheet.fields, COLUMN)
    assert finding.place == (0, 0)
    assert finding.sentence == "Read 47; 41 makes Mark add up to 69 (1 other reading would do so, too)."
    assert 0.9 < finding.share < 1


def test_explanations_that_are_alike_are_all_told() -> None:
    sheet = read_table([["47"], ["17"], ["13"], ["71"]], {(0, 0): {"41": 0.3}, (1, 0): {"11": 0.3}})
    findings = check_totals(sheet.fields, COLUMN)
    assert {finding.place for finding in findings} == {(0, 0), (1, 0)}
    assert all(finding.share < 0.5 for finding in findings)


def test_what_no_reading_explains_is_marked_at_the_total() -> None:
    (finding,) = check_totals(read_table([["47"], ["5"], ["13"], ["59"]]).fields, COLUMN)
    assert (finding.place, finding.outcome, finding.suggested) == ((3, 0), "mismatch", None)
    assert finding.sentence == ("Mark adds up to 65, but 59 is written; no other reading explains the difference of 6.")


def test_that_the_writer_added_up_wrongly_is_thought_likelier_than_a_reading_of_no_likelihood() -> None:
    sheet = read_table([["47"], ["5"], ["13"], ["59"]], {(0, 0): {"41": 0.0005}})
    (finding,) = check_totals(sheet.fields, COLUMN)
    assert (finding.place, finding.outcome) == ((3, 0), "mismatch")
    assert finding.sentence.endswith(
        "no other reading explains the difference of 6 but the unlikely 41 in row 1, column 1."
    )


def test_where_two_totals_cross_the_field_is_named_without_its_reading() -> None:
    (finding,) = check_totals(read_table([["1", "2", "3"], ["7", "4", "5"], ["2", "6", "8"]]).fields, BOTH)
    assert (finding.place, finding.outcome) == ((1, 0), "mismatch")
    assert finding.sentence == (
        "Read 7; only 1 makes column 1 add up to 2 and row 2 add up to 5, but that is none of its readings: look at it."
    )


def test_the_crossing_is_preferred_to_likelier_readings_that_repair_one_sum() -> None:
    sheet = read_table(
        [["1", "2", "3"], ["7", "4", "5"], ["2", "6", "8"]],
        {(1, 0): {"1": 0.01}, (0, 0): {"3": 0.4}, (2, 0): {"8": 0.4}},
    )
    told = [each for each in check_totals(sheet.fields, BOTH) if each.outcome != "support"]
    assert [(each.place, each.suggested) for each in told] == [((1, 0), "1")]


def test_two_wrong_readings_in_one_row_are_found_together() -> None:
    texts = [["10", "20", "30", "60"], ["17", "27", "31", "63"], ["21", "41", "61", "123"]]
    plan = Plan(totals=(Total("row", 2, (0, 1)), Total("column", 3, (0, 1, 2))))
    sheet = read_table(texts, {(1, 0): {"11": 0.3}, (1, 1): {"21": 0.3}})
    told = [each for each in check_totals(sheet.fields, plan) if each.outcome != "support"]
    assert {(each.place, each.suggested) for each in told} == {((1, 0), "11"), ((1, 1), "21")}


def test_two_wrong_readings_of_one_sum() -> None:
    sheet = read_table([["47"], ["9"], ["13"], ["59"]], {(0, 0): {"41": 0.3}, (1, 0): {"5": 0.3}})
    findings = check_totals(sheet.fields, COLUMN)
    assert {(each.place, each.suggested) for each in findings} == {((0, 0), "41"), ((1, 0), "5")}
    assert "with 5 in row 2, column 1" in findings[0].sentence


def test_halves_and_decimals_are_added_exactly() -> None:
    plan = Plan(totals=(Total("row", 3, (0, 1, 2)),))
    assert check_totals(read_table([["3½"], ["0.1"], [",2"], ["3.8"]]).fields, plan) == []


def test_blank_filled_and_struck_fields_count_as_nothing() -> None:
    fields = [
        read_field((0, 0), "5"),
        read_field((1, 0), ""),
        read_field((2, 0), "", verdict="struck"),
        read_field((3, 0), "5"),
    ]
    assert check_totals(fields, COLUMN) == []


def test_a_field_that_cannot_be_read_is_told_what_it_would_be() -> None:
    fields = list(read_table([["41"], ["5"], ["13"], ["59"]]).fields)
    fields[1] = read_field((1, 0), "", {"5": 0.2, "6": 0.2}, "illegible", 0.6)
    (finding,) = check_totals(fields, COLUMN)
    assert (finding.outcome, finding.suggested, finding.share) == ("suggestion", "5", 0.5)
    assert finding.sentence == "Read as illegible; 5 would make Mark add up, and is one of its readings."
    fields[0] = read_field((0, 0), "", verdict="illegible")
    (finding,) = check_totals(fields, COLUMN)
    assert finding.sentence == "2 fields of Mark cannot be read: it is not checked."


def test_unsure_fields_of_sums_that_hold_are_supported() -> None:
    sheet = read_table([["41"], ["5"], ["13"], ["59"]], {(0, 0): {"47": 0.3}})
    (finding,) = check_totals(sheet.fields, COLUMN)
    assert (finding.place, finding.outcome) == ((0, 0), "support")
    assert finding.sentence == "41 makes Mark add up to 59."


def test_columns_that_hold_no_amounts_are_not_added_up() -> None:
    sheet = read_table([["1043", "1"], ["1044", "2"], ["", "3"]])
    plan = Plan(contents={0: Roster(("1043", "1044"))}, totals=(Total("row", 2, (0, 1)),))
    assert check_totals(sheet.fields, plan) == []


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_suggested_on_tables_that_add_up(kind: str) -> None:
    dice = random.Random(7)
    for _ in range(5):
        grid, plan = make_table(dice, kind)
        fields = [read((i, j), str(value), dice) for i, row in enumerate(grid) for j, value in enumerate(row)]
        assert {finding.outcome for finding in check_totals(fields, plan)} <= {"support"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_wrong_field_is_named(kind: str) -> None:
    found = measure(kind, 20, seed=1)
    assert found["changed"] == 0
    assert found["named"] >= 16
