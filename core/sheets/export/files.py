"""Pages as CSV and as lines of JSON."""

import json
from collections.abc import Iterator, Sequence

from core.sheets.export.pages import FIELD_HEADER, Page, cells, field_rows, grid, origin, origin_header
from core.sheets.sheet import field_values
from core.spreadsheet import to_csv


def table_csv(pages: Sequence[Page]) -> bytes:
    """The tables as they stand on the pages, empty cells kept, one below the other.

    With several pages each row begins with its page's number, and with several files with its path before that. Texts
    are made harmless to spreadsheets; numbers are written with their decimals.
    """
    titles = max((page.titles for page in pages), key=len, default=[])
    header = origin_header(pages)
    rows = ([*origin(page, header), *row] for page in pages for row in _rows(page, len(titles)))
    return to_csv([*header, *titles], rows)


def _rows(page: Page, width: int) -> Iterator[list[object]]:
    for row in grid(page):
        contents: list[object] = [None if cell is None else cell.content for cell in row]
        yield contents + [None] * (width - len(contents))


def fields_csv(pages: Sequence[Page]) -> bytes:
    """A row for each field: what was read, what was typed and when, verdict, other readings, and where it lies."""
    return to_csv(FIELD_HEADER, (row for _, row in field_rows(pages)))


def json_lines(pages: Sequence[Page]) -> bytes:
    """A line of JSON for each page, as `core.sheets.sheet.to_json` has it, of what was read; UTF-8.

    A field that was edited has one more key, "typed": {"text", "when", "source"}.
    """
    return "".join(f"{json.dumps(_page(page), ensure_ascii=False)}\n" for page in pages).encode()


def _page(page: Page) -> dict[str, object]:
    layout = page.read.layout
    values: dict[str, object] = {
        "path": page.read.name,
        "page": page.read.page,
        "layout": layout.kind,
        "rows": layout.rows,
        "columns": layout.columns,
        "fields": [
            field_values(cell.read)
            | ({"typed": {"text": e.text, "when": e.when, "source": e.source}} if (e := cell.edit) else {})
            for cell in cells(page)
        ],
    }
    return values | ({"error": page.read.problem} if page.read.problem else {})
