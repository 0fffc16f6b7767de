"""The data set in numbers."""

import streamlit as st

from core.charsets import MANY
from core.data.datasets import Dataset
from core.explore.statistics import INK, Statistics, describe
from core.text import probability
from pages.components import chart, page
from pages.components.explore.selection import BY_FINGERPRINT


@st.fragment
def show(data: Dataset) -> None:
    statistics = _describe(data)
    _numbers(statistics, len(data.charset.names))
    many = len(data.charset.names) > MANY  # whose names want the whole width
    left, right = (st.container(), st.container()) if many else st.columns(2, gap="large")
    with left:
        _counts(data, statistics)
    with right:
        _pixels(statistics)


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=BY_FINGERPRINT)
def _describe(data: Dataset) -> Statistics:
    return describe(data.images, data.labels, len(data.charset.names))


def _numbers(statistics: Statistics, classes: int) -> None:
    height, width = statistics.size
    present = f"{statistics.classes}" if statistics.classes == classes else f"{statistics.classes} of {classes}"
    grid = st.grid(6, min_column_width=112)
    for label, value, about in (
        ("Images", f"{statistics.images:,}", None),
        ("Classes", present, None),
        ("Image size", f"{width} × {height}", "Width and height in pixels."),
        ("Mean", f"{statistics.mean:.4f}", "Of all pixels of all images, from 0 (paper) to 1 (full ink)."),
        ("Std. deviation", f"{statistics.std:.4f}", "Of all pixels of all images, on the same scale of 0 to 1."),
        ("Ink", probability(statistics.ink), f"Share of the pixels of {INK} or more, of 255."),
    ):
        grid.metric(label, value, help=about)


def _counts(data: Dataset, statistics: Statistics) -> None:
    from core.charts.data import class_counts

    characters = data.charset.names
    st.markdown("### Images of every class", anchors=False)
    most, least = int(statistics.counts.argmax()), int(statistics.counts.argmin())
    counts = statistics.counts
    words = f"Most of {characters[most]} ({counts[most]:,}), fewest of {characters[least]} ({counts[least]:,})."
    st.caption(words if most != least else "All classes have the same number.")
    figure = class_counts(characters, counts, page.on_phone())
    chart.show(figure, "explore-counts", alt=f"Bar chart of class counts. {words}")


def _pixels(statistics: Statistics) -> None:
    from core.charts.data import pixel_histogram

    words = f"{probability(statistics.paper)} of the {statistics.pixels:,} pixels are 0: most of every image is paper."
    st.markdown("### Pixel values", anchors=False)
    st.caption(words)
    chart.show(pixel_histogram(statistics.histogram), "explore-pixel-values", alt=f"Histogram of pixel values. {words}")
