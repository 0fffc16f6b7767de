"""What can be asked of a run. What would lose a training says so first, and asks once more."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.runs import queue
from core.runs.folder import RESUMABLE, Request, Run, State
from core.settings import Settings
from core.text import duration
from core.training.config import TeachConfig, TrainConfig
from pages.components import state
from pages.components.text import escape
from pages.components.train.act import act, confirmed, why_not


def buttons(run: Run, settings: Settings) -> None:
    """The buttons of a run in its state, to stand in a row; none of one that has ended."""
    if run.state is State.RUNNING:
        if not isinstance(run.config, TeachConfig):
            button("Pause", "pause", run, partial(queue.ask, run, Request.PAUSE, settings), settings)
            stop = partial(queue.ask, run, Request.STOP, settings)
            early = "" if run.status.epoch else "There is nothing to keep before the first epoch has ended."
            button("Stop and keep the best", "stop", run, stop, settings, early)
        _give_up("Cancel", "close", run, settings)
    elif run.state is State.QUEUED:
        _give_up("Cancel", "close", run, settings)
    elif run.state in RESUMABLE:
        button("Resume", "play_arrow", run, partial(_again, run, queue.enqueue, settings), settings)
        if isinstance(run.config, TrainConfig) and _has_begun(run):
            _start_over(run, settings)
        _give_up("Discard", "delete", run, settings)


def button(words: str, icon: str, run: Run, change: Callable[[], None], settings: Settings, not_now: str = "") -> None:
    """A button that makes a change to a run at once, or says why not; its key is of the words' first and the run."""
    no = why_not(settings) or not_now or None
    st.button(
        words,
        key=_key(words, run),
        icon=f":material/{icon}:",
        disabled=no is not None,
        help=no,
        on_click=partial(act, change),
        wrap=False,
    )


def _key(words: str, run: Run) -> str:
    return f"train-{words.split()[0].lower()}-{run.id}"


def _give_up(words: str, icon: str, run: Run, settings: Settings) -> None:
    """End a run without a model: at once when it has not begun, else after a question."""
    change = partial(queue.cancel, run, settings)
    if run.state is State.RUNNING or _has_begun(run):
        confirmed(words, icon, _lost(words, run), _key(words, run), change, why_not(settings))
    else:
        button(words, icon, run, change, settings)


def _has_begun(run: Run) -> bool:
    return bool(run.status.epoch or run.status.step)


def _lost(words: str, run: Run) -> str:
    status = run.status
    if isinstance(run.config, TeachConfig):
        return f"{words} the teaching of “{escape(run.config.name)}”? What it has done so far is lost."
    spent = f" ({duration(status.seconds)} of training)" if status.seconds else ""
    epochs = f"{status.epoch} of {status.epochs} epochs{spent}"
    other = "Stop it instead to keep the best so far." if run.state is State.RUNNING else "It cannot go on afterwards."
    return (
        f"{words} “{escape(run.config.name)}”? What it has learnt is lost: {epochs}. No model comes of it; its curves "
        f"and its log stay. {other}"
    )


def _start_over(run: Run, settings: Settings) -> None:
    """For a run that cannot go on from its checkpoint: its data has changed, or the file is damaged."""
    lost = f"Start “{escape(run.config.name)}” over? What it has learnt is lost; it begins again at its first step."
    change = partial(_again, run, queue.start_over, settings)
    confirmed("Start over", "restart_alt", lost, f"train-over-{run.id}", change, why_not(settings))


def _again(run: Run, enqueue: Callable[[Run, Settings], None], settings: Settings) -> None:
    enqueue(run, settings)
    state.set_train_shown(run.id)
    queue.dispatch(settings)
