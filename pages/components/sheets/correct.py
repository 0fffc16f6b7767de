"""Correct what was found: move, add, remove and merge fields; they are then read anew."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from core import cached
from core.sheets import adjust
from core.sheets.layout import Field, Layout
from core.sheets.reading import read_fields
from core.sheets.sheet import Place, ReadField
from pages.components.sheets import focus, picture_file
from pages.components.sheets.field import key
from pages.components.sheets.opened import Opened
from pages.components.sheets.page_picture import Box
from pages.components.text import escape

_MODE, _AROUND = "sheets-draws", "sheets-grid-tools"
_DRAW_HELP = "Draw on the page: the picked field moves there; with none picked, a field is added."


def draws(sheet: Opened) -> bool:
    """Whether the next box that is drawn on the page moves the picked field, or adds one."""
    return sheet.data is not None and sheet.closed is None and bool(st.session_state.get(_MODE))


def show(sheet: Opened) -> None:
    layout, place = sheet.kept.read.layout, sheet.picked()
    st.markdown(f"**Found**: {_in_words(layout)}.")
    if sheet.data is None:
        st.caption("Without its picture, fields cannot be corrected.")
        return
    with st.container(key=_AROUND):
        st.toggle("Draw a box", key=_MODE, help=sheet.closed or _DRAW_HELP, disabled=sheet.closed is not None)
        if place:
            st.markdown(f"**{escape(sheet.where(place))}**")
            with st.container(horizontal=True):
                _tools(sheet, place)
        else:
            st.caption("Pick a field on the page to move, remove or merge it.")
    focus.keep(_AROUND, place, "sheets-grid-focus", shows=place or "")


def _tools(sheet: Opened, place: Place) -> None:
    """What can be done with the picked field."""
    shared: dict[str, Any] = {"help": sheet.closed}
    st.button(
        "Remove",
        key=key("remove", place),
        icon=":material/delete:",
        on_click=partial(_remove, sheet, place),
        disabled=sheet.closed is not None,
        **shared,
    )
    for label, step in (("Merge with the next", (0, 1)), ("Merge with the one below", (1, 0))):
        other = _next(sheet, place, step)
        st.button(
            label,
            key=f"{key('merge', place)}-{step[0]}{step[1]}",
            on_click=partial(_merge, sheet, place, other),
            disabled=other is None or sheet.closed is not None,
            **shared,
        )
    st.button("Pick none", key="sheets-pick-none", type="tertiary", on_click=partial(sheet.pick, None))


def _in_words(layout: Layout) -> str:
    shape = f"{layout.rows} rows and {layout.columns} columns, {len(layout.fields)} fields"
    return {"number": "one number"}.get(layout.kind, f"a {escape(layout.kind)} of {shape}")


def take_box(sheet: Opened, box: Box) -> None:
    """Move the picked field to a box that was drawn, or add a field there."""
    left, top, right, bottom = box
    corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
    place = sheet.picked()
    if place is None:
        _change(sheet, lambda layout: adjust.add_field(layout, corners))
    else:
        _change(sheet, lambda layout: adjust.move_field(layout, place, corners))


def _remove(sheet: Opened, place: Place) -> None:
    _change(sheet, lambda layout: adjust.remove_field(layout, place))


def _next(sheet: Opened, place: Place, step: tuple[int, int]) -> Place | None:
    field = sheet.by_place[place].field
    other = (place[0] + step[0] * field.rows, place[1] + step[1] * field.columns)
    return other if other in sheet.by_place else None


def _merge(sheet: Opened, place: Place, other: Place | None) -> None:
    if other is not None:
        _change(sheet, lambda layout: adjust.merge_fields(layout, [place, other]))


def _change(sheet: Opened, correct: Callable[[Layout], Layout]) -> None:
    """Store a corrected layout; its new fields are read from the picture."""

    def change() -> None:
        read = sheet.kept.read
        corrected = adjust.read_again(read, correct(read.layout), partial(_read, sheet))
        sheet.revise(corrected, sheet.kept.plan)

    sheet.run(change)


def _read(sheet: Opened, fields: Sequence[Field]) -> list[ReadField]:
    assert sheet.data is not None, "without its picture a grid is not corrected"
    layout = sheet.kept.read.layout
    part = replace(layout, fields=tuple(fields))
    return read_fields(picture_file.unpack(sheet.data), part, cached.loading_numbers().result())
