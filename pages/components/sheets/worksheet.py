"""Sums on a sheet that are somebody's work: right or wrong, and why."""

from dataclasses import replace
from functools import partial

import streamlit as st

from core.sheets.checks.plan import Plan
from core.sheets.worksheets.marking import mark_sums
from core.text import counted
from pages.components import widgets
from pages.components.sheets.opened import Opened
from pages.components.text import escape

_WORK = "sheets-work"
_COLOURS = {"right": "green", "wrong": "red"}


def show(sheet: Opened) -> None:
    plan = sheet.kept.plan
    st.toggle(
        "The sums are somebody's work, to be marked",
        plan.worksheet,
        key=widgets.key_showing(_WORK, plan.worksheet),
        on_change=partial(_take, sheet),
        disabled=sheet.closed is not None,
        help=sheet.closed,
    )
    if plan.worksheet:
        _show_marks(sheet)


def _take(sheet: Opened) -> None:
    """Store what the toggle says; where that fails it goes back, as it shows what is stored."""
    work: bool | None = widgets.value_of(_WORK)
    if work is not None:
        sheet.plan(partial(_set, work))


def _set(work: bool, plan: Plan) -> Plan:
    return replace(plan, worksheet=work)


def _show_marks(sheet: Opened) -> None:
    marked = mark_sums(sheet.fields)
    if not marked:
        st.caption("No sums were found on this sheet.")
        return
    right = sum(mark.mark == "right" for mark in marked)
    st.markdown(f"{right} of {counted(len(marked), 'sum')} right")
    for mark in marked:
        st.markdown(f":{_COLOURS.get(mark.mark, 'orange')}-badge[{mark.mark}] {escape(mark.sentence)}")
