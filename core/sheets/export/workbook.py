"""Pages as an XLSX file, for Excel and LibreOffice: the tables, and a list of all fields with verdicts and pictures."""

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter
from PIL import Image

from core.sheets.export.pages import FIELD_HEADER, Cell, Page, field_rows, grid, origin, origin_header

_COLOURS = {
    "unsure": "#fff2b3",
    "illegible": "#ffd0c2",
    "struck": "#e4e4e4",
    "filled": "#e4e4e4",
    "typed": "#d5e8ff",
}
"""Of fields that are not certain, or were typed; the same tones as on the page."""
_PICTURE_HEIGHT = 40  # pixels of a row with a picture
_WIDTHS = {"path": 24, "note": 60, "other readings": 24, "when": 26, "name": 16}  # characters
_OPTIONS = {
    "in_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,  # a text that begins with = stays a text
    "strings_to_urls": False,
}


def to_xlsx(pages: Sequence[Page]) -> bytes:
    """The file: a sheet for each page's table, as it is now, and one named Fields, a row for each field of all pages.

    Numbers are numbers with their decimals; what has leading zeros or names something is text; empty fields are empty
    cells. Cells are coloured by verdict, and where something was typed. Pictures of fields stand in the list. The marks
    of worksheets are on one more sheet.
    """
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, _OPTIONS) as workbook:
        writer = _Writer(workbook)
        for number, page in enumerate(pages, start=1):
            writer.write_table(page, "Table" if len(pages) == 1 else f"Table {number}")
        writer.write_fields(pages)
        writer.write_marks(pages)
    return stream.getvalue()


class _Writer:
    """A workbook with the formats that it has needed so far: there is one for each kind of content and colour."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._formats: dict[tuple[str, str], Any] = {}
        self._heading = workbook.add_format({"bold": True, "bottom": 1})

    def write_table(self, page: Page, name: str) -> None:
        sheet = self._add(name)
        first = 0
        if page.has_titles:
            self._write_heading(sheet, page.titles)
            first = 1
        for row, line in enumerate(grid(page), start=first):
            for column, cell in enumerate(line):
                if cell is not None:
                    self._write(sheet, row, column, cell.content, _colour(cell))

    def write_fields(self, pages: Sequence[Page]) -> None:
        sheet = self._add("Fields")
        header = [*FIELD_HEADER, "picture"] if any(page.pictures for page in pages) else list(FIELD_HEADER)
        self._write_heading(sheet, header)
        for column, title in enumerate(header):
            sheet.set_column(column, column, _WIDTHS.get(title, 10))
        sheet.autofilter(0, 0, max(1, sum(len(page.read.fields) for page in pages)), len(header) - 1)
        row = 0
        for page in pages:
            for cell, contents in field_rows([page]):
                row += 1
                for column, content in enumerate(contents):
                    self._write(sheet, row, column, content, _colour(cell) if header[column] == "verdict" else "")
                self._insert(sheet, row, len(FIELD_HEADER), page.pictures.get(cell.read.place))

    def write_marks(self, pages: Sequence[Page]) -> None:
        places = origin_header(pages) or ["page"]
        marks = [(origin(page, places), marked) for page in pages for marked in page.marks]
        if not marks:
            return
        sheet = self._add("Sums")
        header = [*places, "row", "column", "mark", "why"]
        self._write_heading(sheet, header)
        sheet.set_column(len(header) - 1, len(header) - 1, _WIDTHS["note"])
        for row, (start, marked) in enumerate(marks, start=1):
            first_row, first_column = marked.places[0]
            contents = (*start, first_row + 1, first_column + 1, marked.mark, marked.sentence)
            for column, content in enumerate(contents):
                self._write(sheet, row, column, content, "")

    def _add(self, name: str) -> Any:
        """A new sheet; that a code is a text is meant, and no error for Excel to mark."""
        sheet = self._workbook.add_worksheet(name)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        return sheet

    def _write_heading(self, sheet: Any, titles: Sequence[str]) -> None:
        for column, title in enumerate(titles):
            sheet.write_string(0, column, title, self._heading)
        sheet.freeze_panes(1, 0)

    def _write(self, sheet: Any, row: int, column: int, content: object, colour: str) -> None:
        if isinstance(content, Decimal):
            places = max(0, -int(content.as_tuple().exponent))
            look = f"0.{'0' * places}" if places else "0"
            sheet.write_number(row, column, float(content), self._format(look, colour))
        elif isinstance(content, int):
            sheet.write_number(row, column, content)
        elif content:
            sheet.write_string(row, column, str(content), self._format("@", colour))
        elif colour:
            sheet.write_blank(row, column, None, self._format("General", colour))

    def _insert(self, sheet: Any, row: int, column: int, picture: bytes | None) -> None:
        if picture is None:
            return
        sheet.set_row_pixels(row, _PICTURE_HEIGHT)
        scale = (_PICTURE_HEIGHT - 4) / _height(picture)
        options = {"image_data": io.BytesIO(picture), "x_scale": scale, "y_scale": scale, "x_offset": 2, "y_offset": 2}
        sheet.insert_image(row, column, "field.png", options | {"object_position": 1, "decorative": True})

    def _format(self, number: str, colour: str) -> Any:
        if (number, colour) not in self._formats:
            look = {"num_format": number} | ({"bg_color": colour} if colour else {})
            self._formats[number, colour] = self._workbook.add_format(look)
        return self._formats[number, colour]


def _height(picture: bytes) -> int:
    with Image.open(io.BytesIO(picture)) as opened:
        return max(1, opened.height)


def _colour(cell: Cell) -> str:
    return _COLOURS.get(cell.look, "")
