"""Teaching: a copy of the active model learns the samples; what it did is shown, and the person keeps it or not."""

from collections.abc import Callable

import streamlit as st

from core import cached
from core.errors import DigitLabError
from core.model import manage
from core.model.card import check_name
from core.model.library import Entry
from core.settings import Settings
from core.training import runs
from core.training.config import LEAST_SAMPLES, TeachConfig
from core.training.outcome import LARGEST_COST, Outcome, Tested, keep, kept_as, read_outcome
from core.training.runs import Run, State
from pages.components import page, state
from pages.components.samples.subject import Subject, warn_read_only
from pages.components.text import plain

_LIVE = (State.QUEUED, State.RUNNING)
_ABOUT = (
    "A copy of **{model}** is trained on your {samples} samples, and in every step on images that it has learnt from "
    "before, so that it does not forget them. This takes some minutes and goes on when you leave the page; **{model}** "
    "stays as it is. At the end you see what it did for your samples and what it cost on the test sets, and decide "
    "whether to keep the new model."
)


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
        _ended(run, kept, settings, closed)
        if kept:
            _form(subject, active, closed)
    elif run and run.state in runs.WAITING:
        _failed(run, settings, closed)
    else:
        if run:
            st.info("The teaching was cancelled. No model has changed.")
        _form(subject, active, closed)


def newest(settings: Settings) -> Run | None:
    """The teaching that was started last."""
    return next((run for run in runs.list_runs(settings) if isinstance(run.config, TeachConfig)), None)


def _form(subject: Subject, active: Entry | None, closed: bool) -> None:
    """What will happen, the new model's name, and the start."""
    if active is None:
        return
    st.subheader(f"Teach “{active.name}” your hand", anchor=False)
    st.markdown(_ABOUT.format(model=plain(active.name), samples=f"{subject.count:,}"))
    if subject.count < LEAST_SAMPLES:
        st.info(
            f"To teach, and to measure what it does, at least {LEAST_SAMPLES} samples are needed; "
            f"there {'is' if subject.count == 1 else 'are'} {subject.count}. Thirty or more, of every character, "
            "do much more good."
        )
    names = [entry.name for entry in cached.models()]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            "Name of the new model", _free_name(active.name, names), key=f"samples-name-{active.name}", disabled=closed
        )
        problem = _problem(name, names)
        disabled = closed or subject.count < LEAST_SAMPLES or bool(problem)
        pressed = st.button("Teach", key="samples-teach", type="primary", icon=":material/school:", disabled=disabled)
    if problem:
        st.error(problem, icon=":material/error:")
    elif pressed:
        _start(TeachConfig(active.name, name, subject.charset.name), subject.settings)


def _free_name(model: str, taken: list[str]) -> str:
    stem = f"{model.split('-taught')[0][:40]}-taught"
    return next(name for name in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)


def _problem(name: str, taken: list[str]) -> str:
    """Why a new model cannot have this name; empty where it can."""
    try:
        check_name(name)
    except DigitLabError as error:
        return str(error)
    return f"There is a model “{name}” already. Choose another name." if name in taken else ""


def _start(config: TeachConfig, settings: Settings) -> None:
    try:
        with st.spinner("Starting"):
            runs.create(config, settings)
            runs.dispatch(settings)
    except DigitLabError as error:
        page.explain(error)
        return
    state.set_samples_note("")
    st.rerun()


