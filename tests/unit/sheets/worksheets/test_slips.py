from fractions import Fraction

import pytest

from core.sheets.worksheets.slips import name_slips
from core.sheets.worksheets.sums import read_sum


def slips(text: str) -> list[str]:
    found = read_sum(text)
    assert found is not None
    assert found.answer is not None
    return name_slips([number.value for number in found.numbers], found.operators, found.answer.value)


@pytest.mark.parametrize(
    ("text", "slip"),
    [
        ("56+7=53", "the carry from the ones to the tens was forgotten"),
        ("156+67=123", "the carry from the tens to the hundreds was forgotten"),
        ("99+99=88", "the carries from the ones to the tens and from the tens to the hundreds were forgotten"),
        ("1.5+2.7=3.2", "the carry from the tenths to the ones was forgotten"),
        ("38+27+19=64", "the carry from the ones to the tens was forgotten"),
        ("56+7=513", "the whole sum of a column was written, and nothing carried"),
        ("52-17=45", "in a column the smaller figure was taken from the larger one"),
        ("503-87=426", "the borrow from the tens was forgotten"),
        ("24×3=62", "the carry from the ones to the tens was forgotten"),
        ("56+7=36", "two figures were swapped: 63 is right"),
        ("8×7=15", "it was added instead of multiplied"),
        ("12+3=9", "it was subtracted instead of added"),
        ("8×7=63", "it is a neighbour in the times table: 9 × 7 is 63"),
        ("8×7=54", "it is a neighbour in the times table: 9 × 6 is 54"),
        ("30×4=12", "a zero was left out"),
        ("30×4=1200", "a zero too many was written"),
        ("1.5+2.7=42", "the decimal point is in the wrong place"),
        ("7-9=2", "the sign is wrong"),
        ("56+7=62", "it is one off"),
        ("45+12=67", "the tens are one off"),
    ],
)
def test_the_slip_is_named(text: str, slip: str) -> None:
    assert slips(text)[0] == slip


@pytest.mark.parametrize("text", ["56+7=63", "56+7=38", "10:4=2.5"])
def test_right_answers_and_riddles_have_no_slip(text: str) -> None:
    assert slips(text) == []


def test_several_slips_may_lead_to_one_answer() -> None:
    assert slips("52-17=45") == [
        "in a column the smaller figure was taken from the larger one",
        "the borrow from the tens was forgotten",
    ]


def test_numbers_of_any_length_take_a_moment() -> None:
    assert name_slips([Fraction(10**30 - 1), Fraction(1)], "+", Fraction(5)) == []
    assert name_slips([Fraction(1), Fraction(0)], ":", Fraction(5)) == []
