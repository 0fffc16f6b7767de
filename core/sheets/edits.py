"""What was typed or chosen in review, beside what was read: nothing that was read is ever overwritten."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from core.errors import SheetError
from core.sheets.checks.finding import Finding
from core.sheets.sheet import LONGEST_TEXT, Place, ReadField, Sheet

Source = Literal["typed", "chosen", "rule"]
SOURCES: dict[Source, str] = {
    "typed": "typed",
    "chosen": "chosen among the readings",
    "rule": "taken over from a check",
}
"""Where an edit comes from, in words."""


@dataclass(frozen=True)
class Edit:
    """What somebody says a field holds: "" for nothing. `reason` is the finding that was agreed with, if any.

    `when` is ISO 8601, UTC, and `undone` the same where it was taken back; `batch` is what was done in one go. They are
    filled in when it is stored.
    """

    row: int
    column: int
    text: str
    source: Source = "typed"
    reason: str = ""
    when: str = ""
    undone: str = ""
    batch: int = 0

    def __post_init__(self) -> None:
        if len(self.text) > LONGEST_TEXT or not self.text.isprintable():
            raise SheetError(
                f"A field holds at most {LONGEST_TEXT} characters in one line, without control characters; "
                f"this text has {len(self.text)}. Shorten it."
            )

    @property
    def place(self) -> Place:
        return self.row, self.column


def accept(findings: Iterable[Finding]) -> list[Edit]:
    """Edits that do what findings suggest, to be stored like any other; findings without a suggestion give none."""
    return [
        Edit(*finding.place, finding.suggested, "rule", finding.sentence)
        for finding in findings
        if finding.suggested is not None
    ]


def in_force(edits: Iterable[Edit]) -> dict[Place, Edit]:
    """The last edit of every field, without those that were undone; edits come in the order in which they were made."""
    return {edit.place: edit for edit in edits if not edit.undone}


def apply(sheet: Sheet, edits: Iterable[Edit]) -> Sheet:
    """A copy of a sheet as it is after edits: what was typed is certain, and the note says what was read.

    Edits of fields that the sheet no longer has, since its grid was corrected, are left out.
    """
    last = in_force(edits)
    fields = (_edited(field, last[field.place]) if field.place in last else field for field in sheet.fields)
    return replace(sheet, fields=tuple(fields))


def _edited(field: ReadField, edit: Edit) -> ReadField:
    read = field.text or field.verdict
    note = "; ".join(filter(None, (f"{SOURCES[edit.source]}; read as {read}", edit.reason, field.note)))
    verdict = "confident" if edit.text else "blank"
    return replace(field, text=edit.text, verdict=verdict, confidence=1.0, candidates=((edit.text, 1.0),), note=note)
