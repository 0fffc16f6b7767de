"""What a sheet is made of: its fields, and where they lie. All that reads, shows or keeps sheets speaks of these."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Quad: TypeAlias = NDArray[np.float32]
"""Corners (4, 2) of a field in pixels x, y of the upright page: upper left, upper right, lower right, lower left."""

Kind = Literal["number", "table", "form", "sums"]


@dataclass(frozen=True)
class Field:
    """One field of a sheet.

    Attributes:
        row, column: its place in the grid, counted from 0; `rows` and `columns` it spans.
        quad: its corners.
        printed: whether a word is printed in it, such as a heading or the name of a row, which is hardly data.
        places: how many characters it has boxes for, as a comb or a row of boxes has; 1 for a plain field.
    """

    row: int
    column: int
    quad: Quad
    rows: int = 1
    columns: int = 1
    printed: bool = False
    places: int = 1

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of the rectangle around it, in pixels."""
        low, high = self.quad.min(axis=0), self.quad.max(axis=0)
        left, top, right, bottom = (round(float(value)) for value in (*low, *high))
        return left, top, right, bottom


@dataclass(frozen=True)
class Layout:
    """The fields of a page, row by row; of a sheet with several tables, one below the other."""

    kind: Kind
    rows: int
    columns: int
    fields: tuple[Field, ...]
