"""What the user says of a sheet's columns and totals, and what the checks then find: nothing changes by itself."""

from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

import streamlit as st
from pydantic import ValidationError

from core.sheets.checks.check_digits import SCHEMES
from core.sheets.checks.content import POSTAL_CODES, CheckDigits, Content, Dates, Decimals, PostalCodes, Roster, Whole
from core.sheets.checks.finding import Finding
from core.sheets.checks.plan import Axis, Plan, Total
from core.sheets.checks.proposals import propose_totals
from core.sheets.edits import accept
from core.sheets.worksheets.marking import mark_sums
from core.text import counted
from pages.components import widgets
from pages.components.sheets.opened import Opened
from pages.components.text import escape

_KINDS = {
    "": "Anything",
    "whole": "Whole numbers",
    "decimals": "Numbers with decimals",
    "date": "Dates",
    "postal code": "Postal codes",
    "check digit": "Numbers with a check digit",
    "roster": "Values of a list",
}
_ICONS = {"suggestion": "lightbulb", "mismatch": "error", "support": "check"}


def show(sheet: Opened) -> None:
    _findings(sheet)
    _totals(sheet)
    _columns(sheet)
    _worksheet(sheet)


def _findings(sheet: Opened) -> None:
    found = [finding for finding in sheet.findings if finding.outcome != "support"]
    if not found:
        said = "Everything adds up." if sheet.kept.plan.totals or sheet.kept.plan.contents else ""
        st.caption(said or "Say below what columns hold and which lines are totals, and the values are checked by it.")
        return
    for number, finding in enumerate(found):
        with st.container(border=True, key=f"sheets-finding-{number}"):
            where = escape(sheet.where(finding.place).capitalize())
            st.markdown(f":material/{_ICONS[finding.outcome]}: **{where}**: {escape(finding.sentence)}")
            with st.container(horizontal=True):
                if finding.suggested is not None:
                    label = f"Take {escape(finding.suggested) or 'nothing'}"
                    st.button(label, key=f"sheets-take-{number}", on_click=partial(_take, sheet, finding))
                show = partial(sheet.pick, finding.place)
                st.button("Show", key=f"sheets-show-{number}", type="tertiary", on_click=show)


def _take(sheet: Opened, finding: Finding) -> None:
    sheet.write(*accept([finding]))


def _totals(sheet: Opened) -> None:
    plan = sheet.kept.plan
    st.markdown("**Totals**")
    for index, total in enumerate(plan.totals):
        rest = (*plan.totals[:index], *plan.totals[index + 1 :])
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(_in_words(total, plan), width="stretch")
            remove = partial(sheet.revise, plan=replace(plan, totals=rest))
            st.button("Remove", key=f"sheets-total-{index}", icon=":material/close:", on_click=remove)
    proposals = [p for p in propose_totals(sheet.fields, plan) if p.total not in plan.totals]
    for index, proposal in enumerate(proposals[:4]):
        add = partial(sheet.revise, plan=replace(plan, totals=(*plan.totals, proposal.total)))
        label = f"{_in_words(proposal.total, plan)}: {proposal.agree} of {counted(proposal.sums, 'sum')} agree"
        st.button(label, key=f"sheets-propose-{index}", icon=":material/add:", on_click=add)
    _add_total(sheet)


def _in_words(total: Total, plan: Plan) -> str:
    if total.axis == "row":
        return f"Row {total.total + 1} is the sum of rows {_span(total.parts)}"
    parts = ", ".join(escape(plan.title(column)) for column in total.parts)
    return f"{escape(plan.title(total.total)).capitalize()} is the sum of {parts}"


def _span(parts: tuple[int, ...]) -> str:
    first, last = min(parts), max(parts)
    whole = len(parts) == last - first + 1
    return f"{first + 1} to {last + 1}" if whole else ", ".join(str(part + 1) for part in parts)


