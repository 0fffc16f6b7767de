import csv
import io
import json
import shutil
import subprocess
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import openpyxl
import pytest

from core.sheets.checks.content import CheckDigits, PostalCodes
from core.sheets.checks.plan import Plan, Total
from core.sheets.edits import Edit
from core.sheets.export.files import fields_csv, json_lines, table_csv
from core.sheets.export.pages import Page, cells
from core.sheets.export.print_view import to_html
from core.sheets.export.workbook import to_xlsx
from core.sheets.layout import Layout
from core.sheets.sheet import Sheet, from_json
from tests.support.read_sheets import read_field, read_table

TEXTS = [
    ["01067", "3½", "12.50", "4006381333931", "007"],
    ["80331", "", "-0.25", "73513537", "=1+1"],
    ["", "2,5", "1,234.00", "", "123456789012345678"],
]
EDITS = (Edit(0, 1, "4½", "typed", when="2026-11-28T10:00:00+00:00"),)
PLAN = Plan(
    columns=("Code", "Mark", "Amount", "EAN", ""), contents={0: PostalCodes("Germany"), 3: CheckDigits("EAN-8")}
)


def a_page(**more: Any) -> Page:
    return Page(read_table(TEXTS, {(1, 2): {"-0.26": 0.3}}), PLAN, EDITS, **more)


def picture() -> bytes:
    return cv2.imencode(".png", np.full((30, 90), 200, np.uint8))[1].tobytes()


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


WANTED: list[list[str | Decimal | None]] = [
    ["Code", "Mark", "Amount", "EAN", "column 5"],
    ["01067", Decimal("4.5"), Decimal("12.50"), "4006381333931", "007"],
    ["80331", None, Decimal("-0.25"), "73513537", "=1+1"],
    [None, Decimal("2.5"), Decimal("1234.00"), None, "123456789012345678"],
]


def test_what_is_a_number_and_what_is_not() -> None:
    contents = [cell.content for cell in cells(a_page())]
    assert contents == [content for row in WANTED[1:] for content in row]
    long = Page(read_table([["9" * 200, f".{'0' * 150}1", "1" * 16, "1" * 15]]))
    assert [isinstance(cell.content, str) for cell in cells(long)] == [True, True, True, False]


def test_the_workbook_comes_back_with_the_same_values() -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx([a_page()])))
    assert book.sheetnames == ["Table", "Fields"]
    found = [[cell.value for cell in row] for row in book["Table"].iter_rows()]
    assert [[float(v) if isinstance(v, Decimal) else v for v in row] for row in WANTED] == found
    assert [[cell.data_type for cell in row] for row in book["Table"].iter_rows(min_row=2)] == [
        ["s", "n", "n", "s", "s"],
        ["s", "n", "n", "s", "s"],
        ["n", "n", "n", "n", "s"],  # empty cells count as numbers
    ]
    assert [book["Table"].cell(2, column).number_format for column in (2, 3)] == ["0.0", "0.00"]


def test_the_list_of_fields_has_verdicts_and_what_was_typed() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx([a_page()])))["Fields"]
    header, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert len(rows) == 15
    first = dict(zip(header, rows[1], strict=True))
    assert (first["row"], first["column"], first["name"]) == (1, 2, "Mark")
    assert (first["read"], first["typed"], first["text"], first["value"]) == ("3½", "4½", "4½", 4.5)
    assert first["when"] == "2026-11-28T10:00:00+00:00"
    unsure = dict(zip(header, rows[7], strict=True))
    assert (unsure["verdict"], unsure["other readings"], unsure["confidence"]) == ("unsure", "-0.26 (0.30)", 0.6)
    blank = dict(zip(header, rows[6], strict=True))
    assert (blank["verdict"], blank["text"], blank["value"]) == ("blank", None, None)


def test_pictures_of_fields_stand_in_the_list() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx([a_page(pictures={(0, 0): picture(), (2, 1): picture()})])))[
        "Fields"
    ]
    assert len(sheet._images) == 2
    assert sheet.cell(1, sheet.max_column).value == "picture"
    assert not openpyxl.load_workbook(io.BytesIO(to_xlsx([a_page()])))["Fields"]._images


def test_the_marks_of_a_worksheet_are_a_sheet() -> None:
    page = Page(read_table([["56+7=53", "7×8="], ["5+5=10", "1"]], kind="sums"), Plan(worksheet=True))
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx([page])))
    assert [cell.value for cell in book["Sums"]["D"]] == ["mark", "wrong", "unanswered", "right"]
    assert "carry" in book["Sums"]["E2"].value
    assert book["Table"]["A1"].value == "56+7=53"


