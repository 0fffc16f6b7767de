"""The scores of every class, and the same as text."""

import streamlit as st

from core.report import tables
from pages.components import data_table
from pages.components.evaluate.selection import Subject
from pages.components.text import escape

_SHARES = {
    "precision": ("Precision", "Of the images that were read as this class, those that are of it"),
    "recall": ("Recall", "Of the images of this class, those that were read as it"),
    "f1": ("F1", "The harmonic mean of precision and recall"),
}


@st.fragment
def show(subject: Subject) -> None:
    answers = subject.predictions
    st.subheader("By class", anchor=False)
    table = tables.classes(answers)
    often = [
        f"{character} ({times})" if times else ""
        for character, times in zip(table["mistaken_for"], table["times"], strict=True)
    ]
    column = st.column_config
    data_table.show(
        table.assign(**{name: 100 * table[name] for name in _SHARES}, often=often),
        "evaluate-classes",
        "Precision, recall and F1 of every class",
        {
            "class": column.TextColumn("Class", width=64, pinned=True),
            **{
                name: column.NumberColumn(title, help=help_text, format="%.2f %%", width=110)
                for name, (title, help_text) in _SHARES.items()
            },
            "images": column.NumberColumn("Images", help="Images of this class", format="localized", width=90),
            "often": column.TextColumn("Most often read as", help="And how many times", width=150),
        },
    )
    st.caption(
        f"{escape(answers.title)}, {answers.split}: {len(answers):,} images. Click a column's title to sort by it."
    )
    st.subheader("Classification report", anchor=False)
    st.markdown("The same as text, to copy, in the layout of scikit-learn.")
    st.code(tables.classification_report(answers), language=None)
