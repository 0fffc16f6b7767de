"""Correct what was found: move, add, remove and merge fields; they are then read anew."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from core import cached
from core.sheets import adjust
from core.sheets.layout import Field, Layout
from core.sheets.reading import read_fields
from core.sheets.sheet import Place, ReadField
from pages.components import action
from pages.components.sheets import desk, picture_file
from pages.components.sheets.opened import Opened
from pages.components.sheets.page_picture import Box
from pages.components.text import escape

_MODE = "sheets-draws"
_DRAW_HELP = "Draw on the page: the picked field moves there; without one, a field is added."


def draws(sheet: Opened) -> bool:
    """Whether the next box that is drawn on the page moves the picked field, or adds one."""
    return sheet.data is not None and bool(st.session_state.get(_MODE))


def show(sheet: Opened) -> None:
    layout = sheet.kept.read.layout
    st.markdown(f"**Found**: {_in_words(layout)}.")
    if sheet.data is None:
        st.info("The picture of this page was not kept, so its fields cannot be corrected.")
        return
    place = sheet.picked()
    if place is None:
        st.caption("Pick a field on the page to move, remove or merge it.")
    with st.container(horizontal=True):
        st.toggle(
            "Draw a box",
            key=_MODE,
            help="Draw on the page: the picked field moves there; without one, a field is added.",
        )
        if place:
            st.button("Remove", key="sheets-remove", icon=":material/delete:", on_click=partial(_remove, sheet, place))
            for label, step in (("Merge with the next", (0, 1)), ("Merge with the one below", (1, 0))):
                other = _next(sheet, place, step)
                merge = partial(_merge, sheet, place, other)
                st.button(label, key=f"sheets-merge-{step[0]}{step[1]}", disabled=other is None, on_click=merge)
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
        desk.revise(sheet.kept, corrected, sheet.kept.plan, sheet.settings)

    action.run("sheets-grid", change)


def _read(sheet: Opened, fields: Sequence[Field]) -> list[ReadField]:
    assert sheet.data is not None, "without its picture a grid is not corrected"
    layout = sheet.kept.read.layout
    part = replace(layout, fields=tuple(fields))
    return read_fields(picture_file.unpack(sheet.data), part, cached.loading_numbers().result())
