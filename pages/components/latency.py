"""How long models take for a single image on this machine: measured when it is asked for, kept for the session."""

from collections.abc import Sequence

import streamlit as st

from core import cached
from core.evaluation.comparison import seconds_an_image
from core.model.card import Card
from pages.components import page
from pages.components.text import escape

TITLE = "Time for an image"
_SECONDS = "latency-seconds"


def seconds(card: Card) -> float | None:
    """The time of a model for an image, in seconds, where it was measured in this session."""
    measured: dict[str, float] = st.session_state.get(_SECONDS, {})
    return measured.get(card.weights_sha256)


def say(measured: float | None) -> str:
    """A time for an image in a cell of a table."""
    return f"{1000 * measured:.1f} ms" if measured else "–"


def offer(cards: Sequence[Card], key: str) -> None:
    """The button that measures these models. What shows the times must be drawn after it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        wanted = st.button("Measure time", key=key, icon=":material/timer:", wrap=False)
        for card in cards if wanted else ():
            with page.explained(), st.spinner(f"Reading single images with “{escape(card.title)}”"):
                measured = st.session_state.setdefault(_SECONDS, {})
                measured[card.weights_sha256] = seconds_an_image(cached.recogniser(card.name))
        st.caption("The time for one image on this machine: the median of images that are read one by one.")
