"""The images as points: those that are alike, in their pixels or to the model, lie together."""

from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.charts.image_map import image_map
from core.data.datasets import Dataset
from core.explore.embedding import pca, tsne
from core.model.library import Entry
from core.text import percent
from pages.components import chart, hover_preview, job, page
from pages.components.explore import map_sample, selection
from pages.components.explore.map_sample import Sample
from pages.components.pictures import data_url
from pages.components.text import escape

_CHART = "explore-map-chart"
_FEWEST, _MOST, _STEP, _START = 500, 5000, 500, 3000
_SECONDS_AN_IMAGE = 0.004  # of t-SNE, on one core
_OF = {"pixels": "Pixels", "features": "Features of the model"}
_BY = {"pca": "PCA", "tsne": "t-SNE"}
_OF_HELP = (
    "Pixels: images that look alike lie together. Features: what the model's last layer sees; images that the model "
    "finds alike lie together, and those between two groups are its hard cases."
)
_BY_HELP = (
    "PCA is instant: it shows the two directions in which the images differ most, and distances have a meaning. t-SNE "
    "runs in the background: it keeps neighbours together, and distances between groups have no meaning."
)


@st.fragment
def show(data: Dataset, model: Entry | None) -> None:
    """Draw this part of the page."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        of, by = _choose(map_sample.fits(data, model))
        count, seed = _choose_images(len(data.labels))
    with page.explained():
        with st.spinner("Reading the images with the model", show_time=False):
            drawn = map_sample.draw(data, model, count, seed)
        _show(data, model, drawn, of, by)


def _show(data: Dataset, model: Entry | None, drawn: Sample, of: str, by: str) -> None:
    if not map_sample.fits(data, model):
        st.info(f"{_why_of_pixels(model)}, so the map shows pixels and no mistakes.")
    rows = drawn.answers.features if of == "features" and drawn.answers else drawn.images
    positions, axes = _positions(drawn, rows, of, by)
    _show_map(data, drawn, positions, axes, f"{of}-{by}")


def _why_of_pixels(model: Entry | None) -> str:
    if model is None or model.card is None:
        return "There is no model"
    return f"The model “{escape(model.card.title)}” reads other characters (choose another one in the sidebar)"


def _choose(has_model: bool) -> tuple[str, str]:
    """What the map is of, and how it is made."""
    if not has_model:
        st.session_state.pop("explore-map-of", None)
    of = st.segmented_control(
        "Map of",
        list(_OF) if has_model else ["pixels"],
        default="features" if has_model else "pixels",
        required=True,
        format_func=_OF.__getitem__,
        key="explore-map-of" if has_model else "explore-map-of-pixels",
        help=_OF_HELP,
    )
    by = st.segmented_control(
        "Method",
        list(_BY),
        default="pca",
        required=True,
        format_func=_BY.__getitem__,
        key="explore-map-by",
        help=_BY_HELP,
    )
    return of or "pixels", by or "pca"


def _choose_images(available: int) -> tuple[int, int]:
    """How many images, and the seed that draws them; a small data set is shown whole."""
    if available <= _FEWEST:
        return available, 0
    count = st.slider(
        "Images", _FEWEST, min(_MOST, available), min(_START, available), _STEP, key="explore-map-count", width=220
    )
    seed = st.number_input(
        "Seed", 0, 9999, 0, key="explore-map-seed", width=130, help="Another seed draws other images."
    )
    return count, seed if count < available else 0


def _positions(
    drawn: Sample, rows: NDArray[np.uint8] | NDArray[np.float32], of: str, by: str
) -> tuple[NDArray[np.float32], tuple[str, str]]:
    """Where the points lie, and the titles of the axes; while t-SNE works, those of PCA."""
    key = f"explore-map-{drawn.key}-{of}"
    if by == "tsne" and len(rows) >= 5:
        seconds = max(5, round(_SECONDS_AN_IMAGE * len(rows)))
        positions = job.run(
            f"{key}-tsne",
            partial(tsne, rows, 0),
            f"t-SNE of {len(rows):,} images, which takes about {seconds} s; below is the map by PCA",
            lambda done, total: f"step {done:,} of {total:,}",
        )
        if positions is not None:
            st.caption("Points that lie together are alike. The distance between two groups has no meaning.")
            return positions, ("t-SNE 1 (no unit)", "t-SNE 2 (no unit)")
    components, share = _pca(rows, key)
    st.caption(f"These two directions hold {percent(share, 0)} of the variance of the {len(rows):,} images.")
    return components, ("First component (no unit)", "Second component (no unit)")


@st.cache_data(max_entries=8, show_spinner=False)
def _pca(
    _rows: NDArray[np.uint8] | NDArray[np.float32],
    key: str,  # noqa: ARG001 - the cache's key
) -> tuple[NDArray[np.float32], float]:
    return pca(_rows, 2)


@st.cache_data(max_entries=4, show_spinner=False)
def _sheet(_images: NDArray[np.uint8], key: str) -> str:  # noqa: ARG001 - the cache's key
    return data_url(hover_preview.to_sheet(_images))


def _show_map(data: Dataset, drawn: Sample, positions: NDArray[np.float32], axes: tuple[str, str], kind: str) -> None:
    touch = page.on_phone()
    characters = data.charset.names
    figure = image_map(positions, drawn.labels, drawn.predicted, drawn.indices, characters, axes, touch)
    wrong = int(drawn.wrong.sum())
    with st.container(key=_CHART):
        points = chart.show(
            figure,
            f"{_CHART}-{kind}-{drawn.key}",
            f"Map of {len(drawn.labels):,} images by class, {wrong:,} of them read wrongly",
            "lasso",
            ("points", "box", "lasso"),
        )
    hover_preview.show(_CHART, _sheet(drawn.images, drawn.key), len(drawn.labels), "explore-map-lens")
    if drawn.predicted is not None:
        st.caption(f"Crosses mark the {wrong:,} of {len(drawn.labels):,} images that the model reads wrongly.")
    selection.show(data, drawn, points, touch)
