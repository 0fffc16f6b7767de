"""A layout corrected by hand: fields moved, added, removed and merged, and what must be read anew after it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import SheetError
from core.sheets.layout import Field, Layout, Quad
from core.sheets.sheet import MOST_FIELDS, Place, ReadField, Sheet

_FURTHEST = 1e6  # pixels
_SMALLEST = 4.0  # pixels of a field's sides: in less nothing is read


def move_field(layout: Layout, place: Place, corners: ArrayLike) -> Layout:
    """Give a field other corners: upper left, upper right, lower right, lower left, in pixels x, y.

    Raises:
        SheetError: there is no such field, or the corners are none of a field.
    """
    moved = replace(_field(layout, place), quad=_checked(corners))
    return replace(layout, fields=tuple(moved if _place(each) == place else each for each in layout.fields))


def add_field(layout: Layout, corners: ArrayLike, place: Place | None = None) -> Layout:
    """Add a field, at a place or where it lies in the grid; the grid grows where it lies below or to the right of it.

    Raises:
        SheetError: the place is taken, the corners are none of a field, or the layout has as many fields as it may.
    """
    quad = _checked(corners)
    row, column = find_place(layout, quad) if place is None else place
    if any(row == each.row and column == each.column for each in layout.fields):
        raise SheetError(f"There is a field in row {row + 1}, column {column + 1} already: move or remove it first.")
    if len(layout.fields) >= MOST_FIELDS or not (0 <= row < MOST_FIELDS and 0 <= column < MOST_FIELDS):
        raise SheetError(f"A page has at most {MOST_FIELDS:,} fields, rows and columns.")
    fields = sorted([*layout.fields, Field(row, column, quad)], key=_place)
    return replace(
        layout, fields=tuple(fields), rows=max(layout.rows, row + 1), columns=max(layout.columns, column + 1)
    )


def remove_field(layout: Layout, place: Place) -> Layout:
    """Leave a field out; the grid stays as it is. A SheetError where there is none."""
    gone = _field(layout, place)
    return replace(layout, fields=tuple(each for each in layout.fields if each is not gone))


def merge_fields(layout: Layout, places: Sequence[Place]) -> Layout:
    """Make one field of several that together fill a rectangle of the grid.

    Raises:
        SheetError: they are fewer than two, there is no such field, or they fill no rectangle.
    """
    parts = [_field(layout, place) for place in dict.fromkeys(places)]
    if len(parts) < 2:
        raise SheetError("Two fields or more are merged; choose another one.")
    merged = _around(parts)
    if sum(each.rows * each.columns for each in parts) != merged.rows * merged.columns:
        raise SheetError("Fields are merged that fill a rectangle together; choose those between them, too.")
    fields = sorted([merged, *(each for each in layout.fields if not any(each is part for part in parts))], key=_place)
    return replace(layout, fields=tuple(fields))


def read_again(sheet: Sheet, layout: Layout, read: Callable[[Sequence[Field]], Sequence[ReadField]]) -> Sheet:
    """A sheet with a corrected layout: fields that are as they were keep their readings, the others are read by `read`.

    `read` takes fields and gives a reading of each, in their order.
    """
    known = {_signature(field.field): field for field in sheet.fields}
    changed = [field for field in layout.fields if _signature(field) not in known]
    anew = iter(read(changed) if changed else ())
    kept = ((field, known.get(_signature(field))) for field in layout.fields)
    fields = [replace(reading, field=field) if reading else next(anew) for field, reading in kept]
    return replace(sheet, layout=layout, fields=tuple(fields))


def find_place(layout: Layout, quad: Quad) -> Place:
    """Where a field lies in the grid: in the row and column of fields that are level with it, or beyond the last."""
    middle = quad.mean(axis=0)
    rows = [(each.row, each.quad[:, 1]) for each in layout.fields if each.rows == 1]
    columns = [(each.column, each.quad[:, 0]) for each in layout.fields if each.columns == 1]
    return _line(rows, float(middle[1]), layout.rows), _line(columns, float(middle[0]), layout.columns)


def _line(extents: Sequence[tuple[int, NDArray[np.float32]]], middle: float, beyond: int) -> int:
    """The line of the nearest field of those that reach as far as the middle; one beyond the last where none does."""
    level = [(abs(float(ends.mean()) - middle), line) for line, ends in extents if ends.min() <= middle <= ends.max()]
    return min(level)[1] if level else beyond


def _around(parts: Sequence[Field]) -> Field:
    """The field that spans all of them: its corners are those furthest out towards each side."""
    row, column = min(each.row for each in parts), min(each.column for each in parts)
    rows = max(each.row + each.rows for each in parts) - row
    columns = max(each.column + each.columns for each in parts) - column
    points = np.concatenate([each.quad for each in parts])
    along, across = points.sum(axis=1), points[:, 0] - points[:, 1]
    corners = [points[along.argmin()], points[across.argmax()], points[along.argmax()], points[across.argmin()]]
    return Field(row, column, np.array(corners, np.float32), rows, columns)


def _field(layout: Layout, place: Place) -> Field:
    found = next((each for each in layout.fields if _place(each) == place), None)
    if found is None:
        raise SheetError(f"There is no field in row {place[0] + 1}, column {place[1] + 1}: load the sheet again.")
    return found


def _place(field: Field) -> Place:
    return field.row, field.column


def _signature(field: Field) -> tuple[object, ...]:
    """What tells whether a field is as it was."""
    return field.row, field.column, field.rows, field.columns, field.quad.tobytes()


def _checked(corners: ArrayLike) -> Quad:
    """Corners as an array; a SheetError where they are no four of a field that is convex and large enough."""
    quad = np.asarray(corners, np.float32)
    if quad.shape != (4, 2) or not np.isfinite(quad).all() or np.abs(quad).max() > _FURTHEST:
        raise SheetError("A field has four corners, each with x and y in pixels of the page.")
    sides = np.roll(quad, -1, axis=0) - quad
    turns = sides[:, 0] * np.roll(sides[:, 1], -1) - sides[:, 1] * np.roll(sides[:, 0], -1)
    if turns.min() <= 0 or np.linalg.norm(sides, axis=1).min() < _SMALLEST:
        raise SheetError(
            f"A field's corners go round it from the upper left to the right, its sides {_SMALLEST:g} pixels or longer."
        )
    return quad
