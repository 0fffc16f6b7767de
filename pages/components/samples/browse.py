"""The samples, page by page, and one of them large."""

from collections.abc import Mapping

import streamlit as st

from core.charsets import Charset
from core.errors import DigitLabError
from core.samples import store
from core.samples.store import Sample
from pages.components import gallery, page, state
from pages.components.gallery import Tile
from pages.components.samples import detail, tools
from pages.components.samples.selection import Subject, warn_read_only
from pages.components.text import escape

_ON_A_PAGE, _ON_A_PHONE = 60, 20
_TILE = 60
_CLASS, _PAGE = "samples-class", "samples-page"


@st.fragment
def show(subject: Subject) -> None:
    """Draw this part of the page."""
    settings = subject.settings
    closed = warn_read_only(settings, "changed")
    try:
        if not store.exist(settings):
            _empty()
            return
        counts = store.count(settings, subject.charset.name)
        tools.show(subject, closed)
        if counts:
            _list(subject, counts, closed)
        else:
            _empty()
    except DigitLabError as error:
        state.take_samples_note()  # that a change failed has the same reason
        page.explain(error)
        page.try_again("samples-browse-again")


def _empty() -> None:
    """How to get samples."""
    st.markdown("### No samples yet", anchors=False)
    st.markdown(
        "Draw a character or upload a picture of one, and say “Right” or “It is a …” under the answer: it is then "
        "stored here. From here it can be looked through, used to teach the model your hand, and taken elsewhere."
    )
    with st.container(horizontal=True):
        st.page_link("pages/draw.py", label="Draw", icon=":material/draw:")
        st.page_link("pages/upload.py", label="Upload", icon=":material/upload:")


def _list(subject: Subject, counts: Mapping[str, int], closed: bool) -> None:
    show_name = subject.charset.show
    label = st.pills(
        "Characters",
        subject.charset.characters,
        format_func=lambda character: f"**{escape(show_name(character))}**  :gray[{counts.get(character, 0):,}]",
        key=_CLASS,
        on_change=_to_first_page,
        help="The number of samples of each. Choose one to see only those; without a choice all are shown.",
    )
    total = counts.get(label, 0) if label else sum(counts.values())
    if not total:
        st.info(f"There are no samples of {escape(show_name(label)) if label else 'these'} yet.")
        return
    shown, first = _page(subject, label, total)
    place = next((place for place, one in enumerate(shown) if one.id == state.sample()), 0)
    left, right = st.columns([11, 9], gap="large")
    with left:
        st.caption(f"{first + 1:,} to {first + len(shown):,} of {total:,} samples")
        gallery.show(
            [_tile(one, subject.charset) for one in shown],
            "samples-tiles",
            _TILE,
            place,
            lambda picked: state.set_sample(shown[picked].id),
        )
        if total > _on_a_page():
            st.pagination(-(-total // _on_a_page()), key=_PAGE, max_visible_pages=5)
    if shown:
        after = shown[place + 1].id if place + 1 < len(shown) else shown[place - 1].id
        with right:
            detail.show(subject, shown[place], after, closed)


def _page(subject: Subject, label: str | None, total: int) -> tuple[list[Sample], int]:
    """The samples of the page that is open, and how many come before them."""
    many = _on_a_page()
    if not 1 <= st.session_state.get(_PAGE, 1) <= -(-total // many):
        st.session_state[_PAGE] = 1
    first = (st.session_state.get(_PAGE, 1) - 1) * many
    return store.read(subject.settings, subject.charset.name, label, first, many), first


def _on_a_page() -> int:
    return _ON_A_PHONE if page.on_phone() else _ON_A_PAGE


def _to_first_page() -> None:
    st.session_state[_PAGE] = 1


def _tile(one: Sample, charset: Charset) -> Tile:
    label, answer = charset.show(one.label), charset.show(one.answer)
    read = f", read as {answer}" if answer else ""
    note = f"read {answer}" if answer and answer != label else ""
    return Tile(one.glyph, label, f"Sample {one.id}: {label}{read}", note)
