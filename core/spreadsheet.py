"""Rows as a CSV file that every spreadsheet opens as it is, and back from any that a spreadsheet has saved."""

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from itertools import islice

# A spreadsheet takes a cell that starts with one of these for a formula.
_SEPARATORS = ",;\t"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def to_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with the mark by which spreadsheets know it. Texts are made harmless; None is an empty cell."""
    text = io.StringIO()
    lines = csv.writer(text)
    for row in (header, *rows):
        lines.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that looks like it gets an apostrophe before it."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def read_rows(data: bytes, columns: Sequence[str], most: int | None = None) -> list[dict[str, str]]:
    """At most so many rows of a CSV file as spreadsheets save it, cells without blanks around them.

    It is in UTF-8, UTF-16 with its mark, or the code page of Windows, with commas, semicolons or tabs; a ValueError
    where it is not, or lacks one of the columns, in whose names capitals do not matter.
    """
    lines = io.StringIO(_text(data), newline="")
    heading = lines.readline()
    lines.seek(0)
    try:
        rows = csv.reader(lines, delimiter=max(_SEPARATORS, key=heading.count))
        names = [name.strip().lower() for name in next(rows, [])]
        if missing := [name for name in columns if name not in names]:
            wanted, absent = " and ".join(columns), " and ".join(missing)
            first = heading.strip()[:80]
            raise ValueError(f"it must have the columns {wanted}, and lacks {absent}: its first line is {first!r}")
        filled = ([*map(str.strip, row), *[""] * len(names)] for row in rows if any(row))
        return [dict(zip(names, row, strict=False)) for row in islice(filled, most)]
    except csv.Error as error:
        raise ValueError(f"it is no table: {error}") from error


def _text(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
