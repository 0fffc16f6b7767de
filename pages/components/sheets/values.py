"""The table of values, to be edited, and one field of it with its picture and its readings."""

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.sheets.edits import Edit
from core.sheets.export.pages import grid
from core.sheets.sheet import Place, ReadField
from core.text import probability
from pages.components import widgets
from pages.components.pictures import data_url
from pages.components.sheets.opened import Opened
from pages.components.sheets.review import offers
from pages.components.text import escape

if TYPE_CHECKING:
    import pandas as pd

_GRID = "sheets-values"
_MARKS = {"unsure": " ?", "illegible": "??", "filled": "–", "struck": "struck out"}
"""What is shown behind, or in the place of, a text that is not certain."""


def show(sheet: Opened) -> None:
    _field(sheet)
    table = _table(sheet)
    key = widgets.current_key(_GRID)
    st.data_editor(
        table,
        key=key,
        width="stretch",
        column_config={str(name): st.column_config.TextColumn(str(name)) for name in table.columns},
        on_change=partial(_take, sheet, key),
        alt="The values of the sheet",
    )
    st.caption(
        "Click into a cell to change it. “?” marks a value that is not certain, “??” one that could not be read, "
        "“–” a field that was filled in."
    )


def _table(sheet: Opened) -> "pd.DataFrame":
    import pandas as pd

    page = sheet.page
    rows = [["" if cell is None else _shown(cell.now) for cell in row] for row in grid(page)]
    titles = _unlike(page.titles)
    return pd.DataFrame(rows, index=range(1, len(rows) + 1), columns=titles)


def _unlike(titles: list[str]) -> list[str]:
    """Titles that differ from each other, as a table's columns must."""
    seen: dict[str, int] = {}
    result = []
    for title in titles:
        seen[title] = seen.get(title, 0) + 1
        result.append(title if seen[title] == 1 else f"{title} ({seen[title]})")
    return result


def _shown(field: ReadField) -> str:
    return f"{field.text}{_MARKS.get(field.verdict, '')}"


def _take(sheet: Opened, key: str) -> None:
    """Store what was typed into the table."""
    titles = _unlike(sheet.page.titles)
    changed: dict[int, dict[str, Any]] = st.session_state[key]["edited_rows"]
    edits = []
    for row, cells in changed.items():
        for title, value in cells.items():
            place = (int(row), titles.index(title))
            if place in sheet.by_place:
                edits.append(Edit(*place, _plain(value)))
    widgets.renew(_GRID)
    if edits:
        sheet.write(*edits)


def _plain(value: object) -> str:
    """A cell's text without the marks that are shown behind it."""
    text = str(value or "").strip()
    for mark in _MARKS.values():
        text = text.removesuffix(mark.strip()).strip()
    return text


def _field(sheet: Opened) -> None:
    """The picked field: its picture, what was read, and a way to say what it holds."""
    place = sheet.picked()
    if place is None:
        st.caption("Pick a field on the page to see it here.")
        return
    field = sheet.by_place[place]
    with st.container(border=True, key="sheets-field"):
        left, right = st.columns([2, 3])
        if (picture := sheet.crops.get(place)) is not None:
            left.image(data_url(picture), width="stretch", alt="The field")
        with right:
            st.markdown(f"**{escape(sheet.where(place).capitalize())}**  \n{_in_words(field)}")
            if field.note:
                st.caption(escape(field.note))
            _choose(sheet, field)


def _in_words(field: ReadField) -> str:
    if field.text:
        return f"{escape(field.text)}, {field.verdict}, {probability(field.confidence)}"
    return f"{field.verdict.capitalize()}, {probability(field.confidence)}"


def _choose(sheet: Opened, field: ReadField) -> None:
    place: Place = field.place
    others = [text for text, _ in offers(sheet, field) if text != field.text]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for number, text in enumerate(others):
            take = partial(sheet.write, Edit(*place, text, "chosen"))
            st.button(escape(text), key=f"sheets-field-{number}", on_click=take)
        key = f"sheets-field-type-{place[0]}-{place[1]}"
        st.text_input(
            "Another value",
            key=key,
            max_chars=40,
            label_visibility="collapsed",
            placeholder="Another value",
            on_change=lambda: sheet.write(Edit(*place, st.session_state.get(key, "").strip())),
        )
