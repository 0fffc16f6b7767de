"""One sample large: what the model made of it, and relabelling or deleting it."""

from datetime import datetime

import streamlit as st

from core.charsets import Charset
from core.errors import PictureError
from core.samples import edits, store
from core.samples.store import Sample
from core.settings import Settings
from core.text import moment, probability_in_words
from core.vision.grey import on_paper
from pages.components import action
from pages.components.pictures import data_url, on_square
from pages.components.sample_edits import remember
from pages.components.samples.selection import SampleSet
from pages.components.text import escape

_SIDE = 196  # pixels, of the enlarged glyph
_ORIGINS = {"draw": "Drawn here", "upload": "Uploaded here", "import": "Imported"}
_CHOSEN = "samples-chosen"


def chosen() -> int | None:
    """The id of the sample that was chosen to be shown large."""
    return st.session_state.get(_CHOSEN)


def choose(sample: int) -> None:
    """Show the sample of this id from now on."""
    st.session_state[_CHOSEN] = sample


def show(samples: SampleSet, sample: Sample, after: int) -> None:
    """Draw the sample, what the model made of it, and what can be changed.

    Args:
        after: id of the sample to show when this one is deleted.
    """
    charset, settings = samples.charset, samples.settings
    with st.container(border=True, key="samples-detail"):
        with st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="medium"):
            label = charset.show(sample.label)
            spoken = f"Sample {sample.id}, labelled {label}, enlarged"
            st.image(data_url(on_square(sample.glyph, _SIDE)), width=_SIDE * 5 // 7, alt=spoken)
            with st.container(gap="xsmall"):
                st.markdown(f"###### {escape(label)}", anchors=False)
                st.markdown(_answer(sample, charset))
                st.caption(f"{_ORIGINS.get(sample.origin, 'From elsewhere')}, {_created(sample)}")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            key = f"samples-label-{sample.id}-{sample.label}"
            st.selectbox(
                "It is a",
                charset.characters,
                charset.characters.index(sample.label) if sample.label in charset.characters else None,
                format_func=charset.show,
                key=key,
                disabled=settings.read_only,
                width=150,
                on_change=_relabel,
                args=(sample, key, samples),
                help="Pick or type another character to relabel it.",
            )

            def delete() -> None:
                remember(edits.delete([sample.id], settings), charset.name)
                choose(after)

            action.button("Delete", "samples-delete", "delete", delete, settings, done=f"Deleted: “{escape(label)}”.")
        _show_picture(sample, settings)


def _answer(sample: Sample, charset: Charset) -> str:
    if not sample.answer:
        return "No model has read it yet."
    verb = "was right" if sample.answer == sample.label else f"said **{escape(charset.show(sample.answer))}**"
    return f"The model “{escape(sample.model)}” {verb}, {probability_in_words(sample.confidence)} sure."


def _created(sample: Sample) -> str:
    try:
        return moment(datetime.fromisoformat(sample.created))
    except ValueError:  # an imported file says what it likes
        return escape(sample.created)


def _show_picture(sample: Sample, settings: Settings) -> None:
    """The original picture, where it was stored."""
    data = store.picture(sample.id, settings)
    if data is None:
        return
    from core.vision.decode import decode

    try:
        picture = on_paper(decode(data, settings))
    except PictureError:
        st.caption("The original picture can no longer be read.")
        return
    st.image(data_url(on_square(picture, _SIDE)), caption="Original picture", width=_SIDE, alt="Original picture")


def _relabel(sample: Sample, key: str, samples: SampleSet) -> None:
    label, charset = st.session_state.get(key), samples.charset
    if label is None or label == sample.label:
        return
    choose(sample.id)
    action.run(
        "samples-relabel",
        lambda: remember(edits.relabel([sample.id], str(label), samples.settings), charset.name),
        f"Relabelled: {escape(charset.show(sample.label))} is now {escape(charset.show(str(label)))}.",
    )
