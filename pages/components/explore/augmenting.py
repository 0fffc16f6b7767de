"""What a network that trains on an image meets: the image changed at random, and composed as on paper."""

import numpy as np
import streamlit as st

from core.data import strokes_on_paper
from core.data.datasets import Dataset
from pages.components import augmentation, widgets
from pages.components.explore import image_picker
from pages.components.pictures import data_url, on_square

_ORIGINAL = 152
_SEED, _PAPER_SEED = "explore-augmenting-seed", "explore-paper-seed"
_ON_PAPER = 12  # pictures
_NEIGHBOURS = 24  # images from all over the data set that may stand beside it
# The main fields of `core.data.composing.options.Paper`, whose others keep their values.
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


@st.fragment
def show(data: Dataset) -> None:
    st.markdown(
        "In training, every image is turned, shifted or thickened a little, each time in another way. So the network "
        "learns more hands than the data has. The strength of each change is drawn anew, from none up to the one set "
        "here."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        index = image_picker.show(data, "explore-augmenting-image")
        widgets.count_up("Other examples", _SEED, "explore-augmenting-again")
    strengths = augmentation.show()
    label = data.charset.names[int(data.labels[index])]
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=_ORIGINAL):
            picture = on_square(data.images[index], _ORIGINAL)
            st.image(data_url(picture), caption="Original", width=_ORIGINAL, alt=f"Image {index}: {label}")
        seed = st.session_state.get(_SEED, 0)
        augmentation.examples(data.images[index], strengths, seed, "explore-augmenting-grid")
    _on_paper(data, index)


def _on_paper(data: Dataset, index: int) -> None:
    """Offer composed pictures of the image, and beneath them how likely each nuisance is."""
    with st.container(horizontal=True, vertical_alignment="center"):
        wanted = st.toggle(
            "Show it on paper",
            key="explore-paper",
            help="As the network that reads whole pictures meets it: with what lies around ink in photographs and "
            "scans.",
        )
        if wanted:
            widgets.count_up("Others", _PAPER_SEED, "explore-paper-again")
    if not wanted:
        return
    from core.data.composing.composer import preview  # imports torch
    from core.data.composing.options import Paper

    above = st.container(width=620, key="explore-paper-grid")
    usual = Paper()
    with st.expander("How likely is what", icon=":material/tune:"):
        grid = st.grid(5, min_column_width=150, gap="medium")
        chances = {
            name: grid.slider(f"{title} (%)", 0, 100, round(getattr(usual, name) * 100), 1, key=f"explore-paper-{name}")
            for name, title in _NUISANCES.items()
        }
    options = Paper(**{name: chance / 100 for name, chance in chances.items()})
    near = np.linspace(0, len(data.images) - 1, _NEIGHBOURS).astype(int)
    ink, *others = (strokes_on_paper.from_glyph(glyph) for glyph in data.images[[index, *near]])
    with above:
        grid = st.grid(6, min_column_width=88, gap="xsmall")
        pictures = preview(ink, np.stack(others), options, _ON_PAPER, st.session_state.get(_PAPER_SEED, 0))
        for number, picture in enumerate(pictures, start=1):
            grid.image(data_url(picture), width="stretch", alt=f"On paper, version {number}")
