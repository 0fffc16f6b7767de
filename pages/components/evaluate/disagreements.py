"""The images on which two models do not both answer rightly."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.evaluation.comparison import Difference, differences
from core.evaluation.predictions import Predictions
from core.text import probability
from pages.components import data_table, gallery
from pages.components.evaluate.selection import Subject
from pages.components.text import escape

_A_PAGE = 48
_TILE = 76


def show(subject: Subject, others: Sequence[Predictions]) -> None:
    """Show where the subject and one of the other models differ, filtered by how."""
    st.subheader("Where they differ", anchor=False)
    first, other = subject.predictions, others[0]
    if len(others) > 1:
        names = {answers.model: answers for answers in others}
        chosen = st.segmented_control(
            "Other model",
            list(names),
            default=other.model,
            format_func=escape,
            required=True,
            key="evaluate-other",
        )
        other = names.get(chosen, other)
    found = differences(first, other)
    places = _filter(found, first, other)
    if not len(places):
        st.caption("Both are right on all images.")
        return
    _gallery(subject, other, places)


def _filter(found: dict[Difference, NDArray[np.int64]], first: Predictions, other: Predictions) -> NDArray[np.int64]:
    """The images with the kind of difference that the person chooses."""
    titles = {
        Difference.FIRST_RIGHT: f"Only {escape(first.model)} is right",
        Difference.SECOND_RIGHT: f"Only {escape(other.model)} is right",
        Difference.BOTH_WRONG: "Both are wrong",
    }
    kinds = [kind for kind, places in found.items() if len(places)]
    if not kinds:
        return np.zeros(0, np.int64)
    chosen = st.segmented_control(
        "Show",
        kinds,
        default=kinds[0],
        required=True,
        format_func=lambda kind: f"{titles[kind]}  **{len(found[kind]):,}**",
        key=f"evaluate-difference-{first.model}-{other.model}-{first.dataset}-{first.split}",
    )
    return found[chosen if chosen in kinds else kinds[0]]


def _gallery(subject: Subject, other: Predictions, places: NDArray[np.int64]) -> None:
    """The images, a page at a time; the one that is picked with what both models say of it."""
    first, images = subject.predictions, subject.images
    if images is None:
        st.info(subject.why_no_images, icon=":material/image_not_supported:")
        _table(first, other, places)
        return
    names = f"{escape(first.model)} · {escape(other.model)}"
    st.caption(f"Under each image: what it is, then what the models say ({names}). Pick one to see how sure they are.")
    shown = _page(places)
    tiles = [
        gallery.Tile(
            images[place],
            f"is {first.character(int(first.labels[place]))}",
            f"Image {place}, {_said(first, place)}, {_said(other, place)}",
            f"{_answer(first, place)} · {_answer(other, place)}",
        )
        for place in shown
    ]
    picked = gallery.show(tiles, "evaluate-differences", _TILE)
    if picked is not None and picked < len(shown):
        _table(first, other, shown[picked : picked + 1])


def _page(places: NDArray[np.int64]) -> NDArray[np.int64]:
    pages = -(-len(places) // _A_PAGE)
    number = 1
    if pages > 1:
        number = st.pagination(pages, key=f"evaluate-difference-page-{pages}")
    return places[(number - 1) * _A_PAGE : number * _A_PAGE]


def _answer(answers: Predictions, place: int) -> str:
    return "blank" if answers.blank[place] else answers.character(int(answers.predicted[place]))


def _said(answers: Predictions, place: int) -> str:
    return f"{answers.model} says {_answer(answers, place)} ({probability(float(answers.confidence[place]))})"


def _table(first: Predictions, other: Predictions, places: NDArray[np.int64]) -> None:
    """What both say of some images, as rows."""
    import pandas as pd

    characters = np.array(first.charset.names)
    table = pd.DataFrame({"image": places, "true": characters[first.labels[places]]})
    column = st.column_config
    columns = {
        "image": column.NumberColumn("Image", width=80, format="%d"),
        "true": column.TextColumn("Is", width=60),
    }
    for number, answers in enumerate((first, other)):
        table[f"answer{number}"] = [_answer(answers, int(place)) for place in places]
        table[f"sure{number}"] = 100 * answers.confidence[places]
        columns[f"answer{number}"] = column.TextColumn(f"{escape(answers.model)} says", width=110)
        columns[f"sure{number}"] = column.NumberColumn("sure of it", format="%.1f %%", width=90)
    data_table.show(table, "evaluate-difference-table", "What both models say", columns)
