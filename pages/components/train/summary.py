"""A new model beside the one that everybody reads with, and the way to use it, or to go back."""

from collections.abc import Sequence

import streamlit as st

from core import cached
from core.charsets import get_charset
from core.data.datasets import restriction
from core.model import library_admin
from core.model.card import Card, Score
from core.model.library import Entry
from core.runs import reader
from core.runs.folder import Run
from core.settings import Settings
from core.text import duration, estimate, megabytes, percent
from pages.components import activation, latency
from pages.components.text import escape
from pages.components.train import confusion_comparison, run_progress

_COURSE = "Curves, validation and log"


def show(run: Run, settings: Settings, key: str) -> None:
    """Compare the model of a finished run with the active one; where it is active itself, with the former.

    Args:
        run: what has finished.
        key: what the keys of its elements begin with.
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
            activation.bring_back(settings, f"{key}-back")
        else:
            better = len(scores) < 2 or scores[0].accuracy >= scores[1].accuracy
            activation.use(new.name, settings, f"{key}-use", primary=better)
        st.page_link("pages/evaluate.py", label="Compare image by image", icon=":material/compare:")
    title = f"Compared with “{escape(other.name)}”" if other else "The model in figures"
    comparison = st.expander(title, icon=":material/compare_arrows:", key=f"{key}-comparison", on_change="rerun")
    if comparison.open:
        with comparison:
            _table([entry for entry in (new, other) if entry], f"{key}-time")
            if other:
                confusion_comparison.show(new, other, key)
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
    if other is None:
        return list(card.scores[:1])
    for score in card.scores:
        if beside := other.score(score.dataset):
            return [score, beside]
    return list(card.scores[:1])


def _headline(new: Entry, other: Entry | None, scores: Sequence[Score]) -> str:
    """How good the model is, in a sentence."""
    if not scores:
        return f"**{escape(new.name)}** was not measured on a test set."
    right = f"**{escape(new.name)}** reads **{percent(scores[0].accuracy)}** of {escape(scores[0].title)} right"
    if other and len(scores) > 1:
        return f"{right}, **{escape(other.name)}** {percent(scores[1].accuracy)} (n = {scores[0].images:,})."
    return f"{right} (n = {scores[0].images:,})."


def _table(entries: list[Entry], key: str) -> None:
    """Scores, size and make side by side; first the scores on test sets that all have."""
    cards = [entry.card for entry in entries if entry.card]
    titles: dict[str, str] = {}
    for card in cards:
        titles |= {score.dataset: score.title for score in card.scores}
    rows = {f"Right on {escape(title)}": [_score(card, name) for card in cards] for name, title in titles.items()}
    place = st.container()
    latency.offer(cards, key)
    rows |= {
        "Parameters": [f"{card.parameters:,}" for card in cards],
        "Size": [megabytes(entry.weights_bytes) for entry in entries],
        latency.TITLE: [latency.say(latency.seconds(card)) for card in cards],
        "Network": [escape(card.architecture) for card in cards],
        "Trained on": [", ".join(escape(source.title) for source in card.sources) or "not said" for card in cards],
    }
    names = [f"**{escape(entry.name)}**" for entry in entries]
    place.table([{"": title, **dict(zip(names, cells, strict=True))} for title, cells in rows.items()], hide_index=True)


def _score(card: Card, dataset: str) -> str:
    score = card.score(dataset)
    return say(score, card) if score else "not measured"


def say(score: Score, card: Card) -> str:
    """A score of a model, with its interval, the number of images, and what its answers were restricted to."""
    restricted = restriction(score.dataset, get_charset(card.charset))
    words = estimate(score.accuracy, score.low, score.high, score.images, restricted)
    return words.replace("n = ", "n\u00a0=\u00a0")  # a narrow screen breaks the line before it, not within
