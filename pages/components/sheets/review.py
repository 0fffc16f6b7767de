"""The review: one doubtful field after the other, the most consequential first, by keyboard or by touch."""

from functools import partial

import streamlit as st

from core.sheets.review import Item, choices, look_ahead, make_queue
from core.sheets.sheet import Place, ReadField
from core.text import probability
from pages.components import page
from pages.components.sheets import field as parts
from pages.components.sheets import focus, memory
from pages.components.sheets.opened import Opened
from pages.components.text import escape

_AROUND = "sheets-review"
_REASONS = {
    "check": "A check objects to it.",
    "illegible": "It could not be read.",
    "unsure": "The reader is not sure.",
}


def show(sheet: Opened) -> None:
    queue = _queue(sheet)
    outlook = look_ahead(sheet.fields, sheet.kept.plan, sheet.findings, sheet.typed)
    st.progress(_done(sheet, len(queue)), outlook.sentence)
    with st.container(key=_AROUND):
        if queue:
            sheet.pick(queue[0].place)
            _ask(sheet, queue[0], last=len(queue) == 1)
        else:
            st.success("Nothing is left to look at.", icon=":material/check_circle:")
    focus.keep(_AROUND, queue[0].place if queue else "", "sheets-review-focus")


def _later(sheet: Opened) -> list[Place]:
    """The fields of this sheet that were put off, in that order."""
    return memory.of(sheet.kept.id, "later")


def _queue(sheet: Opened) -> list[Item]:
    """What is left to look at; what was put off comes last, and what was put off last at the very end."""
    turns = {place: turn for turn, place in enumerate(_later(sheet), start=1)}
    items = make_queue(sheet.fields, sheet.kept.plan, sheet.findings, sheet.typed)
    return sorted(items, key=lambda item: turns.get(item.place, 0))


def _done(sheet: Opened, left: int) -> float:
    done = len(sheet.typed)
    return done / (done + left) if done + left else 1.0


def _ask(sheet: Opened, item: Item, last: bool) -> None:
    field = sheet.by_place[item.place]
    parts.ask_about(sheet, field, "review")
    st.markdown(f"**{escape(sheet.where(item.place))}**: {_REASONS[item.reason]}")
    parts.show_picture(sheet, item.place)
    parts.show_notes(sheet, field)
    _readings(sheet, field)
    parts.ask_text(sheet, field, "review")
    with st.container(horizontal=True):
        parts.blank_button(sheet, field, "review", _shortcut("B"))
        st.button(
            "Later",
            key=parts.key("review-later", item.place),
            shortcut=_shortcut("L"),
            on_click=partial(_put_off, sheet, item.place),
            disabled=last,
            help="This is the last one." if last else None,
        )


def _readings(sheet: Opened, field: ReadField) -> None:
    with st.container(horizontal=True):
        for number, (text, share) in enumerate(choices(field, sheet.findings), start=1):
            st.button(
                f"**{escape(text)}** {probability(share)}",
                key=f"{parts.key('review', field.place)}-{number}-{text}",
                shortcut=_shortcut(str(number)),
                type="primary" if number == 1 else "secondary",
                on_click=partial(parts.take, sheet, field.place, "review", text),
                disabled=sheet.closed is not None,
                help=sheet.closed,
            )


def _shortcut(key: str) -> str | None:
    """A key for those who have a keyboard."""
    return None if page.on_phone() else key


def _put_off(sheet: Opened, place: Place) -> None:
    later = _later(sheet)
    if place in later:
        later.remove(place)
    later.append(place)
