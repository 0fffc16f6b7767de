"""What there is to say of the files that were read last; it stays until somebody has taken note of it."""

from collections.abc import Sequence

import streamlit as st

from pages.components.text import escape

_NOTES = "sheets-notes"
_SHOWN = 6


def put(notes: Sequence[str]) -> None:
    """Say these sentences, which are no Markdown."""
    st.session_state[_NOTES] = list(notes)


def clear() -> None:
    st.session_state.pop(_NOTES, None)


def show() -> None:
    notes: list[str] = st.session_state.get(_NOTES, [])
    if not notes:
        return
    said = [escape(note) for note in notes[:_SHOWN]]
    if len(notes) > _SHOWN:
        said.append(f"And {len(notes) - _SHOWN:,} more of this kind.")
    with st.container(key="sheets-noted"):
        st.warning("\n\n".join(said), icon=":material/warning:")
        st.button("Got it", key="sheets-noted-ok", type="tertiary", on_click=clear)
