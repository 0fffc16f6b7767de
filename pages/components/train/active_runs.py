"""The run on top of the Train page, the queue, and the runs that can go on; and what can be done with each."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import DigitLabError
from core.runs import queue
from core.runs.folder import RESUMABLE, Request, Run, State, list_runs
from core.settings import Settings, get_settings
from core.text import duration
from core.training.config import TeachConfig, TrainConfig
from pages.components import action, page
from pages.components.text import escape
from pages.components.train import run_progress, summary

_ON_TOP = "train-shown"
_UNDER_WAY = (State.RUNNING, State.QUEUED)
_ICONS = {
    State.QUEUED: "hourglass_empty",
    State.RUNNING: "play_circle",
    State.PAUSED: "pause_circle",
    State.FINISHED: "check_circle",
    State.CANCELLED: "cancel",
    State.FAILED: "error",
    State.INTERRUPTED: "power_off",
}
_INTERRUPTED = (
    "Its process has gone: it was killed, the machine was switched off, or the disk could not be written any more (the "
    "log may say why). It can go on from its last checkpoint."
)


def on_top() -> str | None:
    """The id of the run on top of the Train page when none is under way; "" for none, None for whichever there is."""
    return st.session_state.get(_ON_TOP)


def show_on_top(run: Run | None) -> None:
    st.session_state[_ON_TOP] = run.id if run else ""


def show(settings: Settings) -> None:
    """Show what is under way, else what waits for the person or has just ended."""
    runs = list_runs(settings)
    if any(run.state in _UNDER_WAY for run in runs):
        _live(_signature(runs))
    else:
        _still(runs, settings)


def _signature(runs: Sequence[Run]) -> tuple[tuple[str, State], ...]:
    return tuple((run.id, run.state) for run in runs)


@st.fragment(run_every="2s")
def _live(signature: tuple[tuple[str, State], ...]) -> None:
    """Runs again every two seconds; the whole page does when a run has come, gone, or changed its state."""
    settings = get_settings()
    try:
        queue.dispatch(settings)  # where a worker died, nobody else starts the next one
    except DigitLabError as error:
        page.explain(error)
    try:
        runs = list_runs(settings)
    except DigitLabError:
        st.rerun()  # the whole page says what is wrong
    if _signature(runs) != signature:
        st.rerun()
    action.show_outcome("run")
    running = next((run for run in runs if run.state is State.RUNNING), None)
    if running:
        show_on_top(running)
        _panel(running, settings)
    _others(runs, running, settings)


def _still(runs: Sequence[Run], settings: Settings) -> None:
    action.show_outcome("run")
    chosen = on_top()
    run = next((run for run in runs if run.id == chosen), None)
    if run and run.state is State.CANCELLED:
        run = None
        show_on_top(None)
    elif run is None and chosen != "":
        run = next((run for run in runs if run.state in RESUMABLE), None)
    if run:
        show_on_top(run)
        _panel(run, settings)
    _others(runs, run, settings)


def _panel(run: Run, settings: Settings) -> None:
    with st.container(border=True, key="train-live"):
        _head(run)
        with st.container(horizontal=True):
            _buttons(run, settings)
            if run.state not in _UNDER_WAY:
                hide = partial(show_on_top, None)
                st.button("Hide", key="train-hide", icon=":material/visibility_off:", on_click=hide, wrap=False)
        if run.state is not State.FINISHED:
            run_progress.show(run, "train-live-part")
        elif run.status.model:
            summary.show(run, settings, "train-new")


def _head(run: Run) -> None:
    status = run.status
    what = "Teaching" if isinstance(run.config, TeachConfig) else "Training"
    st.subheader(f":material/{_ICONS[run.state]}: {what} “{escape(run.config.name)}”: {run.state.value}", anchor=False)
    if run.state is State.FAILED:
        st.error(escape(status.message), icon=":material/error:")
    elif run.state is State.INTERRUPTED:
        st.warning(_INTERRUPTED, icon=":material/power_off:")
    elif status.message:
        st.markdown(f"{escape(status.message)} …" if run.state is State.RUNNING else escape(status.message))
    if run.state is State.FINISHED:
        return
    left = status.seconds_left
    timed = left is not None and run.state is State.RUNNING and status.share < 0.995  # the rest is not timed
    rest = f", about {duration(left or 0)} left" if timed else ""
    st.progress(min(status.share, 1.0), f"{100 * status.share:.0f} %{rest}")
    if isinstance(run.config, TrainConfig):
        _numbers(run)


def _numbers(run: Run) -> None:
    status = run.status
    now = min(status.epoch + (run.state is State.RUNNING), status.epochs)
    cells = {
        "Epoch": f"{now} of {status.epochs}",
        "Step": f"{status.step:,} of {status.steps:,}" if status.steps else "–",
        "Images per second": f"{status.images_per_second:,.0f}" if status.images_per_second else "–",
        "Training time": duration(status.seconds) if status.seconds else "–",
        "Best epoch": str(status.best_epoch or "–"),
    }
    grid = st.grid(5, min_column_width=110)
    for title, value in cells.items():
        with grid.cell(), st.container(gap=None):
            st.caption(title)
            st.markdown(f"**{value}**")


def _others(runs: Sequence[Run], top: Run | None, settings: Settings) -> None:
    """The queue, and the other runs that can go on."""
    if waiting := queue.queue(settings):
        with st.container(border=True, key="train-queue"):
            st.markdown(f"**Waiting for their turn: {len(waiting)}**")
            for number, run in enumerate(waiting, start=1):
                with _row(f"{number}. {escape(run.config.name)}"):
                    up = partial(queue.move_up, run, settings)
                    first = "It is next." if number == 1 else ""
                    _button("Move up", "arrow_upward", run, up, settings, first)
                    _buttons(run, settings)
    if resumable := [run for run in runs if run.state in RESUMABLE and (top is None or run.id != top.id)]:
        with st.container(border=True, key="train-waiting"):
            st.markdown(f"**Can go on: {len(resumable)}**")
            for run in resumable:
                with _row(f"{escape(run.config.name)}: {run.state.value}"):
                    _buttons(run, settings)


def _row(words: str) -> DeltaGenerator:
    """Words with room for buttons beside them; on a phone the buttons go under the words together."""
    row = st.container(horizontal=True, vertical_alignment="center")
    row.markdown(words, width="stretch")
    return row.container(horizontal=True, width="content")


# What can be done with a run. What would lose a training asks first.


def _buttons(run: Run, settings: Settings) -> None:
    """The buttons of a run in its state, to stand in a row; none of one that has ended."""
    if run.state is State.RUNNING:
        if not isinstance(run.config, TeachConfig):
            _button("Pause", "pause", run, partial(queue.ask, run, Request.PAUSE, settings), settings)
            stop = partial(queue.ask, run, Request.STOP, settings)
            early = "" if run.status.epoch else "There is nothing to keep before the first epoch has ended."
            _button("Stop and keep the best", "stop", run, stop, settings, early)
        _give_up("Cancel", "close", run, settings)
    elif run.state is State.QUEUED:
        _give_up("Cancel", "close", run, settings)
    elif run.state in RESUMABLE:
        _button("Resume", "play_arrow", run, partial(_again, run, queue.enqueue, settings), settings)
        if isinstance(run.config, TrainConfig) and _has_begun(run):
            # For a run that cannot go on from its checkpoint: its data has changed, or the file is damaged.
            name = escape(run.config.name)
            lost = f"Start “{name}” over? What it has learnt is lost; it begins again at its first step."
            over = partial(_again, run, queue.start_over, settings)
            action.button("Start over", f"run-over-{run.id}", "restart_alt", over, settings, question=lost)
        _give_up("Discard", "delete", run, settings)


def _button(
    label: str, icon: str, run: Run, change: Callable[[], None], settings: Settings, blocked: str = "", lost: str = ""
) -> None:
    """A button that changes a run; its key is made of the label's first word and the run's id."""
    key = f"run-{label.split()[0].lower()}-{run.id}"
    action.button(label, key, icon, change, settings, question=lost, blocked=blocked)


def _give_up(label: str, icon: str, run: Run, settings: Settings) -> None:
    """End a run without a model: at once when it has not begun, else after a question."""
    lost = _lost(label, run) if run.state is State.RUNNING or _has_begun(run) else ""
    _button(label, icon, run, partial(queue.cancel, run, settings), settings, lost=lost)


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
