"""What there is to say of the files that were read last; it stays until somebody has taken note of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from pages.components.sheets import desk
from pages.components.text import escape

_NOTES = "sheets-notes"
_SHOWN = 6


@dataclass(frozen=True)
class Note:
    """What is said, which is no Markdown.

    Attributes:
        of: the sheets that it is said of, by number; it is true as long as this session holds one of them.
        good: whether all is well.
    """

    text: str
    of: tuple[int, ...] = ()
    good: bool = False

    @property
    def true(self) -> bool:
        return not self.of or any(desk.is_there(number) for number in self.of)


def put(notes: Sequence[Note], adds: bool = False) -> None:
    """Say this instead of all that was said before; where it `adds`, above that."""
    before = st.session_state.get(_NOTES, []) if adds else []
    st.session_state[_NOTES] = [*notes, *before]


def clear() -> None:
    st.session_state.pop(_NOTES, None)


def show() -> None:
    notes: list[Note] = [note for note in st.session_state.get(_NOTES, []) if note.true]
    if not notes:
        return
    with st.container(key="sheets-noted"):
        if good := [note.text for note in notes if note.good]:
            st.success(_together(good), icon=":material/check_circle:")
        if others := [note.text for note in notes if not note.good]:
            st.warning(_together(others), icon=":material/warning:")
        st.button("Got it", key="sheets-noted-ok", type="tertiary", on_click=clear)


def _together(texts: Sequence[str]) -> str:
    said = [escape(text) for text in texts[:_SHOWN]]
    if len(texts) > _SHOWN:
        said.append(f"And {len(texts) - _SHOWN:,} more of this kind.")
    return "\n\n".join(said)
