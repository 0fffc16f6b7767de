"""The first page: what this is, how good its model is, and where to go."""

from pathlib import Path

import streamlit as st

from pages.components import model_card, page

_PICTURE = Path(__file__).parent / "pages" / "components" / "home.svg"

# Two beside each other; on a phone one under the other, in this order.
_DOORS = (
    (
        ("pages/draw.py", "**Draw a digit or a letter** with mouse, finger or pen", "draw"),
        ("pages/upload.py", "**Upload pictures**, or take one", "upload"),
    ),
    (("pages/sheets.py", "**Read a sheet of numbers** into a table", "table_view"),),
    (
        ("pages/explore.py", "**Explore the data** that it learns from", "grid_view"),
        ("pages/evaluate.py", "**See where it is right** and where it is wrong", "monitoring"),
    ),
    (
        ("pages/train.py", "**Train a model** of your own, and use it", "model_training"),
        ("pages/samples.py", "**Teach it your handwriting** by correcting it", "edit_note"),
    ),
)


active = page.begin("Digit Lab")
with st.container(width=page.WIDTH):
    st.markdown(
        "Draw a digit or a letter, or upload pictures of handwriting, and a small neural network reads them. "
        "It says how sure it is, asks when it is not, and shows what it saw on the way to its answer."
    )
    st.image(str(_PICTURE), width="stretch", alt="A drawn 7, the pixels that the network sees, and its answer")
    for row in _DOORS:
        for column, (path, label, icon) in zip(st.columns(len(row)), row, strict=True):
            with column, st.container(border=True):
                st.page_link(path, label=label, icon=f":material/{icon}:", width="stretch")
    if active and active.card:
        model_card.show(active.card, active.weights_bytes)
