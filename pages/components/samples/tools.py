"""What the last change to the samples did, taking it back, and forgetting for good."""

from collections.abc import Callable

import streamlit as st

from core.errors import DigitLabError
from core.samples import edits
from core.settings import Settings
from core.text import are, counted
from pages.components import state
from pages.components.samples.selection import Subject
from pages.components.text import escape, message


def show(subject: Subject, closed: bool) -> None:
    """Undo, forgetting for good, and what the last change did."""
    settings, charset = subject.settings, subject.charset
    with st.container(horizontal=True, vertical_alignment="center", key="samples-tools"):
        st.button(
            "Undo",
            icon=":material/undo:",
            key="samples-undo",
            disabled=closed or not edits.can_undo(settings, charset.name),
            on_click=_undo,
            args=(settings, charset.name),
            help="Takes the last change back: what was stored, imported, relabelled or deleted.",
        )
        deleted = edits.count_deleted(settings, charset.name)
        with st.popover("Forget deleted", icon=":material/delete_forever:", disabled=closed or not deleted):
            st.markdown(
                f"**{counted(deleted, 'deleted sample')}** of {charset.title.lower()} would be gone "
                "for good, and no earlier change could be undone any more."
            )
            st.button(
                "Forget for good", key="samples-purge", type="primary", on_click=_purge, args=(settings, charset.name)
            )
        note, failed = state.take_samples_note()
        if note and not failed:
            st.markdown(f":green[:material/check:] {escape(note)}", width="content")
    if note and failed:
        st.error(note, icon=":material/error:")


# What follows runs when something is pressed or picked, before the page runs again.


def change(work: Callable[[], str]) -> bool:
    """Do a change, and keep what it says, or why it failed."""
    try:
        state.set_samples_note(work())
    except DigitLabError as error:
        state.set_samples_note(message(error), failed=True)
        return False
    return True


def _undo(settings: Settings, charset: str) -> None:
    def work() -> str:
        count = edits.undo(settings, charset=charset)
        return f"Taken back: {counted(count, 'sample')} {are(count)} as before."

    change(work)


def _purge(settings: Settings, charset: str) -> None:
    def work() -> str:
        edits.purge(settings, charset)
        return "Forgotten for good."

    change(work)
