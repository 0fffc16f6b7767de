"""What the user says of a sheet's columns: their names, and what they hold."""

import zlib
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import streamlit as st
from pydantic import TypeAdapter, ValidationError

from core.errors import SheetError
from core.sheets.checks.check_digits import SCHEMES
from core.sheets.checks.content import (
    POSTAL_CODES,
    CheckDigits,
    Content,
    Dates,
    Decimals,
    Limit,
    PostalCodes,
    Roster,
    Whole,
)
from core.sheets.checks.plan import Plan
from core.sheets.values import read_number, to_decimal
from pages.components.sheets.opened import Opened

_KINDS = {
    "": "Anything",
    "whole": "Whole numbers",
    "decimals": "Numbers with decimals",
    "date": "Dates",
    "postal code": "Postal codes",
    "check digit": "Numbers with a check digit",
    "roster": "Values of a list",
}
_ORDERS = ["day month year", "month day year", "year month day"]
_NUMBERS = "“At least” and “At most” are numbers, such as 0 or 12.5, or empty."
_LISTS = "The list needs one value or more, a line each, of at most 100 characters; 20,000 values at most."
Answers = dict[str, Any]
_LIMIT: TypeAdapter[Limit] = TypeAdapter(Limit)


def show(sheet: Opened) -> None:
    plan, count = sheet.kept.plan, sheet.kept.read.layout.columns
    if not count:
        return
    st.markdown("**Columns**")
    column: int = st.selectbox("Column", range(count), 0, partial(_name, plan), key="sheets-column")
    now, name, key = plan.contents.get(column), _title(plan, column), _key(sheet, column)
    kinds = list(_KINDS)
    kind: str = st.selectbox("It holds", kinds, kinds.index(now.kind if now else ""), _KINDS.__getitem__, f"{key}-kind")
    with st.form(f"{key}-{kind}", border=True):
        st.text_input("Name", name, 100, f"{key}-name")
        _ask(kind, now if now and now.kind == kind else None, key)
        st.form_submit_button(
            "Keep",
            on_click=partial(_keep, sheet, column, kind, key),
            disabled=sheet.closed is not None,
            help=sheet.closed,
        )


def _key(sheet: Opened, column: int) -> str:
    """How the keys of a column's form begin: another one where something else is stored of the column.

    So what was typed stays while anything else of the sheet is changed.
    """
    plan = sheet.kept.plan
    stored = repr((_title(plan, column), plan.contents.get(column)))
    return f"sheets-column-{sheet.kept.id}-{column}-{zlib.crc32(stored.encode()):x}"


def _title(plan: Plan, column: int) -> str:
    return plan.columns[column] if column < len(plan.columns) else ""


def _name(plan: Plan, column: int) -> str:
    named = _title(plan, column)
    return f"{column + 1}: {named}" if named else f"Column {column + 1}"


def _ask(kind: str, now: Content | None, key: str) -> None:
    """Ask what the kind of content needs to know, beginning with what is known."""
    match kind:
        case "whole" | "decimals":
            if kind == "decimals":
                st.number_input("Decimals at most", 0, 10, getattr(now, "places", 2), key=f"{key}-places")
            st.text_input("At least", _limit(now, "low"), 20, f"{key}-low")
            st.text_input("At most", _limit(now, "high"), 20, f"{key}-high")
        case "date":
            _choose("Written as", _ORDERS, getattr(now, "order", None), f"{key}-order")
        case "postal code":
            _choose("Country", sorted(POSTAL_CODES), getattr(now, "country", None), f"{key}-country")
        case "check digit":
            _choose("Kind of number", list(SCHEMES), getattr(now, "scheme", None), f"{key}-scheme")
        case "roster":
            st.text_area("The list, a value a line", "\n".join(getattr(now, "values", ())), key=f"{key}-values")


def _choose(label: str, options: list[str], now: str | None, key: str) -> None:
    st.selectbox(label, options, options.index(now) if now in options else 0, key=key)


def _limit(content: Content | None, name: str) -> str:
    value = getattr(content, name, None)
    return "" if value is None else f"{value:f}"


def _keep(sheet: Opened, column: int, kind: str, key: str) -> None:
    said = {name.removeprefix(f"{key}-"): st.session_state[name] for name in st.session_state if _is_of(name, key)}
    sheet.plan(partial(_revise, column, kind, said))


def _is_of(name: object, key: str) -> bool:
    return isinstance(name, str) and name.startswith(f"{key}-")


def _revise(column: int, kind: str, said: Answers, plan: Plan) -> Plan:
    """The plan with what was said of a column; a SheetError where that cannot be checked."""
    titles = [*plan.columns, *[""] * (column + 1 - len(plan.columns))]
    titles[column] = str(said.get("name") or "").strip()
    while titles and not titles[-1]:
        titles.pop()
    content = _content(kind, said, plan.contents.get(column))
    contents = {number: each for number, each in plan.contents.items() if number != column}
    return replace(plan, columns=tuple(titles), contents=contents | ({column: content} if content else {}))


def _content(kind: str, said: Answers, now: Content | None) -> Content | None:
    """What a column holds; what the form does not ask for stays as it is."""
    match kind:
        case "whole":
            return Whole(*_limits(said))
        case "decimals":
            low, high = _limits(said)
            known = now if isinstance(now, Decimals) else Decimals(2)
            return replace(known, places=int(said["places"]), low=low, high=high)
        case "date":
            return replace(now if isinstance(now, Dates) else Dates(), order=said["order"])
        case "postal code":
            return PostalCodes(said["country"])
        case "check digit":
            return CheckDigits(said["scheme"])
        case "roster":
            return _roster(str(said.get("values") or ""))
    return None


def _roster(text: str) -> Roster:
    try:
        return Roster(tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip())))
    except ValidationError as error:
        raise SheetError(_LISTS) from error


def _limits(said: Answers) -> tuple[Decimal | None, Decimal | None]:
    low, high = _number(said.get("low")), _number(said.get("high"))
    if low is not None and high is not None and low > high:
        raise SheetError("“At least” is more than “At most”: no value would fit.")
    return low, high


def _number(text: object) -> Decimal | None:
    words = str(text or "").strip()
    if not words:
        return None
    number = read_number(words)
    if number is None:
        raise SheetError(_NUMBERS)
    try:
        return _LIMIT.validate_python(to_decimal(number.value, 0))
    except ValidationError as error:
        raise SheetError(_NUMBERS) from error
