"""Which sheet this session has open, and which of its fields is picked."""

import streamlit as st

from core.sheets.sheet import Place

_OPEN, _PICKED = "sheets-open", "sheets-picked"


def number() -> int | None:
    """The sheet that is open; None where none is."""
    sheet: int | None = st.session_state.get(_OPEN)
    return sheet


def begin(sheet: int) -> None:
    """Open a sheet where this session has opened and closed none yet."""
    st.session_state.setdefault(_OPEN, sheet)


def go(sheet: int | None, place: Place | None = None) -> None:
    """Open another sheet with this field picked, or none."""
    st.session_state[_OPEN] = sheet  # None, not absent: the address would open it again
    pick(place)


def picked() -> Place | None:
    """The field that is picked, which the sheet may have no longer."""
    place: Place | None = st.session_state.get(_PICKED)
    return place


def pick(place: Place | None) -> None:
    st.session_state[_PICKED] = place
