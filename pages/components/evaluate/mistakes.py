"""What the model read wrong, the most confident mistakes first."""

import numpy as np
import streamlit as st

from core.evaluation.error_analysis import hardest
from pages.components.evaluate import images
from pages.components.evaluate.selection import Subject
from pages.components.text import escape

_CLASS = "evaluate-mistakes-of"
_ALL = -1


@st.fragment
def show(subject: Subject) -> None:
    """Draw this part of the page."""
    answers = subject.predictions
    wrong = hardest(answers)
    if not len(wrong):
        st.success(f"No mistakes: all {len(answers):,} images were read correctly.", icon=":material/check_circle:")
        return
    counts = np.bincount(answers.labels[wrong], minlength=len(answers.charset.characters))
    options = [_ALL, *(int(index) for index in np.flatnonzero(counts))]
    if st.session_state.get(_CLASS) not in options:
        st.session_state[_CLASS] = _ALL
    st.caption(f"{len(wrong):,} of {len(answers):,} images were read wrongly. The most confident mistakes come first.")
    true = st.pills(
        "True class",
        options,
        required=True,
        wrap=True,
        format_func=lambda index: (
            f"All **{len(wrong):,}**" if index == _ALL else f"{escape(answers.character(index))}  **{counts[index]:,}**"
        ),
        key=_CLASS,
    )
    chosen = wrong if true == _ALL else hardest(answers, true)
    images.show(subject, chosen, f"evaluate-mistakes-{true}", per_page=30, beside=True)
