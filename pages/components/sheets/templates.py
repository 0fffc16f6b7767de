"""Templates on the page: a sheet's names and checks are kept by name, and laid over the next sheets of the form."""

from functools import partial

import streamlit as st

from core.settings import Settings
from core.sheets import template_store
from core.sheets.template_store import LONGEST_NAME
from core.sheets.templates import Template
from pages.components import action
from pages.components.sheets.opened import Opened
from pages.components.text import escape

_HINT = (
    "A template keeps the grid, the names of the columns and the checks. It is found and used by itself when you bring "
    "the next photograph of the same form."
)


def show(sheet: Opened) -> None:
    st.caption(_HINT)
    known = template_store.names(sheet.settings)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _offer_to_keep(sheet, known)
    for name in known:
        _offer_to_delete(name, sheet.settings)


def _offer_to_keep(sheet: Opened, known: list[str]) -> None:
    name = st.text_input("Name of the template", key="sheets-template-name", max_chars=LONGEST_NAME).strip()
    there = name in known
    action.button(
        "Keep as template",
        f"sheets-template-keep-{name}" if there else "sheets-template-keep",
        "bookmark_add",
        partial(_keep, sheet, name, there),
        sheet.settings,
        done=f"The template “{escape(name)}” is kept.",
        question=f"There is a template “{escape(name)}” already. Replace it by this sheet's?" if there else "",
        confirm="Replace it",
        blocked="" if name else "Give it a name first.",
    )


def _keep(sheet: Opened, name: str, there: bool) -> None:
    template = Template(name, sheet.kept.read.layout, sheet.kept.plan)
    template_store.save(template, sheet.settings, replace=there)


def _offer_to_delete(name: str, settings: Settings) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(escape(name), width="stretch")
        action.button(
            "Delete",
            f"sheets-template-delete-{name}",
            "delete",
            partial(template_store.delete, name, settings),
            settings,
            done=f"The template “{escape(name)}” is deleted.",
            question=f"Delete the template “{escape(name)}” for good? Sheets that use it keep their names and checks.",
            confirm="Delete it",
        )
