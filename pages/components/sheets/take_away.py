"""Take the values away: for spreadsheets, for programs, and to print."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import PurePath

import cv2
import streamlit as st

from core.errors import DigitLabError
from core.sheets.export.files import fields_csv, json_lines, table_csv
from core.sheets.export.pages import Page
from core.sheets.export.print_view import to_html
from core.sheets.export.workbook import to_xlsx
from core.sheets.review import is_doubtful
from core.text import are, counted
from pages.components import widgets
from pages.components.sheets.files import File
from pages.components.sheets.opened import Opened, open_sheet

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show(sheet: Opened, file: File | None = None) -> None:
    several = len(file.pages) if file else 1
    whole = several > 1 and st.toggle(f"All {several} pages of the file", True, key="sheets-whole-file")
    with_pictures = st.toggle("Pictures of the fields", key="sheets-pictures", persist_state="session")
    sheets = cache(partial(_sheets, sheet, file if whole else None))  # they are read when a file is asked for
    if sheet.kept.id < 0:
        sheets()  # only here can what the session holds be read
    _warn(sheet)
    name = PurePath(sheet.kept.read.path).stem or "sheet"
    if several > 1 and not whole:
        name = f"{name}-{sheet.kept.read.page}"
    _offer(name, lambda: [_page(each, with_pictures) for each in sheets()], lambda: [each.page for each in sheets()])
    st.caption(
        "Numbers are numbers in these files, blank fields empty cells. What was typed stands beside what was read."
    )


def _sheets(sheet: Opened, file: File | None) -> list[Opened]:
    """The sheet, or all pages of its file that can be opened, in their order."""
    if file is None:
        return [sheet]
    opened = []
    for number in file.numbers:
        try:
            opened.append(sheet if number == sheet.kept.id else open_sheet(number, sheet.settings))
        except DigitLabError:  # deleted in another window meanwhile, or damaged
            continue
    return opened


def _warn(sheet: Opened) -> None:
    left = sum(is_doubtful(field) for field in sheet.fields)
    if left:
        said = f"{counted(left, 'field')} of this page {are(left)} not certain yet."
        marked = "Excel and the page to print colour them; the table as CSV does not."
        st.warning(f"{said} {marked}", icon=":material/help:")


def _offer(name: str, pages: Callable[[], Sequence[Page]], plain: Callable[[], Sequence[Page]]) -> None:
    with st.container(horizontal=True):
        widgets.download(
            "Excel (XLSX)", lambda: to_xlsx(pages()), f"{name}.xlsx", _EXCEL, "sheets-xlsx", type="primary"
        )
        widgets.download("CSV", lambda: table_csv(plain()), f"{name}.csv", "text/csv", "sheets-csv")
        widgets.download(
            "CSV of all fields", lambda: fields_csv(plain()), f"{name}-fields.csv", "text/csv", "sheets-fields-csv"
        )
        widgets.download("JSON", lambda: json_lines(plain()), f"{name}.jsonl", "application/jsonl", "sheets-json")
        widgets.download("Page to print", lambda: to_html(pages(), name), f"{name}.html", "text/html", "sheets-html")


def _page(sheet: Opened, with_pictures: bool) -> Page:
    if not with_pictures:
        return sheet.page
    pictures = {}
    for place, picture in sheet.crops.items():
        good, packed = cv2.imencode(".png", picture)
        if good:
            pictures[place] = packed.tobytes()
    return replace(sheet.page, pictures=pictures)
