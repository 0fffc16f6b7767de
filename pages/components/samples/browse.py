"""The samples, page by page, and one of them large."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

import streamlit as st

from core.charsets import Charset
from core.errors import DigitLabError, PictureError
from core.samples import edits, store
from core.samples.store import Sample
from core.settings import Settings
from core.text import are, counted, moment, probability_in_words
from core.vision.grey import on_paper
from pages.components import action, answer, gallery, page
from pages.components.gallery import Tile
from pages.components.pictures import data_url, on_square
from pages.components.sample_edits import last_edit, remember, undo
from pages.components.text import escape

_ON_A_PAGE, _ON_A_PHONE = 60, 20
_TILE = 60
_SIDE = 140  # pixels, of the enlarged glyph
_PICTURE_SIDE = 196
_ORIGINS = {"draw": "Drawn here", "upload": "Uploaded here", "import": "Imported"}
_CHOSEN = "samples-chosen"  # the id of the sample that is shown large
_NOTHING_TO_UNDO = "There is no change of yours to undo."


@st.fragment
def show(charset: Charset, settings: Settings) -> None:
    try:
        if not store.exist(settings):
            _empty()
            return
        counts = store.count(settings, charset.name)
        _tools(charset, settings)
        if counts:
            _list(charset, settings, counts)
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


def _tools(charset: Charset, settings: Settings) -> None:
    """Undo, forgetting for good, and the outcome of the last change."""
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


def _list(charset: Charset, settings: Settings, counts: Mapping[str, int]) -> None:
    names = dict(zip(charset.characters, map(escape, charset.names), strict=True))
    label = st.pills(
        "Characters",
        charset.characters,
        format_func=lambda character: f"**{names[character]}**  :gray[{counts.get(character, 0):,}]",
        key="samples-class",
        help="The number of samples of each. Choose one to see only its samples.",
    )
    total = counts.get(label, 0) if label else sum(counts.values())
    if not total:
        st.info(f"There are no samples of {names[label] if label else 'these'} yet.")
        return
    per_page = _ON_A_PHONE if page.on_phone() else _ON_A_PAGE
    left, right = st.columns([11, 9], gap="large")
    with left:
        start = gallery.open_page(total, "samples", per_page, counts=True, of=(charset.name, label), noun="sample")
        shown = store.read(settings, charset.name, label, start, per_page)
        index = next((index for index, sample in enumerate(shown) if sample.id == st.session_state.get(_CHOSEN)), 0)
        tiles = [_tile(sample, charset) for sample in shown]
        gallery.show(tiles, "samples-tiles", _TILE, index, lambda picked: _choose(shown[picked].id))
    if shown:
        after = shown[index + 1].id if index + 1 < len(shown) else shown[index - 1].id
        with right:
            _detail(charset, settings, shown[index], after)


def _tile(sample: Sample, charset: Charset) -> Tile:
    label, answer = charset.show(sample.label), charset.show(sample.answer)
    read = f", read as {answer}" if answer else ""
    note = f"read {answer}" if answer and answer != label else ""
    return Tile(sample.glyph, label, f"Sample {sample.id}: {label}{read}", note)


def _choose(sample: int) -> None:
    st.session_state[_CHOSEN] = sample


def _detail(charset: Charset, settings: Settings, sample: Sample, after: int) -> None:
    """One sample large, what the model made of it, and what can be changed; `after` is shown when it is deleted."""
    label = charset.show(sample.label)
    with st.container(border=True, key="samples-detail"):
        with answer.enlarged(sample.glyph, f"Sample {sample.id}, labelled {label}, enlarged", _SIDE, "samples-large"):
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
                args=(sample, key, charset, settings),
                help="Pick or type another character to relabel it.",
            )

            def delete() -> None:
                remember(edits.delete([sample.id], settings), charset.name)
                _choose(after)

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
    st.image(
        data_url(on_square(picture, _PICTURE_SIDE)),
        caption="Original picture",
        width=_PICTURE_SIDE,
        alt="Original picture",
    )


def _relabel(sample: Sample, key: str, charset: Charset, settings: Settings) -> None:
    label = st.session_state.get(key)
    if label is None or label == sample.label:
        return
    _choose(sample.id)
    action.run(
        "samples-relabel",
        lambda: remember(edits.relabel([sample.id], str(label), settings), charset.name),
        f"Relabelled: {escape(charset.show(sample.label))} is now {escape(charset.show(str(label)))}.",
    )
