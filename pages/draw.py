"""Draw a character and see it read, stroke by stroke."""

import streamlit as st

from core import cached
from core.charsets import get_charset
from core.errors import DigitLabError
from core.model.card import Card
from pages.components import canvas, page, prediction

_WORDS = prediction.Words("Draw one digit", "It is read after every stroke.", "Draw it again")


@st.fragment
def _desk(model: Card, characters: tuple[str, ...]) -> None:
    """The canvas and its answer: this alone runs again after a stroke."""
    left, right = page.halves()
    with left:
        drawing = canvas.show("canvas")
    with right:
        try:
            answer = cached.read(model.name, drawing) if drawing else None
        except DigitLabError as error:
            page.explain(error)
            return
        prediction.show(answer, characters, _WORDS, "draw", drawing, model)
    prediction.show_steps(answer.normalised if answer else None)


active = page.begin("Draw a digit", "draw")
if active and active.card:
    _desk(active.card, get_charset(active.card.charset).characters)
    cached.warm(active.name)
