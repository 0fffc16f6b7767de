"""The run on top of the Train page: the training that runs, as it goes, the queue, and the runs that can go on."""

from collections.abc import Sequence
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import DigitLabError
from core.runs import queue
from core.runs.folder import RESUMABLE, Run, State, list_runs
from core.settings import Settings, get_settings
from core.text import duration
from core.training.config import TeachConfig, TrainConfig
from pages.components import action, page
from pages.components.text import escape
from pages.components.train import run_actions, run_progress, summary

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
        run_actions.show_on_top(running)
        _panel(running, settings)
    _others(runs, running, settings)


def _still(runs: Sequence[Run], settings: Settings) -> None:
    action.show_outcome("run")
    chosen = run_actions.on_top()
    run = next((run for run in runs if run.id == chosen), None)
    if run and run.state is State.CANCELLED:
        run = None
        run_actions.show_on_top(None)
    elif run is None and chosen != "":
        run = next((run for run in runs if run.state in RESUMABLE), None)
    if run:
        run_actions.show_on_top(run)
        _panel(run, settings)
    _others(runs, run, settings)


def _panel(run: Run, settings: Settings) -> None:
    with st.container(border=True, key="train-live"):
        _head(run)
        with st.container(horizontal=True):
            run_actions.buttons(run, settings)
            if run.state not in _UNDER_WAY:
                hide = partial(run_actions.show_on_top, None)
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


def _others(runs: Sequence[Run], on_top: Run | None, settings: Settings) -> None:
    """The queue, and the other runs that can go on."""
    if waiting := queue.queue(settings):
        with st.container(border=True, key="train-queue"):
            st.markdown(f"**Waiting for their turn: {len(waiting)}**")
            for number, run in enumerate(waiting, start=1):
                with _row(f"{number}. {escape(run.config.name)}"):
                    up = partial(queue.move_up, run, settings)
                    first = "It is the next." if number == 1 else ""
                    run_actions.button("Move up", "arrow_upward", run, up, settings, first)
                    run_actions.buttons(run, settings)
    if resumable := [run for run in runs if run.state in RESUMABLE and (on_top is None or run.id != on_top.id)]:
        with st.container(border=True, key="train-waiting"):
            st.markdown(f"**Can go on: {len(resumable)}**")
            for run in resumable:
                with _row(f"{escape(run.config.name)}: {run.state.value}"):
                    run_actions.buttons(run, settings)


def _row(words: str) -> DeltaGenerator:
    """Words with room for buttons beside them; on a phone the buttons go under the words together."""
    row = st.container(horizontal=True, vertical_alignment="center")
    row.markdown(words, width="stretch")
    return row.container(horizontal=True, width="content")
