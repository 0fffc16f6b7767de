"""From the picture of a sheet to its fields: tables, forms, lines of writing, or one number alone."""

from dataclasses import replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from core.sheets.attempts import look_at
from core.sheets.boxes import Places, find_places
from core.sheets.crops import Crop, crop_field, height_of
from core.sheets.evidence import Page, moved
from core.sheets.grid import Grid, find_grid
from core.sheets.ink import Grey, Mask, find_ink, without_dotted_rules
from core.sheets.layout import Field, Layout
from core.sheets.lines import Box, components
from core.sheets.number import find_number
from core.sheets.printed import may_be_printed, place_of, printed_fields
from core.sheets.skew import view_of_writing
from core.sheets.squared_paper import clean_grey
from core.sheets.tables import Table
from core.sheets.upright import View

Wanted = Literal["auto", "number", "table", "form", "sums"]

MOST_FIELDS = 3000
"""More than on any sheet: a picture with more is a texture or dense print, and has none."""
_LARGEST_SIDE = 2200  # pixels: a larger picture is made smaller first
_STRIP = 450  # pixels of the longer side: a smaller picture without a table holds one number
_LEAST_PLACES = 2  # of most numbers of a form that is taken for one where nobody said so
_MOST_WRITING = 15  # times as much ink as boxes: the boxes are chance
_NARROW = 0.45  # of its height is a place for a digit wide at least
_FORM = 0.6  # of the area of tables must combs cover, to be a form and no table
_LEAST_CELLS = 4  # of a table that is taken for one where nobody said so
_BESIDES = 0.4  # of the largest table's area: smaller ones are left out
_SAME_ROWS = 0.1  # of the rows may a wider view of the same grid have more or fewer, and
_AS_FULL = 0.8  # as full must it be


def find_layout(picture: NDArray[np.uint8], wanted: Wanted = "auto") -> Layout:
    """Find the fields of a sheet, empty ones as well.

    Args:
        picture: uint8 (H, W) grey or (H, W, 3) RGB, upright but for some degrees, of any size.
        wanted: what it is known to be; "auto" chooses.

    Returns:
        The fields, with corners in pixels of the picture; none where nothing like a field was found.
    """
    height, width = picture.shape[:2]
    factor = min(1.0, _LARGEST_SIDE / max(height, width, 1))
    if factor == 1.0:
        return _find(picture, wanted)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    layout = _find(np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8), wanted)
    scale = np.array([width / size[0], height / size[1]], np.float32)
    return replace(layout, fields=tuple(replace(one, quad=one.quad * scale) for one in layout.fields))


def _find(picture: NDArray[np.uint8], wanted: Wanted) -> Layout:
    if min(picture.shape[:2]) < 4:
        return Layout("number", 0, 0, ())
    if wanted == "number":
        grey = clean_grey(picture)
        return _number(grey, find_ink(grey))
    look = look_at(picture, wanted in ("auto", "table"))
    layout = _choose(look.page, wanted, look.tables)
    if len(layout.fields) > MOST_FIELDS:
        return Layout(layout.kind, 0, 0, ())
    layout = _with_print(layout, look.page)
    fields = (replace(one, quad=(one.quad - look.margin) / look.factor) for one in layout.fields)
    return replace(layout, fields=tuple(fields))


def _choose(page: Page, wanted: Wanted, tables: list[Table]) -> Layout:
    tables = [table for table in tables if table.area >= _BESIDES * tables[0].area]
    cells = sum(len(table.cells) for table in tables)
    places = _likely(find_places(page.flat)) if wanted in ("auto", "form") else []
    combs = [one for one in places if one.count >= _LEAST_PLACES]
    if wanted == "auto" and combs and len(components(page.flat)) > _MOST_WRITING * sum(one.count for one in combs):
        combs = places = []  # some letters that look like boxes
    filled = sum(one.box.width * one.box.height for one in combs)
    is_table = bool(tables) and (wanted == "table" or cells >= _LEAST_CELLS)
    if is_table and (wanted == "table" or filled < _FORM * sum(table.area for table in tables)):
        return _tables(tables, page.view)
    if (combs and 2 * len(combs) >= len(places)) or (places and wanted == "form"):
        return _form(places, page.view)
    if wanted == "auto" and max(page.grey.shape) < _STRIP:
        return _number(page.grey, page.ink)
    return _lines(page, wanted)


def _tables(tables: list[Table], view: View) -> Layout:
    """Tables one below the other, from the top."""
    fields: list[Field] = []
    rows = 0
    for table in sorted(tables, key=lambda one: min(float(cell.quad[0, 1]) for cell in one.cells)):
        fields += [Field(rows + c.row, c.column, view.back(c.quad), c.rows, c.columns) for c in table.cells]
        rows += table.rows
    return Layout("table", rows, max(table.columns for table in tables), tuple(fields))


