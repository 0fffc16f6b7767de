"""A new model beside the one that everybody reads with, and the way to use it, or to go back."""

from collections.abc import Sequence

import streamlit as st

from core import cached
from core.charsets import get_charset
from core.charts.confusion_matrix import View, confusion
from core.data.datasets import restriction
from core.evaluation.comparison import comparable
from core.evaluation.predictions import Predictions
from core.model import library_admin
from core.model.card import Card, Score
from core.model.library import Entry
from core.runs import reader
from core.runs.folder import Run
from core.settings import Settings
from core.text import duration, estimate, megabytes, percent
from pages.components import action, chart, latency, page, widgets
from pages.components.text import escape
from pages.components.train import run_progress

_COURSE = "Curves, validation and log"


def show(run: Run, settings: Settings, key: str) -> None:
    """Compare the model of a finished run with the active one; where it is active itself, with the former.

    The keys of the elements begin with `key`.
    """
    usable = {entry.name: entry for entry in cached.models() if entry.card}
    new = usable.get(run.status.model)
    if new is None or new.card is None:
        st.info(f"The model “{escape(run.status.model)}” is no longer in the library.")
        return
    active, former = cached.active_model(), library_admin.former_model(settings)
    other = usable.get((former if active == new.name else active) or "")
    scores = _on_one_set(new.card, other.card if other else None)
    st.markdown(_headline(new, other, scores))
    with st.container(horizontal=True, vertical_alignment="center"):
        if active == new.name:
            st.markdown(":material/check_circle: It is the active model: every page reads with it.")
            action.bring_back(settings, f"{key}-back")
        else:
            better = len(scores) < 2 or scores[0].accuracy >= scores[1].accuracy
            action.use(new.name, settings, f"{key}-use", primary=better)
        st.page_link("pages/evaluate.py", label="Compare image by image", icon=":material/compare:")
    title = f"Compared with “{escape(other.name)}”" if other else "The model in figures"
    comparison = st.expander(title, icon=":material/compare_arrows:", key=f"{key}-comparison", on_change="rerun")
    if comparison.open:
        with comparison:
            _table([entry for entry in (new, other) if entry], f"{key}-time")
            if other:
                _confusions(new, other, key)
    course = st.expander(_COURSE, icon=":material/show_chart:", key=f"{key}-course", on_change="rerun")
    if course.open:
        with course:
            run_progress.show(run, f"{key}-part")
    if (whole := reader.wall_seconds(run)) is not None:
        st.caption(
            f"It took {duration(whole)} from start to finish, of which {duration(run.status.seconds)} went into "
            "training. The rest is waiting, pauses, reading the data and the final measurement."
        )


def _on_one_set(card: Card, other: Card | None) -> list[Score]:
    """The scores of a model, and of another one if there is one, on the first test set that both were measured on."""
    pairs = ([score, beside] for score in card.scores if other and (beside := other.score(score.dataset)))
    return next(pairs, list(card.scores[:1]))


def _headline(new: Entry, other: Entry | None, scores: Sequence[Score]) -> str:
    """How good the model is, in a sentence."""
    if not scores:
        return f"**{escape(new.name)}** was not measured on a test set."
    right = f"**{escape(new.name)}** reads **{percent(scores[0].accuracy)}** of {escape(scores[0].title)} right"
    beside = f", **{escape(other.name)}** {percent(scores[1].accuracy)}" if other and len(scores) > 1 else ""
    return f"{right}{beside} (n = {scores[0].images:,})."


def _table(entries: list[Entry], key: str) -> None:
    """Scores, size and make side by side; first the scores on test sets that all have."""
    cards = [entry.card for entry in entries if entry.card]
    titles: dict[str, str] = {}
    for card in cards:
        titles |= {score.dataset: score.title for score in card.scores}
    rows: dict[str, list[str]] = {}
    for name, title in titles.items():
        scores = [(card, card.score(name)) for card in cards]
        rows[f"Right on {escape(title)}"] = [say(score, card) if score else "not measured" for card, score in scores]
    above = st.container()
    latency.offer(cards, key)
    rows |= {
        "Parameters": [f"{card.parameters:,}" for card in cards],
        "Size": [megabytes(entry.weights_bytes) for entry in entries],
        latency.TITLE: [latency.say(latency.seconds(card)) for card in cards],
        "Network": [escape(card.architecture) for card in cards],
        "Trained on": [", ".join(escape(source.title) for source in card.sources) or "not said" for card in cards],
    }
    names = [f"**{escape(entry.name)}**" for entry in entries]
    above.table([{"": title, **dict(zip(names, cells, strict=True))} for title, cells in rows.items()], hide_index=True)


def say(score: Score, card: Card) -> str:
    """A score of a model, with its interval, the number of images, and what its answers were restricted to."""
    restricted = restriction(score.dataset, get_charset(card.charset))
    words = estimate(score.accuracy, score.low, score.high, score.images, restricted)
    return words.replace("n = ", "n\u00a0=\u00a0")  # a narrow screen breaks the line before it, not within


def _confusions(new: Entry, other: Entry, key: str) -> None:
    """The errors of both on a test set whose answers both keep, in the same colours for the same counts."""
    st.markdown("#### Confusion side by side", anchors=False)
    kept, beside = page.stored_answers(new.name), page.stored_answers(other.name)
    pairs = {
        name: (answers, beside[name])
        for name, answers in kept.items()
        if name in beside and comparable(answers, beside[name])
    }
    if not pairs:
        st.caption(
            f"“{escape(new.name)}” and “{escape(other.name)}” have no test set in common for which both keep their "
            "answers, so their confusion cannot be compared."
        )
        return
    name = next(iter(pairs))
    if len(pairs) > 1:
        titles = {name: escape(answers.title) for name, (answers, _) in pairs.items()}
        name = widgets.segments("Test set", titles, f"{key}-beside-set-{new.name}")
    both = pairs[name]
    for column, answers, second in zip(st.columns(2, gap="medium"), both, both[::-1], strict=True):
        with column:
            _errors(answers, second, key)
    st.caption("Only errors are shown; a row is a true class. The same colour means the same number of images in both.")


def _errors(answers: Predictions, beside: Predictions, key: str) -> None:
    wrong = len(answers) - int(answers.right.sum())
    st.markdown(f"**{escape(answers.model)}**")
    order = answers.charset.similarity_indices
    view = View(page.theme(), errors_only=True, beside=[beside.confusion], order=order)
    alt = f"Errors of {answers.model}: {wrong:,} of {len(answers):,} images are read wrong"
    figure = confusion(answers.confusion, answers.charset.names, view)
    chart.show(figure, f"{key}-beside-{answers.model}", alt)
    st.caption(f"{escape(answers.title)}: {len(answers):,} images, {wrong:,} read wrong.")
