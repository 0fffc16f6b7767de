"""Which model to look at, and on which images it was or is to be measured."""

from collections.abc import Sequence

import streamlit as st

from core import cached
from core.evaluation.available import WARNINGS, Choice, Leakage, available
from core.evaluation.predictions import Predictions
from core.jobs import Progress
from core.model.library import Entry
from core.settings import get_settings
from pages.components import address, job, page
from pages.components.evaluate.selection import Subject
from pages.components.text import escape

_DATA = "evaluate-data"
_USES = {
    Leakage.NONE: "",
    Leakage.TRAINING: " (trained on)",
    Leakage.SELECTION: " (chosen on)",
    Leakage.OVERLAP: " (same pages)",
}
_AGAIN_HELP = "The stored answers date from the training. Measuring again reads the images on this machine."
_DATA_HELP = "Answers to test sets are stored with the model. Choose other images to measure it on them now."


def show(active: Entry) -> Subject | None:
    """Let the person choose; None while there is nothing to look at, which is said."""
    left, right, far_right = st.columns([3, 3, 2], vertical_alignment="bottom")
    with left:
        page.choose_model()
    assert active.card
    stored = page.stored_answers(active.name)
    options = available(active.card, stored, get_settings())
    with right:
        choice = _choose_data(options, active.card.charset)
    if choice is None:
        title = escape(page.model_titles()[active.name])
        if options:
            words = f"No stored answers of “{title}” could be read. Choose under “Measured on” what to measure it on."
            st.info(words, icon=":material/touch_app:")
        else:
            st.info(f"There are no stored answers of “{title}”, and no images on this machine to measure it on.")
        return None
    if choice.use in WARNINGS:
        st.warning(WARNINGS[choice.use], icon=":material/school:")
    measured = not choice.stored
    if choice.stored:
        with far_right:
            measured = _asks_to_measure((active.name, choice.key), choice)
    answers = measure(active, choice) if measured else stored[choice.dataset]
    if measured and answers:
        st.caption(f"Measured on this machine, on its own copy of {escape(choice.title)}, {choice.split}.")
    return Subject(active, answers) if answers else None


def _choose_data(options: Sequence[Choice], charset: str) -> Choice | None:
    """Which images. Without stored answers nothing is chosen at first: measuring takes time, so it is asked for.

    The choice is kept for each charset, as models of another one have other test sets.
    """
    by_key, widget = {choice.key: choice for choice in options}, f"{_DATA}-{charset}"
    if _DATA not in st.session_state:  # later, the address is about the last model that was chosen
        st.session_state[_DATA] = True
        address.start(widget, "data", by_key)
    if st.session_state.get(widget) not in by_key:
        st.session_state[widget] = options[0].key if options and options[0].stored else None
    stored = " · stored"
    labels = {
        key: f"{choice.title}, {choice.split}{_USES[choice.use]}{stored if choice.stored else ''}"
        for key, choice in by_key.items()
    }
    key = st.selectbox(
        "Measured on",
        list(by_key),
        format_func=labels.__getitem__,
        key=widget,
        index=0 if options and options[0].stored else None,
        placeholder="Choose a data set",
        help=_DATA_HELP,
        persist_state="session",
    )
    address.show("data", key or "")
    return by_key.get(key) if key else None


def _asks_to_measure(mark: tuple[str, str], choice: Choice) -> bool:
    """Whether the person asks to ignore the stored answers and to measure on the images on this machine."""
    again: set[tuple[str, str]] = st.session_state.setdefault("evaluate-measured-again", set())
    if not choice.present:
        again.discard(mark)
    measured = mark in again
    missing = f"The images of {escape(choice.title)} are not on this machine."
    if st.button(
        "Stored answers" if measured else "Measure again",
        key="evaluate-again",
        icon=":material/undo:" if measured else ":material/refresh:",
        help=_AGAIN_HELP if choice.present else missing,
        disabled=not choice.present,
        width="stretch",
    ):
        again.symmetric_difference_update({mark})
        st.rerun()
    return measured


def measure(entry: Entry, choice: Choice) -> Predictions | None:
    """Measure the model here, or find what was measured before; None while it works, or after it was stopped."""
    assert entry.card
    stamp = cached.data_stamp(choice.dataset)
    settings, model, measurements = get_settings(), cached.loading(entry.name), cached.measurements()

    def work(progress: Progress) -> Predictions:
        from core.data.datasets import load

        data = load(choice.dataset, choice.split, settings)
        progress(0, len(data.labels))
        return measurements.evaluate(model.result(), data, progress)

    key = job.key_of("evaluate", entry.card, choice.key, stamp)
    title = f"Measuring on {escape(choice.title)}, {choice.split}"
    return job.run(key, work, title, lambda done, total: f"{done:,} of {total:,} images")
