"""Teaching: a copy of the active model learns the samples; what it did is shown, and the person keeps it or not."""

from contextlib import suppress

import streamlit as st

from core import cached
from core.errors import ConfigError, DigitLabError
from core.model.card import Card
from core.model.library import Entry
from core.runs import queue
from core.runs.folder import RESUMABLE, Run, State, list_runs, read_run
from core.settings import Settings
from core.teaching.replay import replay_source
from core.teaching.result import kept_as
from core.text import are, counted
from core.training.config import LEAST_SAMPLES, MOST_LESSON_STEPS, TeachConfig
from pages.components import page, state
from pages.components.samples import teaching_result
from pages.components.samples.press import ask_first, button
from pages.components.samples.selection import Subject, warn_read_only
from pages.components.text import escape

_LIVE = (State.QUEUED, State.RUNNING)
_ABOUT = (
    "A copy of **{model}** is trained on your {samples}, and in every step on {replay}, so that it does not "
    "forget. This takes some minutes and goes on when you leave the page; **{model}** "
    "stays as it is. At the end you see what it did for your samples and what it cost on the test sets, and decide "
    "whether to keep the new model."
)
_STEPS_HELP = (
    "Batches of each teaching: one for every part of your samples that is set aside in turn to measure on, and the one "
    f"that is kept. {TeachConfig.steps} do for some dozens of samples; fewer are over sooner and teach less."
)
_LOST = "What it has learnt so far would be gone, and it would have to begin anew. No model has changed."


def show(subject: Subject, active: Entry | None) -> None:
    """Draw this part of the page."""
    settings = subject.settings
    closed = warn_read_only(settings, "taught")
    note, failed = state.take_samples_note()
    if note and failed:
        st.error(note, icon=":material/error:")
    run = newest(settings)
    if run and run.state in _LIVE:
        _watch(run, settings, closed)
    elif run and run.state is State.FINISHED:
        kept = kept_as(run, settings)
        teaching_result.show(run, kept, settings, closed)
        if kept:
            _form(subject, active, closed)
    elif run and run.state in RESUMABLE:
        _failed(run, settings, closed)
    else:
        if run:
            st.info("The teaching was cancelled. No model has changed.")
        _form(subject, active, closed)


def newest(settings: Settings) -> Run | None:
    """The teaching that was started last."""
    return next((run for run in list_runs(settings) if isinstance(run.config, TeachConfig)), None)


def _form(subject: Subject, active: Entry | None, closed: bool) -> None:
    """What will happen, the new model's name, and the start."""
    if active is None or active.card is None:
        return
    st.subheader(f"Teach “{active.name}” your hand", anchor=False)
    try:
        replay = _replay(active.card, subject.settings)
    except ConfigError as error:
        page.explain(error)
        return
    st.markdown(_ABOUT.format(model=escape(active.name), samples=counted(subject.count, "sample"), replay=replay))
    if subject.count < LEAST_SAMPLES:
        st.info(
            f"To teach, and to measure what it does, at least {LEAST_SAMPLES} samples are needed; "
            f"there {are(subject.count)} {subject.count}. Thirty or more, of every character, "
            "do much more good."
        )
    names = [entry.name for entry in cached.models()]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            "Name of the new model",
            _free_name(active.name, names),
            64,
            key=f"samples-name-{active.name}",
            disabled=closed,
            width=300,
        )
        steps = st.number_input(
            "Steps",
            1,
            MOST_LESSON_STEPS,
            TeachConfig.steps,
            10,
            key="samples-steps",
            disabled=closed,
            help=_STEPS_HELP,
            width=140,
        )
        problem = teaching_result.name_problem(name, names)
        disabled = closed or subject.count < LEAST_SAMPLES or bool(problem)
        pressed = st.button("Teach", key="samples-teach", type="primary", icon=":material/school:", disabled=disabled)
    if problem:
        st.error(problem, icon=":material/error:")
    elif pressed:
        _start(TeachConfig(active.name, name, subject.charset.name, steps=int(steps)), subject.settings)


def _replay(card: Card, settings: Settings) -> str:
    """What it goes over again, in words.

    Raises:
        ConfigError: there is nothing for it.
    """
    source = replay_source(card, settings)
    learnt = any(one.name == source.name for one in card.sources)
    return f"{source.title_of(settings)}{', which it has learnt from before' if learnt else ''}"


def _free_name(model: str, taken: list[str]) -> str:
    stem = f"{model.split('-taught')[0][:40]}-taught"
    return next(name for name in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)


def _start(config: TeachConfig, settings: Settings) -> None:
    try:
        queue.create(config, settings)
    except DigitLabError as error:
        page.explain(error)
        return
    with st.spinner("Starting"), suppress(DigitLabError):  # why it does not start is said for as long as it is so
        queue.dispatch(settings)
    state.set_samples_note("")
    st.rerun()


@st.fragment(run_every="1s")
def _watch(run: Run, settings: Settings, closed: bool) -> None:
    """How far it is, from the run's files."""
    try:
        now = read_run(run.folder)
    except DigitLabError:
        st.rerun()  # its folder is gone
    if now.state not in _LIVE:
        st.rerun()
    st.subheader(f"Teaching “{now.config.name}”", anchor=False)
    if now.state is State.QUEUED:
        _begin_queued(settings)
    with st.container(horizontal=True, vertical_alignment="center", key="samples-progress"):
        st.progress(min(now.status.share, 1.0), _said(now, settings), width="stretch")
        ask_first(
            "Cancel", "cancel", _LOST, "Cancel the teaching", lambda: queue.cancel(now, settings), closed, "close"
        )
    st.caption("You may leave this page and come back; it goes on.")


def _begin_queued(settings: Settings) -> None:
    """Where a worker died, nobody else starts the next one; why none starts is said for as long as it is so."""
    try:
        queue.dispatch(settings)
    except DigitLabError as error:
        page.explain(error)


def _said(run: Run, settings: Settings) -> str:
    status = run.status
    if run.state is State.QUEUED:
        before = next((place for place, one in enumerate(queue.queue(settings)) if one.id == run.id), 0)
        return f"Waits for its turn; {counted(before + 1, 'training')} before it"
    if status.message:
        return f"{status.message} …"
    if status.step >= status.steps:
        return "Measuring on the test sets …"
    left = status.seconds_left
    rest = f", about {left:,.0f} s left" if left is not None else ""
    return f"Step {status.step:,} of {status.steps:,}{rest}"


def _failed(run: Run, settings: Settings, closed: bool) -> None:
    """A teaching that failed, or whose worker is gone: begun again, or given up."""
    word = "was interrupted" if run.state is State.INTERRUPTED else "failed"
    st.error(f"The teaching {word}. {escape(run.status.message)}", icon=":material/error:")

    def again() -> None:
        queue.enqueue(run, settings)
        queue.dispatch(settings)

    with st.container(horizontal=True):
        button("Try again", "again", again, closed, "refresh", True)
        button("Discard", "discard", lambda: queue.delete(run, settings), closed, "delete")
