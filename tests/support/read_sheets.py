"""Sheets that were read, without a picture: grids of texts as fields of 100 by 40 pixels."""

from collections.abc import Mapping, Sequence

import numpy as np

from core.sheets.layout import Field, Kind, Layout
from core.sheets.sheet import Place, ReadField, Sheet

WIDE, TALL = 100, 40


def field_at(row: int, column: int, rows: int = 1, columns: int = 1) -> Field:
    """A field in a grid without bends, at its place."""
    left, top = WIDE * column, TALL * row
    right, bottom = left + WIDE * columns, top + TALL * rows
    corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
    return Field(row, column, np.array(corners, np.float32), rows, columns)


def read_field(
    place: Place, text: str, others: Mapping[str, float] | None = None, verdict: str = "", confidence: float = 0.99
) -> ReadField:
    """A field that was read as a text, with other readings; unsure where it has any, blank where there is no text."""
    candidates = ((text, confidence), *(others or {}).items())
    said = verdict or ("unsure" if others else "confident" if text else "blank")
    return ReadField(field_at(*place), text, said, confidence, candidates)


def read_table(
    grid: Sequence[Sequence[str]], others: Mapping[Place, Mapping[str, float]] | None = None, kind: Kind = "table"
) -> Sheet:
    """A sheet with these texts, "" for blank fields, and other readings of some."""
    doubts = others or {}
    fields = tuple(
        read_field((i, j), text, doubts.get((i, j)), confidence=0.6 if (i, j) in doubts else 0.99)
        for i, row in enumerate(grid)
        for j, text in enumerate(row)
    )
    layout = Layout(kind, len(grid), max(map(len, grid)), tuple(field.field for field in fields))
    return Sheet("page.png", 1, layout, fields)
