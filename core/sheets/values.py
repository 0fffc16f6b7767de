"""What a written number is worth: exactly, as a fraction, however its decimals, halves and thousands are written."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal

Mark = Literal["unknown", "point", "comma", "none"]
"""The decimal mark of a column; "none" where it holds whole numbers, so that a mark can only part thousands."""

_HALVES = {
    **dict.fromkeys(("½", "1/2"), Fraction(1, 2)),
    **dict.fromkeys(("¼", "1/4"), Fraction(1, 4)),
    **dict.fromkeys(("¾", "3/4"), Fraction(3, 4)),
}
_SIGNS = {"point": ".", "comma": ",", "none": "", "unknown": "."}  # of one that may be either: as English has it
_EITHER = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})+")


@dataclass(frozen=True)
class Number:
    """A value, and with how many decimals it is written: a half has one, a quarter two."""

    value: Fraction
    places: int


@lru_cache(maxsize=50_000)  # a sheet is checked anew after every edit
def read_number(text: str, mark: Mark = "unknown") -> Number | None:
    """The number that a text is, or None where it is none.

    ½ = .5 = ,5 = 1/2, with or without a whole number before it: a line is read without its blanks, so that 31/2 is
    3 1/2. A currency sign, and what fills the rest of a cheque's line ("45.-", "45,-", "45="), are left out. "1,234" is
    what `mark` makes of it: where that is unknown, a comma before three digits parts thousands and a point does not.
    """
    negative, body = _without_signs(text)
    found = _mixed(body) or _decimal(body, mark)
    return Number(-found.value, found.places) if found and negative else found


def _without_signs(text: str) -> tuple[bool, str]:
    """Whether a number is negative, and its figures and marks without blanks, signs and what fills the line."""
    body = re.sub(r"\s", "", text).strip("$=")
    signed = body.lstrip("$")[1:] if body[:1] in ("+", "-") else body
    return body.startswith("-"), re.sub(r"[.,]?-+$", "", signed).strip("$")


def _mixed(body: str) -> Number | None:
    for ending, share in _HALVES.items():
        whole = body.removesuffix(ending)
        if whole != body and re.fullmatch("[0-9]*", whole):
            return Number(int(whole or 0) + share, 1 if share.denominator == 2 else 2)
    return None


def _decimal(body: str, mark: Mark) -> Number | None:
    if not re.fullmatch(r"[0-9.,]*[0-9][0-9.,]*", body):
        return None
    whole, fraction = _parts(body, mark)
    if re.search("[.,]", fraction) or (re.search("[.,]", whole) and not _GROUPED.fullmatch(whole)):
        return None
    whole = re.sub("[.,]", "", whole)
    return Number(Fraction(int(f"{whole}{fraction}"), 10 ** len(fraction)), len(fraction))


def _parts(body: str, mark: Mark) -> tuple[str, str]:
    """What stands before and after the decimal mark."""
    marks = [sign for sign in body if sign in ".,"]
    thousands = len(marks) > 1 and len(set(marks)) == 1
    if not marks or thousands or (_EITHER.fullmatch(body) and marks[0] != _SIGNS[mark]):
        return body, ""
    whole, _, fraction = body.rpartition(marks[-1])
    return (body, "") if marks[-1] in whole else (whole, fraction)


def decimal_mark(texts: Iterable[str]) -> Mark:
    """The decimal mark of numbers that were written alike, by those of them that can be read in one way only."""
    seen = {".": 0, ",": 0}
    for text in texts:
        _, figures = _without_signs(text.strip().lstrip("×:/"))
        marks = re.findall("[.,]", figures)
        if marks and not _EITHER.fullmatch(figures) and marks.count(marks[-1]) == 1:
            seen[marks[-1]] += 1
    if seen["."] == seen[","]:
        return "unknown"
    return "point" if seen["."] > seen[","] else "comma"


def decimals(value: Fraction) -> int:
    """How many decimals a value of `read_number` needs to be written exactly."""
    places = 0
    while (value * 10**places).denominator != 1 and places < 30:
        places += 1
    return places


def to_decimal(value: Fraction, places: int) -> Decimal:
    """A value with at least so many decimals, and as many more as it has; exact for those of `read_number`."""
    places = max(places, decimals(value))
    return Decimal(f"{round(value * 10**places)}E-{places}")


def write(value: Fraction, places: int = 0) -> str:
    """A value in figures, with at least so many decimals."""
    return f"{to_decimal(value, places):f}"
