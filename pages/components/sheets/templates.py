"""Templates on the page: a sheet's names and checks are kept by name, and laid over the next sheets of the form."""

from functools import partial

import streamlit as st

from core.settings import Settings
from core.sheets import template_store
from core.sheets.templates import Template
from pages.components import action
from pages.components.sheets.opened import Opened
from pages.components.text import escape


def show(sheet: Opened) -> None:
    settings = sheet.settings
    st.caption(
        "A template keeps the grid, the names of columns and the checks. It is found again on the next photograph of "
        "the same form."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Name of the template", key="sheets-template-name", max_chars=100)
        template = Template(name.strip(), sheet.kept.read.layout, sheet.kept.plan)
        action.button(
            "Keep as template",
            "sheets-template-keep",
            "bookmark_add",
            lambda: template_store.save(template, settings, replace=True),
            settings,
            done=f"The template “{escape(name)}” is kept.",
            blocked="" if name.strip() else "Give it a name first.",
        )
    for known in template_store.names(settings):
        _offer_to_delete(known, settings)


def _offer_to_delete(name: str, settings: Settings) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(escape(name), width="stretch")
        action.button(
            "Delete",
            f"sheets-template-delete-{name}",
            "delete",
            partial(template_store.delete, name, settings),
            settings,
            question=f"Delete the template “{escape(name)}” for good? Sheets that use it keep their names and checks.",
            confirm="Delete it",
        )
