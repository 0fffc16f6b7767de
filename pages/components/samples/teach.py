"""Teaching: a copy of the active model is fine-tuned on the samples; the person sees the effect and keeps it or not."""

from contextlib import suppress
from functools import partial
from typing import Any

import streamlit as st

from core import cached
from core.charsets import Charset
from core.errors import ConfigError, DigitLabError
from core.model.library import Entry
from core.runs import queue
from core.runs.folder import RESUMABLE, Run, State, list_runs, read_run
from core.settings import Settings
from core.teaching.summary import kept_as, replay_source
from core.text import are, counted, duration
from core.training.config import LEAST_SAMPLES, MOST_LESSON_STEPS, TeachConfig
from pages.components import action, page
from pages.components.samples import teaching_result
from pages.components.text import escape

_LIVE = (State.QUEUED, State.RUNNING)
_ABOUT = (
    "A copy of **{model}** is fine-tuned on your {samples}. Every batch also holds images of {replay}, so that it does "
    "not forget. This takes some minutes and goes on when you leave the page; **{model}** itself does not change. At "
    "the end you see how many more of your samples the copy reads, and what that costs on the test sets. Then you "
    "decide whether to keep it."
)
_STEPS_HELP = (
    "Batches of each teaching: one teaching for every part of your samples that is held out in turn, and one for the "
    f"model that is kept. {TeachConfig.steps} are enough for some dozens of samples; fewer take less time and teach "
    "less."
)
_LOST = "What the copy has learnt so far is lost. No model changes."


def show(charset: Charset, count: int, active: Entry | None, settings: Settings) -> None:
    action.show_outcome("samples", once=True)
    run = next((run for run in list_runs(settings) if isinstance(run.config, TeachConfig)), None)
    if run and run.state in _LIVE:
        _watch(run, settings)
    elif run and run.state is State.FINISHED:
        kept = kept_as(run, settings)
        teaching_result.show(run, kept, settings)
        if kept:
            _form(charset, count, active, settings)
    elif run and run.state in RESUMABLE:
        _failed(run, settings)
    else:
        if run:
            st.info("The teaching was cancelled. No model has changed.")
        _form(charset, count, active, settings)


def _form(charset: Charset, count: int, active: Entry | None, settings: Settings) -> None:
    """What will happen, the new model's name, and the start."""
    if active is None or active.card is None:
        return
    st.subheader(f"Teach “{active.name}” your handwriting", anchor=False)
    try:
        source = replay_source(active.card, settings)  # the images that keep a model from forgetting
    except ConfigError as error:
        page.explain(error)
        return
    known = any(trained.name == source.name for trained in active.card.sources)
    replay = f"{source.title_of(settings)}{', which it was trained on before' if known else ''}"
    st.markdown(_ABOUT.format(model=escape(active.name), samples=counted(count, "sample"), replay=replay))
    few = count < LEAST_SAMPLES
    if few:
        st.info(
            f"Teaching, and measuring its effect, takes at least {LEAST_SAMPLES} samples; there {are(count)} "
            f"{count}. Thirty or more, of every character, do much more good."
        )
    names, stem = [entry.name for entry in cached.models()], f"{active.name.split('-taught')[0][:40]}-taught"
    free = next(name for name in (stem, *(f"{stem}-{n}" for n in range(2, len(names) + 3))) if name not in names)
    closed = settings.read_only
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            "Name of the new model", free, 64, key=f"samples-name-{active.name}", disabled=closed, width=300
        )
        field: dict[str, Any] = {"key": "samples-steps", "disabled": closed, "help": _STEPS_HELP, "width": 140}
        steps = st.number_input("Steps", 1, MOST_LESSON_STEPS, TeachConfig.steps, 10, **field)
        problem = teaching_result.name_problem(name, names)
        disabled = closed or few or bool(problem)
        pressed = st.button("Teach", key="samples-teach", type="primary", icon=":material/school:", disabled=disabled)
    if problem:
        st.error(problem, icon=":material/error:")
    elif pressed:
        config = partial(TeachConfig, active.name, name, charset.name, steps=int(steps))
        with st.spinner("Starting"):
            action.run("samples-teach", lambda: _start(config(), settings))
        st.rerun()


def _start(config: TeachConfig, settings: Settings) -> None:
    queue.create(config, settings)
    with suppress(DigitLabError):  # the page says why it does not start, as long as it does not
        queue.dispatch(settings)


@st.fragment(run_every="1s")
def _watch(run: Run, settings: Settings) -> None:
    try:
        now = read_run(run.folder)
    except DigitLabError:
        st.rerun()  # its folder is gone
    if now.state not in _LIVE:
        st.rerun()
    st.subheader(f"Teaching “{now.config.name}”", anchor=False)
    if now.state is State.QUEUED:
        try:
            queue.dispatch(settings)  # where a worker died, nobody else starts the next one
        except DigitLabError as error:
            page.explain(error)
    with st.container(horizontal=True, vertical_alignment="center", key="samples-progress"):
        st.progress(min(now.status.share, 1.0), _progress(now, settings), width="stretch")
        action.button(
            "Cancel",
            f"samples-cancel-{now.id}",
            "close",
            partial(queue.cancel, now, settings),
            settings,
            question=_LOST,
            confirm="Cancel the teaching",
        )
    st.caption("You may leave this page and come back; the teaching goes on.")


def _progress(run: Run, settings: Settings) -> str:
    status = run.status
    if run.state is State.QUEUED:
        ahead = next((index for index, waiting in enumerate(queue.queue(settings)) if waiting.id == run.id), 0) + 1
        return f"Waiting for its turn; {counted(ahead, 'training')} before it"
    if status.message:
        return f"{status.message} …"
    if status.step >= status.steps:
        return "Measuring on the test sets …"
    rest = f", about {duration(status.seconds_left)} left" if status.seconds_left is not None else ""
    return f"Step {status.step:,} of {status.steps:,}{rest}"


def _failed(run: Run, settings: Settings) -> None:
    """Offer to begin a teaching again that failed or was interrupted, or to give it up."""
    word = "was interrupted" if run.state is State.INTERRUPTED else "failed"
    st.error(f"The teaching {word}. {escape(run.status.message)}", icon=":material/error:")

    def again() -> None:
        queue.enqueue(run, settings)
        queue.dispatch(settings)

    with st.container(horizontal=True):
        action.button("Try again", "samples-again", "refresh", again, settings, primary=True)
        action.button("Discard", "samples-discard", "delete", partial(queue.delete, run, settings), settings)
