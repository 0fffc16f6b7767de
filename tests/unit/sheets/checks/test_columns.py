from decimal import Decimal

from core.sheets.checks.columns import check_columns
from core.sheets.checks.content import CheckDigits, Roster, Whole
from core.sheets.checks.plan import Plan
from tests.support.read_sheets import read_field

MARKS = Plan(columns=("Mark",), contents={0: Whole(high=Decimal(45))})


def test_only_one_reading_fits() -> None:
    (finding,) = check_columns([read_field((0, 0), "47", {"41": 0.2, "4▬": 0.1})], MARKS)
    assert (finding.outcome, finding.suggested, finding.share) == ("suggestion", "41", 1.0)
    assert finding.sentence == "Read 47, which is more than 45; only 41 of its readings fits."


def test_of_several_that_fit_the_likeliest_is_suggested_and_the_others_told() -> None:
    (finding,) = check_columns([read_field((0, 0), "47", {"41": 0.3, "42": 0.1})], MARKS)
    assert finding.suggested == "41"
    assert finding.share == 0.3 / 0.4
    assert finding.sentence == "Read 47, which is more than 45; 41 fits, and less likely 42."


def test_where_none_fits_nothing_is_suggested() -> None:
    (finding,) = check_columns([read_field((0, 0), "47", {"49": 0.2})], MARKS)
    assert (finding.outcome, finding.suggested) == ("mismatch", None)
    assert finding.sentence == "Read 47, which is more than 45; none of its other readings fits."


def test_a_roster_tells_what_differs_in_one_figure() -> None:
    plan = Plan(contents={0: Roster(("1043", "2210"))})
    (finding,) = check_columns([read_field((0, 0), "1049")], plan)
    assert finding.sentence == (
        "Read 1049, which is not in the list of 2 values; none of its other readings fits (in the list there is 1043)."
    )
    assert finding.suggested is None


def test_an_unsure_reading_that_alone_fits_is_supported() -> None:
    plan = Plan(columns=("ISBN",), contents={0: CheckDigits("ISBN-13")})
    (finding,) = check_columns([read_field((0, 0), "9780306406157", {"9780306406151": 0.3})], plan)
    assert finding.outcome == "support"
    assert finding.sentence == "Of its readings only 9780306406157 fits ISBN."


def test_what_fits_and_what_holds_no_text_is_left_alone() -> None:
    fields = [
        read_field((0, 0), "41"),
        read_field((1, 0), "41", {"42": 0.3}),
        read_field((2, 0), ""),
        read_field((3, 0), "", verdict="illegible"),
        read_field((4, 0), "", verdict="struck"),
        read_field((0, 1), "999"),
    ]
    assert check_columns(fields, MARKS) == []
