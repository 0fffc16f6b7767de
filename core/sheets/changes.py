"""Changes of sheets that are kept: what is typed into them, undone, corrected in their grid, and deleted.

Functions raise ReadOnly where nothing may be changed, SheetError where a sheet is not there or a change not sound, and
SampleError where the database cannot be used.
"""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from core.errors import SheetError
from core.settings import Settings, check_writable
from core.sheets.checks.plan import Plan, plan_to_json
from core.sheets.database import EDITS, SHEETS, begin_writing
from core.sheets.edits import Edit
from core.sheets.sheet import MOST_FIELDS, Place, Sheet
from core.sheets.store import KeptSheet, edit_row, find_row, missing, now
from core.sheets.stored_form import pack_sheet, unpack_sheet

MOST_EDITS = 100_000  # of one sheet


def write(number: int, edits: Sequence[Edit], settings: Settings) -> int:
    """Store what was typed or chosen, as one change; its number, by which it can be undone.

    Two windows may write to the same field: both edits are kept, and the later one is in force.
    """
    check_writable(settings, "changed")
    if not 0 < len(edits) <= MOST_FIELDS:
        raise SheetError(f"A change has 1 to {MOST_FIELDS:,} edits, and this has {len(edits):,}.")
    with begin_writing(settings) as connection:
        places = {field.place for field in unpack_sheet(find_row(connection, number)["content"]).fields}
        if unknown := [edit.place for edit in edits if edit.place not in places]:
            row, column = unknown[0]
            raise SheetError(f"This sheet has no field in row {row + 1}, column {column + 1}: load it again.")
        if _count_edits(connection, number) + len(edits) > MOST_EDITS:
            raise SheetError(f"This sheet has {MOST_EDITS:,} edits already, and takes no more.")
        batch = _last_batch(connection, number) + 1
        connection.execute(
            EDITS.insert(), [edit_row(number, replace(edit, batch=batch, when=now(), undone="")) for edit in edits]
        )
    return batch


def undo(number: int, settings: Settings, batch: int | None = None) -> list[Place]:
    """Take back a change of a sheet, or its last one; the fields in which something was taken back.

    The edits stay, marked as undone. What was typed into the same field after it stays in force.
    """
    check_writable(settings, "changed")
    with begin_writing(settings) as connection:
        find_row(connection, number)
        last = _last_batch(connection, number, EDITS.c.undone == "") if batch is None else batch
        those = (EDITS.c.sheet == number) & (EDITS.c.batch == last) & (EDITS.c.undone == "")
        places = [
            (row, column) for row, column in connection.execute(sa.select(EDITS.c.row, EDITS.c.column).where(those))
        ]
        connection.execute(EDITS.update().where(those).values(undone=now()))
    return places


def revise(kept: KeptSheet, sheet: Sheet, plan: Plan, settings: Settings) -> int:
    """Store a corrected grid or plan; the new revision.

    Edits stay with their places; the SheetError says so where another window has revised the sheet since it was loaded.
    """
    check_writable(settings, "changed")
    values = {"content": pack_sheet(sheet), "plan": plan_to_json(plan), "fields": len(sheet.fields)}
    with begin_writing(settings) as connection:
        if find_row(connection, kept.id)["revision"] != kept.revision:
            raise SheetError(
                "The grid of this sheet was changed in another window: load it again, and repeat the change."
            )
        update = SHEETS.update().where(SHEETS.c.id == kept.id)
        connection.execute(update.values(**values, revision=kept.revision + 1))
    return kept.revision + 1


def delete(number: int, settings: Settings) -> None:
    """Delete a sheet; `restore` brings it back until `purge`."""
    check_writable(settings, "deleted")
    with begin_writing(settings) as connection:
        find_row(connection, number)
        connection.execute(SHEETS.update().where(SHEETS.c.id == number).values(deleted=True))


def restore(number: int, settings: Settings) -> None:
    check_writable(settings, "changed")
    with begin_writing(settings) as connection:
        changed = connection.execute(SHEETS.update().where(SHEETS.c.id == number).values(deleted=False))
        if not changed.rowcount:
            raise missing(number)


def purge(settings: Settings) -> None:
    """Forget deleted sheets for good, with their pictures and edits."""
    check_writable(settings, "deleted")
    with begin_writing(settings) as connection:
        gone = sa.select(SHEETS.c.id).where(SHEETS.c.deleted.is_(True))
        connection.execute(EDITS.delete().where(EDITS.c.sheet.in_(gone)))
        connection.execute(SHEETS.delete().where(SHEETS.c.deleted.is_(True)))


def _count_edits(connection: sa.Connection, number: int) -> int:
    query = sa.select(sa.func.count()).select_from(EDITS).where(EDITS.c.sheet == number)
    return int(connection.execute(query).scalar_one())


def _last_batch(connection: sa.Connection, number: int, *only: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.max(EDITS.c.batch)).where(EDITS.c.sheet == number, *only)
    return int(connection.execute(query).scalar() or 0)
