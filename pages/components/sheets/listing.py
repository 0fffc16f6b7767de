"""The sheets that are kept, to be opened again or deleted: a line for each file, whatever number of pages it has."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from core.settings import Settings
from core.text import counted
from pages.components import action
from pages.components.sheets import current, desk, opened
from pages.components.sheets.files import File, by_file
from pages.components.text import escape

_SHOWN = 12


def show(settings: Settings) -> None:
    files = by_file(desk.listed(settings))
    if not files:
        return
    st.subheader("Your sheets", anchor=False)
    for file in files[: None if st.session_state.get("sheets-all") else _SHOWN]:
        first = file.numbers[0]
        with st.container(horizontal=True, vertical_alignment="center", key=f"sheets-row-{first}"):
            _show_file(file, first, settings)
    if len(files) > _SHOWN:
        st.toggle(f"Show all {len(files):,}", key="sheets-all")


def _show_file(file: File, first: int, settings: Settings) -> None:
    st.button(
        escape(file.path),
        key=f"sheets-open-{first}",
        icon=":material/table_view:",
        type="tertiary",
        on_click=partial(current.go, first),
    )
    pages = f"{counted(len(file.pages), 'page')}, " if len(file.pages) > 1 else ""
    kept = file.created[:10] if first > 0 else "only in this session"
    st.caption(f"{pages}{counted(file.fields, 'field')}, {kept}", width="stretch")
    what = f"all {counted(len(file.pages), 'page')} of {escape(file.path)}" if pages else escape(file.path)
    action.button(
        "Delete",
        f"sheets-delete-{first}",
        "delete",
        partial(_delete, file.numbers, settings),
        settings if first > 0 else _of_session(settings),
        done=f"{escape(file.path)} is deleted.",
        question=f"Delete {what} for good, with the picture and all that was typed?",
        confirm="Delete it",
    )


def _of_session(settings: Settings) -> Settings:
    """Settings by which a button is open: what only this session holds may be changed in read-only mode, too."""
    return replace(settings, read_only=False)


def _delete(numbers: Sequence[int], settings: Settings) -> None:
    """Delete sheets for good, and let go of what is kept in memory of them."""
    desk.delete(numbers, settings)
    opened.forget(numbers)
