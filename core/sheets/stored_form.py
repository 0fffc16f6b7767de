"""Layouts and sheets as JSON that loses nothing, for the database; what others read is `core.sheets.sheet.to_json`."""

import dataclasses
from typing import Annotated, Any

import numpy as np
from pydantic import Field as Bounds
from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from core.errors import SheetError
from core.options import STRICT
from core.sheets.layout import Field, Kind, Layout
from core.sheets.sheet import (
    LONGEST_LINE,
    LONGEST_TEXT,
    MOST_CANDIDATES,
    MOST_FIELDS,
    ReadField,
    Sheet,
    Verdict,
    check_places,
    explain,
)

_Count = Annotated[int, Bounds(ge=0, le=MOST_FIELDS)]
_Span = Annotated[int, Bounds(ge=1, le=MOST_FIELDS)]
_Pixels = Annotated[float, Bounds(ge=-1e6, le=1e6)]
_Corner = tuple[_Pixels, _Pixels]
_Share = Annotated[float, Bounds(ge=0, le=1)]
_Text = Annotated[str, Bounds(max_length=LONGEST_TEXT)]
_Words = Annotated[str, Bounds(max_length=5_000)]


@dataclass(frozen=True, config=STRICT)
class _Place:
    """A field; `more` holds what else is said of it, by name, so that versions may say more or less of fields."""

    row: _Count
    column: _Count
    rows: _Span
    columns: _Span
    corners: tuple[_Corner, _Corner, _Corner, _Corner]
    more: Annotated[dict[_Text, bool | int], Bounds(max_length=20)] = Bounds(default_factory=dict)


@dataclass(frozen=True, config=STRICT)
class StoredLayout:
    """A layout as JSON values."""

    kind: Kind
    rows: _Count
    columns: _Count
    fields: Annotated[tuple[_Place, ...], Bounds(max_length=MOST_FIELDS)]


@dataclass(frozen=True, config=STRICT)
class _Reading:
    text: _Text
    verdict: Verdict
    confidence: _Share
    candidates: Annotated[tuple[tuple[_Text, _Share], ...], Bounds(max_length=MOST_CANDIDATES)]
    note: _Words = ""


@dataclass(frozen=True, config=STRICT)
class _StoredSheet:
    path: _Words
    page: Annotated[int, Bounds(ge=1)]
    layout: StoredLayout
    readings: Annotated[tuple[_Reading, ...], Bounds(max_length=MOST_FIELDS)]
    problem: _Words = ""


_MORE = {each.name for each in dataclasses.fields(Field)} - {"row", "column", "quad", "rows", "columns"}
_SHEET = TypeAdapter(_StoredSheet)


def pack_layout(layout: Layout) -> StoredLayout:
    """A layout as it is stored; a SheetError where its fields do not fit into its grid, or are too many."""
    check_places(layout)
    try:
        return StoredLayout(layout.kind, layout.rows, layout.columns, tuple(_place(field) for field in layout.fields))
    except ValidationError as error:
        raise SheetError(explain(error, "layout")) from error


def _place(field: Field) -> _Place:
    x, y = field.quad.astype(float).round(2).T.tolist()
    first, second, third, fourth = zip(x, y, strict=True)
    row, column, rows, columns = map(int, (field.row, field.column, field.rows, field.columns))
    more = {name: getattr(field, name) for name in _MORE}
    return _Place(row, column, rows, columns, (first, second, third, fourth), more)


def unpack_layout(stored: StoredLayout) -> Layout:
    fields = (
        Field(each.row, each.column, np.array(each.corners, np.float32), each.rows, each.columns, **_known(each))
        for each in stored.fields
    )
    layout = Layout(stored.kind, stored.rows, stored.columns, tuple(fields))
    check_places(layout)
    return layout


def _known(place: _Place) -> dict[str, Any]:
    return {name: value for name, value in place.more.items() if name in _MORE}


def pack_sheet(sheet: Sheet) -> str:
    """A sheet as JSON; a SheetError where it is not sound, or larger than is stored."""
    try:
        readings = tuple(_reading(field) for field in sheet.fields)
        stored = _StoredSheet(sheet.name, sheet.page, pack_layout(sheet.layout), readings, sheet.problem)
    except ValidationError as error:
        raise SheetError(explain(error, "sheet")) from error
    if [field.place for field in sheet.fields] != [(each.row, each.column) for each in sheet.layout.fields]:
        raise SheetError("A sheet must have a reading for each field of its layout, in the same order.")
    packed = _SHEET.dump_json(stored).decode()
    if len(packed) > LONGEST_LINE:
        raise SheetError(f"This sheet takes {len(packed):,} characters; at most {LONGEST_LINE:,} are stored.")
    return packed


def _reading(field: ReadField) -> _Reading:
    candidates = tuple((text, float(share)) for text, share in field.candidates)
    verdict: Any = field.verdict  # checked here
    return _Reading(field.text, verdict, float(field.confidence), candidates, field.note)


def unpack_sheet(packed: str) -> Sheet:
    """A sheet from its JSON; a SheetError where that is damaged."""
    try:
        stored = _SHEET.validate_json(packed)
    except ValidationError as error:
        raise SheetError(explain(error, "sheet")) from error
    layout = unpack_layout(stored.layout)
    if len(layout.fields) != len(stored.readings):
        raise SheetError("The stored sheet is damaged: it has not as many readings as fields. Read the page again.")
    fields = tuple(
        ReadField(field, each.text, each.verdict, each.confidence, each.candidates, each.note)
        for field, each in zip(layout.fields, stored.readings, strict=True)
    )
    return Sheet(stored.path, stored.page, layout, fields, stored.problem)