def test_several_pages_are_several_tables() -> None:
    pages = [a_page(), Page(read_table([["1"]]))]
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(pages)))
    assert book.sheetnames == ["Table 1", "Table 2", "Fields"]
    assert book["Table 2"]["A1"].value == 1
    assert rows_of(table_csv(pages))[-1] == ["1", "1", "", "", "", ""]
    others = [Page(replace(page.read, path=name)) for page, name in zip(pages, ("a.png", "b\udcff.png"), strict=True)]
    header, *rows = rows_of(table_csv(others))
    assert header[:2] == ["path", "page"]
    assert (rows[0][:2], rows[-1][:3]) == (["a.png", "1"], ["b\\udcff.png", "1", "1"])
    assert to_xlsx([])


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "@SUM(A1)", "=HYPERLINK(1)", "\x01", "https://example.org"])
def test_no_text_becomes_a_formula_or_a_link(text: str) -> None:
    page = Page(Sheet("=1+1", 1, Layout("table", 1, 1, ()), (read_field((0, 0), text),)))
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx([page])))
    cell = book["Table"]["A1"]
    assert cell.data_type == "s"
    assert cell.hyperlink is None
    assert book["Fields"]["A2"].data_type == "s"
    assert not rows_of(table_csv([page]))[1][0].startswith(("=", "+", "@"))


def test_the_table_as_csv() -> None:
    data = table_csv([a_page()])
    assert rows_of(data) == [
        ["Code", "Mark", "Amount", "EAN", "column 5"],
        ["01067", "4.5", "12.50", "4006381333931", "007"],
        ["80331", "", "-0.25", "73513537", "'=1+1"],
        ["", "2.5", "1234.00", "", "123456789012345678"],
    ]


def test_the_fields_as_csv() -> None:
    header, *rows = rows_of(fields_csv([a_page()]))
    assert len(rows) == 15
    assert dict(zip(header, rows[1], strict=True))["typed"] == "4½"


def test_json_has_what_was_read_with_what_was_typed() -> None:
    lines = json_lines([a_page()]).decode().splitlines()
    fields = json.loads(lines[0])["fields"]
    assert (fields[1]["text"], fields[1]["typed"]["text"]) == ("3½", "4½")
    assert "typed" not in fields[0]
    untouched = json_lines([Page(a_page().read)]).decode()
    assert [field.text for field in from_json(untouched).fields] == [text for row in TEXTS for text in row]


class Texts(HTMLParser):
    """The texts of a page's cells."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.cells: list[str] = []

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        self.tags.append(tag)
        if tag == "td":
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.cells and self.tags[-1] in ("td", "img"):
            self.cells[-1] += data.strip()


def test_the_print_view_shows_table_findings_and_edits() -> None:
    plan = Plan(columns=("A",), totals=(Total("row", 2, (0, 1)),))
    page = Page(read_table([["47"], ["5"], ["46"]]), plan, (Edit(1, 0, "6", when="2026-11-28T10:00:00+00:00"),))
    html = to_html([page], "Marks <3").decode()
    parser = Texts()
    parser.feed(html)
    assert parser.cells[:3] == ["47", "6", "46"]
    assert "Marks &lt;3" in html
    assert "A adds up to 53, but 46 is written" in html
    assert "6, read as 5" in html
    assert "http" not in html


def test_the_print_view_marks_worksheets_and_holds_pictures() -> None:
    page = Page(read_table([["56+7=53"]], kind="sums"), Plan(worksheet=True), pictures={(0, 0): picture()})
    html = to_html([page]).decode()
    assert "the carry from the ones to the tens was forgotten" in html
    assert 'src="data:image/png;base64,' in html


def test_a_blank_field_that_is_doubtful_looks_unsure() -> None:
    doubtful, sure = read_field((0, 0), "", confidence=0.6), read_field((0, 1), "", confidence=0.97)
    page = Page(Sheet("a.png", 1, Layout("table", 1, 2, (doubtful.field, sure.field)), (doubtful, sure)))
    assert [cell.look for cell in cells(page)] == ["unsure", "blank"]
    html = to_html([page]).decode()
    assert "2 fields, 1 not certain" in html
    assert '<td class="unsure">' in html


def test_the_print_view_escapes_what_comes_from_outside() -> None:
    sheet = read_table([["<script>"]])
    page = Page(Sheet("<b>.png", 1, sheet.layout, sheet.fields, "<i>"), Plan(columns=("<u>",)))
    html = to_html([page]).decode()
    assert not any(tag in html for tag in ("<script>", "<b>", "<i>", "<u>"))


def test_the_workbook_opens_in_libreoffice_with_the_same_values(tmp_path: Path) -> None:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    (tmp_path / "sheet.xlsx").write_bytes(to_xlsx([a_page(pictures={(0, 0): picture()})]))
    as_shown = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true"  # commas, quotes, UTF-8, as on the screen
    command = [program, f"-env:UserInstallation=file://{tmp_path / 'profile'}", "--headless", "--convert-to", as_shown]
    ended = subprocess.run(
        [*command, "sheet.xlsx"], cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False
    )
    assert ended.returncode == 0, ended.stderr
    rows = list(csv.reader(io.StringIO((tmp_path / "sheet.csv").read_text(encoding="utf-8"))))
    assert rows == [["" if content is None else str(content) for content in row] for row in WANTED]
