"""The models of the library whose folders are damaged, each with the reason."""

from collections.abc import Sequence

import streamlit as st

from core import cached
from core.errors import ModelError
from core.jobs import Job, Progress
from core.model.library import Entry, problem_at_load
from core.settings import get_settings
from pages.components import job
from pages.components.text import escape

_KEEPS_READING = "It still reads pictures."
_REMEDY = (
    "The other models still work. Remove a damaged one from the library, restore it from a copy, or train it again: "
    "`python -m core train`. For the shipped ones: `git checkout models`."
)


def show(entries: Sequence[Entry]) -> None:
    """List them. Whether weights fit their network only shows when torch loads them: that is tried meanwhile."""
    trial = _trial([entry for entry in entries if entry.card])
    if trial and not trial.ended:
        _wait(trial)
    at_load = trial.result() if trial and trial.ended and not trial.failed else {}
    rows = [
        {"Model": escape(entry.name), "What is wrong": escape(reason)}
        for entry in entries
        for reason in _problems(entry, at_load)
    ]
    if rows:
        with st.container(key="evaluate-damaged"):
            st.subheader("Damaged models", anchor=False)
            st.table(rows, border="horizontal", hide_index=True)
            st.caption(_REMEDY)


def _trial(usable: Sequence[Entry]) -> Job[dict[str, str]] | None:
    """Try to load every model, once for each state of the library."""
    if not usable:
        return None
    settings, names = get_settings(), [entry.name for entry in usable]

    def work(progress: Progress) -> dict[str, str]:
        reasons = {}
        for done, name in enumerate(names):
            progress(done, len(names))
            reasons[name] = problem_at_load(name, settings)
        return {name: reason for name, reason in reasons.items() if reason}

    states = [(entry.folder, entry.card, entry.weights_bytes) for entry in usable]
    return cached.jobs().start(job.key_of("load-for-trial", states), work)


@st.fragment(run_every="1s")
def _wait(trial: Job[dict[str, str]]) -> None:
    if trial.ended:
        st.rerun()


def _problems(entry: Entry, at_load: dict[str, str]) -> list[str]:
    if reason := entry.problem or at_load.get(entry.name):
        return [reason]
    problems = []
    for read in (cached.stored, cached.history):
        try:
            read(entry.name)
        except ModelError as error:
            problems.append(f"{error} {_KEEPS_READING}")
    return problems
