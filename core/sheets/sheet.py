"""What was read on a sheet, and its JSON form: one line a page, as `python -m core read` prints it."""

import json
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

import numpy as np
from pydantic import Field as Bounds
from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from core.errors import SheetError
from core.options import STRICT, shorten
from core.sheets.layout import Field, Kind, Layout
from core.text import writable

Verdict = Literal["confident", "unsure", "blank", "filled", "struck", "illegible"]
Place: TypeAlias = tuple[int, int]
"""Row and column of a field's upper left corner in the grid, counted from 0: no two fields of a layout share it."""

LONGEST_TEXT = 200  # characters in a field
LONGEST_LINE = 20_000_000  # characters of a page's JSON
MOST_FIELDS = 10_000  # on a page
MOST_CANDIDATES = 50  # of a field


@dataclass(frozen=True, eq=False)  # its corners are an array, which does not compare to one answer
class ReadField:
    """A field and what is written in it.

    `text` is "" where nothing is to be read; `verdict` is a `Verdict`; `candidates` are readings with their
    probabilities, the likeliest first, `text` among them.
    """

    field: Field
    text: str
    verdict: str
    confidence: float
    candidates: tuple[tuple[str, float], ...]
    note: str = ""

    @property
    def place(self) -> Place:
        return self.field.row, self.field.column


@dataclass(frozen=True, eq=False)
class Sheet:
    """A page as it was read. `page` counts from 1; `problem` says in a sentence why it could not be read."""

    path: str
    page: int
    layout: Layout
    fields: tuple[ReadField, ...]
    problem: str = ""

    @property
    def name(self) -> str:
        """Its path as text that can be written anywhere."""
        return writable(self.path)


def to_json(sheet: Sheet) -> str:
    """The page on one line; the key "error" is there only where the page has a problem.

    A field's corners become the box around them, and how many rows and columns it spans is left out.
    """
    values: dict[str, object] = {
        "path": sheet.name,
        "page": sheet.page,
        "layout": sheet.layout.kind,
        "rows": sheet.layout.rows,
        "columns": sheet.layout.columns,
        "fields": [field_values(field) for field in sheet.fields],
    }
    return json.dumps(values | ({"error": sheet.problem} if sheet.problem else {}), ensure_ascii=False)


def field_values(field: ReadField) -> dict[str, object]:
    """A field as JSON values."""
    return {
        "row": int(field.field.row),
        "column": int(field.field.column),
        "box": list(field.field.box),
        "text": field.text,
        "verdict": field.verdict,
        "confidence": round(float(field.confidence), 6),
        "candidates": [[text, round(float(share), 6)] for text, share in field.candidates],
        "note": field.note,
    }


_Count = Annotated[int, Bounds(ge=0, le=MOST_FIELDS)]
_Pixel = Annotated[int, Bounds(ge=-1_000_000, le=1_000_000)]
_Share = Annotated[float, Bounds(ge=0, le=1)]
_Text = Annotated[str, Bounds(max_length=LONGEST_TEXT)]
_Words = Annotated[str, Bounds(max_length=5_000)]
_Candidates = Annotated[tuple[tuple[_Text, _Share], ...], Bounds(max_length=MOST_CANDIDATES)]


@checked(frozen=True, config=STRICT)
class _FieldLine:
    row: _Count
    column: _Count
    box: tuple[_Pixel, _Pixel, _Pixel, _Pixel]
    text: _Text
    verdict: Verdict
    confidence: _Share
    candidates: _Candidates
    note: _Words


@checked(frozen=True, config=STRICT)
class _SheetLine:
    path: _Words
    page: Annotated[int, Bounds(ge=1)]
    layout: Kind
    rows: _Count
    columns: _Count
    fields: Annotated[tuple[_FieldLine, ...], Bounds(max_length=MOST_FIELDS)]
    error: _Words = ""


_LINE = TypeAdapter(_SheetLine)


def from_json(line: str) -> Sheet:
    """The page of a line that `to_json` wrote; every field spans one row and one column, and its corners are its box's.

    Raises:
        SheetError: the line is too long, no JSON, lacks something, or holds something unknown or out of range.
    """
    if len(line) > LONGEST_LINE:
        raise SheetError(f"A page's JSON has at most {LONGEST_LINE:,} characters, and this has {len(line):,}.")
    try:
        found = _LINE.validate_json(line)
    except ValidationError as error:
        raise SheetError(explain(error, "sheet")) from error
    layout = Layout(found.layout, found.rows, found.columns, tuple(_field(each) for each in found.fields))
    check_places(layout)
    fields = tuple(
        ReadField(place, each.text, each.verdict, each.confidence, each.candidates, each.note)
        for place, each in zip(layout.fields, found.fields, strict=True)
    )
    return Sheet(found.path, found.page, layout, fields, found.error)


def check_places(layout: Layout) -> None:
    """Raise a SheetError where a field lies outside the grid, or two have the same place."""
    seen: set[Place] = set()
    for field in layout.fields:
        where = f"row {field.row}, column {field.column}"
        if field.row + field.rows > layout.rows or field.column + field.columns > layout.columns:
            raise SheetError(f"The field at {where} lies outside the grid of {layout.rows} by {layout.columns}.")
        if (field.row, field.column) in seen:
            raise SheetError(f"Two fields lie at {where}, where there can be one.")
        seen.add((field.row, field.column))


def _field(line: _FieldLine) -> Field:
    left, top, right, bottom = line.box
    corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
    return Field(line.row, line.column, np.array(corners, np.float32))


def explain(error: ValidationError, noun: str) -> str:
    """The first thing that is wrong with JSON from outside, as a sentence."""
    first = error.errors(include_url=False)[0]
    where = ", ".join(str(part) for part in first["loc"]) or "the whole"
    wrong = f"{where}: {str(first['msg']).rstrip('.')}, got {shorten(first['input'])}"
    return f"This is no {noun} as Digit Lab writes it. {wrong}. Give it what was written, unchanged."
