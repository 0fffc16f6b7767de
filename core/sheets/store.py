"""Sheets that are kept: as they were read, with all that was typed into them since and when, and their pictures.

`core.sheets.changes` changes them.

Functions raise ReadOnly where nothing may be changed, SheetError where a sheet is not there or not sound, and
SampleError where the database, which is that of the samples, cannot be used.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from core.errors import SheetError
from core.settings import Settings, check_writable
from core.sheets.checks.plan import Plan, plan_from_json, plan_to_json
from core.sheets.database import EDITS, LARGEST_PICTURE, SHEETS, begin_reading, begin_writing
from core.sheets.edits import Edit, apply
from core.sheets.sheet import Sheet
from core.sheets.stored_form import pack_sheet, unpack_sheet

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
    check_writable(settings, "kept")
    row = {
        "created": now(),
        "revision": 1,
        "path": sheet.name,
        "page": sheet.page,
        "fields": len(sheet.fields),
        "content": pack_sheet(sheet),
        "plan": plan_to_json(plan),
        "picture": _checked(picture),
        "deleted": False,
    }
    with begin_writing(settings) as connection:
        return _key(connection.execute(SHEETS.insert().values(row)))


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
    return Edit(
        **{name: row[name] for name in ("row", "column", "text", "source", "reason", "when", "undone", "batch")}
    )
