"""The sheet that is worked on: kept in the database, or, in read-only mode, only in this session."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from core.errors import SheetError
from core.settings import Settings
from core.sheets import changes, store
from core.sheets.checks.plan import Plan
from core.sheets.edits import Edit
from core.sheets.sheet import Sheet
from core.sheets.store import KeptSheet, Listing

_SESSION = "sheets-of-this-session"
MOST_IN_SESSION = 20


@dataclass
class _Held:
    kept: KeptSheet
    picture: bytes | None


def _held() -> dict[int, _Held]:
    sheets: dict[int, _Held] = st.session_state.setdefault(_SESSION, {})
    return sheets


def keep(sheet: Sheet, plan: Plan, picture: bytes | None, settings: Settings) -> int:
    """Keep a sheet; its number, which is negative where only this session holds it."""
    if not settings.read_only:
        return store.keep(sheet, plan, settings, picture)
    held = _held()
    number = min([0, *held]) - 1
    held[number] = _Held(KeptSheet(number, store.now(), 1, sheet, plan, ()), picture)
    for old in sorted(held, reverse=True)[: max(0, len(held) - MOST_IN_SESSION)]:
        del held[old]
    return number


def load(number: int, settings: Settings) -> KeptSheet:
    """A sheet by its number; SheetError where there is none."""
    return _of_session(number).kept if number < 0 else store.load(number, settings)


def picture(number: int, settings: Settings) -> bytes | None:
    return _of_session(number).picture if number < 0 else store.picture(number, settings)


def listed(settings: Settings) -> list[Listing]:
    """The sheets of this session, and those that are kept, the last one first."""
    held = [each.kept for _, each in sorted(_held().items())]
    own = [Listing(k.id, k.created, k.read.path, k.read.page, len(k.read.fields)) for k in held]
    return own + store.listed(settings)


def write(number: int, edits: Sequence[Edit], settings: Settings) -> None:
    """Store edits as one change."""
    if number > 0:
        changes.write(number, edits, settings)
        return
    held = _of_session(number)
    batch = max((edit.batch for edit in held.kept.edits), default=0) + 1
    held.kept = replace(
        held.kept, edits=(*held.kept.edits, *(replace(edit, batch=batch, when=store.now()) for edit in edits))
    )


def undo(number: int, settings: Settings) -> None:
    """Take back the last change that is in force."""
    if number > 0:
        changes.undo(number, settings)
        return
    held = _of_session(number)
    last = max((edit.batch for edit in held.kept.edits if not edit.undone), default=0)
    edits = (replace(edit, undone=store.now()) if edit.batch == last else edit for edit in held.kept.edits)
    held.kept = replace(held.kept, edits=tuple(edits))


def revise(kept: KeptSheet, sheet: Sheet, plan: Plan, settings: Settings) -> None:
    """Store a corrected grid or plan."""
    if kept.id > 0:
        changes.revise(kept, sheet, plan, settings)
        return
    held = _of_session(kept.id)
    held.kept = replace(held.kept, read=sheet, plan=plan, revision=kept.revision + 1)


def delete(number: int, settings: Settings) -> None:
    if number > 0:
        changes.delete(number, settings)
    else:
        _held().pop(number, None)


def _of_session(number: int) -> _Held:
    if number not in _held():
        raise SheetError("This sheet is no longer there: in read-only mode sheets last as long as this session.")
    return _held()[number]
