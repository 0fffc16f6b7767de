"""The changes that this session has made to the samples, and can undo: others' stay."""

import streamlit as st

from core.errors import SampleError
from core.samples import edits
from core.samples.edits import Edit
from core.settings import Settings

_EDITS = "samples-edits"


def _edits() -> list[tuple[str, Edit]]:
    """The changes of this session with the names of their charsets, the last one at the end."""
    made: list[tuple[str, Edit]] = st.session_state.setdefault(_EDITS, [])
    return made


def remember(edit: Edit, charset: str) -> Edit:
    """Let the session undo a change that it made."""
    if edit.count:
        _edits().append((charset, edit))
    return edit


def last_edit(charset: str) -> Edit | None:
    """The last change that this session made to the samples of a charset and has not undone."""
    return next((edit for name, edit in reversed(_edits()) if name == charset), None)


def can_undo(edit: Edit) -> bool:
    """Whether this session made the change and has not undone it."""
    return any(edit == other for _, other in _edits())


def undo(edit: Edit, settings: Settings) -> int:
    """Undo a change of this session, once; how many samples are as before.

    Raises:
        SampleError: it cannot be undone any more, or the database cannot be written.
    """
    count = edits.undo(edit, settings)
    st.session_state[_EDITS] = [(name, other) for name, other in _edits() if other != edit]
    if not count:
        raise SampleError("This cannot be undone any more: the samples were changed again, or forgotten for good.")
    return count
