"""Images with their answers: a gallery, page by page, and one of them in detail. Without the images, a table."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from core.charts.palette import AMBER, BLUE, TEXT
from core.charts.probability_bars import probability_bars
from core.evaluation.predictions import Predictions
from core.text import probability, probability_in_words
from pages.components import gallery
from pages.components.evaluate.selection import Subject
from pages.components.gallery import Tile
from pages.components.pictures import data_url, on_square
from pages.components.text import escape

_SIDE = 224  # pixels, of the enlarged picture


def show(subject: Subject, places: NDArray[np.int64], key: str, per_page: int, beside: bool = False) -> None:
    """Show images, and the one that is picked in detail.

    Args:
        subject: what they belong to.
        places: their indices in the data set, in the order to show them.
        key: prefix of the widgets' keys; another one begins again at the first page.
        per_page: how many at once.
        beside: whether the detail stands beside the list, where there is room, and not under it.
    """
    images = subject.images
    left, right = st.columns([3, 2], gap="medium") if beside else (st.container(), st.container())
    with left:
        if images is None:
            st.caption(subject.why_no_images)
            picked = _table(subject.predictions, places, key)
        else:
            picked = _gallery(subject.predictions, images, places, key, per_page)
    if picked is not None:
        with right:
            _detail(subject, picked)


def _gallery(
    answers: Predictions, images: NDArray[np.uint8], places: NDArray[np.int64], key: str, per_page: int
) -> int | None:
    pages = math.ceil(len(places) / per_page)
    page = 1
    if pages > 1:
        page = min(st.pagination(pages, key=f"{key}-page", max_visible_pages=5), pages)
    shown = places[(page - 1) * per_page : page * per_page]
    found = gallery.show([_tile(answers, images, int(place)) for place in shown], key, picked=0)
    return int(shown[found]) if found is not None and found < len(shown) else None


def _tile(answers: Predictions, images: NDArray[np.uint8], place: int) -> Tile:
    true, read = answers.character(answers.labels[place]), answers.character(answers.predicted[place])
    if answers.blank[place]:
        return Tile(images[place], f"{true} → –", f"Image {place:,}: {true}, found blank", "blank")
    sure = probability(answers.confidence[place])
    spoken = f"Image {place:,}: {true} read as {read}, {sure} sure"
    return Tile(images[place], f"{true} → {read}", spoken, sure)


def _table(answers: Predictions, places: NDArray[np.int64], key: str) -> int | None:
    """The same list in words and numbers; the index of the row that is picked."""
    characters = np.array(answers.charset.names)
    rows = pd.DataFrame(
        {
            "image": places,
            "true": characters[answers.labels[places]],
            "read": np.where(answers.blank[places], "", characters[answers.predicted[places]]),
            "sure": np.floor(1000 * answers.confidence[places]) / 10,
        }
    )
    column = st.column_config
    event = st.dataframe(
        rows,
        column_config={
            "image": column.NumberColumn("Image", help="Its place in the data set, from 0", format="%d", width=80),
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
    return int(places[selected[0]]) if selected and selected[0] < len(places) else None


def _detail(subject: Subject, place: int) -> None:
    """What the network saw, and what it made of it."""
    answers, seen = subject.predictions, subject.seen(place)
    true, read = answers.character(answers.labels[place]), answers.character(answers.predicted[place])
    blank, right = bool(answers.blank[place]), bool(answers.right[place])
    verdict = "was found blank" if blank else f"read as {read}"
    sure = "" if blank else f"{probability_in_words(answers.confidence[place])} sure".capitalize()
    text = TEXT[st.context.theme.type or "light"]
    bars = probability_bars(
        answers.charset,
        None if blank else answers.probabilities[place],
        [] if blank else [answers.charset.characters[answers.predicted[place]]],
        BLUE if right else AMBER,
        text,
    )
    with st.container(border=True, key="evaluate-detail"):
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            if seen is not None:
                picture = data_url(on_square(seen, _SIDE))
                st.image(
                    picture,
                    caption="What the network saw",
                    width=_SIDE * 5 // 8,
                    alt=f"Image {place:,} as the network saw it, enlarged",
                )
            with st.container(gap="xsmall"):
                st.markdown(f"##### {escape(f'{true} {verdict}')}", anchors=False)
                st.caption(f"{sure}  \nImage {place:,} of {escape(answers.title)}, {answers.split}")
        st.image(bars, width=380, alt=_spoken(answers, place))


def _spoken(answers: Predictions, place: int) -> str:
    order = np.argsort(-answers.probabilities[place], kind="stable")
    return "Probabilities: " + ", ".join(
        f"{answers.character(one)} {probability(answers.probabilities[place, one])}" for one in order
    )
