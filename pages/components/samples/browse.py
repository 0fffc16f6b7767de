"""The samples, page by page, and one of them large: to be relabelled, deleted, and put back as it was."""

from collections.abc import Callable, Mapping

import streamlit as st

from core.bars import percent
from core.charsets import Charset
from core.data import changes, samples
from core.data.samples import Sample
from core.errors import DigitLabError, PictureError
from core.settings import Settings
from core.vision.grey import on_paper
from pages.components import gallery, page, state
from pages.components.gallery import Tile
from pages.components.pictures import data_url, on_square
from pages.components.samples.subject import Subject, warn_read_only
from pages.components.text import plain

_ON_A_PAGE, _ON_A_PHONE = 60, 20
_SIDE = 196  # pixels, of the enlarged glyph
_TILE = 60
_CLASS, _PAGE = "samples-class", "samples-page"
_ORIGINS = {"draw": "Drawn here", "upload": "Uploaded here", "import": "Imported"}


@st.fragment
def show(subject: Subject) -> None:
    """Draw this part of the page."""
    settings = subject.settings
    closed = warn_read_only(settings, "changed")
    try:
        if not samples.exist(settings):
            _empty()
            return
        counts = samples.count(settings, subject.charset.name)
        _tools(settings, subject.charset, closed)
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


def _tools(settings: Settings, charset: Charset, closed: bool) -> None:
    """Undo, forgetting for good, and what the last change did."""
    with st.container(horizontal=True, vertical_alignment="center", key="samples-tools"):
        st.button(
            "Undo",
            icon=":material/undo:",
            key="samples-undo",
            disabled=closed or not changes.can_undo(settings, charset.name),
            on_click=_undo,
            args=(settings, charset.name),
            help="Takes the last change back: what was stored, imported, relabelled or deleted.",
        )
        deleted = changes.count_deleted(settings, charset.name)
        with st.popover("Forget deleted", icon=":material/delete_forever:", disabled=closed or not deleted):
            st.markdown(
                f"**{deleted:,}** deleted sample{'s' if deleted != 1 else ''} of {charset.title.lower()} would be gone "
                "for good, and no earlier change could be undone any more."
            )
            st.button(
                "Forget for good", key="samples-purge", type="primary", on_click=_purge, args=(settings, charset.name)
            )
        note, failed = state.take_samples_note()
        if note and not failed:
            st.markdown(f":green[:material/check:] {plain(note)}", width="content")
    if note and failed:
        st.error(note, icon=":material/error:")


def _list(subject: Subject, counts: Mapping[str, int], closed: bool) -> None:
    show_name = subject.charset.show
    label = st.pills(
        "Characters",
        subject.charset.characters,
        format_func=lambda character: f"**{plain(show_name(character))}**  :gray[{counts.get(character, 0):,}]",
        key=_CLASS,
        on_change=_to_first_page,
        help="The number of samples of each. Choose one to see only those; without a choice all are shown.",
    )
    total = counts.get(label, 0) if label else sum(counts.values())
    if not total:
        st.info(f"There are no samples of {plain(show_name(label)) if label else 'these'} yet.")
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
            _detail(subject, shown[place], after, closed)


def _page(subject: Subject, label: str | None, total: int) -> tuple[list[Sample], int]:
    """The samples of the page that is open, and how many come before them."""
    many = _on_a_page()
    if not 1 <= st.session_state.get(_PAGE, 1) <= -(-total // many):
        st.session_state[_PAGE] = 1
    first = (st.session_state.get(_PAGE, 1) - 1) * many
    return samples.read(subject.settings, subject.charset.name, label, first, many), first


def _on_a_page() -> int:
    return _ON_A_PHONE if page.on_phone() else _ON_A_PAGE


def _to_first_page() -> None:
    st.session_state[_PAGE] = 1


def _tile(one: Sample, charset: Charset) -> Tile:
    label, answer = charset.show(one.label), charset.show(one.answer)
    read = f", read as {answer}" if answer else ""
    note = f"read {answer}" if answer and answer != label else ""
    return Tile(one.glyph, label, f"Sample {one.id}: {label}{read}", note)


def _detail(subject: Subject, one: Sample, after: int, closed: bool) -> None:
    """One sample large, what the model made of it, and what can be changed."""
    with st.container(border=True, key="samples-detail"):
        with st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="medium"):
            label = subject.charset.show(one.label)
            spoken = f"Sample {one.id}, labelled {label}, enlarged"
            st.image(data_url(on_square(one.glyph, _SIDE)), width=_SIDE * 5 // 7, alt=spoken)
            with st.container(gap="xsmall"):
                st.markdown(f"###### {plain(label)}", anchors=False)
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
    verb = "was right" if one.answer == one.label else f"said **{plain(charset.show(one.answer))}**"
    return f"The model “{plain(one.model)}” {verb}, {percent(one.confidence)} sure."


def _show_picture(one: Sample, settings: Settings) -> None:
    """The picture as it was given, where it was stored."""
    data = samples.picture(one.id, settings)
    if data is None:
        return
    from core.vision.decode import decode
    from core.vision.normalise import normalise

    try:
        picture = on_paper(normalise(decode(data, settings)).steps[0].image)
    except PictureError:
        st.caption("The picture as it was given can no longer be read.")
        return
    st.image(data_url(on_square(picture, _SIDE)), caption="As it was given", width=_SIDE, alt="As it was given")


# What follows runs when something is pressed or picked, before the page runs again.


def _change(work: Callable[[], str]) -> bool:
    """Do a change, and keep what it says, or why it failed."""
    try:
        state.set_samples_note(work())
    except DigitLabError as error:
        state.set_samples_note(str(error), failed=True)
        return False
    return True


def _relabel(one: Sample, key: str, subject: Subject) -> None:
    label = st.session_state.get(key)
    if label is None or label == one.label:
        return

    def work() -> str:
        changes.relabel([one.id], str(label), subject.settings)
        return f"Relabelled: {subject.charset.show(one.label)} is now {subject.charset.show(str(label))}."

    state.set_sample(one.id)
    _change(work)


def _delete(one: Sample, after: int, subject: Subject) -> None:
    def work() -> str:
        changes.delete([one.id], subject.settings)
        return f"Deleted: a {subject.charset.show(one.label)}."

    if _change(work):
        state.set_sample(after)


def _undo(settings: Settings, charset: str) -> None:
    def work() -> str:
        count = changes.undo(settings, charset=charset)
        return f"Taken back: {count:,} sample{'s are' if count != 1 else ' is'} as before."

    _change(work)


def _purge(settings: Settings, charset: str) -> None:
    def work() -> str:
        changes.purge(settings, charset)
        return "Forgotten for good."

    _change(work)
