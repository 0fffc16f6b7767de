"""The review: one doubtful field after the other, the most consequential first, by keyboard or by touch."""

from functools import partial

import streamlit as st

from core.sheets.edits import Edit, Source
from core.sheets.review import Item, look_ahead, make_queue
from core.sheets.sheet import Place, ReadField
from core.text import probability
from pages.components.pictures import data_url
from pages.components.sheets.opened import Opened
from pages.components.text import escape

_SKIPPED = "sheets-skipped"
_OFFERED = 3  # readings
_REASONS = {
    "check": "A check objects to it.",
    "illegible": "It could not be read.",
    "unsure": "The reader is not sure.",
}


def show(sheet: Opened) -> None:
    queue, later = _queue(sheet)
    outlook = look_ahead(sheet.fields, sheet.kept.plan, sheet.findings, sheet.typed)
    st.progress(_done(sheet, len(queue) + len(later)), outlook.sentence)
    if not queue and not later:
        st.success("Nothing is left to look at.", icon=":material/check_circle:")
        _undo(sheet)
        return
    item = (queue or later)[0]
    sheet.pick(item.place)
    _ask(sheet, item)


def _queue(sheet: Opened) -> tuple[list[Item], list[Item]]:
    """What is left, and of that what was put off."""
    skipped: set[tuple[int, Place]] = st.session_state.setdefault(_SKIPPED, set())
    items = make_queue(sheet.fields, sheet.kept.plan, sheet.findings, sheet.typed)
    later = [item for item in items if (sheet.kept.id, item.place) in skipped]
    return [item for item in items if item not in later], later


def _done(sheet: Opened, left: int) -> float:
    done = len(sheet.typed)
    return done / (done + left) if done + left else 1.0


def _ask(sheet: Opened, item: Item) -> None:
    field = sheet.by_place[item.place]
    st.markdown(f"**{escape(sheet.where(item.place).capitalize())}**: {_REASONS[item.reason]}")
    if (picture := sheet.crops.get(item.place)) is not None:
        st.image(data_url(picture), width=min(420, max(160, picture.shape[1] * 2)), alt="The field")
    for finding in sheet.findings:
        if finding.place == item.place and finding.outcome != "support":
            st.info(escape(finding.sentence), icon=":material/rule:")
    _readings(sheet, field)
    _type(sheet, field)
    with st.container(horizontal=True):
        st.button(
            "Nothing is written", key="sheets-review-blank", shortcut="B", on_click=partial(_take, sheet, field, "")
        )
        st.button("Later", key="sheets-review-later", shortcut="L", on_click=partial(_skip, sheet, item.place))
        _undo(sheet)


def offers(sheet: Opened, field: ReadField) -> list[tuple[str, float]]:
    """The readings to choose from: what a check suggests, then the likeliest."""
    suggested = [f.suggested for f in sheet.findings if f.place == field.place and f.suggested is not None]
    shares = dict(field.candidates)
    texts = dict.fromkeys([*suggested, *(text for text, _ in field.candidates)])
    return [(text, shares.get(text, 0.0)) for text in texts if text][:_OFFERED]


def _readings(sheet: Opened, field: ReadField) -> None:
    with st.container(horizontal=True):
        for number, (text, share) in enumerate(offers(sheet, field), start=1):
            st.button(
                f"**{escape(text)}** {probability(share)}",
                key=f"sheets-review-{number}",
                shortcut=str(number),
                type="primary" if number == 1 else "secondary",
                on_click=partial(_take, sheet, field, text),
            )


def _type(sheet: Opened, field: ReadField) -> None:
    key = f"sheets-review-type-{field.field.row}-{field.field.column}"
    st.text_input(
        "Another value",
        key=key,
        max_chars=40,
        placeholder="Tab, type it, Enter",
        on_change=lambda: _take(sheet, field, st.session_state.get(key, "").strip()),
    )


def _take(sheet: Opened, field: ReadField, text: str) -> None:
    source: Source = "chosen" if any(text == candidate for candidate, _ in field.candidates) else "typed"
    sheet.write(Edit(*field.place, text, source))


def _skip(sheet: Opened, place: Place) -> None:
    st.session_state[_SKIPPED].add((sheet.kept.id, place))


def _undo(sheet: Opened) -> None:
    if sheet.typed:
        st.button("Undo", key="sheets-review-undo", icon=":material/undo:", shortcut="U", on_click=sheet.undo)
