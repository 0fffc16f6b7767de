from fractions import Fraction

import pytest

from core.sheets.sheet import ReadField
from core.sheets.worksheets.marking import mark_sums
from core.sheets.worksheets.vertical import find_columns
from tests.support.read_sheets import field_at, read_field, read_table


def test_lines_are_marked() -> None:
    sheet = read_table([["56+7=63", "56+7=53"], ["7×8=", "12"]], kind="sums")
    first, second, third = mark_sums(sheet.fields)
    assert (first.mark, first.sentence) == ("right", "Right.")
    assert second.mark == "wrong"
    assert second.sentence == "53 is wrong, 63 is right. Perhaps the carry from the ones to the tens was forgotten."
    assert (third.mark, third.expected) == ("unanswered", Fraction(56))


def test_what_hangs_on_the_reading_is_to_be_looked_at() -> None:
    (marked,) = mark_sums([read_field((0, 0), "56+7=61", {"56+7=63": 0.3})])
    assert marked.mark == "look"
    (marked,) = mark_sums([read_field((0, 0), "56+7=63", {"56+7=61": 0.3})])
    assert marked.mark == "look"
    (marked,) = mark_sums([read_field((0, 0), "56+7=61", {"56+7=67": 0.3})])
    assert marked.mark == "wrong"


def test_what_is_no_sum_or_has_a_remainder_is_to_be_looked_at() -> None:
    marks = mark_sums(read_table([["5=5", "4:0=1", "17:5=3", "17:5=4"]]).fields)
    assert [marked.mark for marked in marks] == ["look", "look", "look", "wrong"]
    assert marks[2].sentence == "3 leaves a remainder of 2: look at it."
    assert marks[3].sentence == "4 is wrong, 3.4 is right."


def test_vertical_sums_are_found_and_marked() -> None:
    sheet = read_table(
        [
            ["56", "12"],
            ["+7", "34"],
            ["53", "+56"],
            ["", "102"],
            ["12", ""],
            ["×34", "7"],
            ["48", "-9"],
            ["36", ""],
            ["408", ""],
        ],
        kind="sums",
    )
    added, three, product, left = mark_sums(sheet.fields)
    assert added.places == ((0, 0), (1, 0), (2, 0))
    assert added.slips == ("the carry from the ones to the tens was forgotten",)
    assert (three.places, three.mark) == (((0, 1), (1, 1), (2, 1), (3, 1)), "right")
    assert (product.places[-1], product.mark) == ((8, 0), "right")
    assert (left.mark, left.expected) == ("unanswered", Fraction(-2))


def small(place: tuple[int, int], text: str) -> ReadField:
    field = field_at(*place)
    field.quad[2:, 1] = field.quad[0, 1] + 20
    return ReadField(field, text, "confident", 0.99, ((text, 0.99),))


def test_carries_that_are_noted_above_are_no_number_of_the_sum() -> None:
    fields = [small((0, 0), "1"), *(read_field((row, 0), text) for row, text in enumerate(("56", "+7", "63"), start=1))]
    (column,) = find_columns(fields)
    assert column.carries is fields[0]
    (marked,) = mark_sums(fields)
    assert marked.mark == "right"


def test_several_sums_in_one_run() -> None:
    texts = ["5", "+3", "8", "9", "-4", "5"]
    marks = mark_sums(read_table([[text] for text in texts], kind="sums").fields)
    assert [(marked.places[0][0], marked.mark) for marked in marks] == [(0, "right"), (3, "right")]


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (("50", "+7", "-12", "45"), "right"),
        (("50", "-7", "+12", "55"), "right"),
        (("50", "-7", "+12", "31"), "wrong"),
        (("-5", "+8", "3"), "right"),
        (("5", "20", "-3", "+4", "-14"), "right"),
        (("5", "-9", "-4"), "right"),
        (("5", "-9", "-1"), "unanswered"),
        (("1,500", "-2,000", "-500"), "right"),
        (("1,500", "-2,25", "-,75"), "right"),
        (("1,500", "-2,25", "-750"), "unanswered"),
        (("×6", "×7", "42"), "right"),
    ],
)
def test_additions_and_subtractions_may_stand_in_one_sum(texts: tuple[str, ...], mark: str) -> None:
    (marked,) = mark_sums(read_table([[text] for text in texts], kind="sums").fields)
    assert marked.mark == mark
    assert len(marked.places) == len(texts)


def test_a_doubtful_sign_is_to_be_looked_at() -> None:
    sheet = read_table([["50"], ["-7"], ["+12"], ["55"]], {(1, 0): {"+7": 0.3}}, kind="sums")
    (marked,) = mark_sums(sheet.fields)
    assert marked.mark == "look"


@pytest.mark.parametrize(
    ("texts", "other"),
    [(("50", "-7", "43"), "7"), (("50", "+7", "57"), "7"), (("6", "×7", "42"), "7"), (("5", "20", "-3", "-18"), "+20")],
)
def test_a_sign_that_another_reading_lacks_is_that_which_was_read(texts: tuple[str, ...], other: str) -> None:
    sheet = read_table([[text] for text in texts], {(1, 0): {other: 0.3}}, kind="sums")
    (marked,) = mark_sums(sheet.fields)
    assert marked.mark == ("right" if other == "7" else "look")


def test_numbers_alone_and_empty_sheets_have_no_sums() -> None:
    assert mark_sums(read_table([["5", "7"], ["", "8"]]).fields) == []
    assert mark_sums(()) == []


def test_an_unsure_number_of_a_vertical_sum_is_to_be_looked_at() -> None:
    sheet = read_table([["56"], ["+7"], ["61"]], {(2, 0): {"63": 0.3}}, kind="sums")
    (marked,) = mark_sums(sheet.fields)
    assert marked.mark == "look"
