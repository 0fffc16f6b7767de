"""What this session has changed on sheets, so that all of it can be undone: values, fields, names, checks."""

from dataclasses import dataclass

from core.errors import SheetError
from core.settings import Settings
from core.sheets.checks.plan import Plan
from core.sheets.sheet import Sheet
from core.sheets.store import KeptSheet
from pages.components.sheets import desk, memory

_MOST = 50  # changes of a sheet
_VALUE = "The last value is as it was."


@dataclass(frozen=True)
class _Values:
    """Edits that were stored as one change."""

    batch: int


@dataclass(frozen=True, eq=False)
class _Revision:
    """A sheet's grid and plan before the change that made it this revision."""

    revision: int
    read: Sheet
    plan: Plan


def _of(number: int) -> "list[_Values | _Revision]":
    return memory.of(number, "changes")


def note_values(number: int, batch: int) -> None:
    _note(number, _Values(batch))


def note_revision(before: KeptSheet, revision: int) -> None:
    _note(before.id, _Revision(revision, before.read, before.plan))


def _note(number: int, change: "_Values | _Revision") -> None:
    changes = _of(number)
    changes.append(change)
    del changes[:-_MOST]


def can_undo(kept: KeptSheet) -> bool:
    """Whether there is anything to take back; values can be when another session has typed them, too."""
    return bool(_of(kept.id)) or any(not edit.undone for edit in kept.edits)


def undo(number: int, settings: Settings) -> str:
    """Take back the last change of a sheet that is still there to be taken back; what it was, in words.

    Raises:
        SheetError: its grid was changed in another window since, or nothing is left.
    """
    changes = _of(number)
    while changes and isinstance(last := changes[-1], _Values):
        taken_back = desk.undo(number, settings, last.batch)
        changes.pop()
        if taken_back:  # else another window has done it
            return _VALUE
    if changes:
        return _undo_revision(number, changes, settings)
    if desk.undo(number, settings):
        return _VALUE
    raise SheetError("Nothing is left to undo: it was undone in another window.")


def _undo_revision(number: int, changes: "list[_Values | _Revision]", settings: Settings) -> str:
    kept, last = desk.load(number, settings), changes[-1]
    assert isinstance(last, _Revision)
    if kept.revision != last.revision:
        changes.clear()
        raise SheetError("The grid or the checks were changed in another window since, so nothing was undone.")
    revision = desk.revise(kept, last.read, last.plan, settings)
    del changes[-1:]
    _follow(changes, last.revision - 1, revision)
    return "The last change of fields, columns or totals is undone."


def _follow(changes: "list[_Values | _Revision]", made: int, now: int) -> None:
    """Undoing makes a new revision: a change that had made the one that is back is known by the new number."""
    for index, change in enumerate(changes):
        if isinstance(change, _Revision) and change.revision == made:
            changes[index] = _Revision(now, change.read, change.plan)
