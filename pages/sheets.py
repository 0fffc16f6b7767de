"""Read whole sheets of handwritten numbers: see what was read, check it, correct it, and take it away."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.errors import SampleError, SheetError
from core.settings import Settings, get_settings
from core.text import counted
from pages.components import action, address, page, widgets
from pages.components.sheets import (
    bring,
    checks,
    correct,
    current,
    desk,
    listing,
    notes,
    page_picture,
    picture_file,
    review,
    take_away,
    templates,
    values,
)
from pages.components.sheets.files import File, file_of
from pages.components.sheets.opened import Opened, keep_now, open_sheet
from pages.components.text import escape, message

_PART = "sheets-part"
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
}


def _open(settings: Settings) -> Opened | None:
    """The sheet that is open, by this session or by the address; None where none is, or it cannot be opened."""
    linked = st.query_params.get("sheet", "")
    if linked.isdecimal() and len(linked) < 10:
        current.begin(int(linked))
    number = current.number()
    address.show("sheet", str(number) if number and number > 0 else "")
    if number is None:
        return None
    try:
        return open_sheet(number, settings)
    except SheetError as error:
        st.error(message(error), icon=":material/error:")
        current.go(None)
        action.forget_outcome("sheets")
        address.show("sheet", "")
    except SampleError as error:
        st.error(message(error), icon=":material/error:")
        with st.container(horizontal=True):
            page.try_again("sheets-try-again")
            st.button("All sheets", key="sheets-close", icon=":material/arrow_back:", on_click=_close)
        st.stop()
    return None


def _close() -> None:
    current.go(None)
    notes.clear()
    action.forget_outcome("sheets")


def _show(sheet: Opened) -> None:
    file = file_of(sheet.kept.id, desk.listed(sheet.settings))
    bring.follow(sheet.settings, opens=False)
    _head(sheet, file)
    notes.show()
    action.show_outcome("sheets")
    part = widgets.segments("Part", _PARTS, _PART, label_visibility="collapsed")
    left, right = st.columns([11, 9], gap="medium")
    if page.on_phone() and part not in _ON_THE_PICTURE:
        left, right = right, left  # one under the other: first what there is to do
    with right:
        if part == "take":
            take_away.show(sheet, file)
        else:
            _SHOW[part](sheet)
    with left:
        _picture(sheet, draws=part == "grid" and correct.draws(sheet))


def _head(sheet: Opened, file: File | None) -> None:
    """What is open, the way to its neighbours and back, and what can be undone."""
    with st.container(horizontal=True, vertical_alignment="center", key="sheets-head"):
        st.button("All sheets", key="sheets-close", icon=":material/arrow_back:", on_click=_close)
        st.markdown(f"**{escape(sheet.kept.read.path)}** · {counted(len(sheet.fields), 'field')}", width="stretch")
        if file and len(file.pages) > 1:
            _neighbours(sheet, file)
        if sheet.kept.id < 0 and not sheet.settings.read_only:
            numbers = file.numbers if file else [sheet.kept.id]
            keep = partial(_keep, sheet, numbers)
            st.button("Keep", key="sheets-keep", icon=":material/save:", type="primary", on_click=keep)
        st.button(
            "Undo",
            key="sheets-undo",
            icon=":material/undo:",
            shortcut="U" if st.session_state.get(_PART) == "review" and not page.on_phone() else None,
            on_click=sheet.undo,
            disabled=not sheet.can_undo or sheet.closed is not None,
            help=sheet.closed,
        )


def _neighbours(sheet: Opened, file: File) -> None:
    """The pages before and after this one, in its file."""
    index = file.numbers.index(sheet.kept.id)
    for step, name, icon in ((-1, "Previous page", "chevron_left"), (1, "Next page", "chevron_right")):
        other = index + step
        there = 0 <= other < len(file.pages)
        st.button(
            name,
            key=f"sheets-page-{'next' if step > 0 else 'previous'}",
            icon=f":material/{icon}:",
            on_click=partial(current.go, file.numbers[other] if there else None),
            disabled=not there,
        )
        if step < 0:
            st.markdown(f"{index + 1} of {len(file.pages)}", width="content")


def _keep(sheet: Opened, numbers: Sequence[int]) -> None:
    """Keep what could not be kept when it was read, all pages of the file together."""

    def keep() -> None:
        current.go(keep_now(numbers, sheet.settings)[sheet.kept.id], sheet.picked())

    several = f"All {counted(len(numbers), 'page')} of the file are kept."
    sheet.run(keep, several if len(numbers) > 1 else "The sheet is kept.")


def _picture(sheet: Opened, draws: bool) -> None:
    if sheet.data is None:
        st.info(sheet.problem)
        return
    picked, box = page_picture.show(
        *picture_file.shown(sheet.data), sheet.fields, sheet.typed, sheet.picked(), "sheets-page", draws
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
        opened = _open(settings)
        if opened:
            _show(opened)
        else:
            action.show_outcome("sheets")
            notes.show()
            bring.show(settings)
            listing.show(settings)
