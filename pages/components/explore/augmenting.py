"""What a network that trains on an image meets: the image, changed at random."""

import streamlit as st

from core.data.datasets import Dataset
from pages.components import augmentation
from pages.components.explore import composing, image_picker
from pages.components.pictures import data_url, on_square

_COUNT = 24  # whole rows of 8, 6 or 4
_ORIGINAL = 152
_GRID_WIDTH = 620
_SEED = "explore-augmenting-seed"


@st.fragment
def show(data: Dataset) -> None:
    """Draw this part of the page."""
    st.markdown(
        "A network that meets every image anew, a little turned, shifted or thicker each time, learns more hands than "
        "the data has. Each image draws its own strength between none and the one that is set."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        index = image_picker.show(data, "explore-augmenting-image")
        if st.button("Other examples", icon=":material/casino:", key="explore-augmenting-again"):
            st.session_state[_SEED] = st.session_state.get(_SEED, 0) + 1
    strength = augmentation.show()
    from core.data.augment import preview  # imports torch

    label = data.charset.names[int(data.labels[index])]
    pictures = preview(data.images[index], strength, _COUNT, st.session_state.get(_SEED, 0))
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=_ORIGINAL):
            picture = on_square(data.images[index], _ORIGINAL)
            st.image(data_url(picture), caption="Original", width=_ORIGINAL, alt=f"Image {index}: {label}")
        # A width in pixels, so that on a phone the grid comes under the original.
        with st.container(width=_GRID_WIDTH, key="explore-augmenting-grid"):
            grid = st.grid(8, min_column_width=64, gap="xsmall")
            for number, picture in enumerate(pictures, start=1):
                grid.image(data_url(picture), width="stretch", alt=f"Changed version {number}")
    composing.show(data, index)
