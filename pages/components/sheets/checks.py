"""What the checks of a sheet have found, and what its user says of its totals: nothing changes by itself."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from core.sheets.checks.finding import Finding
from core.sheets.checks.plan import Axis, Plan, Total
from core.sheets.checks.proposals import propose_totals
from core.text import counted
from pages.components import widgets
from pages.components.sheets import columns, worksheet
from pages.components.sheets.opened import Opened
from pages.components.text import escape

_ICONS = {"suggestion": "lightbulb", "mismatch": "error", "support": "check"}
_TOLD = 30  # findings at once
_PROPOSED = 4


def show(sheet: Opened) -> None:
    _findings(sheet)
    st.markdown("**Totals**")
    _totals(sheet)
    _proposals(sheet)
    with st.popover("Add a total", icon=":material/functions:", disabled=sheet.closed is not None, help=sheet.closed):
        _add_total(sheet)
    columns.show(sheet)
    worksheet.show(sheet)


def _findings(sheet: Opened) -> None:
    found = [finding for finding in sheet.findings if finding.outcome != "support"]
    if not found:
        said = "Everything fits." if sheet.kept.plan.totals or sheet.kept.plan.contents else ""
        st.caption(said or "Say below what the columns hold and which lines are totals: the values are then checked.")
    for number, finding in enumerate(found[:_TOLD]):
        with st.container(border=True, key=f"sheets-finding-{number}"):
            _show_finding(sheet, finding, number)
    if len(found) > _TOLD:
        st.caption(f"And {len(found) - _TOLD:,} more, which follow when these are settled.")


def _show_finding(sheet: Opened, finding: Finding, number: int) -> None:
    where = escape(sheet.where(finding.place))
    st.markdown(f":material/{_ICONS[finding.outcome]}: **{where}**: {escape(finding.sentence)}")
    about = f"{finding.row}-{finding.column}-{number}-{finding.suggested}"
    with st.container(horizontal=True):
        if finding.suggested is not None:
            st.button(
                f"Take {escape(finding.suggested) or 'nothing'}",
                key=f"sheets-take-{about}",
                on_click=partial(sheet.agree, finding),
                disabled=sheet.closed is not None,
                help=sheet.closed,
            )
        st.button("Show", key=f"sheets-show-{about}", type="tertiary", on_click=partial(sheet.pick, finding.place))


def _totals(sheet: Opened) -> None:
    plan = sheet.kept.plan
    for total in plan.totals:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(escape(in_words(total, plan)), width="stretch")
            st.button(
                "Remove",
                key=f"sheets-total-{_named(total)}",
                icon=":material/close:",
                on_click=partial(sheet.plan, partial(_without, total)),
                disabled=sheet.closed is not None,
                help=sheet.closed,
            )


def _proposals(sheet: Opened) -> None:
    """Totals that the sheet itself suggests."""
    plan = sheet.kept.plan
    proposals = [p for p in propose_totals(sheet.fields, plan) if p.total not in plan.totals]
    for proposal in proposals[:_PROPOSED]:
        agree = f"{proposal.agree} of {counted(proposal.sums, 'sum')} agree"
        st.button(
            f"{escape(in_words(proposal.total, plan))}: {agree}",
            key=f"sheets-propose-{_named(proposal.total)}",
            icon=":material/add:",
            on_click=partial(sheet.plan, partial(_with, proposal.total)),
            disabled=sheet.closed is not None,
            help=sheet.closed,
        )


def _named(total: Total) -> str:
    """What tells a total from others in the key of a widget."""
    return "-".join(map(str, (total.axis, total.total, *total.parts)))


def _with(total: Total, plan: Plan) -> Plan:
    return plan if total in plan.totals else replace(plan, totals=(*plan.totals, total))


def _without(total: Total, plan: Plan) -> Plan:
    return replace(plan, totals=tuple(each for each in plan.totals if each != total))


def in_words(total: Total, plan: Plan) -> str:
    """A total in a sentence; names of columns are as their user has written them."""
    if total.axis == "row":
        return f"Row {total.total + 1} is the sum of rows {_span([str(part + 1) for part in total.parts], total)}"
    titles = [plan.title(column) for column in total.parts]
    return f"{name_of(plan, total.total)} is the sum of {_span(titles, total)}"


def name_of(plan: Plan, column: int) -> str:
    """A column at the beginning of a sentence, or of a line of a list."""
    title = plan.title(column)
    return title if column < len(plan.columns) and plan.columns[column] else f"{title[:1].upper()}{title[1:]}"


def _span(names: Sequence[str], total: Total) -> str:
    """Lines that follow each other by the first and the last, others one by one."""
    parts = sorted(total.parts)
    together = parts == list(range(parts[0], parts[-1] + 1)) and len(parts) > 2
    if together:
        return f"{names[0]} to {names[-1]}"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _add_total(sheet: Opened) -> None:
    axis: Axis = widgets.segments("It is a", {"row": "Row", "column": "Column"}, "sheets-total-axis")
    layout, plan = sheet.kept.read.layout, sheet.kept.plan
    count = layout.rows if axis == "row" else layout.columns
    if count < 2:
        st.caption(f"A total needs two {axis}s or more.")
        return

    def name(line: int) -> str:
        return f"Row {line + 1}" if axis == "row" else name_of(plan, line)

    key, lines = f"sheets-total-{sheet.kept.id}-{axis}", range(count)
    total = st.selectbox("The total", lines, count - 1, name, key=f"{key}-line")
    first = st.selectbox("The sum of, from", lines, 0, name, key=f"{key}-from")
    last = st.selectbox("to", lines, count - 2, name, key=f"{key}-to")
    between = [line for line in range(min(first, last), max(first, last) + 1) if line != total]
    left_out = st.multiselect("without", between, format_func=name, key=f"{key}-without", placeholder="None")
    parts = tuple(line for line in between if line not in left_out)
    if parts:
        made = Total(axis, total, parts)
        st.caption(f"{escape(in_words(made, plan))}.")
        st.button("Add", key="sheets-total-add", on_click=partial(sheet.plan, partial(_with, made)), type="primary")
    else:
        st.caption("Nothing is left to add up.")
