"""The course of the training."""

import pandas as pd
import streamlit as st

from core import cached
from core.errors import ModelError
from core.model.card import Card
from core.report import figures
from pages.components import chart
from pages.components.evaluate.selection import Subject
from pages.components.text import escape

# Options of a training that make it harder than validation, and how.
_HARDER = (
    (
        ("rotation", "scale", "shift", "shear", "elastic", "stroke_width", "stretch"),
        "on turned, bent and stretched images",
    ),
    (("dropout",), "with dropout"),
    (("label_smoothing",), "with smoothed labels"),
)


@st.fragment
def show(subject: Subject) -> None:
    try:
        history = cached.history(subject.entry.name)
    except ModelError as error:
        st.info(f"There are no training curves of this model. {escape(str(error))}", icon=":material/show_chart:")
        return
    best = figures.best_epoch(subject.card)
    log = st.toggle("Loss on a log scale", value=True, key="evaluate-log-loss")
    grid = st.grid(2, min_column_width=320, gap="medium")
    for title, figure in figures.training(history, best, log).items():
        with grid.cell():
            st.markdown(f"#### {title}", anchors=False)
            key = f"evaluate-curve-{title.lower().replace(' ', '-')}"
            chart.show(figure, key, f"{title} over {len(history)} epochs; epoch {best or 'not said'} was chosen")
    st.caption(_note(subject.card, history, best))


def _note(card: Card, history: pd.DataFrame, best: int | None) -> str:
    """How many epochs, which one was kept, and why training looks worse than validation."""
    minutes = history["seconds"].sum() / 60
    parts = [f"{len(history):,} epochs{f' in {minutes:,.0f} minutes' if minutes >= 1 else ''}."]
    if best is not None:
        parts.append(f"The weights of epoch {best} were kept.")
    above_zero = {name for name, value in card.training.items() if isinstance(value, int | float) and value > 0}
    harder = [words for options, words in _HARDER if above_zero.intersection(options)]
    if harder:
        parts.append(
            f"Training is measured {', '.join(harder)}; validation is not. So training can look worse than validation."
        )
    return " ".join(parts)
