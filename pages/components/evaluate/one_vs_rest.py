"""One class against the rest: precision-recall and ROC curves with their areas."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.charts.one_vs_rest import precision_recall, roc
from core.evaluation import one_vs_rest
from core.evaluation.predictions import Predictions
from core.report import tables
from pages.components import chart, data_table
from pages.components.evaluate.selection import Subject

if TYPE_CHECKING:
    from core.evaluation.one_vs_rest import Ranking

_ABOUT = (
    "Each class against all others: its images should be given a higher probability of the class than other images. "
    "A curve that reaches the corner ranks every image of the class above all others, and its area is 1."
)

_AT_FIRST = 4


@st.fragment
def show(subject: Subject) -> None:
    answers = subject.predictions
    rankings = ranked(answers.labels, answers.probabilities)
    if not rankings:
        st.info("These curves need images of at least two classes.", icon=":material/info:")
        return
    characters = answers.charset.names
    st.markdown(_ABOUT)
    chosen = _choose(rankings, answers)
    whole = st.toggle(
        "Whole range", key="evaluate-ranking-whole", help="Both axes from 0 to 100 %, not only the corner"
    )
    shown = [ranking for ranking in rankings if ranking.index in chosen] or rankings
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Precision and recall", anchor=False)
        figure = precision_recall(shown, characters, whole)
        chart.show(figure, "evaluate-precision-recall", "Precision against recall, a curve by class", tools="zoom")
    with right:
        st.subheader("ROC", anchor=False)
        figure = roc(shown, characters, whole)
        chart.show(figure, "evaluate-roc", "True against false positive rate, a curve by class", tools="zoom")
    _areas(answers, rankings)


@st.cache_data(max_entries=4, show_spinner=False)
def ranked(labels: NDArray[np.int64], probabilities: NDArray[np.float64]) -> "list[Ranking]":
    """The ranking of every class, computed once."""
    from core.evaluation.one_vs_rest import rank

    return rank(labels, probabilities)


def _choose(rankings: "list[Ranking]", answers: Predictions) -> set[int]:
    """The indices of the classes to show, at first those with the lowest average precision; none means all."""
    names = {answers.character(ranking.index): ranking.index for ranking in rankings}
    worst = one_vs_rest.hardest(rankings, _AT_FIRST)
    chosen = st.pills(
        "Classes (all where none is chosen)",
        list(names),
        default=[answers.character(ranking.index) for ranking in worst],
        selection_mode="multi",
        key=f"evaluate-ranking-classes-{answers.model}-{answers.dataset}-{answers.split}",
    )
    return {names[character] for character in chosen if character in names}


def _areas(answers: Predictions, rankings: "list[Ranking]") -> None:
    st.subheader("Areas", anchor=False)
    column = st.column_config
    data_table.show(
        tables.areas(rankings, answers.charset.names),
        "evaluate-areas",
        "Areas under the curves by class",
        {
            "class": column.TextColumn("Class", width=70, pinned=True),
            "images": column.NumberColumn("Images", format="localized", width=90),
            "average_precision": column.NumberColumn("Average precision", format="%.6f"),
            "roc_area": column.NumberColumn("Area under ROC", format="%.6f"),
        },
    )
    precision = float(np.mean([ranking.precision_recall.area for ranking in rankings]))
    area = float(np.mean([ranking.roc.area for ranking in rankings]))
    st.caption(
        f"Mean of the {len(rankings)} classes: average precision {precision:.6f}, area under ROC {area:.6f}. "
        f"{len(answers):,} images."
    )
