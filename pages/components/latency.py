"""How long models take for a single image on this machine: measured when it is asked for, kept for the session."""

from collections.abc import Sequence

import streamlit as st

from core import cached
from core.errors import DigitLabError
from core.evaluation.comparison import seconds_an_image
from core.model.card import Card
from pages.components import page, state
from pages.components.text import escape

TITLE = "Time for an image"


def seconds(card: Card) -> float | None:
    """The time of a model for an image, in seconds, where it was measured in this session."""
    return state.evaluate_seconds().get(card.weights_sha256)


def say(measured: float | None) -> str:
    """A time for an image in a cell of a table."""
    return f"{1000 * measured:.1f} ms" if measured else "–"


def offer(cards: Sequence[Card], key: str) -> None:
    """The button that measures these models. What shows the times must be drawn after it.

    Args:
        key: of the button.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Measure time", key=key, icon=":material/timer:", wrap=False):
            for card in cards:
                _measure(card)
        st.caption("The time for one image on this machine, median of single images one after the other.")


def _measure(card: Card) -> None:
    try:
        with st.spinner(f"Reading single images with {escape(card.name)}"):
            found = seconds_an_image(cached.recogniser(card.name))
    except DigitLabError as error:
        page.explain(error)
    else:
        state.evaluate_seconds()[card.weights_sha256] = found
