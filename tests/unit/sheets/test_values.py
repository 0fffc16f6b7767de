from decimal import Decimal
from fractions import Fraction

import pytest

from core.sheets.values import Mark, decimal_mark, decimals, read_number, to_decimal, write


@pytest.mark.parametrize("text", ["3½", "3.5", "3,5", "31/2", "3 1/2", " 3½ ", "+3.5", "$3.50", "3,50=", "3.5-"])
def test_a_half_is_written_in_many_ways(text: str) -> None:
    number = read_number(text)
    assert number is not None
    assert number.value == Fraction(7, 2)


@pytest.mark.parametrize("text", ["½", ".5", ",5", "1/2", "0.5", "0,50"])
def test_one_half(text: str) -> None:
    number = read_number(text)
    assert number is not None
    assert number.value == Fraction(1, 2)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("45.-", "45"),
        ("45,-", "45"),
        ("45=", "45"),
        ("-5", "-5"),
        ("-½", "-1/2"),
        ("007", "7"),
        ("5.", "5"),
        ("2¾", "11/4"),
        ("1.234,50", "2469/2"),
        ("1,234.50", "2469/2"),
        ("1.234.567", "1234567"),
        ("0,125", "1/8"),
        ("12,3456", "123456/10000"),
        ("1,234", "1234"),
        ("1.234", "1234/1000"),
    ],
)
def test_numbers(text: str, value: str) -> None:
    number = read_number(text)
    assert number is not None
    assert number.value == Fraction(value)


@pytest.mark.parametrize(
    "text", ["", "-", "$", "=", ".", "▬", "7/10", "12.3.4", "1,23,4", "12.34.567", "--5", "3½½", "½3", "1+1", "a", "٣"]
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("1.234", "comma", 1234),
        ("1,234", "comma", Fraction(1234, 1000)),
        ("1,234", "point", 1234),
        ("1.234", "none", 1234),
    ],
)
def test_the_decimal_mark_of_the_column_decides(text: str, mark: Mark, value: Fraction) -> None:
    number = read_number(text, mark)
    assert number is not None
    assert number.value == value


def test_the_mark_of_a_column_is_that_of_its_plain_numbers() -> None:
    assert decimal_mark(["1.234", "2,5", "3,25"]) == "comma"
    assert decimal_mark(["1,234", "2.5"]) == "point"
    assert decimal_mark(["1.234", "45.-", "12"]) == "unknown"
    assert decimal_mark(["1,234", "-2,000", "+3,000", "$4,000", "5,000-"]) == "unknown", "signs decide nothing"
    assert decimal_mark(["1 ,234", "$ 5,000 .-"]) == "unknown", "nor do blanks"
    assert decimal_mark(["×3,5"]) == decimal_mark(["= 3,5"]) == "comma"
    assert decimal_mark([]) == "unknown"


def test_decimals_are_exact() -> None:
    number = read_number("0.1")
    assert number is not None
    assert sum([number.value] * 10) == 1
    assert to_decimal(Fraction(7, 2), 2) == Decimal("3.50")
    assert str(to_decimal(Fraction(7, 2), 0)) == "3.5"
    assert write(Fraction(10**30)) == "1" + "0" * 30
    assert decimals(Fraction(1, 8)) == 3
