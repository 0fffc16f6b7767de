"""Ruled tables on a page, looked for in several ways."""

import cv2
import numpy as np

from core.sheets.evidence import Page
from core.sheets.ruling import level_lines
from core.sheets.tables import Table, find_tables

_MORE = 1.25  # times as many cells must dotted rules make
_SAME = 0.85  # of a table's area must a second attempt cover


def find_ruled_tables(page: Page) -> tuple[Page, list[Table]]:
    """Ruled tables, the largest first, as the best of several attempts shows them; and the page as that sees it.

    Dots that stand in a line are rules where nothing else makes a regular table: of cloth, too, some stand in lines.
    """
    tables = _find_tables(page)
    if tables and is_regular(tables[0]):
        return page, tables
    dotted = page.with_dotted_rules()
    again = _find_tables(dotted) if dotted else []
    if dotted is None or not again or not is_regular(again[0]):
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
        tables = _better(find_tables(*page.everywhere, grey, faint), tables)
    if not tables or is_regular(tables[0]):
        return tables
    upright = level_lines(np.ascontiguousarray(faint.T))
    again = find_tables(level_lines(faint), upright, faint, grey)
    better = again and again[0].is_whole and len(again[0].cells) >= len(tables[0].cells)
    if better and again[0].area > _SAME * tables[0].area:
        return again
    return tables


def is_regular(table: Table) -> bool:
    """Whether nothing speaks for lines that were missed."""
    return table.is_whole and table.is_even


def _better(again: list[Table], tables: list[Table]) -> list[Table]:
    """The tables of a second attempt, if its largest is as regular and has more of the same cells."""
    if not again or not is_regular(again[0]):
        return tables
    if not tables:
        return again
    middles = [cell.quad.mean(axis=0) for cell in tables[0].cells]
    around = cv2.convexHull(np.concatenate([cell.quad for cell in again[0].cells]).astype(np.float32))
    same = np.mean([cv2.pointPolygonTest(around, (float(x), float(y)), False) >= 0 for x, y in middles])
    more = len(again[0].cells) > len(tables[0].cells) or not is_regular(tables[0])
    return again if same > _SAME and more and again[0].area > _SAME * tables[0].area else tables
