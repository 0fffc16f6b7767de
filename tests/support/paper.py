"""Sheets of paper with a table of 6 rows and 5 columns, of which all but three cells are written."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.sheets.layout import Layout
from core.sheets.page import cut_fields, find_layout

Pixels = NDArray[np.uint8]
SHAPE = (620, 900)
ROWS, COLUMNS = 6, 5
LEVEL, UPRIGHT = range(50, 591, 90), range(50, 801, 150)
BLANK = {(1, 2), (4, 0), (5, 4)}
WRITTEN = set(np.ndindex(ROWS, COLUMNS)) - BLANK


def write_in_rows(picture: Pixels) -> Pixels:
    for row, column in WRITTEN:
        at = (95 + 150 * column, 110 + 90 * row)
        cv2.putText(picture, str(row + 3) * (1 + column % 2), at, cv2.FONT_HERSHEY_SIMPLEX, 1.3, (40, 40, 60), 3)
    return picture


def blank_sheet() -> Pixels:
    return np.full((*SHAPE, 3), 248, np.uint8)


def rule(picture: Pixels, level: int = 70) -> Pixels:
    for at in LEVEL:
        cv2.line(picture, (UPRIGHT[0], at), (UPRIGHT[-1], at), (level,) * 3, 2)
    for at in UPRIGHT:
        cv2.line(picture, (at, LEVEL[0]), (at, LEVEL[-1]), (level,) * 3, 2)
    return picture


def turned(picture: Pixels, degrees: float) -> Pixels:
    matrix = cv2.getRotationMatrix2D((SHAPE[1] / 2, SHAPE[0] / 2), degrees, 0.95)
    return np.asarray(cv2.warpAffine(picture, matrix, SHAPE[::-1], borderValue=(248,) * 3), np.uint8)


def with_writing(picture: Pixels, layout: Layout) -> set[tuple[int, int]]:
    crops = cut_fields(picture, layout)
    return {(f.row, f.column) for f, crop in zip(layout.fields, crops, strict=True) if crop.writing is not None}


def check(picture: Pixels) -> None:
    layout = find_layout(picture)
    assert (layout.kind, layout.rows, layout.columns) == ("table", ROWS, COLUMNS)
    assert len(layout.fields) == ROWS * COLUMNS
    assert with_writing(picture, layout) == WRITTEN


def squares(step: int, colour: tuple[int, int, int]) -> Pixels:
    picture = blank_sheet()
    picture[::step] = picture[:, ::step] = colour
    return picture
