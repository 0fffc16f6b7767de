"""The samples, page by page, and one of them large."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from core.charsets import Charset
from core.errors import DigitLabError
from core.samples import edits, store
from core.samples.store import Sample
from core.text import are, counted
from pages.components import action, gallery, page
from pages.components.gallery import Tile
from pages.components.sample_edits import last_edit, undo
from pages.components.samples import detail
from pages.components.samples.selection import SampleSet
from pages.components.text import escape

_ON_A_PAGE, _ON_A_PHONE = 60, 20
_TILE = 60
_CLASS, _PAGE = "samples-class", "samples-page"
_NOTHING_TO_UNDO = "There is no change of yours to undo."


@st.fragment
def show(samples: SampleSet) -> None:
    """Draw this part of the page."""
    settings = samples.settings
    try:
        if not store.exist(settings):
            _empty()
            return
        counts = store.count(settings, samples.charset.name)
        _tools(samples)
        if counts:
            _list(samples, counts)
        else:
            _empty()
    except DigitLabError as error:
        action.forget_outcome("samples")  # a change failed for the same reason
        page.explain(error)
        page.try_again("samples-browse-again")


def _empty() -> None:
    st.markdown("### No samples yet", anchors=False)
    st.markdown(
        "Draw a character or upload a picture of one, and say “Right” or “It is a …” under the answer: it is then "
        "stored as a sample. Samples can be looked through, used to teach a model your handwriting, and exported."
    )
    with st.container(horizontal=True):
        st.page_link("pages/draw.py", label="Draw", icon=":material/draw:")
        st.page_link("pages/upload.py", label="Upload", icon=":material/upload:")


def _tools(samples: SampleSet) -> None:
    """Undo, forgetting for good, and the outcome of the last change."""
    settings, charset = samples.settings, samples.charset
    edit, deleted = last_edit(charset.name), edits.count_deleted(settings, charset.name)
    row = st.container(horizontal=True, vertical_alignment="center", key="samples-tools")
    with row:
        action.button(
            "Undo",
            "samples-undo",
            "undo",
            lambda: undo(edit, settings) if edit else 0,
            settings,
            done=lambda count: f"Undone: {counted(count, 'sample')} {are(count)} as before.",
            blocked="" if edit else _NOTHING_TO_UNDO,
        )
        action.button(
            "Forget deleted",
            f"samples-purge-{charset.name}",
            "delete_forever",
            partial(edits.purge, settings, charset.name),
            settings,
            done="Forgotten for good.",
            question=f"Forget {counted(deleted, 'deleted sample')} of {charset.title.lower()} for good? "
            "Earlier changes, too, can then no longer be undone.",
            confirm="Forget for good",
            blocked="" if deleted else "No sample is deleted.",
        )
    action.show_outcome("samples", row, once=True)


def _list(samples: SampleSet, counts: Mapping[str, int]) -> None:
    show_name = samples.charset.show
    label = st.pills(
        "Characters",
        samples.charset.characters,
        format_func=lambda character: f"**{escape(show_name(character))}**  :gray[{counts.get(character, 0):,}]",
        key=_CLASS,
        on_change=_to_first_page,
        help="The number of samples of each. Choose one to see only its samples.",
    )
    total = counts.get(label, 0) if label else sum(counts.values())
    if not total:
        st.info(f"There are no samples of {escape(show_name(label)) if label else 'these'} yet.")
        return
    shown, first = _page(samples, label, total)
    index = next((index for index, sample in enumerate(shown) if sample.id == detail.chosen()), 0)
    left, right = st.columns([11, 9], gap="large")
    with left:
        st.caption(f"{first + 1:,} to {first + len(shown):,} of {counted(total, 'sample')}")
        gallery.show(
            [_tile(sample, samples.charset) for sample in shown],
            "samples-tiles",
            _TILE,
            index,
            lambda picked: detail.choose(shown[picked].id),
        )
        if total > _on_a_page():
            st.pagination(-(-total // _on_a_page()), key=_PAGE, max_visible_pages=5)
    if shown:
        after = shown[index + 1].id if index + 1 < len(shown) else shown[index - 1].id
        with right:
            detail.show(samples, shown[index], after)


def _page(samples: SampleSet, label: str | None, total: int) -> tuple[list[Sample], int]:
    """The samples of the open page, and how many come before them."""
    many = _on_a_page()
    if not 1 <= st.session_state.get(_PAGE, 1) <= -(-total // many):
        st.session_state[_PAGE] = 1
    first = (st.session_state.get(_PAGE, 1) - 1) * many
    return store.read(samples.settings, samples.charset.name, label, first, many), first


def _on_a_page() -> int:
    return _ON_A_PHONE if page.on_phone() else _ON_A_PAGE


def _to_first_page() -> None:
    st.session_state[_PAGE] = 1


def _tile(sample: Sample, charset: Charset) -> Tile:
    label, answer = charset.show(sample.label), charset.show(sample.answer)
    read = f", read as {answer}" if answer else ""
    note = f"read {answer}" if answer and answer != label else ""
    return Tile(sample.glyph, label, f"Sample {sample.id}: {label}{read}", note)
