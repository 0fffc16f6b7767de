"""Draw a character and see it read, stroke by stroke."""

import streamlit as st

from core import cached
from core.model.card import Card
from pages.components import answer, canvas, number_answer, page, steps, widgets

_WHAT = "draw-what"
_HEAD, _TOOLS = 124, 44  # pixels, on a phone: what comes into them does not move the canvas


@st.fragment
def _desk(model: Card) -> None:
    """The canvas and its answer: this alone runs again after a stroke."""
    head = tools = None
    if page.on_phone():  # the answer is above the canvas, or beside it where the phone lies on its side
        beside, place = st.columns(2, gap="small")
        with beside, st.container(gap="xsmall"):
            only, charset = page.choose_reader(model)
            head = st.container(height=_HEAD, border=False, key="draw-head")
            tools = st.container(height=_TOOLS, border=False, horizontal=True, gap="small")
        panel = st.container()
    else:
        only, charset = page.choose_reader(model)
        place, panel = page.halves()
    with place:
        drawing = canvas.show("canvas", tools)
    page.follow_model(model.name)
    read = None
    with panel, page.explained():
        reading = cached.read(model.name, drawing.png, only, drawing.paper) if drawing else None
        if reading and reading.problem:
            st.error(reading.problem, icon=":material/error:")
        read = reading.answer if reading else None
        words = answer.Words(f"Draw one {charset.noun}", "It is read after every stroke.", "Draw it again", "Draw one")
        answer.show(read, charset, words, "draw", drawing.png if drawing else None, model, head)
    steps.show(read.normalised if read else None)


@st.fragment
def _number_desk() -> None:
    """A wide canvas, and the number that is read on it."""
    drawing = canvas.show("number-canvas", wide=True)
    with page.explained():
        number_answer.show(cached.read_number(drawing.png) if drawing else None)


def _choose_what() -> str:
    """Whether a character or a whole number is to be drawn."""
    what = {"character": "Character", "number": "Number"}
    return widgets.segments("What to draw", what, _WHAT, label_visibility="collapsed", persist_state="session")


active = page.begin("Draw", asks=False, heading=not page.on_phone())
if active and active.card:
    # On a phone the choice stands below: the canvas and its answer are to be in sight together.
    chosen = st.session_state.get(_WHAT) if page.on_phone() else _choose_what()
    if chosen == "number":
        _number_desk()
        cached.loading_numbers()
    else:
        _desk(active.card)
        cached.loading(active.name)
    if page.on_phone():
        _choose_what()
