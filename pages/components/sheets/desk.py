"""The sheet that is worked on: kept in the database, or only in this session where nothing can be kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from core.errors import SampleError, SheetError
from core.settings import Settings
from core.sheets import changes, store
from core.sheets.checks.plan import Plan
from core.sheets.edits import Edit
from core.sheets.sheet import Place, Sheet
from core.sheets.store import KeptSheet, Listing, NewSheet

_SESSION, _LAST = "sheets-of-this-session", "sheets-last-of-this-session"
MOST_IN_SESSION = 40


@dataclass
class _Held:
    kept: KeptSheet
    picture: bytes | None

    @property
    def changed(self) -> bool:
        """Whether somebody has worked on it."""
        return bool(self.kept.edits) or self.kept.revision > 1


@dataclass(frozen=True)
class Outcome:
    """What became of sheets that were to be kept.

    `numbers` are negative where only this session holds them; `unkept` are those of them that could not be kept, each
    with the reason; `gone` are the sheets that were let go, as a session holds so many at most.
    """

    numbers: list[int]
    unkept: list[tuple[KeptSheet, str]]
    gone: list[KeptSheet]


def _held() -> dict[int, _Held]:
    sheets: dict[int, _Held] = st.session_state.setdefault(_SESSION, {})
    return sheets


def keep_all(
    pages: Sequence[tuple[Sheet, Plan, bytes | None]], settings: Settings, stays: int | None = None
) -> Outcome:
    """Keep sheets; those that cannot be kept, this session holds until `keep_now`, so that nothing read is lost.

    `stays` is the sheet that somebody looks at, which is not let go.
    """
    numbers: list[int] = []
    unkept, refused = [], ""
    for sheet, plan, picture in pages:
        problem = refused
        if not settings.read_only and not refused:
            try:
                numbers.append(store.keep(sheet, plan, settings, picture))
                continue
            except SheetError as error:
                problem = str(error)
            except SampleError as error:  # the database refuses those that follow, too, each after a while
                problem = refused = str(error)
        held = _hold(sheet, plan, picture)
        numbers.append(held.id)
        if problem:
            unkept.append((held, problem))
    return Outcome(numbers, unkept, _let_go(stays))


def _hold(sheet: Sheet, plan: Plan, picture: bytes | None) -> KeptSheet:
    number = st.session_state.get(_LAST, 0) - 1
    st.session_state[_LAST] = number  # no number is given again: what is remembered of one says nothing of another
    kept = KeptSheet(number, store.now(), 1, sheet, plan, ())
    _held()[number] = _Held(kept, picture)
    return kept


def _let_go(stays: int | None) -> list[KeptSheet]:
    """Let go of what is too much: what nobody has worked on first, and of that what was read first."""
    held = _held()
    order = sorted(held.keys() - {stays}, key=lambda number: (held[number].changed, -number))
    return [held.pop(number).kept for number in order[: max(0, len(held) - MOST_IN_SESSION)]]


def keep_now(numbers: Sequence[int], settings: Settings) -> list[int]:
    """Keep sheets that only this session holds, with all that was done to them; their numbers in the database.

    All of them are kept, or none.
    """
    held = [_of_session(number) for number in numbers]
    new = [NewSheet(h.kept.read, h.kept.plan, h.picture, h.kept.revision, h.kept.edits) for h in held]
    kept = store.keep_together(new, settings)
    for number in numbers:
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


def undo(number: int, settings: Settings, batch: int | None = None) -> list[Place]:
    """Take back a change of values, or the last one that is in force; the fields in which something was taken back."""
    if number > 0:
        return changes.undo(number, settings, batch)
    held = _of_session(number)
    last = max((edit.batch for edit in held.kept.edits if not edit.undone), default=0) if batch is None else batch
    those = [edit for edit in held.kept.edits if edit.batch == last and not edit.undone]
    edits = (replace(edit, undone=store.now()) if edit in those else edit for edit in held.kept.edits)
    held.kept = replace(held.kept, edits=tuple(edits))
    return [edit.place for edit in those]


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
