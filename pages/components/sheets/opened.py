"""A sheet that is open: everything that the parts of the page show of it, worked out once a run."""

from dataclasses import dataclass
from functools import cached_property

import streamlit as st

from core.settings import Settings
from core.sheets.checks.finding import Finding
from core.sheets.checks.plan import Plan
from core.sheets.checks.sheet_checks import check_fields
from core.sheets.edits import Edit, in_force
from core.sheets.export.pages import Page
from core.sheets.page import cut_fields
from core.sheets.sheet import Place, ReadField, Sheet
from core.sheets.store import KeptSheet
from core.vision.grey import Pixels
from pages.components import action
from pages.components.sheets import desk, picture_file

_PICKED = "sheets-picked"


@dataclass
class Opened:
    """A kept sheet with its picture, JPEG or PNG, if there is one."""

    kept: KeptSheet
    data: bytes | None
    settings: Settings

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

    @property
    def page(self) -> Page:
        return Page(self.kept.read, self.kept.plan, self.kept.edits)

    @cached_property
    def crops(self) -> dict[Place, Pixels]:
        """The pictures of the fields, grey."""
        return {} if self.data is None else _crops(self.kept.id, self.kept.revision, self.data, self.kept)

    def picked(self) -> Place | None:
        place: Place | None = st.session_state.get(_PICKED)
        return place if place in self.by_place else None

    def pick(self, place: Place | None) -> None:
        st.session_state[_PICKED] = place

    def write(self, *edits: Edit) -> None:
        """Store edits as one change; what goes wrong is said on the page."""
        action.run("sheets-write", lambda: desk.write(self.kept.id, edits, self.settings))

    def undo(self) -> None:
        action.run("sheets-undo", lambda: desk.undo(self.kept.id, self.settings))

    def revise(self, read: Sheet | None = None, plan: Plan | None = None) -> None:
        """Store a corrected grid or plan."""
        change = (self.kept, read or self.kept.read, plan or self.kept.plan, self.settings)
        action.run("sheets-revise", lambda: desk.revise(*change))

    def where(self, place: Place) -> str:
        """A place in words: "row 3, total"."""
        return f"row {place[0] + 1}, {self.kept.plan.title(place[1])}"


@st.cache_data(max_entries=4, show_spinner=False)
def _crops(number: int, revision: int, data: bytes, _kept: KeptSheet) -> dict[Place, Pixels]:  # noqa: ARG001 - of the key
    picture, layout = picture_file.unpack(data), _kept.read.layout
    crops = cut_fields(picture, layout)
    return {(f.row, f.column): crop.field for f, crop in zip(layout.fields, crops, strict=True)}
