"""Every session-state key of the pages, typed, in one place; those of widgets that last across pages too."""

from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from pages.components.uploads import Reading


# Keys of widgets whose value Streamlit keeps for the whole session.
MODEL = "model"
PEN = "pen-width"
PEN_RANGE = (6, 40)
PEN_START = 18

# Keys of our own.
_CANVAS_START = "canvas-start"
_CANVAS_SIDE = "canvas-side"
_READINGS = "upload-readings"


def canvas_start() -> dict[str, Any] | None:
    """The drawing that undo or clear has put on the canvas, as Fabric.js JSON; None before either was used."""
    return st.session_state.get(_CANVAS_START)


def set_canvas_start(drawing: dict[str, Any] | None) -> None:
    """Put a drawing on the canvas, in place of what is there."""
    st.session_state[_CANVAS_START] = drawing


def canvas_side() -> int | None:
    """Width and height of the canvas in pixels; None until the browser has told how much room there is."""
    return st.session_state.get(_CANVAS_SIDE)


def set_canvas_side(side: int) -> None:
    """Keep the canvas size for the rest of the session."""
    st.session_state[_CANVAS_SIDE] = side


def readings() -> "dict[tuple[str, str], Reading]":
    """What was read from the uploaded files, by (model, file id), so that sorting and filtering read nothing again."""
    found: dict[tuple[str, str], Reading] = st.session_state.setdefault(_READINGS, {})
    return found
