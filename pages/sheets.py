"""Read whole sheets of handwritten numbers: see what was read, check it, correct it, and take it away."""

import streamlit as st

from core.errors import SheetError
from core.settings import Settings, get_settings
from core.text import counted
from pages.components import action, address, page, widgets
from pages.components.sheets import (
    bring,
    checks,
    correct,
    desk,
    listing,
    page_picture,
    picture_file,
    review,
    take_away,
    templates,
    values,
)
from pages.components.sheets.opened import Opened
from pages.components.text import escape

_OPEN, _PART = "sheets-open", "sheets-part"
_PARTS = {
    "values": "Values",
    "review": "Review",
    "checks": "Checks",
    "grid": "Grid",
    "template": "Template",
    "take": "Take away",
}
_ON_THE_PICTURE = ("values", "grid")  # parts that begin with a field that is picked on the page
_LEGEND = (
    ":green[■] certain  :orange[■] unsure  :red[■] illegible  :blue[■] typed  :violet[■] filled in or struck out  "
    ":gray[□] blank"
)
_SHOW = {
    "values": values.show,
    "review": review.show,
    "checks": checks.show,
    "grid": correct.show,
    "template": templates.show,
    "take": take_away.show,
}


def _open_sheet(settings: Settings) -> Opened | None:
    """The sheet that is open, by this session or by the address; None where none is, or it is gone."""
    linked = st.query_params.get("sheet", "")
    if _OPEN not in st.session_state and linked.isdecimal() and len(linked) < 10:
        st.session_state[_OPEN] = int(linked)
    number: int | None = st.session_state.get(_OPEN)
    address.show("sheet", str(number) if number and number > 0 else "")
    if number is None:
        return None
    try:
        return Opened(desk.load(number, settings), desk.picture(number, settings), settings)
    except SheetError as error:
        st.error(escape(str(error)), icon=":material/error:")
        _close()
        return None


def _close() -> None:
    st.session_state[_OPEN] = None  # not absent: the address would open it again
    st.session_state.pop("sheets-picked", None)


def _show(sheet: Opened) -> None:
    read = sheet.kept.read
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("All sheets", key="sheets-close", icon=":material/arrow_back:", on_click=_close)
        title = f"**{escape(read.path)}**{f', page {read.page}' if read.page > 1 else ''}"
        st.markdown(f"{title} · {counted(len(sheet.fields), 'field')}", width="stretch")
    bring.show_notes()
    action.show_outcome("sheets")
    part = widgets.segments("Part", _PARTS, _PART, label_visibility="collapsed")
    left, right = st.columns([11, 9], gap="medium")
    if page.on_phone() and part not in _ON_THE_PICTURE:
        left, right = right, left  # one under the other: first what there is to do
    with right:
        _SHOW[part](sheet)
    with left:
        _picture(sheet)


def _picture(sheet: Opened) -> None:
    if sheet.data is None:
        st.info("The picture of this page was not kept.")
        return
    size = picture_file.unpack(sheet.data).shape[1::-1]
    picked, box = page_picture.show(
        picture_file.url(sheet.data),
        size,
        sheet.fields,
        sheet.typed,
        sheet.picked(),
        "sheets-page",
        correct.draws(sheet),
    )
    if picked:
        sheet.pick(picked)
        st.rerun()
    if box:
        correct.take_box(sheet, box)
        st.rerun()
    st.caption(_LEGEND)


if page.begin("Sheets", asks=False):
    settings = get_settings()
    with page.explained():
        opened = _open_sheet(settings)
        if opened:
            _show(opened)
        else:
            action.show_outcome("sheets")
            bring.show_notes()
            bring.show(settings)
            listing.show(settings)
