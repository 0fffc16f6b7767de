"""Draw a character and see it read, stroke by stroke."""

import streamlit as st

from core import cached
from core.charsets import Charset
from core.errors import DigitLabError
from core.model.card import Card
from pages.components import canvas, model_picker, page, prediction


@st.fragment
def _desk(model: Card, only: str, charset: Charset) -> None:
    """The canvas and its answer: this alone runs again after a stroke."""
    left, right = page.halves()
    with left:
        drawing = canvas.show("canvas")
    with right:
        try:
            reading = cached.read(model.name, drawing.png, only, drawing.paper) if drawing else None
        except DigitLabError as error:
            page.explain(error)
            return
        if reading and reading.problem:
            st.error(reading.problem, icon=":material/error:")
        answer = reading.answer if reading else None
        hint = "It is read after every stroke."
        words = prediction.Words(f"Draw one {charset.noun}", hint, "Draw it again", "Draw one")
        prediction.show(answer, charset, words, "draw", drawing.png if drawing else None, model)
    prediction.show_steps(answer.normalised if answer else None)


active = page.begin("Draw", "draw", asks=False)
if active and active.card:
    _desk(active.card, *model_picker.choose(active.card))
    cached.warm(active.name)
