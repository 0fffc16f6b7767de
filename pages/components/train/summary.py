"""A new model beside the one that everybody reads with, and the way to use it, or to go back."""

from functools import partial

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
from core.text import duration, estimate, megabytes
from pages.components import latency
from pages.components.text import escape
from pages.components.train import confusion_comparison
from pages.components.train.act import act, why_not


def show(run: Run, settings: Settings, key: str) -> None:
    """Compare the model of a finished run with the active one; where it is active itself, with the former.

    Args:
        run: what has finished.
        settings: where the models lie.
        key: what the keys of its buttons begin with.
    """
    usable = {entry.name: entry for entry in cached.models() if entry.card}
    new = usable.get(run.status.model)
    if new is None:
        st.info(f"The model “{escape(run.status.model)}” is no longer in the library.")
        return
    active, former = cached.active_model(), library_admin.former_model(settings)
    other = usable.get((former if active == new.name else active) or "")
    with st.container(border=True, key=f"{key}-summary"):
        st.subheader(f"The model “{escape(new.name)}”", anchor=False)
        _times(run)
        _table([entry for entry in (new, other) if entry], f"{key}-time")
        with st.container(horizontal=True, vertical_alignment="center"):
            if active == new.name:
                st.markdown(":material/check_circle: It is the active model: every page reads with it.")
                back(settings, f"{key}-back")
            else:
                use(new.name, settings, f"{key}-use", primary=True)
            st.page_link("pages/evaluate.py", label="Compare image by image", icon=":material/compare:")
        if other:
            confusion_comparison.show(new, other, key)


def _times(run: Run) -> None:
    """What it took, from the click that started it."""
    whole = reader.wall_seconds(run)
    if whole is not None:
        st.markdown(
            f"Time from start to finish: **{duration(whole)}**, of which **{duration(run.status.seconds)}** training. "
            "Waiting for its turn, reading the data, the measurement at the end, and pauses make the difference."
        )


def use(name: str, settings: Settings, key: str, primary: bool = False) -> None:
    """The button that makes a model the active one."""
    no = why_not(settings)
    done = f"“{escape(name)}” is active now: every page and everybody here reads with it."
    st.button(
        "Use this model",
        key=key,
        icon=":material/published_with_changes:",
        type="primary" if primary else "secondary",
        disabled=no is not None,
        help=no,
        on_click=partial(act, partial(library_admin.activate, name, settings), done),
        wrap=False,
    )


def back(settings: Settings, key: str) -> None:
    """The button that brings the former model back, where there is one."""
    former, no = library_admin.former_model(settings), why_not(settings)
    if former:
        done = f"“{escape(former)}” is active again: every page and everybody here reads with it."
        st.button(
            f"Bring back {escape(former)}",
            key=key,
            icon=":material/undo:",
            disabled=no is not None,
            help=no,
            on_click=partial(act, partial(library_admin.activate, former, settings), done),
            wrap=False,
        )


def _table(entries: list[Entry], key: str) -> None:
    """Scores, size and make side by side; first the scores on test sets that all have."""
    titles: dict[str, str] = {}
    for entry in entries:
        titles |= {score.dataset: score.title for score in (entry.card.scores if entry.card else ())}
    rows = {f"Right on {escape(title)}": [_score(entry, name) for entry in entries] for name, title in titles.items()}
    cards = [entry.card for entry in entries if entry.card]
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


def _score(entry: Entry, dataset: str) -> str:
    score = entry.card.score(dataset) if entry.card else None
    return say(score, entry.card) if score and entry.card else "not measured"


def say(score: Score, card: Card) -> str:
    """A score of a model, with its interval, the number of images, and what its answers were restricted to."""
    restricted = restriction(score.dataset, get_charset(card.charset))
    words = estimate(score.accuracy, score.low, score.high, score.images, restricted)
    return words.replace("n = ", "n\u00a0=\u00a0")  # a narrow screen breaks the line before it, not within
