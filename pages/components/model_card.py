"""A model's card: how good it is, on how many images, and what it was trained on."""

from datetime import datetime

import streamlit as st

from core.charsets import get_charset
from core.data.datasets import restriction
from core.model.card import Card, Score
from core.text import counted, interval, megabytes, percent
from pages.components.text import escape

# Data sets by what their score says about a model; others are shown with their own title.
_MEANINGS = {"mnist": "MNIST test images", "pen-strokes": "new writers' pen strokes"}


def show(card: Card, weights_bytes: int) -> None:
    st.subheader("The model", anchor=False)
    if card.description:
        st.markdown(escape(card.description))
    if card.scores:
        grid = st.grid(min(len(card.scores), 3), min_column_width=240)
        for score in card.scores:
            with grid.cell():
                _score(score, restriction(score.dataset, get_charset(card.charset)))
    st.table(_facts(card, weights_bytes), border="horizontal", hide_header=True)


def _score(score: Score, restricted: str) -> None:
    notes = (f"95 % interval {interval(score.low, score.high)}", counted(score.images, "image"), restricted)
    with st.container(border=True, gap="xsmall", height="stretch"):
        st.metric(f"Right on {_MEANINGS.get(score.dataset, escape(score.title))}", percent(score.accuracy))
        st.caption(
            f"{', '.join(filter(None, notes))}  \n"
            f"Sure of {percent(score.confident, 1)} of them, of which {percent(score.confident_error)} are wrong"
        )


def _facts(card: Card, weights_bytes: int) -> dict[str, str]:
    created = datetime.fromisoformat(card.created)
    sources = [
        f"{escape(source.title)}: {counted(source.images, 'image')} ({escape(source.licence)})"
        for source in card.sources
    ]
    return {
        "Trained on": "; ".join(sources) or "not said",
        "Network": f"{escape(card.architecture)}, {card.parameters:,} parameters",
        "Size": megabytes(weights_bytes),
        "Made on": f"{created.day} {created:%B %Y}",
    }
