"""The sheets that are kept, to be opened again or deleted."""

from functools import partial

import streamlit as st

from core.settings import Settings
from core.text import counted
from pages.components import action
from pages.components.sheets import desk
from pages.components.text import escape

_SHOWN = 12


def show(settings: Settings) -> None:
    sheets = desk.listed(settings)
    if not sheets:
        return
    st.subheader("Your sheets", anchor=False)
    for sheet in sheets[: None if st.session_state.get("sheets-all") else _SHOWN]:
        with st.container(horizontal=True, vertical_alignment="center", key=f"sheets-row-{sheet.id}"):
            page = f", page {sheet.page}" if sheet.page > 1 else ""
            st.button(
                f"{escape(sheet.path)}{page}",
                key=f"sheets-open-{sheet.id}",
                icon=":material/table_view:",
                type="tertiary",
                on_click=partial(st.session_state.__setitem__, "sheets-open", sheet.id),
            )
            st.caption(f"{counted(sheet.fields, 'field')}, {sheet.created[:10]}", width="stretch")
            action.button(
                "Delete",
                f"sheets-delete-{sheet.id}",
                "delete",
                partial(desk.delete, sheet.id, settings),
                settings,
                done=f"{escape(sheet.path)} was deleted.",
                question=f"Delete {escape(sheet.path)}{page} with all that was typed into it?",
                confirm="Delete it",
            )
    if len(sheets) > _SHOWN:
        st.toggle(f"Show all {len(sheets):,}", key="sheets-all")
