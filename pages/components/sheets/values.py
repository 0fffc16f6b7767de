"""The table of values, to be edited, and one field of it with its picture and its readings."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import DigitLabError, SheetError
from core.sheets.export.pages import grid
from core.sheets.review import choices, look_of
from core.sheets.sheet import Place, ReadField
from core.text import probability
from pages.components import widgets
from pages.components.sheets import field as parts
from pages.components.sheets import focus
from pages.components.sheets.opened import SAVED_TEXT, Opened
from pages.components.text import escape

if TYPE_CHECKING:
    import pandas as pd

_GRID = "sheets-values"
_AROUND = "sheets-field"
_NAMED = 6  # of what could not be stored
_MARKS = {"unsure": "?", "illegible": "??", "filled": "–", "struck": "struck out"}
_OBJECTED = "!"
"""What is shown behind, or in the place of, a text that is not certain, or to which a check objects."""
_ENDINGS = (_OBJECTED, *sorted(_MARKS.values(), key=len, reverse=True))  # the last first, "??" before "?"


def show(sheet: Opened) -> None:
    _field(sheet)
    table = _table(sheet)
    key = _current_key(sheet, table)
    titles = {str(column): title for column, title in enumerate(sheet.page.titles)}
    st.data_editor(
        table,
        key=key,
        width="stretch",
        column_config={
            name: st.column_config.TextColumn(title, max_chars=SAVED_TEXT) for name, title in titles.items()
        },
        on_change=partial(_take, sheet, key),
        disabled=sheet.closed is not None,
        alt="The values of the sheet",
    )
    how = sheet.closed or "Click into a cell to change it."
    st.caption(
        f"{how} Marks: “?” not certain, “??” could not be read, “!” a check objects, “–” filled in, “struck out”."
    )


def _table(sheet: Opened) -> "pd.DataFrame":
    """A column for each of the grid, by its number: two may have the same title."""
    import pandas as pd

    objected = {finding.place for finding in sheet.findings if finding.outcome != "support"}
    rows = [["" if cell is None else shown(cell.now, objected) for cell in row] for row in grid(sheet.page)]
    names = [str(column) for column in range(len(sheet.page.titles))]
    return pd.DataFrame(rows, index=range(1, len(rows) + 1), columns=names)


def shown(field: ReadField, objected: set[Place]) -> str:
    """A field's text with its marks, as a cell shows it."""
    marks = [_MARKS.get(look_of(field), ""), _OBJECTED if field.place in objected else ""]
    return " ".join(filter(None, [field.text, *marks]))


def _plain(value: object) -> str:
    """A cell's text without the marks that are shown behind it."""
    text = str(value or "").strip()
    for mark in _ENDINGS:
        text = text.removesuffix(mark).strip()
    return text


def _current_key(sheet: Opened, table: "pd.DataFrame") -> str:
    """The editor's key: a new one where it would show what is not so: a value that was undone, or to which a check
    objects, without its mark.

    Else it stays, and with it the place in the table that the keyboard has reached.
    """
    if st.session_state.get(f"{_GRID}-sheet") != (sheet.kept.id, sheet.kept.revision):
        st.session_state[f"{_GRID}-sheet"] = (sheet.kept.id, sheet.kept.revision)
        widgets.renew(_GRID)
    typed = _typed(widgets.current_key(_GRID))
    if any(_differs(table, place, value) for place, value in typed.items()):
        widgets.renew(_GRID)
    return widgets.current_key(_GRID)


def _typed(key: str) -> dict[Place, object]:
    """What the editor shows in the place of the table's values."""
    state: Mapping[str, Any] = st.session_state.get(key) or {}
    rows: Mapping[int, Mapping[str, object]] = state.get("edited_rows", {})
    return {(int(row), int(column)): value for row, cells in rows.items() for column, value in cells.items()}


def _take(sheet: Opened, key: str) -> None:
    """Store what was typed into the table and is not stored yet; the editor tells all that it has ever been told.

    So does one that is gone: a browser shows it until it has the new one, and it is compared with what it has shown.
    """
    sheet.run(partial(_store, sheet, _typed(key)))


def _store(sheet: Opened, typed: Mapping[Place, object]) -> None:
    """Store what differs from the sheet as the editor shows it: a cell that nobody has touched since says nothing.

    The editor then shows what is stored: what could not be is said, or it would be gone.
    """
    table = _table(sheet)
    new = {place: _plain(value) for place, value in typed.items() if _differs(table, place, value)}
    if not new:
        return
    try:
        sheet.write({place: text for place, text in new.items() if place in sheet.by_place})
    except DigitLabError as error:
        lost = _listed([f"“{text}”" for text in new.values() if text])
        raise type(error)(f"{error} Not stored: {lost or 'that a cell is empty'}.") from error
    gaps = [f"{sheet.where(place)}: “{text}”" for place, text in new.items() if text and place not in sheet.by_place]
    if gaps:
        raise SheetError(f"Not stored where there is no field: {_listed(gaps)}. Add fields in “Grid”.")


def _listed(words: Sequence[str]) -> str:
    """The first few in a row, and how many more there are."""
    first = ", ".join(words[:_NAMED])
    return f"{first} and {len(words) - _NAMED:,} more" if len(words) > _NAMED else first


def _differs(table: "pd.DataFrame", place: Place, value: object) -> bool:
    """Whether the editor shows something else than the table; it has None for an empty cell."""
    return bool(table.iat[place] != (value or ""))


def _field(sheet: Opened) -> None:
    """The picked field: its picture, what was read, and a way to say what it holds."""
    place = sheet.picked()
    with st.container(border=place is not None, key=_AROUND):
        if place is None:
            st.caption("Pick a field on the page to see it here.")
        else:
            _show_field(sheet, sheet.by_place[place])
    text = sheet.by_place[place].text if place else ""
    focus.keep(_AROUND, (place, text), "sheets-field-focus", shows=place or "")


def _show_field(sheet: Opened, field: ReadField) -> None:
    parts.ask_about(sheet, field, "field")
    left, right = st.columns([2, 3])
    with left:
        parts.show_picture(sheet, field.place)
    right.markdown(f"**{escape(sheet.where(field.place))}**  \n{_in_words(sheet, field)}")
    parts.show_notes(sheet, field)
    _choose(sheet, field)
    parts.ask_text(sheet, field, "field")


def _in_words(sheet: Opened, field: ReadField) -> str:
    said = "typed" if field.place in sheet.typed else f"{parts.verdict(field)}, {probability(field.confidence)}"
    return f"{escape(field.text) or 'Nothing'}, {said}"


def _choose(sheet: Opened, field: ReadField) -> None:
    others = [text for text, _ in choices(field, sheet.findings) if text != field.text]
    with st.container(horizontal=True):
        for text in others:
            st.button(
                escape(text),
                key=f"{parts.key('field', field.place)}-{text}",
                on_click=partial(parts.take, sheet, field.place, "field", text),
                disabled=sheet.closed is not None,
                help=sheet.closed,
            )
        parts.blank_button(sheet, field, "field")
