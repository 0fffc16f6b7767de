"""What becomes of pages that were read: they are kept, the first is opened, and what there is to say is said."""

from collections.abc import Iterator, Sequence

import streamlit as st

from core.settings import Settings
from core.sheets.reading import PageRead
from core.sheets.sheet import Sheet
from core.sheets.store import KeptSheet
from core.text import counted
from pages.components.sheets import current, desk, memory, notes
from pages.components.sheets.notes import Note

_NOT_KEPT = (
    "What was read of {} could not be kept, and lasts only as long as this window is open: open it and press “Keep”. {}"
)
_FULL = "A session holds at most {}. Let go, to be read anew once you have kept or deleted some: {}."

Read = tuple[PageRead, bytes | None]
"""A page, and its picture as it is kept."""


def keep(pages: Sequence[Read], told: Sequence[str], settings: Settings, opens: bool) -> None:
    """Keep the pages that were read, open the first or say where they are, and say what could not be kept.

    Args:
        told: what else there is to say of the reading.
        opens: whether the first page is opened; a sheet that somebody works on stays open.
    """
    good = [(page.sheet, page.plan, picture) for page, picture in pages if not page.sheet.problem]
    outcome = desk.keep_all(good, settings, current.number())
    memory.forget(kept.id for kept in outcome.gone)
    said = [*_unkept(outcome), *(Note(text) for text in (*told, *_told(pages), *_let_go(outcome)))]
    there = [number for number in outcome.numbers if desk.is_there(number)]
    if there and opens:
        current.go(there[0])
    elif there:
        them = "it" if len(there) == 1 else "them"
        text = f"{counted(len(there), 'page')} read: you find {them} under “All sheets”."
        said.insert(0, Note(text, good=True))
    notes.put(said, adds=not opens)
    st.rerun()


def _unkept(outcome: desk.Outcome) -> Iterator[Note]:
    """What could not be kept, and why: a note for each file, which holds until its pages are kept."""
    files: dict[tuple[str, str], list[KeptSheet]] = {}
    for kept, problem in outcome.unkept:
        files.setdefault((kept.read.path, problem), []).append(kept)
    for (path, problem), sheets in files.items():
        what = _named(sheets[0].read) if len(sheets) == 1 else f"{counted(len(sheets), 'page')} of {path}"
        yield Note(_NOT_KEPT.format(what, problem), of=tuple(kept.id for kept in sheets))


def _let_go(outcome: desk.Outcome) -> Iterator[str]:
    if outcome.gone:
        gone = ", ".join(_named(kept.read) for kept in outcome.gone)
        yield _FULL.format(counted(desk.MOST_IN_SESSION, "page"), gone)


def _told(pages: Sequence[Read]) -> Iterator[str]:
    """What there is to say of pages, with the number of those that are not the first of their file."""
    for page, _ in pages:
        if said := page.sheet.problem or page.note:
            yield f"{_named(page.sheet)}: {said}"


def _named(sheet: Sheet) -> str:
    return f"{sheet.path}, page {sheet.page}" if sheet.page > 1 else sheet.path
