import pytest

from core.sheets.checks.content import Roster
from core.sheets.checks.finding import Finding
from core.sheets.checks.plan import Plan, Total
from core.sheets.checks.sheet_checks import check_fields
from core.sheets.review import Outlook, choices, look_ahead, make_queue
from tests.support.read_sheets import read_field, read_table

NOTHING = Plan()


def test_a_doubtful_figure_in_the_hundreds_comes_before_a_doubtful_tenth() -> None:
    sheet = read_table([["312.5", "47.0"], ["12", "5"]], {(0, 0): {"312.6": 0.4}, (0, 1): {"447.0": 0.05}})
    queue = make_queue(sheet.fields, NOTHING)
    assert [item.place for item in queue] == [(0, 1), (0, 0)]
    assert queue[1].size == pytest.approx(0.4 * 0.1)


def test_of_fields_alike_the_most_doubtful_comes_first() -> None:
    fields = [
        read_field((0, 0), "41", {"47": 0.1}, confidence=0.9),
        read_field((1, 0), "41", {"47": 0.4}, confidence=0.6),
    ]
    assert [item.place for item in make_queue(fields, NOTHING)] == [(1, 0), (0, 0)]


def test_certain_fields_are_not_in_the_queue_but_those_are_to_which_a_check_objects() -> None:
    sheet = read_table([["47", "5"], ["5", "5"], ["46", "10"]])
    plan = Plan(totals=(Total("row", 2, (0, 1)),))
    (item,) = make_queue(sheet.fields, plan, check_fields(sheet.fields, plan))
    assert (item.place, item.reason) == ((2, 0), "check")
    assert make_queue(sheet.fields, NOTHING) == []


def test_what_a_check_supports_comes_late() -> None:
    sheet = read_table([["41", "12"], ["5", "5"], ["46", "18"]], {(0, 0): {"44": 0.4}, (1, 1): {"6": 0.4}})
    plan = Plan(totals=(Total("row", 2, (0, 1)),))
    findings = check_fields(sheet.fields, plan)
    assert [item.place for item in make_queue(sheet.fields, plan, findings)] == [(1, 1), (0, 0)]
    assert make_queue(sheet.fields, plan)[0].place == (0, 0)


def test_what_was_seen_is_left_out() -> None:
    sheet = read_table([["47", "5"]], {(0, 0): {"41": 0.3}, (0, 1): {"6": 0.3}})
    assert [item.place for item in make_queue(sheet.fields, NOTHING, seen=[(0, 0)])] == [(0, 1)]


def test_a_doubtful_name_counts_as_much_as_the_amounts_of_its_row() -> None:
    sheet = read_table([["1043", "500"], ["1044", "3"]], {(0, 0): {"1049": 0.4}, (1, 0): {"1049": 0.4}})
    queue = make_queue(sheet.fields, Plan(contents={0: Roster(("1043", "1044"))}))
    assert [item.place for item in queue] == [(0, 0), (1, 0)]
    assert [item.size for item in queue] == pytest.approx([200, 1.2])


def test_illegible_fields_are_as_far_off_as_their_column_is_large() -> None:
    fields = [read_field((0, 0), "", verdict="illegible"), *read_table([[""], ["400"], ["500"]]).fields[1:]]
    (item,) = make_queue(fields, NOTHING)
    assert (item.reason, item.doubt, item.size) == ("illegible", 1.0, 450)


def test_what_is_left_and_what_to_expect_of_the_rest() -> None:
    fields = [read_field((row, 0), "5", confidence=0.98) for row in range(100)]
    fields.append(read_field((100, 0), "47", {"41": 0.3}))
    outlook = look_ahead(fields, NOTHING)
    assert (outlook.left, outlook.others) == (1, 100)
    assert outlook.sentence == "1 left, about 2 wrong expected among the other 100 fields"
    assert look_ahead(fields, NOTHING, seen=[(100, 0)]).left == 0
    assert look_ahead(fields[:10], NOTHING).sentence == "0 left, fewer than 1 wrong expected among the other 10 fields"
    assert Outlook(3, 0, 0).sentence == "3 left"


def test_the_readings_to_choose_from() -> None:
    field = read_field((0, 0), "47", {"41": 0.2, "42": 0.1, "17": 0.05})
    suggestion = Finding(0, 0, "suggestion", "17", "Read 47; only 17 fits.", 1.0)
    assert choices(field) == [("47", 0.99), ("41", 0.2), ("42", 0.1)]
    findings = [suggestion, Finding(0, 1, "suggestion", "9", "", 1.0)]
    assert choices(field, findings) == [("17", 0.05), ("47", 0.99), ("41", 0.2)]
    assert choices(field, [Finding(0, 0, "suggestion", "8", "", 1.0)], most=1) == [("8", 0.0)]
    assert choices(read_field((0, 0), "", {"5": 0.2}, "illegible")) == [("5", 0.2)]


@pytest.mark.parametrize("verdict", ["blank", "filled", "struck"])
def test_a_field_is_looked_at_as_well_where_it_is_doubtful_that_it_holds_no_number(verdict: str) -> None:
    fields = [
        read_field((0, 0), "", {"7": 0.3}, verdict, confidence=0.6),
        read_field((1, 0), "", {"7": 0.01}, verdict, confidence=0.98),
    ]
    (item,) = make_queue(fields, NOTHING)
    assert (item.place, item.reason) == ((0, 0), "unsure")
    assert item.doubt == pytest.approx(0.4)


def test_a_sheet_without_fields_has_an_empty_queue() -> None:
    assert make_queue((), NOTHING) == []
    assert look_ahead((), NOTHING).sentence == "0 left"