@st.fragment(run_every="1s")
def _watch(run: Run, settings: Settings, closed: bool) -> None:
    """How far it is, from the run's files."""
    try:
        now = runs.read_run(run.folder)
        if now.state is State.QUEUED and not closed:
            runs.dispatch(settings)
    except DigitLabError:
        st.rerun()  # its folder is gone
    if now.state not in _LIVE:
        st.rerun()
    st.subheader(f"Teaching “{now.config.name}”", anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", key="samples-progress"):
        st.progress(min(now.status.share, 1.0), _said(now, settings), width="stretch")
        st.button(
            "Cancel",
            key="samples-cancel",
            icon=":material/close:",
            disabled=closed,
            on_click=_try,
            args=(lambda: runs.cancel(now, settings),),
        )
    st.caption("You may leave this page and come back; it goes on.")


def _said(run: Run, settings: Settings) -> str:
    status = run.status
    if run.state is State.QUEUED:
        before = next((place for place, one in enumerate(runs.queue(settings)) if one.id == run.id), 0)
        return f"Waits for its turn; {before + 1} training{'s' if before else ''} before it"
    if status.message:
        return f"{status.message} …"
    if status.step >= status.steps:
        return "Measuring on the test sets …"
    left = status.seconds_left
    rest = f", about {left:,.0f} s left" if left is not None else ""
    return f"Step {status.step:,} of {status.steps:,}{rest}"


def _ended(run: Run, kept: str | None, settings: Settings, closed: bool) -> None:
    """What it did, and what becomes of the new model."""
    config = run.config
    assert isinstance(config, TeachConfig)
    outcome = read_outcome(run.folder)
    st.subheader(f"What teaching “{config.model}” has done", anchor=False)
    _table(outcome)
    st.caption(
        f"Your samples are cross-validated: each of the {outcome.folds} parts was read by a model that was taught the "
        f"other {outcome.folds - 1} only. Against forgetting, it went over: {plain(outcome.replay)}."
    )
    forgotten = [plain(test.title) for test in outcome.tests if test.forgotten]
    if forgotten:
        st.error(
            f"It has lost more than {100 * LARGEST_COST:.1f} points on {' and '.join(forgotten)}.",
            icon=":material/warning:",
        )
    if kept:
        _kept(run, kept, settings, closed)
    else:
        _decide(run, settings, closed)


def _table(outcome: Outcome) -> None:
    """Before and after, each with the number of images."""
    rows = [_row("Your samples, cross-validated", outcome.samples, outcome.right_before, outcome.right_after)]
    rows += [_tested(test) for test in outcome.tests]
    st.table(rows, border="horizontal", hide_index=True)


def _tested(test: Tested) -> dict[str, str]:
    before, after = round(test.before * test.images), round(test.after * test.images)
    row = _row(f"{plain(test.title)}, test", test.images, before, after)
    return {name: f":red[{text}]" for name, text in row.items()} if test.forgotten else row


def _row(title: str, images: int, before: int, after: int) -> dict[str, str]:
    return {
        "Read right": f"{title} (n = {images:,})",
        "Before": f"{before / images:.2%} ({before:,})".replace("%", " %"),
        "After": f"{after / images:.2%} ({after:,})".replace("%", " %"),
        "Change": f"{100 * (after - before) / images:+.2f} points",
    }


def _decide(run: Run, settings: Settings, closed: bool) -> None:
    name = st.text_input("Keep it as", run.config.name, key=f"samples-keep-{run.id}", disabled=closed, width=300)
    with st.container(horizontal=True, key="samples-decide"):
        _button("Keep and use it", "use", lambda: _use(keep(run, settings, name), settings), closed, "check", True)
        _button("Keep it", "keep", lambda: keep(run, settings, name), closed, "save")
        _button("Discard", "discard", lambda: runs.delete(run, settings), closed, "delete")


def _use(name: str, settings: Settings) -> None:
    manage.activate(name, settings)


def _kept(run: Run, name: str, settings: Settings, closed: bool) -> None:
    active = cached.active_model() == name
    used = "is what everybody here reads with now" if active else "is in the library"
    st.success(f"Kept: “{plain(name)}” {used}.", icon=":material/check:")
    with st.container(horizontal=True, key="samples-decide"):
        if not active:
            _button("Use it", "use", lambda: _use(name, settings), closed, "check", True)
        _button("Close", "close", lambda: runs.delete(run, settings), closed, "close")


def _failed(run: Run, settings: Settings, closed: bool) -> None:
    """A teaching that failed, or whose worker is gone: begun again, or given up."""
    word = "was interrupted" if run.state is State.INTERRUPTED else "failed"
    st.error(f"The teaching {word}. {plain(run.status.message)}", icon=":material/error:")

    def again() -> None:
        runs.enqueue(run, settings)
        runs.dispatch(settings)

    with st.container(horizontal=True):
        _button("Try again", "again", again, closed, "refresh", True)
        _button("Discard", "discard", lambda: runs.delete(run, settings), closed, "delete")


def _button(label: str, key: str, work: Callable[[], object], disabled: bool, icon: str, primary: bool = False) -> None:
    st.button(
        label,
        key=f"samples-{key}",
        type="primary" if primary else "secondary",
        icon=f":material/{icon}:",
        disabled=disabled,
        on_click=_try,
        args=(work,),
    )


def _try(work: Callable[[], object]) -> None:
    """Do something when a button is pressed; why it failed is kept and shown."""
    try:
        work()
    except DigitLabError as error:
        state.set_samples_note(str(error), failed=True)
    else:
        state.set_samples_note("")
