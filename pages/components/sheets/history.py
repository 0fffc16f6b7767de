"""What this session has changed on sheets, so that all of it can be undone: values, fields, names, checks."""

from dataclasses import dataclass

import streamlit as st

from core.errors import SheetError
from core.settings import Settings
from core.sheets.checks.plan import Plan
from core.sheets.sheet import Sheet
from core.sheets.store import KeptSheet
from pages.components.sheets import desk

_HISTORY = "sheets-history"
_MOST = 50  # changes of a sheet


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
    history: dict[int, list[_Values | _Revision]] = st.session_state.setdefault(_HISTORY, {})
    return history.setdefault(number, [])


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
    """Take back the last change of a sheet; what it was, in words.

    Raises:
        SheetError: its grid was changed in another window since.
    """
    changes = _of(number)
    last = changes[-1] if changes else None
    if not isinstance(last, _Revision):
        desk.undo(number, settings, last.batch if last else None)
        del changes[-1:]
        return "The last value is as it was."
    kept = desk.load(number, settings)
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


def forget() -> None:
    """Let go of all changes: of sheets that are deleted nothing is kept."""
    st.session_state.pop(_HISTORY, None)
