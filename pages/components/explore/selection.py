"""The images that were selected on the map."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.data.datasets import Dataset
from core.text import counted, percent
from pages.components import gallery
from pages.components.explore import image_picker
from pages.components.explore.map_sample import Sample
from pages.components.gallery import Tile

_PER_PAGE = 48
_HOW = "Draw a lasso around points to see their images; hold Shift to add to the selection."
_HOW_BY_TOUCH = "Tap a point to see its image, or choose the lasso above the map and draw it around points."


def rows_of(points: Sequence[dict[str, Any]], count: int) -> NDArray[np.int64]:
    """The rows of the sample that selected points stand for, rising, each once; those of another map are left out."""
    selected = {_row(point.get("customdata")) for point in points}
    return np.array(sorted(row for row in selected if 0 <= row < count), np.int64)


def _row(value: Any) -> int:
    if isinstance(value, list | tuple):
        value = value[0] if value else None
    return int(value) if isinstance(value, int | float) else -1


def show(data: Dataset, drawn: Sample, points: Sequence[dict[str, Any]], touch: bool) -> None:
    """List the selected images, those that the model reads wrongly first; without any, say how to select some."""
    rows = rows_of(points, len(drawn.labels))
    if not len(rows):
        # Plotly picks single points only while no tool for an area is chosen.
        st.info(_HOW_BY_TOUCH if touch else _HOW)
        return
    rows = rows[np.argsort(~drawn.wrong[rows], kind="stable")]
    characters = data.charset.names
    st.markdown(f"### {_summary(drawn, rows)}", anchors=False)
    counts = np.bincount(drawn.labels[rows], minlength=len(characters))
    st.caption(
        "By label: "
        + ", ".join(f"**{name}** {count:,}" for name, count in zip(characters, counts, strict=True) if count)
    )
    row = gallery.paged(
        rows.tolist(),
        lambda row: _tile(drawn, row, characters),
        "explore-map-gallery",
        _PER_PAGE,
        side=72,
        of=(drawn.key, rows.tobytes()),
        on_pick=lambda row: image_picker.choose(int(drawn.indices[row])),
    )
    if row is not None:
        _show_picked(drawn, row, characters)


def _summary(drawn: Sample, rows: NDArray[np.int64]) -> str:
    wrong = int(drawn.wrong[rows].sum())
    images = f"{counted(len(rows), 'image')} selected"
    return images if drawn.predicted is None else f"{images}, {wrong:,} read wrongly"


def _tile(drawn: Sample, row: int, characters: tuple[str, ...]) -> Tile:
    label, answer = characters[drawn.labels[row]], _answer(drawn, row, characters) if drawn.wrong[row] else ""
    spoken = f"Image {drawn.indices[row]}: {label}{f', read as {answer}' if answer else ''}"
    return Tile(drawn.images[row], label, spoken, f"read {answer}" if answer else "")


def _answer(drawn: Sample, row: int, characters: tuple[str, ...]) -> str:
    assert drawn.predicted is not None
    return characters[drawn.predicted[row]] if drawn.predicted[row] >= 0 else "blank"


def _show_picked(drawn: Sample, row: int, characters: tuple[str, ...]) -> None:
    words = f"Image **{drawn.indices[row]:,}**, labelled **{characters[drawn.labels[row]]}**"
    if drawn.answers:
        confidence = percent(drawn.answers.probabilities[row].max(), 1)
        words += f", read as **{_answer(drawn, row, characters)}** ({confidence} sure)"
    st.markdown(f"{words}. It is now the chosen image in Browse, Preprocessing and Augmentation.")
