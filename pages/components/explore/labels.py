"""Labels that are likely to be wrong, to be looked through by a person."""

from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached, spreadsheet
from core.data.datasets import Dataset
from core.errors import DigitLabError
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
from pages.components import gallery, job, page, state
from pages.components.explore import map_sample
from pages.components.gallery import Tile
from pages.components.pictures import data_url, on_square
from pages.components.text import escape

_PAGE = 24
_AT_ONCE = 70_000  # images; more of them are compared only when that is asked for
_SIDE = 196
_ABOUT = (
    "Even the best known data sets hold some wrong labels. Listed are the images whose own label is least probable. "
    "*Flagged* are those that confident learning takes for wrong "
    "([Northcutt, Jiang and Chuang, 2021](https://doi.org/10.1613/jair.1.12125), through cleanlab); "
    "a person decides, as many of them are right but badly written."
)
_LEARNT = {
    Leakage.TRAINING: "the active model has learnt from these labels itself",
    Leakage.OVERLAP: "the active model has learnt from the same pages, perhaps from these very images",
}


@st.fragment
def show(data: Dataset, model: Entry | None) -> None:
    """Draw this part of the page."""
    st.markdown(_ABOUT)
    if len(data.labels) < 2:
        st.info("One image says nothing about its label. Choose a larger data set.")
        return
    try:
        why_not = _why_not(data, model)
        probabilities = _from_neighbours(data, why_not) if why_not or not model else _from_model(data, model)
    except DigitLabError as error:
        page.explain(error)
        return
    if probabilities is None:
        return
    by = model.name if model and not why_not else "neighbours"
    suspects = _doubt(data.labels, probabilities, f"{map_sample.fingerprint(data)}-{by}-{_hash(probabilities)}")
    _show_list(data, suspects)


def _why_not(data: Dataset, model: Entry | None) -> str:
    """Why the model cannot judge these labels; empty where its answers are out of sample."""
    if not model or not model.card:
        return "there is no active model"
    if not map_sample.fits(data, model):
        return "the active model reads other characters"
    return _LEARNT.get(leakage_of(model.card, data.name, data.split, data.title), "")


def _from_model(data: Dataset, model: Entry) -> NDArray[np.float64] | None:
    """What the model says of each image, (N, C); None while it is still reading."""
    st.caption(
        f"Judged by the model “{escape(model.name)}”, which was not trained on these images: "
        "the probability that it gives to the label of each."
    )
    kept = _stored(data, model)
    if kept is not None:
        return kept
    recogniser = cached.recogniser(model.name)

    def work(progress: Progress) -> NDArray[np.float64]:
        from core.evaluation.evaluate import evaluate

        return evaluate(recogniser, data, progress).probabilities

    assert model.card
    key = f"explore-labels-{map_sample.fingerprint(data)}-{model.card.weights_sha256[:12]}"
    return job.run(key, work, f"Reading {len(data.labels):,} images")


def _stored(data: Dataset, model: Entry) -> NDArray[np.float64] | None:
    """The answers in the model's folder, where they are to these labels."""
    try:
        kept = cached.stored(model.name).get(data.name)
    except DigitLabError:
        return None
    fits = kept is not None and kept.split == data.split and np.array_equal(kept.labels, data.labels)
    return kept.probabilities if kept is not None and fits else None


def _from_neighbours(data: Dataset, why_no_model: str) -> NDArray[np.float64] | None:
    """What the labels of the nearest images say, (N, C); None while they are still looked for."""
    st.caption(
        f"Judged by the labels of the {NEIGHBOURS} images that are most like it, as {why_no_model}; "
        "an image's own label has no say."
    )
    asked = f"explore-labels-compare-{data.name}-{data.split}"
    if len(data.labels) > _AT_ONCE and not st.session_state.get(asked):
        st.info(f"To compare {len(data.labels):,} images with each other takes very long: some minutes up to hours.")
        if not st.button("Compare them", key=f"{asked}-button", icon=":material/compare:"):
            return None
        st.session_state[asked] = True
    return job.run(
        f"explore-labels-{map_sample.fingerprint(data)}-neighbours",
        partial(neighbour_probabilities, data.images, data.labels, len(data.charset.names)),
        f"Comparing {len(data.labels):,} images with each other",
    )


