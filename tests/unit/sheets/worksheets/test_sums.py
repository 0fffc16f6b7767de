from fractions import Fraction

import pytest

from core.sheets.worksheets.sums import read_sum


@pytest.mark.parametrize(
    "text",
    [
        "56+7=63",
        "63=56+7",
        "56 + 7 = 63",
        "2+3×4=14",
        "12:4=3",
        "12/4=3",
        "7-9=-2",
        "3½+½=4",
        "1,5+2,5=4",
        "20.5-.5=20",
    ],
)
def test_sums_that_are_right(text: str) -> None:
    found = read_sum(text)
    assert found is not None
    assert found.is_right


@pytest.mark.parametrize("text", ["56+7=53", "2+3×4=20", "1/0=0", "7-9=2", "10:3=3"])
def test_sums_that_are_not(text: str) -> None:
    found = read_sum(text)
    assert found is not None
    assert not found.is_right


@pytest.mark.parametrize(
    "text", ["", "5", "5=5", "1+1", "1+1=2=2", "+=", "=", "3=", "1++1=2", "▬+1=2", "1+1=▬", "1+=1"]
)
def test_what_is_no_sum(text: str) -> None:
    assert read_sum(text) is None


def test_a_sum_without_its_answer() -> None:
    found = read_sum("7×8=")
    assert found is not None
    assert (found.answer, found.value, found.is_right) == (None, Fraction(56), False)
