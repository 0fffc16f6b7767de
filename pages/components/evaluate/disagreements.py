"""The images that two models do not both read correctly."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from core.evaluation.comparison import Difference, differences
from core.evaluation.predictions import Predictions
from core.text import probability
from pages.components import data_table, gallery, page, widgets
from pages.components.evaluate.selection import Subject
from pages.components.gallery import Tile
from pages.components.text import escape

_PER_PAGE = 48
_TILE = 76


def show(subject: Subject, others: Sequence[Predictions]) -> None:
    st.subheader("Where they differ", anchor=False)
    first, other = subject.predictions, others[0]
    if len(others) > 1:
        by_title = {_title(answers): answers for answers in others}
        titles = {title: escape(title) for title in by_title}
        other = by_title[widgets.segments("Other model", titles, "evaluate-other")]
    indices = _filter(differences(first, other), first, other)
    if not len(indices):
        st.caption("Both are right on all images.")
        return
    _gallery(subject, other, indices)


def _title(answers: Predictions) -> str:
    return page.model_titles().get(answers.model, answers.model)


def _filter(by_kind: dict[Difference, NDArray[np.int64]], first: Predictions, other: Predictions) -> NDArray[np.int64]:
    """The images with the kind of difference that the person chooses."""
    titles = {
        Difference.FIRST_RIGHT: f"Only {escape(_title(first))} is right",
        Difference.SECOND_RIGHT: f"Only {escape(_title(other))} is right",
        Difference.BOTH_WRONG: "Both are wrong",
    }
    kinds = {kind: f"{titles[kind]}  **{len(indices):,}**" for kind, indices in by_kind.items() if len(indices)}
    if not kinds:
        return np.zeros(0, np.int64)
    key = f"evaluate-difference-{first.model}-{other.model}-{first.dataset}-{first.split}"
    return by_kind[widgets.segments("Show", kinds, key)]


def _gallery(subject: Subject, other: Predictions, indices: NDArray[np.int64]) -> None:
    """The images, a page at a time, and what both models say of the one that is picked."""
    first, images = subject.predictions, subject.images
    if images is None:
        st.info(subject.why_no_images, icon=":material/image_not_supported:")
        _table(first, other, indices)
        return
    names = f"{escape(_title(first))} · {escape(_title(other))}"
    st.caption(f"Under each image: what it is, then the answers ({names}). Pick one to see how sure they are.")

    def tile(index: int) -> Tile:
        spoken = f"Image {index}, {_spoken(first, index)}, {_spoken(other, index)}"
        note = f"{_answer(first, index)} · {_answer(other, index)}"
        return Tile(images[index], f"is {first.character(int(first.labels[index]))}", spoken, note)

    of = (first.model, other.model, indices.tobytes())
    picked = gallery.paged(indices.tolist(), tile, "evaluate-differences", _PER_PAGE, side=_TILE, of=of)
    if picked is not None:
        _table(first, other, np.array([picked]))


def _answer(answers: Predictions, index: int) -> str:
    return "blank" if answers.blank[index] else answers.character(int(answers.predicted[index]))


def _spoken(answers: Predictions, index: int) -> str:
    return f"{_title(answers)} says {_answer(answers, index)} ({probability(float(answers.confidence[index]))})"


def _table(first: Predictions, other: Predictions, indices: NDArray[np.int64]) -> None:
    """The answers of both to some images, as rows."""
    characters = np.array(first.charset.names)
    table = pd.DataFrame({"image": indices, "true": characters[first.labels[indices]]})
    column = st.column_config
    columns = {"image": column.NumberColumn("Image", width=80, format="%d"), "true": column.TextColumn("Is", width=60)}
    for number, answers in enumerate((first, other)):
        table[f"answer{number}"] = [_answer(answers, int(index)) for index in indices]
        table[f"sure{number}"] = 100 * answers.confidence[indices]
        columns[f"answer{number}"] = column.TextColumn(f"{escape(_title(answers))} says", width=110)
        columns[f"sure{number}"] = column.NumberColumn("Sure", format="%.1f %%", width=90)
    data_table.show(table, "evaluate-difference-table", "The answers of both models", columns)
