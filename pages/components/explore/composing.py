"""An image as on paper: the composer's pictures of it, with the nuisances that the person chooses."""

import numpy as np
import streamlit as st

from core.data import strokes_on_paper
from core.data.datasets import Dataset
from pages.components.pictures import data_url

_COUNT = 12
_NEIGHBOURS = 24  # images from all over the data set that may stand beside it
_WIDTH = 620
_SEED = "explore-paper-seed"
# The main fields of `core.data.composing.composer.Paper`, whose others keep their values.
_NUISANCES = {
    "neighbours": "Neighbours",
    "ruling": "Ruled lines",
    "field": "Printed field",
    "gaps": "Broken strokes",
    "surroundings": "Edge of the paper",
    "shadow": "Shadow",
    "grain": "Grain",
    "blur": "Blur",
    "coarse": "Few pixels",
    "light_ink": "Light ink",
}


def show(data: Dataset, index: int) -> None:
    """Offer pictures of the image of this index, and beneath them how likely each nuisance is."""
    with st.container(horizontal=True, vertical_alignment="center"):
        wanted = st.toggle(
            "Show it on paper",
            key="explore-paper",
            help="As the network meets it that reads the picture itself: composed with what lies around ink in "
            "photographs and scans.",
        )
        if wanted and st.button("Others", icon=":material/casino:", key="explore-paper-again"):
            st.session_state[_SEED] = st.session_state.get(_SEED, 0) + 1
    if not wanted:
        return
    from core.data.composing.composer import preview  # imports torch
    from core.data.composing.options import Paper

    above = st.container(width=_WIDTH, key="explore-paper-grid")
    usual = Paper()
    with st.expander("How likely is what", icon=":material/tune:"):
        grid = st.grid(5, min_column_width=150, gap="medium")
        chances = {
            name: grid.slider(f"{title} (%)", 0, 100, round(getattr(usual, name) * 100), 1, key=f"explore-paper-{name}")
            for name, title in _NUISANCES.items()
        }
    options = Paper(**{name: chance / 100 for name, chance in chances.items()})
    near = np.linspace(0, len(data.images) - 1, _NEIGHBOURS).astype(int)
    others = np.stack([strokes_on_paper.from_glyph(glyph) for glyph in data.images[near]])
    pictures = preview(
        strokes_on_paper.from_glyph(data.images[index]), others, options, _COUNT, st.session_state.get(_SEED, 0)
    )
    with above:
        grid = st.grid(6, min_column_width=88, gap="xsmall")
        for number, picture in enumerate(pictures, start=1):
            grid.image(data_url(picture), width="stretch", alt=f"On paper, version {number}")
