"""The image that the parts of the Explore page are about, and a field for its number."""

from functools import partial
from typing import Any

import streamlit as st

from core.data.datasets import Dataset
from pages.components import address, widgets

_CHOSEN = "explore-image"


def chosen(data: Dataset) -> int:
    """The index of the image that was chosen last, here or by the address: one of the data set; 0 before one was."""
    if _CHOSEN not in st.session_state:
        number = st.query_params.get("image", "")
        st.session_state[_CHOSEN] = int(number) if number.isdecimal() and len(number) < 10 else 0
    index = max(0, min(int(st.session_state[_CHOSEN]), len(data.labels) - 1))
    address.show("image", str(index) if index else "")
    return index


def choose(index: int) -> None:
    st.session_state[_CHOSEN] = index
    address.show("image", str(index) if index else "")


def _take(key: str) -> None:
    if (index := widgets.value_of(key)) is not None:
        choose(int(index))


def show(data: Dataset, key: str) -> int:
    """A field for an image's number, which follows what was chosen elsewhere; the index of the image."""
    last = len(data.labels) - 1
    index = chosen(data)
    field: dict[str, Any] = {"step": 1, "key": widgets.key_showing(key, index), "on_change": partial(_take, key)}
    about = f"The number of an image, from 0 to {last:,}; at first the one that is chosen in Browse."
    return int(st.number_input("Image", 0, last, index, width=160, help=about, **field))
