"""What is under way: the training that runs, as it goes, those that wait, and what can be asked of them."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.errors import DigitLabError
from core.runs import queue
from core.runs.folder import RESUMABLE, Run, State, list_runs
from core.settings import Settings, get_settings
from core.text import duration
from core.training.config import TeachConfig, TrainConfig
from pages.components import page, state
from pages.components.text import escape
from pages.components.train import run_actions, run_progress, summary
from pages.components.train.act import say

UNDER_WAY = (State.RUNNING, State.QUEUED)
ICONS = {
    State.QUEUED: "hourglass_empty",
    State.RUNNING: "play_circle",
    State.PAUSED: "pause_circle",
    State.FINISHED: "check_circle",
    State.CANCELLED: "cancel",
    State.FAILED: "error",
    State.INTERRUPTED: "power_off",
}
_INTERRUPTED = (
    "Its process has gone: it was killed, the machine was switched off, or its disk let it write no more (the log may "
    "say why). It can go on from its last checkpoint."
)


def show(settings: Settings) -> None:
    """Show what is under way, or else what waits for the person or has just ended; nothing when there is neither."""
    found = list_runs(settings)
    if any(run.state in UNDER_WAY for run in found):
        _live(_signature(found))
    else:
        _still(found, settings)


def _signature(found: Sequence[Run]) -> tuple[tuple[str, State], ...]:
    return tuple((run.id, run.state) for run in found)


@st.fragment(run_every="2s")
def _live(signature: tuple[tuple[str, State], ...]) -> None:
    """Runs again every two seconds; the whole page does when a run has come, gone, or changed its state."""
    settings = get_settings()
    try:
        queue.dispatch(settings)  # where a worker died, nobody else starts the next one
    except DigitLabError as error:
        page.explain(error)
    try:
        found = list_runs(settings)
    except DigitLabError:
        st.rerun()  # the whole page says what is wrong
    if _signature(found) != signature:
        st.rerun()
    running = next((run for run in found if run.state is State.RUNNING), None)
    if running:
        state.set_train_shown(running.id)
        _panel(running, settings)
    _others(found, running, settings)


def _still(found: Sequence[Run], settings: Settings) -> None:
    shown = state.train_shown()
    run = next((run for run in found if run.id == shown), None)
    if run and run.state is State.CANCELLED:
        run = None
        state.set_train_shown("")
    elif run is None and shown != "":
        run = next((run for run in found if run.state in RESUMABLE), None)
    if run:
        state.set_train_shown(run.id)
        _panel(run, settings)
        if run.state is State.FINISHED:
            _finished(run, settings)
    _others(found, run, settings)


def _panel(run: Run, settings: Settings) -> None:
    with st.container(border=True, key="train-live"):
        _head(run)
        _buttons(run, settings)
        if run.state in UNDER_WAY:
            say()
        if run.state is not State.FINISHED:
            run_progress.show(run, "train-live-part")


def _finished(run: Run, settings: Settings) -> None:
    """What came of a run first, then how it went."""
    if run.status.model:
        summary.show(run, settings, "train-new")
    if isinstance(run.config, TrainConfig):
        with st.container(border=True, key="train-course"):
            run_progress.show(run, "train-live-part")


def _head(run: Run) -> None:
    status = run.status
    what = "Teaching" if isinstance(run.config, TeachConfig) else "Training"
    st.subheader(f":material/{ICONS[run.state]}: {what} “{escape(run.config.name)}”: {run.state.value}", anchor=False)
    if run.state is State.FAILED:
        st.error(escape(status.message), icon=":material/error:")
    elif run.state is State.INTERRUPTED:
        st.warning(_INTERRUPTED, icon=":material/power_off:")
    elif status.message:
        st.markdown(f"{escape(status.message)} …" if run.state is State.RUNNING else escape(status.message))
    if run.state is not State.FINISHED:
        left = status.seconds_left
        going = left is not None and run.state is State.RUNNING and status.share < 0.995  # the rest is not timed
        rest = f", about {duration(left or 0)} left" if going else ""
        st.progress(min(status.share, 1.0), f"{100 * status.share:.0f} %{rest}")
    if isinstance(run.config, TrainConfig):
        _numbers(run)


def _numbers(run: Run) -> None:
    status = run.status
    now = min(status.epoch + (run.state is State.RUNNING), status.epochs)
    cells = {
        "Epoch": f"{now} of {status.epochs}",
        "Step": f"{status.step:,} of {status.steps:,}" if status.steps else "–",
        "Images a second": f"{status.images_per_second:,.0f}" if status.images_per_second else "–",
        "Training time": duration(status.seconds) if status.seconds else "–",
        "Best epoch": str(status.best_epoch or "–"),
    }
    if run.state is State.FINISHED:
        del cells["Step"]
    grid = st.grid(5, min_column_width=110)
    for title, value in cells.items():
        with grid.cell(), st.container(gap=None):
            st.caption(title)
            st.markdown(f"**{value}**")


def _buttons(run: Run, settings: Settings) -> None:
    """What can be asked of the run on top."""
    with st.container(horizontal=True):
        run_actions.buttons(run, settings)
        if run.state not in UNDER_WAY:
            hide = partial(state.set_train_shown, "")
            st.button("Hide", key="train-hide", icon=":material/visibility_off:", on_click=hide, wrap=False)


def _others(found: Sequence[Run], shown: Run | None, settings: Settings) -> None:
    """Those that wait for their turn, and those that can go on."""
    _queue(queue.queue(settings), settings)
    _waiting(found, shown, settings)


def _queue(line: Sequence[Run], settings: Settings) -> None:
    """The runs that wait for their turn, each with its place."""
    if not line:
        return
    with st.container(border=True, key="train-queue"):
        st.markdown(f"**Waiting for their turn: {len(line)}**")
        for place, run in enumerate(line, start=1):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{place}. {escape(run.config.name)}", width="stretch")
                with st.container(horizontal=True, width="content"):  # on a phone they go under the name together
                    up = partial(queue.move_up, run, settings)
                    first = "It is the next." if place == 1 else ""
                    run_actions.button("Move up", "arrow_upward", run, up, settings, first)
                    run_actions.buttons(run, settings)


def _waiting(found: Sequence[Run], shown: Run | None, settings: Settings) -> None:
    """The other runs that can go on."""
    others = [run for run in found if run.state in RESUMABLE and (shown is None or run.id != shown.id)]
    if not others:
        return
    with st.container(border=True, key="train-waiting"):
        st.markdown(f"**Can go on: {len(others)}**")
        for run in others:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{escape(run.config.name)}: {run.state.value}", width="stretch")
                with st.container(horizontal=True, width="content"):
                    run_actions.buttons(run, settings)
