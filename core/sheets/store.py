"""Sheets that are kept: as they were read, with all that was typed into them since and when, and their pictures.

`core.sheets.changes` changes them.

Functions raise ReadOnly where nothing may be changed, SheetError where a sheet is not there or not sound, and
SampleError where the database, which is that of the samples, cannot be used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from core.errors import SheetError
from core.settings import Settings, check_writable
from core.sheets.checks.plan import Plan, plan_from_json, plan_to_json
from core.sheets.database import EDITS, LARGEST_PICTURE, SHEETS, begin_reading, begin_writing
from core.sheets.edits import SOURCES, Edit, apply
from core.sheets.sheet import Sheet
from core.sheets.stored_form import pack_sheet, unpack_sheet

_OF_AN_EDIT = ("row", "column", "text", "source", "reason", "when", "undone", "batch")
_LONGEST_REASON = 1_000  # characters
_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


@dataclass(frozen=True, eq=False)
class KeptSheet:
    """A sheet as it was read, the user's account of it, and all edits in their order, undone ones as well."""

    id: int
    created: str  # ISO 8601, UTC
    revision: int
    read: Sheet
    plan: Plan
    edits: tuple[Edit, ...]

    @property
    def now(self) -> Sheet:
        """The sheet with its edits."""
        return apply(self.read, self.edits)


@dataclass(frozen=True, eq=False)
class NewSheet:
    """A sheet to be kept, its page as PNG or JPEG, and what was changed before it was: its revision and all edits."""

    read: Sheet
    plan: Plan
    picture: bytes | None = None
    revision: int = 1
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True)
class Listing:
    """A line of the list of sheets."""

    id: int
    created: str
    path: str
    page: int
    fields: int


def keep(sheet: Sheet, plan: Plan, settings: Settings, picture: bytes | None = None) -> int:
    """Store a sheet, and its page as PNG or JPEG; its number."""
    return keep_together([NewSheet(sheet, plan, picture)], settings)[0]


def keep_together(sheets: Sequence[NewSheet], settings: Settings) -> list[int]:
    """Store sheets with all that was typed into them: all of them, or none; their numbers."""
    check_writable(settings, "kept")
    rows = [_row(sheet) for sheet in sheets]
    numbers = []
    with begin_writing(settings) as connection:
        for row, sheet in zip(rows, sheets, strict=True):
            number = _key(connection.execute(SHEETS.insert().values(row)))
            if sheet.edits:
                connection.execute(EDITS.insert(), [edit_row(number, edit) for edit in sheet.edits])
            numbers.append(number)
    return numbers


def _row(sheet: NewSheet) -> dict[str, object]:
    return {
        "created": now(),
        "revision": sheet.revision,
        "path": sheet.read.name,
        "page": sheet.read.page,
        "fields": len(sheet.read.fields),
        "content": pack_sheet(sheet.read),
        "plan": plan_to_json(sheet.plan),
        "picture": _checked(sheet.picture),
        "deleted": False,
    }


def edit_row(number: int, edit: Edit) -> dict[str, object]:
    """An edit of a sheet as it is stored."""
    if edit.source not in SOURCES:
        raise SheetError(f"An edit is one of {', '.join(SOURCES)}, and this is {edit.source!r}.")
    values = {name: getattr(edit, name) for name in _OF_AN_EDIT}
    return values | {"sheet": number, "reason": edit.reason[:_LONGEST_REASON]}


def count(settings: Settings) -> int:
    """The number of sheets that are kept."""
    with begin_reading(settings) as connection:
        if connection is None:
            return 0
        query = sa.select(sa.func.count()).select_from(SHEETS).where(SHEETS.c.deleted.is_(False))
        return int(connection.execute(query).scalar_one())


def listed(settings: Settings, first: int = 0, most: int | None = None) -> list[Listing]:
    """The sheets that are kept, the last one first."""
    columns = (SHEETS.c.id, SHEETS.c.created, SHEETS.c.path, SHEETS.c.page, SHEETS.c.fields)
    query = sa.select(*columns).where(SHEETS.c.deleted.is_(False)).order_by(SHEETS.c.id.desc())
    with begin_reading(settings) as connection:
        if connection is None:
            return []
        return [Listing(**row._mapping) for row in connection.execute(query.offset(first).limit(most))]


def load(number: int, settings: Settings) -> KeptSheet:
    query = sa.select(EDITS).where(EDITS.c.sheet == number).order_by(EDITS.c.id)
    with begin_reading(settings) as connection:
        if connection is None:
            raise missing(number)
        row = find_row(connection, number)
        edits = tuple(_edit(each) for each in connection.execute(query).mappings())
    read, plan = unpack_sheet(row["content"]), plan_from_json(row["plan"])
    return KeptSheet(number, row["created"], row["revision"], read, plan, edits)


def picture(number: int, settings: Settings) -> bytes | None:
    """The page of a sheet, PNG or JPEG; None where it was not stored."""
    with begin_reading(settings) as connection:
        if connection is None:
            raise missing(number)
        data = find_row(connection, number, SHEETS.c.picture)["picture"]
    return None if data is None else bytes(data)


def now() -> str:
    """This moment, as it is stored: ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _checked(picture: bytes | None) -> bytes | None:
    if picture is not None and not picture.startswith(_SIGNATURES):
        raise SheetError(
            "The picture of a page is stored as PNG or JPEG, and this is neither. Encode it as one of them."
        )
    if picture is not None and len(picture) > LARGEST_PICTURE:
        raise SheetError(
            f"The picture has {len(picture):,} bytes; at most {LARGEST_PICTURE:,} are stored. Make it smaller."
        )
    return picture


def missing(number: int) -> SheetError:
    """The error for a sheet that is not there."""
    return SheetError(f"There is no sheet {number}: it may have been deleted in another window.")


def find_row(connection: sa.Connection, number: int, *columns: sa.Column[object]) -> sa.RowMapping:
    """The row of a sheet without its picture, or these columns of it."""
    wanted = columns or [column for column in SHEETS.c if column.name != "picture"]
    query = sa.select(*wanted).where(SHEETS.c.id == number, SHEETS.c.deleted.is_(False))
    row = connection.execute(query).mappings().first()
    if row is None:
        raise missing(number)
    return row


def _key(result: sa.CursorResult[object]) -> int:
    assert result.inserted_primary_key is not None
    return int(result.inserted_primary_key[0])


def _edit(row: sa.RowMapping) -> Edit:
    return Edit(**{name: row[name] for name in _OF_AN_EDIT})
