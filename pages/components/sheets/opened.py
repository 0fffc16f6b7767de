"""A sheet that is open: everything that the parts of the page show of it, worked out once a run."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import streamlit as st

from core.errors import SheetError
from core.settings import Settings
from core.sheets.checks.finding import Finding
from core.sheets.checks.plan import Plan
from core.sheets.checks.sheet_checks import check_fields
from core.sheets.edits import Edit, Source, accept, in_force
from core.sheets.export.pages import Page
from core.sheets.layout import Layout
from core.sheets.page import cut_fields
from core.sheets.sheet import Place, ReadField, Sheet
from core.sheets.store import KeptSheet
from core.vision.grey import Pixels
from pages.components import action
from pages.components.sheets import current, desk, history, memory, picture_file
from pages.components.text import message

SAVED_TEXT = 40  # characters of what is typed into a field


@dataclass
class Opened:
    """A kept sheet with its picture, JPEG or PNG, if there is one that can be shown; else `problem` says why not."""

    kept: KeptSheet
    data: bytes | None
    settings: Settings
    problem: str = ""

    @cached_property
    def closed(self) -> str | None:
        """Why this sheet cannot be changed; None where it can, as one that only this session holds always can."""
        return action.read_only_reason(self.settings) if self.kept.id > 0 else None

    @cached_property
    def fields(self) -> tuple[ReadField, ...]:
        """As they are now, with what was typed."""
        return self.kept.now.fields

    @cached_property
    def by_place(self) -> dict[Place, ReadField]:
        return {field.place: field for field in self.fields}

    @cached_property
    def typed(self) -> dict[Place, Edit]:
        return in_force(self.kept.edits)

    @cached_property
    def findings(self) -> list[Finding]:
        return check_fields(self.fields, self.kept.plan)

    @cached_property
    def page(self) -> Page:
        return Page(self.kept.read, self.kept.plan, self.kept.edits)

    @cached_property
    def crops(self) -> dict[Place, Pixels]:
        """The pictures of the fields, grey."""
        return {} if self.data is None else _crops(_told_apart(self.kept.read.layout), self.data, self.kept.read.layout)

    def picked(self) -> Place | None:
        place = current.picked()
        return place if place in self.by_place else None

    def pick(self, place: Place | None) -> None:
        current.pick(place)

    def say(self, place: Place, text: str) -> bool:
        """Store what a field holds, "" for nothing; whether that went well. What goes wrong is said on the page."""
        return self.run(lambda: self.write({place: text}))

    def write(self, texts: Mapping[Place, str]) -> None:
        """Store what fields hold as one change; raises what `desk.write` does, or SheetError where there is none."""
        self._write([self._edit(place, text) for place, text in texts.items()])

    def agree(self, finding: Finding) -> None:
        """Store what a check suggests."""
        self.run(lambda: self._write(accept([finding])))

    def _edit(self, place: Place, text: str) -> Edit:
        if place not in self.by_place:
            raise SheetError(f"Row {place[0] + 1}, column {place[1] + 1} has no field. Add one in “Grid”.")
        for finding in self.findings:
            if finding.place == place and finding.suggested == text:
                return accept([finding])[0]
        source: Source = "chosen" if text in dict(self.by_place[place].candidates) else "typed"
        return Edit(*place, text, source)

    def _write(self, edits: list[Edit]) -> None:
        """Store edits but those that are in force already, which a browser has told of twice."""
        known = in_force(desk.load(self.kept.id, self.settings).edits)
        edits = [edit for edit in edits if edit.place not in known or known[edit.place].text != edit.text]
        if not edits:
            return
        history.note_values(self.kept.id, desk.write(self.kept.id, edits, self.settings))

    @cached_property
    def can_undo(self) -> bool:
        return history.can_undo(self.kept)

    def undo(self) -> None:
        self.run(partial(history.undo, self.kept.id, self.settings), done=message)

    def plan(self, make: Callable[[Plan], Plan]) -> None:
        """Store another account of the sheet, made of the one that it has, where it is another."""

        def change() -> None:
            plan = make(self.kept.plan)
            if plan != self.kept.plan:
                self.revise(self.kept.read, plan)

        self.run(change)

    def revise(self, read: Sheet, plan: Plan) -> None:
        """Store a corrected grid or plan; raises what `desk.revise` does."""
        history.note_revision(self.kept, desk.revise(self.kept, read, plan, self.settings))

    def run(self, change: Callable[[], object], done: "str | Callable[..., str]" = "") -> bool:
        """Make a change; whether that went well. What goes wrong is said on the page."""
        return action.run("sheets", change, done)

    def where(self, place: Place) -> str:
        """A place in words: "Row 3, total"."""
        return f"Row {place[0] + 1}, {self.kept.plan.title(place[1])}"


def open_sheet(number: int, settings: Settings) -> Opened:
    """A sheet by its number, with its picture where that is there and whole.

    Raises:
        SheetError: there is no such sheet, or it is damaged.
        SampleError: the database cannot be used.
    """
    kept, data = desk.load(number, settings), desk.picture(number, settings)
    if data is None:
        return Opened(kept, None, settings, "The picture of this page was not kept.")
    if not picture_file.is_whole(data):
        problem = "The picture of this page is damaged and cannot be shown. The values are all here."
        return Opened(kept, None, settings, problem)
    return Opened(kept, data, settings)


def keep_now(numbers: Sequence[int], settings: Settings) -> dict[int, int]:
    """Keep sheets that only this session holds; the number of each in the database, by the one that it had.

    What this session remembers of them follows, so that Undo goes on as before.
    """
    kept = dict(zip(numbers, desk.keep_now(numbers, settings), strict=True))
    for number, other in kept.items():
        memory.move(number, other)
    return kept


def _told_apart(layout: Layout) -> bytes:
    """What decides which parts of a picture are cut out, as a key of the cache that all sessions share."""
    return repr([(field.row, field.column, field.quad.tolist()) for field in layout.fields]).encode()


@st.cache_data(max_entries=4, show_spinner=False)
def _crops(told_apart: bytes, data: bytes, _layout: Layout) -> dict[Place, Pixels]:  # noqa: ARG001 - of the key
    crops = cut_fields(picture_file.unpack(data), _layout)
    return {(f.row, f.column): crop.field for f, crop in zip(_layout.fields, crops, strict=True)}


def forget(numbers: Iterable[int]) -> None:
    """Let go of what is kept in memory of sheets that are deleted; the pictures, of all sheets in all sessions."""
    memory.forget(numbers)
    _crops.clear()  # they are soon cut out again
    picture_file.forget()
