"""What is under way: the training that runs, as it goes, those that wait, and what can be asked of them."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from core.errors import DigitLabError
from core.settings import Settings, get_settings
from core.training import runs
from core.training.config import TeachConfig, TrainConfig
from core.training.runs import Request, Run, State
from pages.components import page, parts, state
from pages.components.text import plain
from pages.components.train import summary
from pages.components.train.act import act, duration, say, why_not
from pages.components.train.course import SAYS

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
    "Its process has gone: it was killed, or the machine was switched off. It can go on from its last checkpoint."
)


def show(settings: Settings) -> None:
    """Show what is under way, or else what waits for the person or has just ended; nothing when there is neither."""
    found = runs.list_runs(settings)
    if any(run.state in UNDER_WAY for run in found):
        _live(_signature(found))
    else:
        _still(found, settings)


def _signature(found: Sequence[Run]) -> tuple[tuple[str, State], ...]:
    return tuple((run.id, run.state) for run in found)


@st.fragment(run_every="1s")
def _live(signature: tuple[tuple[str, State], ...]) -> None:
    """Runs again every second; the whole page does when a run has come, gone, or changed its state."""
    settings = get_settings()
    if not settings.read_only:
        try:
            runs.dispatch(settings)  # where a worker died, nobody else starts the next one
        except DigitLabError as error:
            page.explain(error)
    found = runs.list_runs(settings)
    if _signature(found) != signature:
        st.rerun()
    running = next((run for run in found if run.state is State.RUNNING), None)
    if running:
        state.set_train_shown(running.id)
        _panel(running, settings)
    _queue(runs.queue(settings), settings)
    _waiting(found, None, settings)


def _still(found: Sequence[Run], settings: Settings) -> None:
    shown = state.train_shown()
    run = next((run for run in found if run.id == shown), None)
    if run is None and shown != "":
        run = next((run for run in found if run.state in runs.WAITING), None)
    if run and run.state is not State.CANCELLED:
        _panel(run, settings)
        if run.state is State.FINISHED and run.status.model:
            summary.show(run, settings)
    _waiting(found, run, settings)


def _panel(run: Run, settings: Settings) -> None:
    with st.container(border=True, key="train-live"):
        _head(run)
        _buttons(run, settings)
        if run.state in UNDER_WAY:
            say()
        if isinstance(run.config, TrainConfig):
            says = {title: partial(part, run) for title, part in SAYS.items()}
            parts.show(says, "train-live-part")


def _head(run: Run) -> None:
    status = run.status
    what = "Teaching" if isinstance(run.config, TeachConfig) else "Training"
    st.subheader(f":material/{ICONS[run.state]}: {what} “{plain(run.config.name)}”: {run.state.value}", anchor=False)
    if run.state is State.FAILED:
        st.error(plain(status.message), icon=":material/error:")
    elif run.state is State.INTERRUPTED:
        st.warning(_INTERRUPTED, icon=":material/power_off:")
    elif status.message:
        st.markdown(f"{plain(status.message)} …" if run.state is State.RUNNING else plain(status.message))
    if run.state is not State.FINISHED:
        left = status.seconds_left
        rest = f", about {duration(left)} left" if left is not None and run.state is State.RUNNING else ""
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
        "Time so far": duration(status.seconds) if status.seconds else "–",
        "Best epoch": str(status.best_epoch or "–"),
    }
    grid = st.grid(5, min_column_width=110)
    for title, value in cells.items():
        with grid.cell(), st.container(gap=None):
            st.caption(title)
            st.markdown(f"**{value}**")


def _buttons(run: Run, settings: Settings) -> None:
    """What can be asked of a run in its state."""
    with st.container(horizontal=True):
        for words, icon, change in _asks(run, settings):
            _button(words, icon, f"train-{words.split()[0].lower()}", change, settings)
        if run.state not in UNDER_WAY:
            hide = partial(state.set_train_shown, "")
            st.button("Hide", key="train-hide", icon=":material/visibility_off:", on_click=hide, wrap=False)


def _asks(run: Run, settings: Settings) -> list[tuple[str, str, Callable[[], None]]]:
    """The words, the icon and the change of every button of a run."""
    if run.state is State.RUNNING:
        cancel = ("Cancel", "close", partial(runs.cancel, run, settings))
        if isinstance(run.config, TeachConfig):
            return [cancel]
        ask = partial(runs.ask, run, settings=settings)
        pause, stop = partial(ask, Request.PAUSE), partial(ask, Request.STOP)
        return [("Pause", "pause", pause), ("Stop and keep the best", "stop", stop), cancel]
    if run.state in runs.WAITING:
        resume, discard = partial(_resume, run, settings), partial(runs.cancel, run, settings)
        return [("Resume", "play_arrow", resume), ("Discard", "delete", discard)]
    return []


def _button(
    words: str, icon: str, key: str, change: Callable[[], None], settings: Settings, disabled: bool = False
) -> None:
    no = why_not(settings)
    st.button(
        words,
        key=key,
        icon=f":material/{icon}:",
        disabled=disabled or no is not None,
        help=no,
        on_click=partial(act, change),
        wrap=False,
    )


def _resume(run: Run, settings: Settings) -> None:
    runs.enqueue(run, settings)
    state.set_train_shown(run.id)
    runs.dispatch(settings)


def _queue(line: Sequence[Run], settings: Settings) -> None:
    """The runs that wait for their turn, each with its place."""
    if not line:
        return
    with st.container(border=True, key="train-queue"):
        st.markdown(f"**Waiting for their turn: {len(line)}**")
        for place, run in enumerate(line, start=1):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{place}. {plain(run.config.name)}", width="stretch")
                up, away = partial(runs.move_up, run, settings), partial(runs.cancel, run, settings)
                _button("Move up", "arrow_upward", f"train-up-{run.id}", up, settings, disabled=place == 1)
                _button("Cancel", "close", f"train-away-{run.id}", away, settings)


def _waiting(found: Sequence[Run], shown: Run | None, settings: Settings) -> None:
    """The other runs that can go on."""
    others = [run for run in found if run.state in runs.WAITING and (shown is None or run.id != shown.id)]
    if not others:
        return
    with st.container(border=True, key="train-waiting"):
        st.markdown(f"**Can go on: {len(others)}**")
        for run in others:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{plain(run.config.name)}: {run.state.value}", width="stretch")
                for words, icon, change in _asks(run, settings):
                    _button(words, icon, f"train-{words.lower()}-{run.id}", change, settings)
