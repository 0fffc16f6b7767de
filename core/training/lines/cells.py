"""Cells of photographed puzzles to train on: single digits, printed and written, and cells without any."""

import re
from pathlib import Path

from core.data.lines.photographed import PhotographedLine
from core.errors import DataError, DataMissing, PictureError
from core.settings import Settings
from core.sheets.page import cut_fields, find_layout
from core.vision.decode import decode
from core.vision.grey import on_paper

FOLDER, _LEARNT_FROM = "sudoku", "train-*.jpg"
_PENCIL_MARKS = 10  # a label: the cell holds candidates, which are no digit
_SIDE = 9


def read_cells(settings: Settings) -> list[PhotographedLine]:
    """Cells of the photographs for training (sudoku-scanner, MIT), of which a grid of nine by nine is found.

    Raises:
        DataMissing: the photographs are not there.
        DataError: one, or its labels, is damaged.
    """
    folder = settings.data_dir / FOLDER
    files = sorted(folder.glob(_LEARNT_FROM))
    if not files:
        raise DataMissing(f"There are no photographs of puzzles at {folder}.")
    return [cell for file in files for cell in _cells_of(file, settings)]


def _cells_of(file: Path, settings: Settings) -> list[PhotographedLine]:
    try:
        picture = on_paper(decode(file.read_bytes(), settings))
        labels = _labels(file.with_suffix(".txt"))
    except (OSError, PictureError) as error:
        raise DataError(f"{file} cannot be read: {error}") from error
    layout = find_layout(picture, "table")
    if (layout.rows, layout.columns, len(layout.fields)) != (_SIDE, _SIDE, _SIDE * _SIDE):
        return []
    cells = []
    for field, crop in zip(layout.fields, cut_fields(picture, layout), strict=True):
        label = labels[field.row][field.column]
        shown = crop.field if label == 0 else crop.writing
        if label != _PENCIL_MARKS and shown is not None:
            cells.append(PhotographedLine(shown, str(label) if label else "", False))
    return cells


def _labels(file: Path) -> list[list[int]]:
    rows = [[int(number) for number in re.findall("[0-9]+", line)] for line in file.read_text("utf-8").splitlines()]
    rows = [row for row in rows if row]
    if [len(row) for row in rows] != [_SIDE] * _SIDE:
        raise DataError(f"{file} is damaged: expected nine rows of nine numbers.")
    return rows