def _hash(probabilities: NDArray[np.float64]) -> str:
    return f"{float(probabilities.max(axis=1).sum()):.9f}"


@st.cache_data(max_entries=6, show_spinner="Ranking the labels")
def _doubt(
    _labels: NDArray[np.int64],
    _probabilities: NDArray[np.float64],
    key: str,  # noqa: ARG001 - the cache's key
) -> LabelIssues:
    return find_label_issues(_labels, _probabilities)


def _show_list(data: Dataset, suspects: LabelIssues) -> None:
    characters = data.charset.names
    share = probability(suspects.flagged_total / len(data.labels))
    st.markdown(f"### {suspects.flagged_total:,} of {len(data.labels):,} labels flagged ({share})", anchors=False)
    st.caption(f"The {len(suspects):,} most doubted labels, the flagged ones first.")
    rows = to_rows(suspects, data.labels, characters)
    pictures, table = st.tabs(["Pictures", "Table"], key="explore-labels-view", on_change="rerun")
    if pictures.open:
        with pictures:
            _show_pictures(data, suspects)
    if table.open:
        with table:
            _show_table(rows)
    st.download_button(
        "Download CSV",
        spreadsheet.to_csv(HEADER, rows),
        f"doubted-labels-{data.name}-{data.split}.csv",
        "text/csv",
        key="explore-labels-csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _show_pictures(data: Dataset, suspects: LabelIssues) -> None:
    pages = -(-len(suspects) // _PAGE)
    number = st.pagination(pages, key=f"explore-labels-page-{pages}") if pages > 1 else 1
    start = (number - 1) * _PAGE
    shown = range(start, min(start + _PAGE, len(suspects)))
    picked = gallery.show(
        [_tile(data, suspects, row) for row in shown],
        "explore-labels-gallery",
        92,
        on_pick=lambda place: state.set_explore_image(int(suspects.indices[shown[place]])),
    )
    if picked is not None:
        _show_one(data, suspects, shown[picked])


def _tile(data: Dataset, suspects: LabelIssues, row: int) -> Tile:
    place, given, suggested = _names(data, suspects, row)
    mark = "flagged, " if suspects.flagged[row] else ""
    share = probability(suspects.suggested_share[row])
    caption = f"{given} → {suggested}" if given != suggested else f"{given}, doubted"
    spoken = f"Image {place}: labelled {given}, {mark}suggested {suggested} with {share}"
    return Tile(
        data.images[place], caption, spoken, share if given != suggested else probability(suspects.given_share[row])
    )


def _names(data: Dataset, suspects: LabelIssues, row: int) -> tuple[int, str, str]:
    place, characters = int(suspects.indices[row]), data.charset.names
    return place, characters[data.labels[place]], characters[suspects.suggested[row]]


def _show_one(data: Dataset, suspects: LabelIssues, row: int) -> None:
    place, given, suggested = _names(data, suspects, row)
    with st.container(horizontal=True, gap="medium", key="explore-labels-one"):
        st.image(data_url(on_square(data.images[place], _SIDE)), width=_SIDE, alt=f"Image {place}")
        with st.container(width=320):
            st.markdown(
                f"### Image {place:,}\n\n"
                f"Label: **{escape(given)}**, with a probability of {probability(suspects.given_share[row])}\n\n"
                f"Suggested: **{escape(suggested)}**, with {probability(suspects.suggested_share[row])}\n\n"
                + ("Flagged by confident learning." if suspects.flagged[row] else "Not flagged."),
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
