"""What the model makes of what is no character: hearts, dots, signs, letters where it reads digits, several at once."""

import hashlib
import math
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core import cached
from core.charsets import get_charset
from core.evaluation import rejection
from core.evaluation.rejection import Example, Figures, Judged, Rejection
from core.jobs import Progress
from core.model.prediction import Verdict, kind
from core.settings import get_settings
from core.text import percent, probability, probability_in_words
from pages.components import chart, data_table, gallery, job
from pages.components.evaluate.selection import Subject
from pages.components.gallery import Tile
from pages.components.text import escape

_KIND, _ALL = "evaluate-rejection-kind", -1
_PER_PAGE = 30
_SIDE = 84  # pixels, of a tile: its caption is a few words


@st.fragment
def show(subject: Subject) -> None:
    """Show how well what is no character is refused, and what was taken for one; or that the model refuses nothing."""
    charset = get_charset(subject.card.charset)
    if not subject.card.knows_outliers:
        st.info(rejection.unknown(charset), icon=":material/info:")
        return
    if subject.images is None:
        st.info(f"The {kind(charset)}s to compare with are missing. {subject.why_no_images}", icon=":material/info:")
        return
    found = _measure(subject)
    if found is None:
        return
    answers = subject.predictions
    st.markdown(rejection.in_words(found, f"{escape(answers.title)}, {answers.split}"))
    _table(found)
    _scores(found)
    _examples(found)


def _measure(subject: Subject) -> Rejection | None:
    """Measure the model, or find what was measured before; None while it works, or after it was stopped."""
    card, answers, settings = subject.card, subject.predictions, get_settings()
    data, model = cached.dataset(answers.dataset, answers.split), cached.loading(subject.entry.name)

    def work(progress: Progress) -> Rejection:
        found = rejection.measure_all(model.result(), data, settings, progress)
        _ = found.rows  # computed here: importing scikit-learn for them would keep the page waiting
        return found

    stamps = [cached.data_stamp(name) for name in (answers.dataset, "unipen-digits")]
    decides = (card, answers.dataset, answers.split, stamps)
    key = f"evaluate-rejection-{hashlib.sha256(repr(decides).encode()).hexdigest()[:20]}"
    doing = f"Drawing and reading what is not a {kind(get_charset(card.charset))}"
    return job.run(key, work, doing, lambda done, total: f"{done:,} of {total:,} drawings")


def _table(found: Rejection) -> None:
    one, column = kind(found.charset), st.column_config
    title, drawings, area, accepted, refused, confident = rejection.HEADER
    st.subheader("By kind", anchor=False)
    shown = pd.DataFrame([rejection.to_cells(row) for row in found.rows], columns=list(rejection.HEADER))
    interval = "and the 95 % interval of the share"
    data_table.show(
        shown,
        "evaluate-rejection",
        f"How drawings that are not one {one} are told from {one}s, by kind",
        {
            title: column.TextColumn(width=130, pinned=True),
            drawings: column.TextColumn(help="Drawings of this kind", width=80),
            area: column.TextColumn(
                help=f"How often a drawing of this kind has a higher refusal score than a {one}; 1 is perfect",
                width=80,
            ),
            accepted: column.TextColumn(
                help=f"Drawings below the threshold that 1 % of the {one}s reach: what a model that refuses so many "
                f"{one}s still takes for one, {interval}",
                width=170,
            ),
            refused: column.TextColumn(help=f"By the model's own threshold, {interval}", width=170),
            confident: column.TextColumn(
                help=f"Taken for a {one}, or for one of some that look alike, without a warning, {interval}", width=170
            ),
        },
    )
    new = ", ".join(judged.outliers.kind.lower() for judged in found.sets if judged.outliers.new)
    st.caption(
        f"No model is trained on these kinds: {new}. Of the others it may have seen some in training, not these very "
        f"drawings. All are read as a drawing on the Draw page is; “{rejection.ALL}” weighs every drawing the same. In "
        "brackets the 95 % interval (Wilson)."
    )


def _scores(found: Rejection) -> None:
    from core.charts.calibration import refusal_histogram

    one, every = kind(found.charset), found.rows[-1]
    st.subheader("How surely they are refused", anchor=False)
    figure = refusal_histogram(found.characters, found.outliers, found.threshold, one)
    chart.show(figure, "evaluate-refusal", f"Histogram of the refusal score of {one}s and of what is none")
    st.markdown(
        _pairs(every, one)
        + f" The dashed line is the model's threshold of {percent(found.threshold, 1)}: from there on "
        "it gives no answer. The scale is logarithmic, or the few between both ends would not be seen."
    )


def _pairs(every: Figures, one: str) -> str:
    return (
        f"Of a drawing that is not one {one} and a {one}, the first has the higher score in {100 * every.auroc:.2f} of "
        f"100 such pairs (AUROC {every.auroc:.4f})."
    )


def _examples(found: Rejection) -> None:
    """What each was taken for, the worst first."""
    st.subheader("What they were taken for", anchor=False)
    options = [_ALL, *range(len(found.sets))]
    if st.session_state.get(_KIND) not in options:
        st.session_state[_KIND] = _ALL
    chosen = st.pills(
        "Kind, with the number called confident",
        options,
        required=True,
        wrap=True,
        format_func=lambda place: _label(found, place),
        key=_KIND,
    )
    sets: Sequence[Judged] = found.sets if chosen is None or chosen == _ALL else [found.sets[chosen]]
    _gallery(rejection.examples(sets), f"evaluate-rejection-{chosen}")


def _label(found: Rejection, place: int) -> str:
    row = found.rows[place]  # the last one is of all
    return f"{row.kind}  **{row.confident:,}**"


def _gallery(examples: Sequence[Example], key: str) -> None:
    st.caption("First those called confident, then the others that were taken for something, then those refused.")
    pages = math.ceil(len(examples) / _PER_PAGE)
    page = min(st.pagination(pages, key=f"{key}-page", max_visible_pages=5), pages) if pages > 1 else 1
    said = st.container()  # above many pictures, where it is seen at first
    shown = examples[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    picked = gallery.show([_tile(one) for one in shown], key, side=_SIDE, picked=0)
    if picked is not None and picked < len(shown):
        said.markdown(f"{escape(_spoken(shown[picked]))}.")


def _tile(one: Example) -> Tile:
    answer = one.answer
    if one.refused:
        caption = "several" if answer.verdict is Verdict.SEVERAL else "refused"
        return Tile(one.glyph, caption, _spoken(one), probability(answer.rejection))
    note = f"{probability(answer.confidence)} sure" if one.sure else f"{probability(answer.confidence)}, unsure"
    return Tile(one.glyph, f"as {answer.name}", _spoken(one), note)


def _spoken(one: Example) -> str:
    answer = one.answer
    score = probability_in_words(answer.rejection)
    if one.refused:
        return f"{one.kind}: {answer.refusal}, {score} sure"
    sure = probability_in_words(answer.confidence)
    unsure = "" if one.sure else ", unsure"
    other = f"{score} that it is not one {kind(answer.charset)}"
    return f"{one.kind}: taken for {answer.in_words}{unsure}, {sure} sure; {other}"
