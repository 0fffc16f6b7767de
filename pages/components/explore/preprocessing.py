"""Why a picture is not just squeezed: what the pipeline makes of it, and what the model then reads."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.charsets import Charset, get_charset
from core.data.datasets import Dataset
from core.errors import PictureError
from core.explore.synthetic import Scene, render_on_paper
from core.model.library import Entry
from core.model.prediction import Prediction, judge
from core.settings import get_settings
from core.text import probability_in_words
from core.vision.decode import decode
from core.vision.formats import ENDINGS
from core.vision.grey import on_paper
from core.vision.normalise import Normalised, normalise, squeeze
from pages.components import page, steps, widgets
from pages.components.explore import image_picker
from pages.components.explore.selection import fits
from pages.components.pictures import Picture, data_url, on_square
from pages.components.text import escape, message

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from core.model.reader import Answer

_SOURCES = {"data": "Image of the data set", "own": "Picture of yours"}
_SIDE = 280


@st.fragment
def show(data: Dataset, model: Entry | None) -> None:
    st.markdown(
        "A network reads 28 × 28 pixels, and there are two ways to get there. Many programs squeeze the whole picture "
        "and swap light and dark. Here the ink is found, cut out, scaled and centred, as in the training images."
    )
    source = widgets.segments("Start from", _SOURCES, "explore-preprocessing-source")
    left, right = page.halves()
    with left:
        picture, truth = (_own_picture(), None) if source == "own" else _picture_of(data)
    if picture is None:
        return
    only, squeezed = data.charset if source == "data" else None, squeeze(picture)
    reader = model if source == "own" or fits(data, model) else None
    result = _result(reader, picture, only)
    side = get_charset(model.card.charset).glyph_side if model and model.card else data.charset.glyph_side
    normalised = result.normalised if result else normalise(picture, side)
    with left:
        before = normalised.steps[0].image
        before = on_paper(before) if before.ndim == 3 and before.shape[2] == 4 else before
        shown = data_url(on_square(before, _SIDE))
        st.image(shown, width=_SIDE, alt="The picture before", caption="The picture")
    with right:
        _compare(reader, squeezed, normalised, result, truth, only)
        if reader is None:
            st.caption(f"{'The chosen model reads other characters than these' if model else 'No model reads it'}.")
        steps.show(normalised)
        if result:
            steps.show_views(result)
        if normalised.blank:
            st.info("No ink was found on this picture, so the pipeline stops there.")


def _result(model: Entry | None, picture: Picture, only: Charset | None) -> "Answer | None":
    """What the model makes of the picture by the whole pipeline; None without one that can be used."""
    from core.model.reader import read_pictures

    with page.explained():
        return read_pictures(cached.recogniser(model.name), [picture], only)[0] if model else None
    return None


def _picture_of(data: Dataset) -> tuple[NDArray[np.uint8], str]:
    """An image of the data set, put on paper as the controls say; and its label, as people are to read it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        index = image_picker.show(data, "explore-preprocessing-image")
        light = st.toggle("Light ink on dark", key="explore-preprocessing-light")
    grid = st.grid(2, min_column_width=150, gap="medium")
    key = "explore-preprocessing"
    size = grid.slider("Size (% of the picture)", 15, 100, 45, 5, key=f"{key}-size")
    shade = grid.slider("Shadow (% of the light)", 0, 80, 20, 5, key=f"{key}-shade")
    x = grid.slider("From the left (%)", 0, 100, 15, 5, key=f"{key}-x")
    y = grid.slider("From the top (%)", 0, 100, 20, 5, key=f"{key}-y")
    scene = Scene(size / 100, x / 100, y / 100, shade / 100, light)
    return render_on_paper(data.images[index], scene), data.charset.names[int(data.labels[index])]


def _own_picture() -> NDArray[np.uint8] | None:
    """What the person has uploaded, decoded; None before, or after saying what is wrong with it."""
    settings = get_settings()
    file: UploadedFile | None = st.file_uploader(
        f"A picture of one character, up to {settings.max_upload_mb} MB. It is not written to disk.",
        list(ENDINGS),
        key="explore-preprocessing-file",
    )
    if file is None:
        return None
    try:
        return decode(file.getvalue(), settings)
    except PictureError as error:
        st.error(f"“{escape(file.name)}” could not be read. {message(error)}", icon=":material/error:")
        return None


def _compare(
    model: Entry | None,
    squeezed: Picture,
    normalised: Normalised,
    result: "Answer | None",
    truth: str | None,
    only: Charset | None,
) -> None:
    """Both glyphs side by side, with what the model reads in each, and whether that is the truth where it is known."""
    answers: list[Prediction | None] = [None, None]
    if model and result:
        recogniser = cached.recogniser(model.name)
        # What a program says that squeezes a picture: it always has an answer, and refuses nothing.
        (row,) = recogniser.probabilities(squeezed[None], only)
        as_others_read = judge(only or recogniser.charset, row, False, recogniser.card.threshold)
        answers = [as_others_read, result.prediction]
    st.markdown(f"### {_headline(answers[0], answers[1], truth)}", anchors=False)
    grid = st.grid(2, min_column_width=130, gap="medium")
    pairs = (("Squeezed", squeezed, answers[0]), ("Through the pipeline", normalised.glyph, answers[1]))
    for title, glyph, answer in pairs:
        with grid.container(gap="xsmall"):
            st.image(data_url(on_square(glyph, 168)), width="stretch", alt=title)
            st.markdown(f"**{title}**  \n{_read(answer, truth)}")


def _headline(before: Prediction | None, after: Prediction | None, truth: str | None) -> str:
    """What this picture shows, in a sentence."""
    if before is None or after is None:
        return "The same picture, twice 28 × 28 pixels"
    if after.label is None:
        return f"Through the pipeline: {after.refusal}" if after.refusal else "The pipeline finds no ink"
    if before.label is None:
        return f"Squeezed it is {before.refusal or 'blank'}, through the pipeline read as {after.name}"
    if before.label != after.label:
        wrong = ", wrongly" if truth and truth not in (before.name, after.name) else ""
        return f"Squeezed it is read as {before.name}, through the pipeline as {after.name}{wrong}"
    if truth and truth != after.name:
        return f"Both are read as {after.name}, wrongly"
    if after.confidence - before.confidence >= 0.05:
        return f"Both are read as {after.name}, the squeezed one with less certainty"
    return f"Both are read as {after.name}: this picture is easy"


def _read(answer: Prediction | None, truth: str | None) -> str:
    if answer is None:
        return ""
    if answer.name is None:
        return f"{answer.refusal.capitalize()}." if answer.refusal else "Blank: nothing to read."
    verdict = "" if truth is None else "  \n:green[right]" if answer.name == truth else "  \n:red[wrong]"
    return f"**{escape(answer.name)}**, {probability_in_words(answer.confidence)} sure{verdict}"
