"""Labels that are likely to be wrong, for a person to look through."""

from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached, spreadsheet
from core.data.datasets import Dataset
from core.evaluation.available import Leakage, leakage_of
from core.explore.label_issues import (
    HEADER,
    NEIGHBOURS,
    LabelIssues,
    find_label_issues,
    neighbour_probabilities,
    to_rows,
)
from core.jobs import Progress
from core.model.library import Entry
from core.text import probability
from pages.components import answer, gallery, job, page, parts, widgets
from pages.components.explore import image_picker, selection
from pages.components.gallery import Tile
from pages.components.text import escape

_PER_PAGE = 24
_AT_ONCE = 70_000  # images; more of them are compared only when that is asked for
_SIDE = 196
_ABOUT = (
    "Even the best-known data sets have some wrong labels. These are the images whose label is least probable. "
    "*Flagged* are those that confident learning "
    "([Northcutt, Jiang and Chuang, 2021](https://doi.org/10.1613/jair.1.12125), by cleanlab) finds mislabelled. "
    "Many of them are right but badly written, so a person has to decide."
)
_LEARNT = {
    Leakage.TRAINING: "the chosen model was trained on these labels",
    Leakage.OVERLAP: "the chosen model was trained on the same pages, perhaps on these very images",
}


@st.fragment
def show(data: Dataset, model: Entry | None) -> None:
    st.markdown(_ABOUT)
    if len(data.labels) < 2:
        st.info("A single image cannot be compared with others. Choose a larger data set.")
        return
    with page.explained():
        reason = _why_not(data, model)
        probabilities = _from_neighbours(data, reason) if reason or not model else _from_model(data, model)
        if probabilities is not None:
            judge = model.name if model and not reason else "neighbours"
            _show_list(data, _find(data, probabilities, f"{judge}-{probabilities.max(axis=1).sum():.9f}"))


def _why_not(data: Dataset, model: Entry | None) -> str:
    """Why the model cannot judge these labels; empty where its answers are out of sample."""
    if not model or not model.card:
        return "there is no model"
    if not selection.fits(data, model):
        return "the chosen model reads other characters"
    return _LEARNT.get(leakage_of(model.card, data.name, data.split, data.title), "")


def _from_model(data: Dataset, model: Entry) -> NDArray[np.float64] | None:
    """The model's probabilities, float64 (N, C); None while it is still reading."""
    assert model.card
    st.caption(
        f"Judged by the model “{escape(model.card.title)}”, which was not trained on these images: "
        "by the probability that it gives to each label."
    )
    kept = page.stored_answers(model.name).get(data.name)
    if kept and kept.split == data.split and np.array_equal(kept.labels, data.labels):
        return kept.probabilities
    recogniser = cached.recogniser(model.name)

    def work(progress: Progress) -> NDArray[np.float64]:
        from core.evaluation.predictions import evaluate

        return evaluate(recogniser, data, progress).probabilities

    key = f"explore-labels-{selection.fingerprint(data)}-{model.card.weights_sha256[:12]}"
    return job.run(key, work, f"Reading {len(data.labels):,} images")


def _from_neighbours(data: Dataset, why_no_model: str) -> NDArray[np.float64] | None:
    """The probabilities by the labels of the nearest images, float64 (N, C); None while those are searched for."""
    st.caption(
        f"Each image is judged by the labels of the {NEIGHBOURS} images nearest to it, as {why_no_model}; "
        "its own label does not count."
    )
    asked = f"explore-labels-compare-{data.name}-{data.split}"
    if len(data.labels) > _AT_ONCE and not st.session_state.get(asked):
        st.info(f"Comparing {len(data.labels):,} images with each other takes minutes, perhaps hours.")
        if not st.button("Compare them", key=f"{asked}-button", icon=":material/compare:"):
            return None
        st.session_state[asked] = True
    return job.run(
        f"explore-labels-{selection.fingerprint(data)}-neighbours",
        partial(neighbour_probabilities, data.images, data.labels, len(data.charset.names)),
        f"Comparing {len(data.labels):,} images with each other",
    )


@st.cache_data(max_entries=6, show_spinner="Ranking the labels", hash_funcs=selection.BY_FINGERPRINT)
def _find(data: Dataset, _probabilities: NDArray[np.float64], key: str) -> LabelIssues:  # noqa: ARG001 - tells those apart
    return find_label_issues(data.labels, _probabilities)


def _show_list(data: Dataset, issues: LabelIssues) -> None:
    characters = data.charset.names
    share = probability(issues.flagged_total / len(data.labels))
    st.markdown(f"### {issues.flagged_total:,} of {len(data.labels):,} labels flagged ({share})", anchors=False)
    st.caption(f"The {len(issues):,} most doubted labels, the flagged ones first.")
    rows = to_rows(issues, data.labels, characters)
    parts.show(
        {"Pictures": partial(_show_pictures, data, issues), "Table": partial(_show_table, rows)}, "explore-labels-view"
    )
    file = f"doubted-labels-{data.name}-{data.split}.csv"
    widgets.download("Download CSV", spreadsheet.to_csv(HEADER, rows), file, "text/csv", "explore-labels-csv")


def _show_pictures(data: Dataset, issues: LabelIssues) -> None:
    tile, of = partial(_tile, data, issues), (data.name, data.split, issues.indices.tobytes())

    def pick(row: int) -> None:
        image_picker.choose(int(issues.indices[row]))

    key = "explore-labels-gallery"
    row = gallery.paged(range(len(issues)), tile, key, _PER_PAGE, side=92, of=of, on_pick=pick)
    if row is not None:
        _show_one(data, issues, row)


def _tile(data: Dataset, issues: LabelIssues, row: int) -> Tile:
    index, given, suggested = _names(data, issues, row)
    mark = "flagged, " if issues.flagged[row] else ""
    share = probability(issues.suggested_share[row])
    spoken = f"Image {index}: labelled {given}, {mark}suggested {suggested} with {share}"
    if given == suggested:
        return Tile(data.images[index], f"{given}, doubted", spoken, probability(issues.given_share[row]))
    return Tile(data.images[index], f"{given} → {suggested}", spoken, share)


def _names(data: Dataset, issues: LabelIssues, row: int) -> tuple[int, str, str]:
    """The index of the image, its label, and the one that is suggested."""
    index, names = int(issues.indices[row]), data.charset.names
    return index, names[data.labels[index]], names[issues.suggested[row]]


def _show_one(data: Dataset, issues: LabelIssues, row: int) -> None:
    index, given, suggested = _names(data, issues, row)
    with answer.enlarged(data.images[index], f"Image {index}", _SIDE, "explore-labels-one"):
        st.markdown(
            f"### Image {index:,}\n\n"
            f"Label: **{escape(given)}**, with a probability of {probability(issues.given_share[row])}\n\n"
            f"Suggested: **{escape(suggested)}**, with {probability(issues.suggested_share[row])}\n\n"
            + ("Flagged by confident learning." if issues.flagged[row] else "Not flagged."),
            anchors=False,
        )
        st.caption("It is now the chosen image in Browse, Preprocessing and Augmentation.")


def _show_table(rows: list[list[object]]) -> None:
    import pandas as pd

    share = st.column_config.NumberColumn(format="percent")
    frame = pd.DataFrame(rows, columns=[title.capitalize() for title in HEADER])
    st.dataframe(
        frame,
        hide_index=True,
        height=420,
        column_config={"Probability of label": share, "Probability of suggested": share},
        key="explore-labels-table",
        alt="The most doubted labels",
    )
