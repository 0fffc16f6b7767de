"""The data set in numbers."""

import streamlit as st

from core.charsets import MANY
from core.data.datasets import Dataset
from core.explore.statistics import INK, Statistics, describe
from core.text import probability
from pages.components import chart, page
from pages.components.explore.map_sample import fingerprint


@st.fragment
def show(data: Dataset) -> None:
    """Draw this part of the page."""
    found = _describe(data, fingerprint(data))
    _numbers(found, len(data.charset.names))
    many = len(data.charset.names) > MANY  # whose names want the whole width
    left, right = (st.container(), st.container()) if many else st.columns(2, gap="large")
    with left:
        _counts(data, found)
    with right:
        _pixels(found)


@st.cache_data(max_entries=16, show_spinner=False)
def _describe(_data: Dataset, key: str) -> Statistics:  # noqa: ARG001 - the cache's key
    return describe(_data.images, _data.labels, len(_data.charset.names))


def _numbers(found: Statistics, classes: int) -> None:
    height, width = found.size
    grid = st.grid(6, min_column_width=112)
    for label, value, about in (
        ("Images", f"{found.images:,}", None),
        ("Classes", f"{found.classes}" if found.classes == classes else f"{found.classes} of {classes}", None),
        ("Image size", f"{width} × {height}", "Width and height in pixels."),
        ("Mean", f"{found.mean:.4f}", "Of all pixels of all images, from 0 (paper) to 1 (full ink)."),
        ("Std. deviation", f"{found.std:.4f}", "Of all pixels of all images, on the same scale of 0 to 1."),
        ("Ink", probability(found.ink), f"Share of the pixels of {INK} or more, of 255."),
    ):
        grid.metric(label, value, help=about)


def _counts(data: Dataset, found: Statistics) -> None:
    from core.charts.data import class_counts

    characters = data.charset.names
    st.markdown("### Images of every class", anchors=False)
    most, least = int(found.counts.argmax()), int(found.counts.argmin())
    said = (
        f"Most of {characters[most]} ({found.counts[most]:,}), fewest of {characters[least]} ({found.counts[least]:,})."
    )
    st.caption(said if most != least else "All classes have as many.")
    figure = class_counts(characters, found.counts, page.on_phone())
    chart.show(figure, "explore-counts", alt=f"Bar chart of class counts. {said}")


def _pixels(found: Statistics) -> None:
    from core.charts.data import pixel_histogram

    said = f"{probability(found.paper)} of the {found.pixels:,} pixels are 0: most of every image is paper."
    st.markdown("### Pixel values", anchors=False)
    st.caption(said)
    chart.show(pixel_histogram(found.histogram), "explore-pixel-values", alt=f"Histogram of pixel values. {said}")
