"""One field of a sheet in words and as a picture, and the line to type what it holds: Values and Review share it."""

from functools import partial

import streamlit as st

from core.sheets.review import look_of
from core.sheets.sheet import Place, ReadField
from core.vision.grey import shrink
from pages.components.pictures import data_url
from pages.components.sheets.opened import SAVED_TEXT, Opened
from pages.components.text import escape

_CROP_SIDE = 840  # pixels: twice what a field is shown in
_VERDICTS = {
    "confident": "certain",
    "unsure": "unsure",
    "blank": "blank",
    "filled": "filled in",
    "struck": "struck out",
    "illegible": "illegible",
}


def verdict(field: ReadField) -> str:
    """How certain a field is, as the page says it: "unsure"."""
    look = look_of(field)
    return _VERDICTS.get(look, look)


def key(name: str, place: Place) -> str:
    """The key of a widget that is about a field: what is told of one that is gone says nothing of the next."""
    return f"sheets-{name}-{place[0]}-{place[1]}"


def ask_about(sheet: Opened, field: ReadField, name: str) -> None:
    """Note which field a part of the page asks about: `take` believes what is said of that one alone."""
    st.session_state[f"sheets-{name}-asks"] = (sheet.kept.id, field.place)


def _asks_about(sheet: Opened, place: Place, name: str) -> bool:
    asked: bool = st.session_state.get(f"sheets-{name}-asks") == (sheet.kept.id, place)
    return asked


def take(sheet: Opened, place: Place, name: str, text: str) -> None:
    """Store what a field holds; a browser that has not heard yet may tell of one that was asked about before."""
    if _asks_about(sheet, place, name):
        sheet.say(place, text)


def show_picture(sheet: Opened, place: Place) -> None:
    crop = sheet.crops.get(place)
    if crop is not None:
        crop = shrink(crop, _CROP_SIDE)
        st.image(data_url(crop), width=min(420, max(160, crop.shape[1] * 2)), alt="The field")


def show_notes(sheet: Opened, field: ReadField) -> None:
    """What checks and the reader have to say of it."""
    for finding in sheet.findings:
        if finding.place == field.place and finding.outcome != "support":
            st.info(escape(finding.sentence), icon=":material/rule:")
    if field.note:
        st.caption(escape(f"{field.note[:1].upper()}{field.note[1:]}."))


def ask_text(sheet: Opened, field: ReadField, name: str) -> None:
    """A line for another value: Enter takes it."""
    own, take_typed = _key_of_line(sheet, field.place, name), partial(_take_typed, sheet, field.place, name)
    st.text_input(
        "Another value",
        key=own,
        max_chars=SAVED_TEXT,
        placeholder="Type it, then press Enter",
        on_change=take_typed,
        disabled=sheet.closed is not None,
        help=sheet.closed,
    )
    if st.session_state.get(own):  # it could not be stored
        st.button("Try again", key=f"{own}-again", icon=":material/refresh:", on_click=take_typed)


def _key_of_line(sheet: Opened, place: Place, name: str) -> str:
    """The sheet's number is in it, too: what is left in a line says nothing of the field there on another sheet."""
    return key(f"{name}-type-{sheet.kept.id}", place)


def _take_typed(sheet: Opened, place: Place, name: str) -> None:
    """Store what was typed, and leave the line empty once it is; blanks say nothing."""
    own = _key_of_line(sheet, place, name)
    text = str(st.session_state.get(own) or "").strip()
    if not text or not _asks_about(sheet, place, name) or sheet.say(place, text):
        st.session_state[own] = ""


def blank_button(sheet: Opened, field: ReadField, name: str, shortcut: str | None = None) -> None:
    blank = field.verdict == "blank" and field.place in sheet.typed
    st.button(
        "Nothing is written",
        key=key(f"{name}-blank", field.place),
        shortcut=shortcut,
        on_click=partial(take, sheet, field.place, name, ""),
        disabled=blank or sheet.closed is not None,
        help=sheet.closed,
    )
