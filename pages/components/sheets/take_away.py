"""Take the values away: for spreadsheets, for programs, and to print."""

from dataclasses import replace
from pathlib import PurePath

import cv2
import streamlit as st

from core.sheets.export.files import fields_csv, json_lines, table_csv
from core.sheets.export.pages import Page
from core.sheets.export.print_view import to_html
from core.sheets.export.workbook import to_xlsx
from pages.components import widgets
from pages.components.sheets.opened import Opened

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show(sheet: Opened) -> None:
    left = sum(field.verdict in ("unsure", "illegible") for field in sheet.fields)
    if left:
        st.warning(f"{left} fields are not certain yet. They are marked in every file.", icon=":material/help:")
    with_pictures = st.toggle(
        "Pictures of the fields", key="sheets-pictures", persist_state="session", disabled=not sheet.data
    )
    page, name = sheet.page, PurePath(sheet.kept.read.path).stem or "sheet"

    def pages() -> list[Page]:
        return [_with_pictures(page, sheet) if with_pictures else page]

    with st.container(horizontal=True):
        widgets.download(
            "Excel (XLSX)", lambda: to_xlsx(pages()), f"{name}.xlsx", _EXCEL, "sheets-xlsx", type="primary"
        )
        widgets.download("CSV", lambda: table_csv([page]), f"{name}.csv", "text/csv", "sheets-csv")
        widgets.download(
            "CSV of all fields", lambda: fields_csv([page]), f"{name}-fields.csv", "text/csv", "sheets-fields-csv"
        )
        widgets.download("JSON", lambda: json_lines([page]), f"{name}.jsonl", "application/jsonl", "sheets-json")
        widgets.download("Page to print", lambda: to_html(pages(), name), f"{name}.html", "text/html", "sheets-html")
    st.caption(
        "Numbers are numbers there, empty fields are empty cells, and what was typed stands beside what was read."
    )


def _with_pictures(page: Page, sheet: Opened) -> Page:
    pictures = {}
    for place, picture in sheet.crops.items():
        good, packed = cv2.imencode(".png", picture)
        if good:
            pictures[place] = packed.tobytes()
    return replace(page, pictures=pictures)
