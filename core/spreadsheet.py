"""Rows as a CSV file that every spreadsheet opens as it is."""

import csv
import io
from collections.abc import Iterable, Sequence

# A spreadsheet takes a cell that starts with one of these for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def to_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with the mark by which spreadsheets know it. Texts are made harmless, numbers stay as they are.

    Args:
        header: the names of the columns.
        rows: their cells; None is an empty cell.
    """
    text = io.StringIO()
    lines = csv.writer(text)
    for row in (header, *rows):
        lines.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that looks like it gets an apostrophe before it."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
