"""What can be done with a run. What would lose a training asks first."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.runs import queue
from core.runs.folder import RESUMABLE, Request, Run, State
from core.settings import Settings
from core.text import duration
from core.training.config import TeachConfig, TrainConfig
from pages.components import action
from pages.components.text import escape

_ON_TOP = "train-shown"


def on_top() -> str | None:
    """The id of the run on top of the Train page when none is under way; "" for none, None for whichever there is."""
    return st.session_state.get(_ON_TOP)


def show_on_top(run: Run | None) -> None:
    """Show a run on top of the Train page, or none."""
    st.session_state[_ON_TOP] = run.id if run else ""


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
            # For a run that cannot go on from its checkpoint: its data has changed, or the file is damaged.
            name = escape(run.config.name)
            lost = f"Start “{name}” over? What it has learnt is lost; it begins again at its first step."
            over = partial(_again, run, queue.start_over, settings)
            action.button("Start over", f"run-over-{run.id}", "restart_alt", over, settings, question=lost)
        _give_up("Discard", "delete", run, settings)


def button(
    label: str, icon: str, run: Run, change: Callable[[], None], settings: Settings, blocked: str = "", lost: str = ""
) -> None:
    """A button that changes a run; its key is made of the label's first word and the run's id."""
    key = f"run-{label.split()[0].lower()}-{run.id}"
    action.button(label, key, icon, change, settings, question=lost, blocked=blocked)


def _give_up(label: str, icon: str, run: Run, settings: Settings) -> None:
    """End a run without a model: at once when it has not begun, else after a question."""
    lost = _lost(label, run) if run.state is State.RUNNING or _has_begun(run) else ""
    button(label, icon, run, partial(queue.cancel, run, settings), settings, lost=lost)


def _has_begun(run: Run) -> bool:
    return bool(run.status.epoch or run.status.step)


def _lost(label: str, run: Run) -> str:
    status = run.status
    if isinstance(run.config, TeachConfig):
        return f"{label} the teaching of “{escape(run.config.name)}”? What it has learnt so far is lost."
    spent = f" ({duration(status.seconds)} of training)" if status.seconds else ""
    epochs = f"{status.epoch} of {status.epochs} epochs{spent}"
    other = "Stop it instead to keep the best so far." if run.state is State.RUNNING else "It cannot go on afterwards."
    return (
        f"{label} “{escape(run.config.name)}”? What it has learnt is lost: {epochs}. It leaves no model; its curves "
        f"and its log stay. {other}"
    )


def _again(run: Run, enqueue: Callable[[Run, Settings], None], settings: Settings) -> None:
    enqueue(run, settings)
    show_on_top(run)
    queue.dispatch(settings)
