"""The sheet that is worked on: kept in the database, or only in this session where nothing can be kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from core.errors import SampleError, SheetError
from core.settings import Settings
from core.sheets import changes, store
from core.sheets.checks.plan import Plan
from core.sheets.edits import Edit, in_force
from core.sheets.sheet import Sheet
from core.sheets.store import KeptSheet, Listing

_SESSION = "sheets-of-this-session"
MOST_IN_SESSION = 40


@dataclass
class _Held:
    kept: KeptSheet
    picture: bytes | None


def _held() -> dict[int, _Held]:
    sheets: dict[int, _Held] = st.session_state.setdefault(_SESSION, {})
    return sheets


def keep_all(pages: Sequence[tuple[Sheet, Plan, bytes | None]], settings: Settings) -> tuple[list[int], str]:
    """Keep sheets; their numbers, negative where only this session holds them, and why it does: "" where it should.

    Where the database cannot be used, nothing that was read is lost: this session holds it until `keep_now`.
    """
    numbers, problem = [], ""
    for sheet, plan, picture in pages:
        if not settings.read_only and not problem:
            try:
                numbers.append(store.keep(sheet, plan, settings, picture))
                continue
            except (SampleError, SheetError) as error:
                problem = str(error)
        numbers.append(_hold(sheet, plan, picture))
    return numbers, problem


def _hold(sheet: Sheet, plan: Plan, picture: bytes | None) -> int:
    held = _held()
    number = min([0, *held]) - 1
    held[number] = _Held(KeptSheet(number, store.now(), 1, sheet, plan, ()), picture)
    for old in sorted(held, reverse=True)[: max(0, len(held) - MOST_IN_SESSION)]:  # the first has the largest number
        del held[old]
    return number


def keep_now(number: int, settings: Settings) -> int:
    """Keep a sheet that only this session holds, with what was typed into it; its number in the database."""
    held = _of_session(number)
    kept = store.keep(held.kept.read, held.kept.plan, settings, held.picture)
    if edits := list(in_force(held.kept.edits).values()):
        changes.write(kept, edits, settings)
    del _held()[number]
    return kept


def is_there(number: int) -> bool:
    """Whether this session holds a sheet still, or it is kept."""
    return number > 0 or number in _held()


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


def write(number: int, edits: Sequence[Edit], settings: Settings) -> int:
    """Store edits as one change; its number, by which it can be undone."""
    if number > 0:
        return changes.write(number, edits, settings)
    held = _of_session(number)
    batch = max((edit.batch for edit in held.kept.edits), default=0) + 1
    added = (replace(edit, batch=batch, when=store.now()) for edit in edits)
    held.kept = replace(held.kept, edits=(*held.kept.edits, *added))
    return batch


def undo(number: int, settings: Settings, batch: int | None = None) -> None:
    """Take back a change of values, or the last one that is in force."""
    if number > 0:
        changes.undo(number, settings, batch)
        return
    held = _of_session(number)
    last = max((edit.batch for edit in held.kept.edits if not edit.undone), default=0) if batch is None else batch
    edits = (replace(edit, undone=store.now()) if edit.batch == last else edit for edit in held.kept.edits)
    held.kept = replace(held.kept, edits=tuple(edits))


def revise(kept: KeptSheet, sheet: Sheet, plan: Plan, settings: Settings) -> int:
    """Store a corrected grid or plan; the new revision."""
    if kept.id > 0:
        return changes.revise(kept, sheet, plan, settings)
    held = _of_session(kept.id)
    held.kept = replace(held.kept, read=sheet, plan=plan, revision=kept.revision + 1)
    return held.kept.revision


def delete(numbers: Sequence[int], settings: Settings) -> None:
    """Delete sheets for good, with their pictures and all that was typed into them."""
    for number in numbers:
        if number > 0:
            changes.delete(number, settings)
        else:
            _held().pop(number, None)
    if any(number > 0 for number in numbers):
        changes.purge(settings)


def _of_session(number: int) -> _Held:
    if number not in _held():
        raise SheetError("This sheet is no longer there: one that is not kept lasts as long as its session.")
    return _held()[number]
