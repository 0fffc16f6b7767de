"""The answer to a number that was drawn: the reading, how sure it is, and the others."""

import streamlit as st

from core.model.numbers import NumberAnswer, NumberVerdict
from core.text import probability
from pages.components.answer import sure
from pages.components.text import escape

_WITHOUT = {
    NumberVerdict.BLANK: "Nothing is written.",
    NumberVerdict.FILLED: "A dash or a cross, so that nobody writes there.",
    NumberVerdict.STRUCK: "Struck out.",
    NumberVerdict.ILLEGIBLE: "Writing, but no number.",
}


def show(answer: NumberAnswer | None) -> None:
    """Show an answer, or what to do before there is one."""
    with st.container(key="number-answer"):
        if answer is None:
            st.markdown("**Write a number**")
            st.caption("Digits, a point or a comma, 3½, 12/5, 7 + 8 = 15. It is read after every stroke.")
            return
        if answer.text:
            st.markdown(f"###### {escape(answer.text)}")  # as large as the answer to a character
            said = "Confident" if answer.verdict is NumberVerdict.CONFIDENT else "Unsure"
            st.markdown(f"{said}, {sure(answer.confidence)}")
        else:
            st.markdown(f"**{_WITHOUT[answer.verdict]}**")
        others = [(text, share) for text, share in answer.candidates if text != answer.text and text]
        if others and answer.verdict is not NumberVerdict.CONFIDENT:
            listed = ", ".join(f"{escape(text)} ({probability(share)})" for text, share in others[:3])
            st.markdown(f"Or: {listed}")
