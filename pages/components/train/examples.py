"""Examples of augmented images."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from core import cached
from core.charsets import Charset
from core.data.datasets import Dataset, charset_of
from core.data.register import ALWAYS_PRESENT, SOURCES
from core.errors import ConfigError, DigitLabError
from core.settings import get_settings
from pages.components import page
from pages.components.pictures import data_url
from pages.components.train import form_state

_COUNT = 24
_SEED = "train-examples-seed"


def show(strengths: Mapping[str, float]) -> None:
    """Offer a grid of one image as a network meets it with these strengths."""
    with st.container(horizontal=True, vertical_alignment="center"):
        wanted = st.toggle("Show examples", key="train-examples", persist_state="session")
        if wanted and st.button("Other examples", icon=":material/casino:", key="train-examples-again"):
            st.session_state[_SEED] = st.session_state.get(_SEED, 0) + 1
    if not wanted:
        return
    from core.data.augment import Augmentation, preview  # imports torch

    chosen = [SOURCES[name] for name in form_state.values()["datasets"]]
    quick = [one.name for one in chosen if one.present(get_settings()) and not one.slow]
    source = quick[0] if quick else ALWAYS_PRESENT
    try:
        with st.spinner(f"Reading {SOURCES[source].title_of(get_settings())}"):
            data = cached.dataset(source, "test")
    except DigitLabError as error:
        page.explain(error)
        return
    seed = st.session_state.get(_SEED, 0)
    one = data.at(np.array([seed % len(data.images)])).framed(_charset(data, [source.name for source in chosen]))
    pictures = preview(one.images[0], Augmentation(**strengths), _COUNT, seed)
    with st.container(width=620, key="train-examples-grid"):
        grid = st.grid(8, min_column_width=64, gap="xsmall")
        for number, picture in enumerate(pictures, start=1):
            grid.image(data_url(picture), width="stretch", alt=f"Changed version {number}")


def _charset(data: Dataset, datasets: Sequence[str]) -> Charset:
    """What the network is to read, which decides how large its characters are."""
    try:
        return charset_of(datasets) if datasets else data.charset
    except ConfigError:  # the form says what does not go together
        return data.charset
