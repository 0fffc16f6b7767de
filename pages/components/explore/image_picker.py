"""One image of the data set, by its number."""

import streamlit as st

from core.data.datasets import Dataset
from pages.components import state


def image(data: Dataset, key: str) -> int:
    """A field for an image's number; the image that was chosen last, here or in another part of the page.

    Returns:
        Its place in the data set, always one that is there.
    """
    last = len(data.labels) - 1
    # The field follows what was chosen elsewhere, and a data set with fewer images than the one before.
    st.session_state[key] = min(max(int(state.explore_image()), 0), last)

    def keep() -> None:
        state.set_explore_image(st.session_state[key])

    return int(
        st.number_input(
            "Image",
            0,
            last,
            step=1,
            key=key,
            on_change=keep,
            width=160,
            help=f"The number of an image, from 0 to {last:,}. It is the one that you chose in Browse, to start with.",
        )
    )
