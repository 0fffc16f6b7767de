"""What the classes look like on average, and how much room their ink takes."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.charsets import MANY
from core.charts.data import class_boxes
from core.data.datasets import Dataset
from core.explore.statistics import ClassImages, Quantiles, class_images, quantiles, sizes
from pages.components import chart, page
from pages.components.explore.selection import BY_FINGERPRINT
from pages.components.pictures import data_url

_MEASURES = {
    "ink": (
        "Ink",
        "Ink (% of the pixels)",
        "The share of the picture that is ink; a half dark pixel counts half. Thin pens and small shapes have little.",
    ),
    "height": (
        "Height",
        "Height of the ink (pixels)",
        "From the highest to the lowest pixel with ink. Most characters are taller than wide, and {side} pixels tall.",
    ),
    "width": (
        "Width",
        "Width of the ink (pixels)",
        "From the leftmost to the rightmost pixel with ink. Narrow characters, such as a 1, have little.",
    ),
}


@st.cache_data(max_entries=6, show_spinner=False, hash_funcs=BY_FINGERPRINT)
def _measure(data: Dataset) -> tuple[ClassImages, dict[str, Quantiles]]:
    classes, measured = len(data.charset.names), sizes(data.images)
    values: dict[str, NDArray[np.float64] | NDArray[np.int64]]
    values = {"ink": 100 * measured.ink, "height": measured.height, "width": measured.width}
    by_class = {name: quantiles(value, data.labels, classes) for name, value in values.items()}
    return class_images(data.images, data.labels, classes), by_class


@st.fragment
def show(data: Dataset) -> None:
    averages, measured = _measure(data)
    characters = data.charset.names
    st.markdown("### Mean image", anchors=False)
    st.caption("All images of a class laid over each other: the brighter a pixel, the more often it is ink.")
    _pictures(averages.mean, averages.counts, characters, "Mean image")
    st.markdown("### Spread", anchors=False)
    st.caption("The standard deviation of every pixel: it is bright where handwriting differs, in slant, size or form.")
    _pictures(2 * averages.spread, averages.counts, characters, "Spread image")
    st.markdown("### Ink, height and width", anchors=False)
    st.caption(
        "A line is the median of a class; its box holds the middle half of the images, its whiskers nine in ten."
    )

    beside = 1 if len(characters) > MANY else len(_MEASURES)  # many names want the whole width
    grid = st.grid(beside, min_column_width=240, gap="medium")
    for name, (title, axis, meaning) in _MEASURES.items():
        with grid.container():
            st.markdown(f"**{title}**")
            figure = class_boxes(measured[name], characters, averages.counts.tolist(), axis, page.on_phone())
            chart.show(figure, f"explore-shapes-{name}", f"{axis} of every class")
            st.caption(meaning.format(side=data.charset.glyph_side))


def _pictures(images: NDArray[np.float64], counts: NDArray[np.int64], characters: tuple[str, ...], what: str) -> None:
    grid = st.grid(10, min_column_width=60, gap="xsmall")
    for character, image, count in zip(characters, images, counts, strict=True):
        picture = np.clip(image, 0, 255).round().astype(np.uint8)
        caption, alt = f"**{character}** · {count:,}", f"{what} of {character}"
        grid.image(data_url(picture), caption=caption, width="stretch", alt=alt)
