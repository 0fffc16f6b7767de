"""How the model answers to what is not a character it reads: hearts, dots, signs, other letters, several at once."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core import cached
from core.charsets import get_charset
from core.evaluation import rejection
from core.evaluation.outlier_sets import OutlierSet
from core.evaluation.rejection import Example, Rejection
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
    charset = get_charset(subject.card.charset)
    if not subject.card.knows_outliers:
        st.info(rejection.unknown(charset), icon=":material/info:")
        return
    if subject.images is None:
        st.info(f"The {kind(charset)}s to compare with are missing. {subject.why_no_images}", icon=":material/info:")
        return
    measured, answers = _measure(subject), subject.predictions
    if measured is None:
        return
    st.markdown(rejection.in_words(measured, f"{escape(answers.title)}, {answers.split}"))
    _table(measured)
    _scores(measured)
    _examples(measured)


def _measure(subject: Subject) -> Rejection | None:
    """Measure the model, or find what was measured before; None while it works, or after it was stopped."""
    card, answers, settings = subject.card, subject.predictions, get_settings()
    data, model = cached.dataset(answers.dataset, answers.split), cached.loading(subject.entry.name)

    def work(progress: Progress) -> Rejection:
        measured = rejection.measure_all(model.result(), data, settings, progress)
        _ = measured.rows  # computed here: importing scikit-learn for them would keep the page waiting
        return measured

    stamps = [cached.data_stamp(name) for name in (answers.dataset, "unipen-digits")]
    key = job.key_of("evaluate-rejection", card, answers.dataset, answers.split, stamps)
    doing = f"Drawing and reading what is not a {kind(get_charset(card.charset))}"
    return job.run(key, work, doing, lambda done, total: f"{done:,} of {total:,} drawings")


def _table(measured: Rejection) -> None:
    noun, column = kind(measured.charset), st.column_config
    title, drawings, area, accepted, refused, confident = rejection.HEADER
    st.subheader("By kind", anchor=False)
    shown = pd.DataFrame([rejection.to_cells(row) for row in measured.rows], columns=list(rejection.HEADER))
    interval = "and the 95 % interval of the share"
    data_table.show(
        shown,
        "evaluate-rejection",
        f"How drawings that are not one {noun} are told from {noun}s, by kind",
        {
            title: column.TextColumn(width=130, pinned=True),
            drawings: column.TextColumn(help="Drawings of this kind", width=80),
            area: column.TextColumn(
                help=f"How often a drawing of this kind has a higher refusal score than a {noun}; 1 is perfect",
                width=80,
            ),
            accepted: column.TextColumn(
                help=f"What a model that refuses 1 % of the {noun}s would still accept, {interval}", width=170
            ),
            refused: column.TextColumn(help=f"By the model's own threshold, {interval}", width=170),
            confident: column.TextColumn(
                help=f"Taken for a {noun}, or for one of several look-alikes, without a warning, {interval}", width=170
            ),
        },
    )
    new = ", ".join(drawn.kind.lower() for drawn in measured.sets if drawn.new)
    st.caption(
        f"No model is trained on these kinds: {new}. Of the other kinds it may have seen drawings in training, but not "
        f"these. All are read in the same way as on the Draw page; “{rejection.ALL}” gives every drawing the same "
        "weight. The 95 % interval (Wilson) is in brackets."
    )


def _scores(measured: Rejection) -> None:
    from core.charts.calibration import refusal_histogram

    noun, overall = kind(measured.charset), measured.rows[-1]
    st.subheader("How well the score separates them", anchor=False)
    figure = refusal_histogram(measured.characters, measured.outliers, measured.threshold, noun)
    chart.show(figure, "evaluate-refusal", f"Histogram of the refusal score of {noun}s and of what is none")
    st.markdown(
        f"In {100 * overall.auroc:.2f} of 100 pairs of a {noun} and a drawing that is not one, the drawing has the "
        f"higher refusal score (AUROC {overall.auroc:.4f}). The dashed line is the model's threshold of "
        f"{percent(measured.threshold, 1)}, from which on it gives no answer. The scale is logarithmic, so that the "
        "few between the ends can be seen."
    )


def _examples(measured: Rejection) -> None:
    """What each was taken for, the worst first."""
    st.subheader("What they were taken for", anchor=False)
    rows = {_ALL: measured.rows[-1], **dict(enumerate(measured.rows[: len(measured.sets)]))}  # the last one is of all
    titles = {index: f"{row.kind}  **{row.confident:,}**" for index, row in rows.items()}
    if st.session_state.get(_KIND) not in titles:
        st.session_state[_KIND] = _ALL
    label = "Kind, with the number called confident"
    chosen = st.pills(label, titles, required=True, wrap=True, format_func=titles.__getitem__, key=_KIND)
    sets: Sequence[OutlierSet] = measured.sets if chosen is None or chosen == _ALL else [measured.sets[chosen]]
    st.caption("First those with a confident answer, then those with an unsure one, then those refused.")
    words = st.container()  # above many pictures, where it is seen
    picked = gallery.paged(
        rejection.examples(sets), _tile, f"evaluate-rejection-{chosen}", _PER_PAGE, side=_SIDE, first=True
    )
    if picked is not None:
        words.markdown(f"{escape(_spoken(picked))}.")


def _tile(example: Example) -> Tile:
    answer = example.answer
    if example.refused:
        caption = "several" if answer.verdict is Verdict.SEVERAL else "refused"
        return Tile(example.glyph, caption, _spoken(example), probability(answer.rejection))
    confidence = probability(answer.confidence)
    note = f"{confidence} sure" if example.sure else f"{confidence}, unsure"
    return Tile(example.glyph, f"as {answer.name}", _spoken(example), note)


def _spoken(example: Example) -> str:
    answer = example.answer
    score = probability_in_words(answer.rejection)
    if example.refused:
        return f"{example.kind}: {answer.refusal}, {score} sure"
    confidence, unsure = probability_in_words(answer.confidence), "" if example.sure else ", unsure"
    other = f"{score} that it is not one {kind(answer.charset)}"
    return f"{example.kind}: taken for {answer.in_words}{unsure}, {confidence} sure; {other}"
