from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from core.sheets.checks import check_digits
from core.sheets.checks.content import (
    KINDS,
    POSTAL_CODES,
    CheckDigits,
    Content,
    Dates,
    Decimals,
    PostalCodes,
    Roster,
    Whole,
)

SOUND = {
    "Luhn": "4539 1488 0343 6467",
    "ISBN-10": "0-8044-2957-X",
    "ISBN-13": "978-0-306-40615-7",
    "ISSN": "0378-5955",
    "EAN-8": "73513537",
    "EAN-13": "4006381333931",
    "UPC-A": "036000291452",
    "GTIN-14": "00012345600012",
    "IMEI": "490154203237518",
    "NHS number": "943 476 5919",
    "ABA routing number": "111000025",
    "mod 97-10": "79444",
    "Damm": "5724",
    "Verhoeff": "2363",
}


@pytest.mark.parametrize("scheme", check_digits.SCHEMES)
def test_check_digits_find_every_single_wrong_figure(scheme: str) -> None:
    sound = SOUND[scheme]
    assert check_digits.objection(sound, scheme) == ""
    for place, figure in enumerate(sound):
        for other in set("0123456789") - {figure} if figure.isdigit() else ():
            assert check_digits.objection(f"{sound[:place]}{other}{sound[place + 1 :]}", scheme)


@pytest.mark.parametrize("scheme", ["Verhoeff", "Damm"])
def test_some_find_every_swap_of_neighbours(scheme: str) -> None:
    sound = SOUND[scheme]
    for place in range(len(sound) - 1):
        swapped = f"{sound[:place]}{sound[place + 1]}{sound[place]}{sound[place + 2 :]}"
        assert swapped == sound or check_digits.objection(swapped, scheme)


@pytest.mark.parametrize(
    ("content", "text", "objection"),
    [
        (Whole(), "47", ""),
        (Whole(), "1,234", ""),
        (Whole(), "4½", "is no whole number"),
        (Whole(), "▬", "is no whole number"),
        (Whole(high=Decimal(45)), "47", "is more than 45"),
        (Whole(low=Decimal(1)), "0", "is less than 1"),
        (Decimals(1), "3½", ""),
        (Decimals(1), "3.25", "has 2 decimals, where 1 are expected"),
        (Decimals(2, exact=True), "3.5", "has 1 decimals, where 2 are expected"),
        (Decimals(2, exact=True), "3.50", ""),
        (Decimals(2, high=Decimal("9.99")), "10", "is more than 9.99"),
        (Decimals(3, mark="comma"), "1,234", ""),
        (Decimals(0), "x", "is no number"),
        (Dates(), "28.11.2026", ""),
        (Dates(), "31/2/24", "is no date (day month year)"),
        (Dates("month day year"), "2/28/24", ""),
        (Dates("year month day"), "2024-02-30", "is no date (year month day)"),
        (Dates(earliest=date(2020, 1, 1)), "31.12.2019", "is before 2020-01-01"),
        (Dates(latest=date(2020, 1, 1)), "2.1.2020", "is after 2020-01-01"),
        (PostalCodes("Germany"), "01067", ""),
        (PostalCodes("Germany"), "1067", "does not have the form of a postal code of Germany"),
        (PostalCodes("United States"), "12345-6789", ""),
        (CheckDigits("ISBN-13"), "978-0-306-40615-7", ""),
        (CheckDigits("ISBN-13"), "978", "does not have the form of ISBN-13"),
        (CheckDigits("Luhn"), "4539148803436468", "does not agree with its check digit (Luhn)"),
        (Roster(("1043", "1044")), " 1043", ""),
        (Roster(("1043", "1044")), "1049", "is not in the list of 2 values"),
    ],
)
def test_contents_object_in_words(content: Content, text: str, objection: str) -> None:
    assert content.objection(text) == objection


def test_years_of_two_figures() -> None:
    assert Dates().read("1.2.49") == date(2049, 2, 1)
    assert Dates().read("1.2.50") == date(1950, 2, 1)
    assert Dates(earliest=date(2020, 1, 1)).read("1.2.19") == date(2119, 2, 1)


def test_what_there_is_not_is_refused_with_what_there_is() -> None:
    with pytest.raises(ValidationError, match="there is no Atlantis; there are: Germany"):
        PostalCodes("Atlantis")
    with pytest.raises(ValidationError, match="there is no IBAN; there are: Luhn"):
        CheckDigits("IBAN")
    assert len(KINDS) == 6
    assert "Japan" in POSTAL_CODES
