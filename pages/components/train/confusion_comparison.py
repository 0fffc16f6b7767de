"""The confusion of a new model beside that of another one, on a test set whose answers both keep."""

from collections.abc import Mapping

import streamlit as st

from core import cached
from core.charts.confusion_matrix import View, confusion
from core.errors import ModelError
from core.evaluation.comparison import comparable
from core.evaluation.predictions import Predictions
from core.model.library import Entry
from core.report import figures
from pages.components import chart
from pages.components.text import escape


def show(new: Entry, other: Entry, key: str) -> None:
    """Draw the errors of both, in the same colours for the same counts.

    Args:
        key: what the keys of the charts begin with.
    """
    st.markdown("#### Confusion side by side", anchors=False)
    pairs = _common(_stored(new), _stored(other))
    if not pairs:
        st.caption(
            f"“{escape(new.name)}” and “{escape(other.name)}” have no test set in common for which both keep their "
            "answers, so their confusion cannot be compared."
        )
        return
    name = next(iter(pairs))
    if len(pairs) > 1:
        name = st.segmented_control(
            "Test set",
            list(pairs),
            default=name,
            required=True,
            format_func=lambda name: escape(pairs[name][0].title),
            key=f"{key}-beside-set-{new.name}",
        )
    both = pairs[name]
    for column, answers, beside in zip(st.columns(2, gap="medium"), both, both[::-1], strict=True):
        with column:
            _matrix(answers, beside, key)
    st.caption("Only errors are shown; a row is a true class. The same colour means the same number of images in both.")


def _stored(entry: Entry) -> dict[str, Predictions]:
    try:
        return cached.stored(entry.name)
    except ModelError:
        return {}


def _common(
    first: Mapping[str, Predictions], second: Mapping[str, Predictions]
) -> dict[str, tuple[Predictions, Predictions]]:
    """The answers of both to the same images, by test set."""
    return {
        name: (answers, second[name])
        for name, answers in first.items()
        if name in second and comparable(answers, second[name])
    }


def _matrix(answers: Predictions, beside: Predictions, key: str) -> None:
    wrong = len(answers) - int(answers.right.sum())
    st.markdown(f"**{escape(answers.model)}**")
    figure = confusion(
        answers.confusion,
        answers.charset.names,
        View(
            st.context.theme.type or "light",
            errors_only=True,
            beside=[beside.confusion],
            order=figures.likeness(answers.charset),
        ),
    )
    alt = f"Errors of {answers.model}: {wrong:,} of {len(answers):,} images are read wrong"
    chart.show(figure, f"{key}-beside-{answers.model}", alt)
    st.caption(f"{escape(answers.title)}: {len(answers):,} images, {wrong:,} read wrong.")