def _likely(places: list[Places]) -> list[Places]:
    """Boxes as high as most are, and wide enough for a digit: letters and blots that look like boxes are not."""
    places = [one for one in places if one.box.width >= _NARROW * one.count * one.box.height]
    if not places:
        return []
    heights = np.array([one.box.height for one in places for _ in range(one.count)], float)
    usual = float(np.median(heights[heights >= 0.5 * heights.max()]))
    return [one for one in places if 0.6 * usual < one.box.height < 1.7 * usual]


def _form(places: list[Places], view: View) -> Layout:
    """Boxes as lines of a form."""
    lines: list[list[Places]] = []
    for one in sorted(places, key=lambda place: place.box.middle):
        if lines and abs(np.mean([other.box.middle for other in lines[-1]]) - one.box.middle) < 0.5 * one.box.height:
            lines[-1].append(one)
        else:
            lines.append([one])
    fields: list[Field] = []
    for row, line in enumerate(lines):
        line.sort(key=lambda place: place.box.left)
        fields += [Field(row, k, view.back(_corners(one.box)), places=one.count) for k, one in enumerate(line)]
    return Layout("form", len(lines), max(len(line) for line in lines), tuple(fields))


def _corners(box: Box) -> NDArray[np.float64]:
    return np.array(
        [[box.left, box.top], [box.right, box.top], [box.right, box.bottom], [box.left, box.bottom]], np.float64
    )


def _lines(page: Page, wanted: Wanted) -> Layout:
    """What stands in rows and columns without upright rules; or one number, where nothing else is written."""
    grid, view = _find_grid(page)
    if page.everywhere is not None:
        again, other = _find_grid(page, everywhere=True)
        if again is not None and (grid is None or _continues(again, grid)):
            grid, view = again, other
    kind: Literal["sums", "table"] = "sums" if wanted == "sums" else "table"
    if grid is None:
        return Layout(kind, 0, 0, ())
    if wanted == "auto" and len(grid.words) == 1:
        return _number(page.grey, page.ink)
    return _grid(grid, view, kind)


def _find_grid(page: Page, everywhere: bool = False) -> tuple[Grid | None, View]:
    """The grid in its own view: without rules it is set upright by what is written."""
    writing = page.writing(everywhere)
    rules = page.everywhere[0] if everywhere and page.everywhere is not None else page.level
    turn = view_of_writing(components(writing), writing.shape)
    view = page.view
    if not np.allclose(turn.matrix, np.eye(3)):
        writing, rules, view = turn.warp(writing), [moved(line, turn) for line in rules], turn.after(view)
    return find_grid(components(writing), rules), view


def _continues(again: Grid, grid: Grid) -> bool:
    """Whether the rows or the columns of a grid go on beyond what seemed to be the sheet, and are as full there."""
    rows, columns = len(grid.tops), len(grid.borders) - 1
    more_rows, more_columns = len(again.tops), len(again.borders) - 1
    wider = abs(more_rows - rows) <= _SAME_ROWS * rows + 1 and more_columns > columns
    longer = more_columns == columns and more_rows > rows
    full = len(again.words) / (more_rows * more_columns) >= _AS_FULL * len(grid.words) / (rows * columns)
    return (wider or longer) and full


def _grid(grid: Grid, view: View, kind: Literal["sums", "table"]) -> Layout:
    rows, columns = grid.tops.shape[0], len(grid.borders) - 1
    fields = []
    for row in range(rows):
        for column in range(columns):
            left, right = grid.borders[column], grid.borders[column + 1]
            top, bottom = grid.tops[row, column : column + 2], grid.bottoms[row, column : column + 2]
            corners = np.array([[left, top[0]], [right, top[1]], [right, bottom[1]], [left, bottom[0]]])
            fields.append(Field(row, column, view.back(corners)))
    return Layout(kind, rows, columns, tuple(fields))


def _number(grey: Grey, ink: Mask) -> Layout:
    """One number alone."""
    box = find_number(grey, ink)
    if box is None:
        return Layout("number", 0, 0, ())
    return Layout("number", 1, 1, (Field(0, 0, _corners(box).astype(np.float32)),))


def _with_print(layout: Layout, page: Page) -> Layout:
    """The layout with its printed words marked."""
    if layout.kind not in ("table", "sums"):
        return layout
    places = [
        place_of(crop_field(page.grey, page.ink, field).ink) if may_be_printed(field) else None
        for field in layout.fields
    ]
    marked = printed_fields(layout.fields, places)
    fields = (replace(field, printed=mark) for field, mark in zip(layout.fields, marked, strict=True))
    return replace(layout, fields=tuple(fields))


def cut_fields(picture: NDArray[np.uint8], layout: Layout) -> list[Crop]:
    """The picture of each field, in order, and what is written in it.

    Args:
        picture: the one that the layout was found on, or a later photograph that it was laid over.
    """
    if not layout.fields:
        return []
    grey = clean_grey(picture)
    ink = without_dotted_rules(find_ink(grey))
    usual = float(np.median([height_of(field) for field in layout.fields]))
    return [crop_field(grey, ink, field, usual) for field in layout.fields]
