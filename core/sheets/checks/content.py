"""What a column holds, as its user says it; each kind tells why a text is not of it.

An objection is the rest of a sentence that begins with the text ("is more than 45"), and empty where there is none.
"""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import Field as Bounds
from pydantic import field_validator
from pydantic.dataclasses import dataclass

from core.options import STRICT
from core.sheets.checks import check_digits
from core.sheets.values import Mark, decimals, read_number, write

Limit: TypeAlias = Annotated[Decimal, Bounds(max_digits=30, decimal_places=10)] | None
_MOST_VALUES = 20_000
_FULL_YEAR = 4


@dataclass(frozen=True, config=STRICT)
class Whole:
    """Whole numbers, from `low` to `high` where these are given."""

    low: Limit = None
    high: Limit = None
    kind: Literal["whole"] = "whole"

    def objection(self, text: str) -> str:
        number = read_number(text, "none")
        if number is None or number.value.denominator != 1:
            return "is no whole number"
        return _outside(number.value, self.low, self.high)


@dataclass(frozen=True, config=STRICT)
class Decimals:
    """Numbers with at most `places` decimals, or with just so many where `exact` says so."""

    places: Annotated[int, Bounds(ge=0, le=10)]
    exact: bool = False
    low: Limit = None
    high: Limit = None
    mark: Mark = "unknown"
    kind: Literal["decimals"] = "decimals"

    def objection(self, text: str) -> str:
        number = read_number(text, self.mark)
        if number is None:
            return "is no number"
        if decimals(number.value) > self.places or (self.exact and number.places != self.places):
            return f"has {number.places} decimals, where {self.places} are expected"
        return _outside(number.value, self.low, self.high)


def _outside(value: Fraction, low: Decimal | None, high: Decimal | None) -> str:
    if low is not None and value < Fraction(low):
        return f"is less than {write(Fraction(low))}"
    return f"is more than {write(Fraction(high))}" if high is not None and value > Fraction(high) else ""


Order = Literal["day month year", "month day year", "year month day"]


@dataclass(frozen=True, config=STRICT)
class Dates:
    """Dates in figures, parted by points, strokes or hyphens; a year of two figures is the first from `earliest` on."""

    order: Order = "day month year"
    earliest: date | None = None
    latest: date | None = None
    kind: Literal["date"] = "date"

    def objection(self, text: str) -> str:
        found = self.read(text)
        if found is None:
            return f"is no date ({self.order})"
        if self.earliest and found < self.earliest:
            return f"is before {self.earliest.isoformat()}"
        return f"is after {self.latest.isoformat()}" if self.latest and found > self.latest else ""

    def read(self, text: str) -> date | None:
        """The date that a text is, or None."""
        parts = re.fullmatch(r"([0-9]{1,4})[./-]([0-9]{1,2})[./-]([0-9]{1,4})", text.strip().rstrip("."))
        if parts is None:
            return None
        named = dict(zip(self.order.split(), parts.groups(), strict=True))
        if len(named["day"]) > 2 or len(named["month"]) > 2 or len(named["year"]) not in (2, _FULL_YEAR):
            return None
        try:
            return date(self._year(named["year"]), int(named["month"]), int(named["day"]))
        except ValueError:
            return None

    def _year(self, figures: str) -> int:
        if len(figures) == _FULL_YEAR:
            return int(figures)
        first = self.earliest.year if self.earliest else 1950
        return first + (int(figures) - first) % 100


POSTAL_CODES = {
    **dict.fromkeys(("Germany", "France", "Italy", "Spain", "Finland", "Türkiye", "Mexico"), "[0-9]{5}"),
    **dict.fromkeys(("Austria", "Switzerland", "Belgium", "Denmark", "Norway", "Hungary", "Australia"), "[0-9]{4}"),
    **dict.fromkeys(("China", "India", "Russia", "Singapore"), "[0-9]{6}"),
    **dict.fromkeys(("Sweden", "Czechia", "Slovakia", "Greece"), "[0-9]{3} ?[0-9]{2}"),
    "United States": "[0-9]{5}(-[0-9]{4})?",
    "Brazil": "[0-9]{5}-?[0-9]{3}",
    "Poland": "[0-9]{2}-?[0-9]{3}",
    "Portugal": "[0-9]{4}-?[0-9]{3}",
    "Japan": "[0-9]{3}-?[0-9]{4}",
}
"""Countries whose postal codes are figures alone, and their form."""


@dataclass(frozen=True, config=STRICT)
class PostalCodes:
    """Postal codes of a country of POSTAL_CODES."""

    country: str
    kind: Literal["postal code"] = "postal code"

    @field_validator("country")
    @classmethod
    def _known(cls, country: str) -> str:
        return _one_of(country, POSTAL_CODES)

    def objection(self, text: str) -> str:
        fits = re.fullmatch(POSTAL_CODES[self.country], text.strip())
        return "" if fits else f"does not have the form of a postal code of {self.country}"


@dataclass(frozen=True, config=STRICT)
class CheckDigits:
    """Numbers with check digits, of a scheme of `check_digits.SCHEMES`."""

    scheme: str
    kind: Literal["check digit"] = "check digit"

    @field_validator("scheme")
    @classmethod
    def _known(cls, scheme: str) -> str:
        return _one_of(scheme, check_digits.SCHEMES)

    def objection(self, text: str) -> str:
        return check_digits.objection(text, self.scheme)


def _one_of(name: str, known: Iterable[str]) -> str:
    if name not in (names := list(known)):
        raise ValueError(f"there is no {name}; there are: {', '.join(names)}")
    return name


@dataclass(frozen=True, config=STRICT)
class Roster:
    """One of the values of a list, such as the numbers of those who take part; blanks around them do not count."""

    values: Annotated[tuple[Annotated[str, Bounds(max_length=100)], ...], Bounds(min_length=1, max_length=_MOST_VALUES)]
    kind: Literal["roster"] = "roster"

    @cached_property
    def known(self) -> frozenset[str]:
        return frozenset(value.strip() for value in self.values)

    def objection(self, text: str) -> str:
        return "" if text.strip() in self.known else f"is not in the list of {len(self.known):,} values"

    def nearest(self, text: str) -> list[str]:
        """The values that differ from a text in one figure, in order."""
        text = text.strip()
        changed = (
            f"{text[:place]}{figure}{text[place + 1 :]}" for place in range(len(text)) for figure in "0123456789"
        )
        return sorted(self.known.intersection(changed))


Content: TypeAlias = Annotated[
    Whole | Decimals | Dates | PostalCodes | CheckDigits | Roster, Bounds(discriminator="kind")
]
KINDS: tuple[str, ...] = tuple(
    get_args(kind.__dataclass_fields__["kind"].type)[0]
    for kind in (Whole, Decimals, Dates, PostalCodes, CheckDigits, Roster)
)
AMOUNTS = (Whole, Decimals)
"""Kinds of content that can be added up; the others name something."""
