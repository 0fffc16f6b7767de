"""One sample large: what the model made of it, and relabelling or deleting it."""

import streamlit as st

from core.charsets import Charset
from core.errors import PictureError
from core.samples import edits, store
from core.samples.store import Sample
from core.settings import Settings
from core.text import probability_in_words
from core.vision.grey import on_paper
from pages.components import state
from pages.components.pictures import data_url, on_square
from pages.components.samples.selection import Subject
from pages.components.samples.tools import change
from pages.components.text import escape

_SIDE = 196  # pixels, of the enlarged glyph
_ORIGINS = {"draw": "Drawn here", "upload": "Uploaded here", "import": "Imported"}


def show(subject: Subject, one: Sample, after: int, closed: bool) -> None:
    """Draw the sample, what the model made of it, and what can be changed.

    Args:
        after: id of the sample to show when this one is deleted.
        closed: whether nothing may be changed.
    """
    with st.container(border=True, key="samples-detail"):
        with st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="medium"):
            label = subject.charset.show(one.label)
            spoken = f"Sample {one.id}, labelled {label}, enlarged"
            st.image(data_url(on_square(one.glyph, _SIDE)), width=_SIDE * 5 // 7, alt=spoken)
            with st.container(gap="xsmall"):
                st.markdown(f"###### {escape(label)}", anchors=False)
                st.markdown(_answer(one, subject.charset))
                st.caption(f"{_ORIGINS.get(one.origin, 'From elsewhere')}, {one.created[:16].replace('T', ' ')} UTC")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            characters, key = subject.charset.characters, f"samples-label-{one.id}-{one.label}"
            st.selectbox(
                "It is a",
                characters,
                characters.index(one.label) if one.label in characters else None,
                format_func=subject.charset.show,
                key=key,
                disabled=closed,
                width=150,
                on_change=_relabel,
                args=(one, key, subject),
                help="Pick or type another character to relabel it.",
            )
            st.button(
                "Delete",
                icon=":material/delete:",
                key="samples-delete",
                disabled=closed,
                on_click=_delete,
                args=(one, after, subject),
            )
        _show_picture(one, subject.settings)


def _answer(one: Sample, charset: Charset) -> str:
    if not one.answer:
        return "No model had read it."
    verb = "was right" if one.answer == one.label else f"said **{escape(charset.show(one.answer))}**"
    return f"The model “{escape(one.model)}” {verb}, {probability_in_words(one.confidence)} sure."


def _show_picture(one: Sample, settings: Settings) -> None:
    """The picture as it was given, where it was stored."""
    data = store.picture(one.id, settings)
    if data is None:
        return
    from core.vision.decode import decode

    try:
        picture = on_paper(decode(data, settings))
    except PictureError:
        st.caption("The picture as it was given can no longer be read.")
        return
    st.image(data_url(on_square(picture, _SIDE)), caption="As it was given", width=_SIDE, alt="As it was given")


# What follows runs when something is pressed or picked, before the page runs again.


def _relabel(one: Sample, key: str, subject: Subject) -> None:
    label = st.session_state.get(key)
    if label is None or label == one.label:
        return

    def work() -> str:
        edits.relabel([one.id], str(label), subject.settings)
        return f"Relabelled: {subject.charset.show(one.label)} is now {subject.charset.show(str(label))}."

    state.set_sample(one.id)
    change(work)


def _delete(one: Sample, after: int, subject: Subject) -> None:
    def work() -> str:
        edits.delete([one.id], subject.settings)
        return f"Deleted: “{subject.charset.show(one.label)}”."

    if change(work):
        state.set_sample(after)
