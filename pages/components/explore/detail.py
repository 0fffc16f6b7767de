"""One image of a data set: its pixels, the model's answer, and the training images nearest to it."""

from collections import Counter

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.data.datasets import Dataset, count
from core.data.register import get_source
from core.errors import DigitLabError
from core.explore.neighbours import nearest
from core.model.library import Entry
from core.model.prediction import Prediction, Verdict
from core.settings import get_settings
from core.vision.normalise import Normalised
from pages.components import answer, chart, job, page
from pages.components.explore import selection
from pages.components.explore.selection import BY_FINGERPRINT, fits
from pages.components.pictures import data_url, on_square

_NEIGHBOURS = 8
_SIDE = 112


def show(data: Dataset, index: int, model: Entry | None) -> None:
    from core.charts.data import pixels

    image, label = data.images[index], data.charset.names[data.labels[index]]
    chart.show(
        pixels(image),
        "explore-pixels",
        alt=f"Image {index}, labelled {label}, enlarged. Point at a pixel for its row, column and value.",
    )
    _answer(data, index, label, model)
    _neighbours(data, index, label)


def _answer(data: Dataset, index: int, label: str, model: Entry | None) -> None:
    if model is None:
        return
    if not fits(data, model):
        st.caption("The chosen model reads other characters than these.")
        return
    with page.explained():
        with st.container(), st.spinner("Loading the model"):
            recogniser = cached.recogniser(model.name)
        (glyph,) = data.at(np.array([index])).framed(recogniser.charset).images
        prediction = recogniser.predict([Normalised(glyph, (), blank=not glyph.any())], data.charset)[0]
        st.markdown(f"#### {_verdict(prediction, label)}", anchors=False)
        shares = None if prediction.verdict is Verdict.BLANK else prediction.shares
        doubtful = prediction.verdict in (Verdict.UNSURE, Verdict.ALIKE)
        answer.bars(prediction.charset, shares, [prediction.label or ""], doubtful, prediction.refusal)


def _verdict(prediction: Prediction, label: str) -> str:
    """The answer in words, and whether it is that of the label."""
    if prediction.refusal:
        return f":orange[{prediction.refusal.capitalize()}]: not read, labelled {label}"
    if prediction.name is None:
        return "No ink was found: not read"
    right = "Right" if prediction.name == label else f":red[Wrong], labelled {label}"
    doubts = {
        Verdict.UNSURE: ", but :orange[unsure]",
        Verdict.ALIKE: f", but :orange[sure only of {prediction.in_words}]",
    }
    doubt, sure = doubts.get(prediction.verdict, ""), answer.sure(prediction.confidence)
    return f"{right}{doubt}: read as {prediction.name}, {sure}"


def _neighbours(data: Dataset, index: int, label: str) -> None:
    st.markdown(
        "#### Nearest training images",
        help="Those at the smallest Euclidean distance over all pixels, each from 0 to 1. The number is the distance.",
        anchors=False,
    )
    if "train" not in get_source(data.name).splits:
        st.caption("This data set has no training images to compare with.")
        return
    with st.container():
        training = data if data.split == "train" else _training(data.name)
    if training is None:
        return
    neighbours, distances = _nearest(data, index, training)
    names = [training.charset.names[training.labels[neighbour]] for neighbour in neighbours]
    st.caption(_agreement(names, label))
    grid = st.grid(4, min_column_width=72, gap="small")
    for neighbour, name, distance in zip(neighbours, names, distances, strict=True):
        picture = data_url(on_square(training.images[neighbour], _SIDE))
        caption = f"**{name}** · {distance:.2f}" if name == label else f":red[**{name}**] · {distance:.2f}"
        grid.image(picture, caption=caption, width="stretch", alt=f"Training image {neighbour}: {name}")


def _training(name: str) -> Dataset | None:
    """The training images; those that are slow to read only when asked for."""
    source, asked = get_source(name), f"explore-compare-{name}"
    if source.slow and not st.session_state.get(asked):
        takes = job.drawing_time(_count(name))
        st.caption(f"The training images of {source.title} have to be drawn first, which takes {takes}.")
        if not st.button("Compare with them", key=f"{asked}-button", icon=":material/compare:"):
            return None
        st.session_state[asked] = True
    return selection.read(name, "train")


@cached.keyed(16, cached.data_stamp)
def _count(name: str) -> int:
    """How many training images there are to be drawn; 0 where they cannot be counted: drawing them says why."""
    try:
        return count(name, "train", get_settings())
    except DigitLabError:
        return 0


@st.cache_data(max_entries=256, show_spinner=False, hash_funcs=BY_FINGERPRINT)
def _nearest(data: Dataset, index: int, training: Dataset) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    itself = index if data.split == training.split else None
    return nearest(data.images[index], training.images, _NEIGHBOURS, without=itself)


def _agreement(names: list[str], label: str) -> str:
    if not names:
        return "There is no other training image."
    same = names.count(label)
    if same == len(names):
        return f"All {same} are labelled {label} as well."
    others = Counter(name for name in names if name != label).most_common()
    rest = ", ".join(f"{count} labelled {name}" for name, count in others)
    return f"{same} of {len(names)} are labelled {label} as well, {rest}."
