"""Ruled tables on a page, looked for in several ways; of these the one that leaves no gaps is believed."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.sheets.edges import MARGIN, add_margin, find_edge
from core.sheets.evidence import Page
from core.sheets.ruling import level_lines
from core.sheets.squared_paper import clean_grey
from core.sheets.tables import Table, find_tables

_MORE = 1.25  # times as many cells must dotted rules make
_SAME = 0.85  # of a table's area must a second attempt cover
_SMALLER = 0.5  # as large is the picture for another look: thin rules and their gaps are then one


@dataclass(frozen=True)
class Look:
    """A page as it was looked at, and its ruled tables, the largest first.

    Attributes:
        factor: the picture was made smaller by it first; then it got
        margin: so many pixels on all sides.
    """

    page: Page
    tables: list[Table]
    margin: int
    factor: float

    @property
    def area(self) -> float:
        """That the largest table covers, in pixels of the picture."""
        return self.tables[0].area / self.factor**2 if self.tables else 0.0


def look_at(picture: NDArray[np.uint8], for_tables: bool = True) -> Look:
    """Find the ruled tables of a picture; if the largest has gaps, or may go on at the edge, by another look."""
    edge = find_edge(picture)
    first = _look_once(picture, for_tables, edge == "line", 1.0)
    for margin, factor in _other_ways(first, edge):
        if factor * min(picture.shape[:2]) > 4 * MARGIN:
            again = _look_once(picture, for_tables, margin, factor)
            if _is_better(again.tables, first.tables) and again.area > _SAME * first.area:
                return again
    return first


def _other_ways(first: Look, edge: str) -> Iterator[tuple[bool, float]]:
    """With a margin or without, and at which size a page is to be looked at once more."""
    if not first.tables:
        return
    if not _is_regular(first.tables[0]):
        yield edge != "line", 1.0
        yield edge == "line", _SMALLER
    elif edge == "dark":
        yield True, 1.0


def _look_once(picture: NDArray[np.uint8], for_tables: bool, with_margin: bool, factor: float) -> Look:
    if factor < 1:
        picture = np.asarray(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
    page = Page(clean_grey(add_margin(picture) if with_margin else picture))
    page, tables = _find_ruled_tables(page) if for_tables else (page, [])
    return Look(page, tables, MARGIN if with_margin else 0, factor)


def _find_ruled_tables(page: Page) -> tuple[Page, list[Table]]:
    """Ruled tables, the largest first, and the page that shows them.

    Dots that stand in a line are rules where nothing else makes a regular table: of cloth, too, some stand in lines.
    """
    tables = _find_tables(page)
    if tables and _is_regular(tables[0]):
        return page, tables
    dotted = page.with_dotted_rules()
    again = _find_tables(dotted) if dotted else []
    if dotted is None or not again or not _is_regular(again[0]):
        return page, tables
    more = not tables or len(again[0].cells) >= _MORE * len(tables[0].cells)
    return (dotted, again) if more else (page, tables)


def _find_tables(page: Page) -> list[Table]:
    """Ruled tables, by rules that are seen well and by faint ones.

    A sheet's supposed outline may cut a row off, and fainter lines may part what seems to be one cell.
    """
    faint, grey = page.faint(), page.flat_grey()
    tables = find_tables(page.level, page.upright, page.flat, grey, faint)
    if page.everywhere is not None:
        again = find_tables(*page.everywhere, grey, faint)
        tables = again if _is_better(again, tables) and _covers(again, tables) else tables
    if not tables or _is_regular(tables[0]):
        return tables
    upright = level_lines(np.ascontiguousarray(faint.T))
    again = find_tables(level_lines(faint), upright, faint, grey)
    better = again and again[0].is_whole and len(again[0].cells) >= len(tables[0].cells)
    if better and again[0].area > _SAME * tables[0].area:
        return again
    return tables


def _is_regular(table: Table) -> bool:
    """Whether nothing speaks for lines that were missed."""
    return table.is_whole and table.is_even


def _is_better(again: list[Table], tables: list[Table]) -> bool:
    """Whether another attempt finds a regular table where there was none, or one of more cells."""
    if not again or not _is_regular(again[0]):
        return False
    return not tables or not _is_regular(tables[0]) or len(again[0].cells) > len(tables[0].cells)


def _covers(again: list[Table], tables: list[Table]) -> bool:
    """Whether another attempt's largest table lies over that of the first, as far as there is one."""
    if not tables:
        return True
    middles = [cell.quad.mean(axis=0) for cell in tables[0].cells]
    around = cv2.convexHull(np.concatenate([cell.quad for cell in again[0].cells]).astype(np.float32))
    same = np.mean([cv2.pointPolygonTest(around, (float(x), float(y)), False) >= 0 for x, y in middles])
    return bool(same > _SAME and again[0].area > _SAME * tables[0].area)
