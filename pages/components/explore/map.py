"""The images as points: those that are alike, in their pixels or to the model, lie together."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.charts.image_map import image_map
from core.data.datasets import Dataset
from core.explore.embedding import pca, tsne
from core.model.library import Entry
from core.text import counted, percent
from pages.components import chart, gallery, hover_preview, job, page, widgets
from pages.components.explore import image_picker, selection
from pages.components.explore.selection import Sample
from pages.components.gallery import Tile
from pages.components.pictures import data_url
from pages.components.text import escape

_CHART = "explore-map-chart"
_BY_KEY: dict[str | type[Any], Callable[[Any], Any]] = {Sample: lambda sample: sample.key}
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
_PER_PAGE = 48
_HOW = "Draw a lasso around points to see their images; hold Shift to add to the selection."
_HOW_BY_TOUCH = "Tap a point to see its image, or choose the lasso above the map and draw it around points."


@st.fragment
def show(data: Dataset, model: Entry | None) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        of, by = _choose(selection.fits(data, model))
        count, seed = _choose_images(len(data.labels))
    with page.explained():
        with st.spinner("Reading the images with the model", show_time=False):
            drawn = selection.draw(data, model, count, seed)
        _show(data, model, drawn, of, by)


def _show(data: Dataset, model: Entry | None, drawn: Sample, of: str, by: str) -> None:
    if not selection.fits(data, model):
        why = "There is no model"
        if model and model.card:
            another = " (choose another one in the sidebar)" if len(page.model_titles()) > 1 else ""
            why = f"The model “{escape(model.card.title)}” reads other characters{another}"
        st.info(f"{why}, so the map shows pixels and no mistakes.")
    positions, axes = _positions(drawn, of, by)
    _show_map(data, drawn, positions, axes, f"{of}-{by}")


def _choose(has_model: bool) -> tuple[str, str]:
    """What the map is of, and how it is made."""
    if has_model:
        of = widgets.segments("Map of", _OF, "explore-map-of", default="features", help=_OF_HELP)
    else:
        st.session_state.pop("explore-map-of", None)
        of = widgets.segments("Map of", {"pixels": _OF["pixels"]}, "explore-map-of-pixels", help=_OF_HELP)
    return of, widgets.segments("Method", _BY, "explore-map-by", help=_BY_HELP)


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


def _values(drawn: Sample, of: str) -> NDArray[np.uint8] | NDArray[np.float32]:
    """What the map is made of, a row for each image."""
    return drawn.answers.features if of == "features" and drawn.answers else drawn.images


def _positions(drawn: Sample, of: str, by: str) -> tuple[NDArray[np.float32], tuple[str, str]]:
    """Where the points lie, and the titles of the axes; while t-SNE works, those of PCA."""
    rows = _values(drawn, of)
    if by == "tsne" and len(rows) >= 5:
        seconds = max(5, round(_SECONDS_AN_IMAGE * len(rows)))
        positions = job.run(
            f"explore-map-{drawn.key}-{of}-tsne",
            partial(tsne, rows, 0),
            f"t-SNE of {len(rows):,} images, which takes about {seconds} s; below is the map by PCA",
            lambda done, total: f"step {done:,} of {total:,}",
        )
        if positions is not None:
            st.caption("Points that lie together are alike. The distance between two groups has no meaning.")
            return positions, ("t-SNE 1 (no unit)", "t-SNE 2 (no unit)")
    components, share = _pca(drawn, of)
    st.caption(f"These two directions hold {percent(share, 0)} of the variance of the {len(rows):,} images.")
    return components, ("First component (no unit)", "Second component (no unit)")


@st.cache_data(max_entries=8, show_spinner=False, hash_funcs=_BY_KEY)
def _pca(drawn: Sample, of: str) -> tuple[NDArray[np.float32], float]:
    return pca(_values(drawn, of), 2)


@st.cache_data(max_entries=4, show_spinner=False, hash_funcs=_BY_KEY)
def _sheet(drawn: Sample) -> str:
    return data_url(hover_preview.to_sheet(drawn.images))


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
    hover_preview.show(_CHART, _sheet(drawn), len(drawn.labels), "explore-map-lens")
    if drawn.predicted is not None:
        st.caption(f"Crosses mark the {wrong:,} of {len(drawn.labels):,} images that the model reads wrongly.")
    _show_selection(data, drawn, points, touch)


def rows_of(points: Sequence[dict[str, Any]], count: int) -> NDArray[np.int64]:
    """The rows of the sample that selected points stand for, rising, each once; those of another map are left out."""
    values = [point.get("customdata") for point in points]
    values = [value[0] if isinstance(value, list | tuple) and value else value for value in values]
    selected = {int(value) for value in values if isinstance(value, int | float)}
    return np.array(sorted(row for row in selected if 0 <= row < count), np.int64)


def _show_selection(data: Dataset, drawn: Sample, points: Sequence[dict[str, Any]], touch: bool) -> None:
    """List the selected images, those that the model reads wrongly first; without any, say how to select some."""
    rows = rows_of(points, len(drawn.labels))
    if not len(rows):
        # Plotly picks single points only while no tool for an area is chosen.
        st.info(_HOW_BY_TOUCH if touch else _HOW)
        return
    rows = rows[np.argsort(~drawn.wrong[rows], kind="stable")]
    characters = data.charset.names
    wrong = f", {int(drawn.wrong[rows].sum()):,} read wrongly" if drawn.predicted is not None else ""
    st.markdown(f"### {counted(len(rows), 'image')} selected{wrong}", anchors=False)
    counts = np.bincount(drawn.labels[rows], minlength=len(characters))
    labelled = [f"**{name}** {count:,}" for name, count in zip(characters, counts, strict=True) if count]
    st.caption(f"By label: {', '.join(labelled)}")
    row = gallery.paged(
        rows.tolist(),
        lambda row: _tile(drawn, row, characters),
        "explore-map-gallery",
        _PER_PAGE,
        side=72,
        of=(drawn.key, rows.tobytes()),
        on_pick=lambda row: image_picker.choose(int(drawn.indices[row])),
    )
    if row is None:
        return
    words = f"Image **{drawn.indices[row]:,}**, labelled **{characters[drawn.labels[row]]}**"
    if drawn.answers:
        confidence = percent(drawn.answers.probabilities[row].max(), 1)
        words += f", read as **{_answer(drawn, row, characters)}** ({confidence} sure)"
    st.markdown(f"{words}. It is now the chosen image in Browse, Preprocessing and Augmentation.")


def _tile(drawn: Sample, row: int, characters: tuple[str, ...]) -> Tile:
    label, answer = characters[drawn.labels[row]], _answer(drawn, row, characters) if drawn.wrong[row] else ""
    spoken = f"Image {drawn.indices[row]}: {label}{f', read as {answer}' if answer else ''}"
    return Tile(drawn.images[row], label, spoken, f"read {answer}" if answer else "")


def _answer(drawn: Sample, row: int, characters: tuple[str, ...]) -> str:
    assert drawn.predicted is not None
    return characters[drawn.predicted[row]] if drawn.predicted[row] >= 0 else "blank"
