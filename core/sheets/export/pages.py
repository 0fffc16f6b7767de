"""What is taken away: pages with what was read, what was typed, and each field as a cell of a table."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from decimal import Decimal
from functools import cached_property

from core.sheets.checks.plan import Plan
from core.sheets.edits import Edit, apply, in_force
from core.sheets.review import look_of
from core.sheets.sheet import Place, ReadField, Sheet
from core.sheets.values import Mark, read_number, to_decimal
from core.sheets.worksheets.marking import Marked, mark_sums

_MOST_FIGURES = 15
"""Spreadsheets keep numbers in double precision: one with more figures would come back changed."""


@dataclass(frozen=True, eq=False)
class Page:
    """A page to take away: as it was read, the user's account of it, the edits, and pictures of fields, PNG or JPEG."""

    read: Sheet
    plan: Plan = attribute(default_factory=Plan)
    edits: tuple[Edit, ...] = ()
    pictures: Mapping[Place, bytes] = attribute(default_factory=dict)

    @cached_property
    def now(self) -> Sheet:
        """The page with its edits."""
        return apply(self.read, self.edits)

    @cached_property
    def marks(self) -> list[Marked]:
        """The sums of a worksheet, marked; none of a sheet that is no worksheet."""
        return mark_sums(self.now.fields) if self.plan.worksheet else []

    @property
    def has_titles(self) -> bool:
        return any(self.plan.columns)

    @property
    def titles(self) -> list[str]:
        """What the columns are called, or their numbers."""
        return [self.plan.title(column) for column in range(self.now.layout.columns)]


@dataclass(frozen=True, eq=False)
class Cell:
    """A field to take away: as it was read, as it is now, as a number if it is one, and its last edit, if any."""

    read: ReadField
    now: ReadField
    number: Decimal | None
    edit: Edit | None

    @property
    def look(self) -> str:
        """By what it is coloured: "typed", or how the field looks."""
        return "typed" if self.edit else look_of(self.now)

    @property
    def content(self) -> Decimal | str | None:
        """What a spreadsheet holds: a number with its decimals, a text, or nothing."""
        return self.number if self.number is not None else self.now.text or None


def cells(page: Page) -> list[Cell]:
    """The fields of a page in the order of its layout."""
    last, now = in_force(page.edits), page.now.fields
    marks = {column: page.plan.mark(column, now) for column in {field.field.column for field in now}}
    return [
        Cell(read, field, _number(field, page.plan, marks[field.field.column]), last.get(field.place))
        for read, field in zip(page.read.fields, now, strict=True)
    ]


def _number(field: ReadField, plan: Plan, mark: Mark) -> Decimal | None:
    """The field as a number; None where it is none, or would change as one: leading zeros, codes, too many figures."""
    if not plan.adds_up(field.field.column) or re.match("[-+$]?0[0-9]", field.text):
        return None
    number = read_number(field.text, mark)
    if number is None or number.places > _MOST_FIGURES:
        return None
    value = to_decimal(number.value, number.places)
    return value if len(value.as_tuple().digits) <= _MOST_FIGURES else None


def grid(page: Page) -> list[list[Cell | None]]:
    """The cells in rows and columns; None where a row and a column have no field of their own."""
    layout = page.now.layout
    rows: list[list[Cell | None]] = [[None] * layout.columns for _ in range(layout.rows)]
    for cell in cells(page):
        row, column = cell.now.place
        rows[row][column] = cell
    return rows


def origin_header(pages: Sequence[Page]) -> list[str]:
    """The columns that tell where a row comes from: of several pages the page, of several files the path as well."""
    return (["path"] if _are_of_several_files(pages) else []) + (["page"] if len(pages) > 1 else [])


def origin(page: Page, header: Sequence[str]) -> list[object]:
    """What stands in those columns for a page."""
    values: dict[str, object] = {"path": page.read.name, "page": page.read.page}
    return [values[title] for title in header]


def _are_of_several_files(pages: Sequence[Page]) -> bool:
    return len({page.read.path for page in pages}) > 1


FIELD_HEADER = (
    *("path", "page", "row", "column", "name", "text", "value", "verdict", "confidence", "read", "read verdict"),
    *("other readings", "typed", "when", "note", "left", "top", "right", "bottom"),
)
"""The columns of `field_rows`."""


def field_rows(pages: Sequence[Page]) -> Iterator[tuple[Cell, list[object]]]:
    """Each field of all pages with its row: what was read and what was typed; pages, rows and columns count from 1."""
    for page in pages:
        for cell in cells(page):
            yield cell, _field_row(page, cell)


def _field_row(page: Page, cell: Cell) -> list[object]:
    row, column = cell.now.place
    typed = cell.edit.text if cell.edit else None
    others = "; ".join(f"{text} ({share:.2f})" for text, share in cell.read.candidates if text != cell.read.text)
    place = [page.read.name, page.read.page, row + 1, column + 1, page.plan.title(column)]
    now = [cell.now.text, cell.number, cell.now.verdict, Decimal(f"{cell.now.confidence:.4f}")]
    audit = [cell.read.text, cell.read.verdict, others, typed, cell.edit.when if cell.edit else None, cell.now.note]
    return [*place, *now, *audit, *map(int, cell.now.field.box)]