def _add_total(sheet: Opened) -> None:
    layout = sheet.kept.read.layout
    with st.popover("Add a total", icon=":material/functions:"):
        axis: Axis = widgets.segments("It is a", {"row": "Row", "column": "Column"}, "sheets-total-axis")
        count = layout.rows if axis == "row" else layout.columns
        numbers = range(1, count + 1)
        total = st.selectbox("The total", numbers, index=count - 1 if count else None, key="sheets-total-line")
        parts = st.multiselect("The sum of", [n for n in numbers if n != total], key="sheets-total-parts")
        if st.button("Add", key="sheets-total-add", disabled=not parts or total is None):
            made = Total(axis, int(total or 1) - 1, tuple(sorted(part - 1 for part in parts)))
            sheet.revise(plan=replace(sheet.kept.plan, totals=(*sheet.kept.plan.totals, made)))
            st.rerun()


def _columns(sheet: Opened) -> None:
    plan, count = sheet.kept.plan, sheet.kept.read.layout.columns
    if not count:
        return
    st.markdown("**Columns**")
    titles = [escape(plan.title(index)) for index in range(count)]
    column = st.selectbox("Column", range(count), format_func=titles.__getitem__, key="sheets-column")
    now = plan.contents.get(column)
    with st.form(f"sheets-column-form-{column}-{sheet.kept.revision}", border=True):
        title = st.text_input("Name", plan.columns[column] if column < len(plan.columns) else "", max_chars=100)
        said = _ask(now)
        if st.form_submit_button("Keep"):
            _keep(sheet, column, title, said)


def _ask(now: Content | None) -> dict[str, Any]:
    """What the column holds, in the words of the form."""
    kinds = list(_KINDS)
    return {
        "kind": st.selectbox("It holds", kinds, kinds.index(now.kind if now else ""), _KINDS.__getitem__),
        "low": st.text_input("At least", _limit(now, "low"), max_chars=20),
        "high": st.text_input("At most", _limit(now, "high"), max_chars=20),
        "places": st.number_input("Decimals at most", 0, 10, getattr(now, "places", 2)),
        "country": st.selectbox("Country of the postal codes", list(POSTAL_CODES)),
        "scheme": st.selectbox("Check digit", list(SCHEMES)),
        "values": st.text_area("Values of the list, a line each", "\n".join(getattr(now, "values", ()))),
    }


def _limit(content: Content | None, name: str) -> str:
    value = getattr(content, name, None)
    return "" if value is None else str(value)


def _keep(sheet: Opened, column: int, title: str, said: dict[str, Any]) -> None:
    plan = sheet.kept.plan
    try:
        content = _content(said)
    except (ValidationError, InvalidOperation, ValueError) as error:
        st.error(escape(f"This cannot be checked: {error}"[:300]))
        return
    titles = [*plan.columns, *[""] * (column + 1 - len(plan.columns))]
    titles[column] = title.strip()
    contents = (
        {**plan.contents, column: content} if content else {k: v for k, v in plan.contents.items() if k != column}
    )
    sheet.revise(plan=replace(plan, columns=tuple(titles), contents=contents))
    st.rerun()


def _content(said: dict[str, Any]) -> Content | None:
    low, high = (Decimal(said[name].replace(",", ".")) if said[name].strip() else None for name in ("low", "high"))
    match said["kind"]:
        case "whole":
            return Whole(low, high)
        case "decimals":
            return Decimals(int(said["places"]), low=low, high=high)
        case "date":
            return Dates(latest=date(2100, 1, 1))
        case "postal code":
            return PostalCodes(said["country"])
        case "check digit":
            return CheckDigits(said["scheme"])
        case "roster":
            return Roster(tuple(line.strip() for line in said["values"].splitlines() if line.strip()))
    return None


def _worksheet(sheet: Opened) -> None:
    """Sums on the sheet are somebody's work: right or wrong, and why."""
    plan = sheet.kept.plan
    work = st.toggle(
        "The sums are somebody's work, to be marked", plan.worksheet, key=f"sheets-work-{sheet.kept.revision}"
    )
    if work != plan.worksheet:
        sheet.revise(plan=replace(plan, worksheet=work))
        st.rerun()
    if not work:
        return
    marked = mark_sums(sheet.fields)
    if not marked:
        st.caption("No sums were found on this sheet.")
    for mark in marked:
        colour = {"right": "green", "wrong": "red"}.get(mark.mark, "orange")
        st.markdown(f":{colour}-badge[{mark.mark}] {escape(mark.sentence)}")
