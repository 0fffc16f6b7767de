"""Images with their answers: a gallery, page by page, and one of them in detail. Without the images, a table."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from core.evaluation.error_analysis import hardest
from core.evaluation.predictions import Predictions
from core.text import probability
from pages.components import answer, gallery
from pages.components.evaluate.selection import Subject
from pages.components.gallery import Tile
from pages.components.text import escape

_SIDE = 140  # pixels, of the enlarged picture
_CLASS, _ALL = "evaluate-mistakes-of", -1


@st.fragment
def show_mistakes(subject: Subject) -> None:
    """What the model read wrong, the most confident mistakes first."""
    answers = subject.predictions
    wrong = hardest(answers)
    if not len(wrong):
        st.success(f"No mistakes: all {len(answers):,} images were read right.", icon=":material/check_circle:")
        return
    counts = np.bincount(answers.labels[wrong], minlength=len(answers.charset.characters))
    titles = {_ALL: f"All **{len(wrong):,}**"}
    for index, name in enumerate(answers.charset.names):
        titles |= {index: f"{escape(name)}  **{counts[index]:,}**"} if counts[index] else {}
    if st.session_state.get(_CLASS) not in titles:
        st.session_state[_CLASS] = _ALL
    st.caption(f"{len(wrong):,} of {len(answers):,} images were read wrong. The most confident mistakes come first.")
    true = st.pills("True class", titles, required=True, wrap=True, format_func=titles.__getitem__, key=_CLASS)
    chosen = wrong if true == _ALL else hardest(answers, true)
    show(subject, chosen, f"evaluate-mistakes-{true}", per_page=30, beside=True)


def show(subject: Subject, indices: NDArray[np.int64], key: str, per_page: int, beside: bool = False) -> None:
    """Show the images of these indices in their order, and the one that is picked in detail.

    Args:
        key: prefix of the widgets' keys; another one begins again at the first page.
        beside: whether the detail stands beside the list, where there is room, and not under it.
    """
    images = subject.images
    left, right = st.columns([3, 2], gap="medium") if beside else (st.container(), st.container())
    with left:
        if images is None:
            st.caption(subject.why_no_images)
            picked = _table(subject.predictions, indices, key)
        else:
            tile = partial(_tile, subject.predictions, images)
            of = (subject.predictions.model, indices.tobytes())
            picked = gallery.paged(indices.tolist(), tile, key, per_page, first=True, of=of)
    if picked is not None:
        with right:
            _detail(subject, picked)


def _tile(answers: Predictions, images: NDArray[np.uint8], index: int) -> Tile:
    true, read = answers.character(answers.labels[index]), answers.character(answers.predicted[index])
    if answers.blank[index]:
        return Tile(images[index], f"{true} → –", f"Image {index:,}: {true}, found blank", "blank")
    confidence = probability(answers.confidence[index])
    spoken = f"Image {index:,}: {true} read as {read}, {confidence} sure"
    return Tile(images[index], f"{true} → {read}", spoken, confidence)


def _table(answers: Predictions, indices: NDArray[np.int64], key: str) -> int | None:
    """The same list in words and numbers; the index of the image that is picked."""
    characters = np.array(answers.charset.names)
    rows = pd.DataFrame(
        {
            "image": indices,
            "true": characters[answers.labels[indices]],
            "read": np.where(answers.blank[indices], "", characters[answers.predicted[indices]]),
            "sure": np.floor(1000 * answers.confidence[indices]) / 10,
        }
    )
    column = st.column_config
    event = st.dataframe(
        rows,
        column_config={
            "image": column.NumberColumn("Image", help="Its index in the data set, from 0", format="%d", width=80),
            "true": column.TextColumn("True", width=60),
            "read": column.TextColumn("Read as", width=70),
            "sure": column.ProgressColumn("Sure", min_value=0, max_value=100, format="%.1f %%"),
        },
        hide_index=True,
        height=35 * min(len(rows) + 1, 9) + 3,
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0], "columns": [], "cells": []}},
        key=f"{key}-rows",
        alt="Images with their true class, what they were read as, and how sure the model was",
    )
    selected: Sequence[int] = event.selection.rows
    return int(indices[selected[0]]) if selected and selected[0] < len(indices) else None


def _detail(subject: Subject, index: int) -> None:
    """What the network saw, and how it read it."""
    answers = subject.predictions
    true, read = answers.character(answers.labels[index]), answers.character(answers.predicted[index])
    blank = bool(answers.blank[index])
    verdict = "was found blank" if blank else f"read as {read}"
    confidence = "" if blank else answer.sure(answers.confidence[index]).capitalize()
    alt = f"Image {index:,} as the network saw it, enlarged"
    with st.container(border=True, key="evaluate-detail"):
        with answer.enlarged(subject.seen(index), alt, _SIDE, "evaluate-seen", "What the network saw"):
            st.markdown(f"##### {escape(f'{true} {verdict}')}", anchors=False)
            st.caption(f"{confidence}  \nImage {index:,} of {escape(answers.title)}, {answers.split}")
        shares = None if blank else answers.probabilities[index]
        chosen = [] if blank else [answers.charset.characters[answers.predicted[index]]]
        answer.bars(answers.charset, shares, chosen, doubtful=not answers.right[index])
