"""What a teaching has done, and what becomes of the new model: kept, used, or discarded."""

import streamlit as st

from core import cached
from core.charsets import Charset, get_charset
from core.data.datasets import restriction
from core.errors import DigitLabError, RunError
from core.model import library_admin
from core.model.card import check_name
from core.runs import queue
from core.runs.folder import Run
from core.settings import Settings
from core.teaching.result import Outcome, Tested, keep, read_outcome
from core.text import percent
from core.training.config import TeachConfig
from pages.components import page
from pages.components.samples.press import ask_first, button
from pages.components.text import escape


def show(run: Run, kept: str | None, settings: Settings, closed: bool) -> None:
    """Draw what came of a teaching that has ended.

    Args:
        run: the teaching.
        kept: the name that its model has in the library; None while it is not there.
        settings: where they are.
        closed: whether nothing may be changed here.
    """
    config = run.config
    assert isinstance(config, TeachConfig)
    st.subheader(f"What teaching “{config.model}” has done", anchor=False)
    try:
        _report(read_outcome(run.folder), get_charset(config.charset))
    except RunError as error:
        page.explain(error)
        button("Close", "close", lambda: queue.delete(run, settings), closed, "close")
        return
    if kept:
        _kept(run, kept, settings, closed)
    else:
        _decide(run, settings, closed)


def _report(outcome: Outcome, charset: Charset) -> None:
    """The figures, and how they were come by."""
    rows = [_row("Your samples, cross-validated", outcome.samples, outcome.right_before, outcome.right_after)]
    rows += [_tested(test, charset) for test in outcome.tests]
    st.table(rows, border="horizontal", hide_index=True)
    sure = (
        f"From when it is confident was fitted again on {outcome.fitted:,} images that its training set aside."
        if outcome.fitted
        else "From when it is confident stays as before: the images to fit that on again are not here."
    )
    st.caption(
        f"Your samples are cross-validated: each of the {outcome.folds} parts was read by a model that was taught the "
        f"other {outcome.folds - 1} only. Against forgetting, it went over: {escape(outcome.replay)}. {sure}"
    )
    forgotten = [
        f"{escape(test.title)} ({_points(test.after - test.before)})" for test in outcome.tests if test.forgotten
    ]
    if forgotten:
        st.error(f"It reads {' and '.join(forgotten)} worse than before.", icon=":material/warning:")


def _tested(test: Tested, charset: Charset) -> dict[str, str]:
    before, after = round(test.before * test.images), round(test.after * test.images)
    title = ", ".join(filter(None, (escape(test.title), "test", restriction(test.dataset, charset))))
    row = _row(title, test.images, before, after)
    return {name: f":red[{text}]" for name, text in row.items()} if test.forgotten else row


def _row(title: str, images: int, before: int, after: int) -> dict[str, str]:
    return {
        "Read right": f"{title} (n = {images:,})",
        "Before": f"{percent(before / images)} ({before:,})",
        "After": f"{percent(after / images)} ({after:,})",
        "Change": _points((after - before) / images),
    }


def _points(change: float) -> str:
    return f"{100 * change:+.2f} points"


def _decide(run: Run, settings: Settings, closed: bool) -> None:
    """Keep the new model under a name that is free, or discard it after a second look."""
    name = st.text_input("Keep it as", run.config.name, 64, key=f"samples-keep-{run.id}", disabled=closed, width=300)
    problem = name_problem(name, [entry.name for entry in cached.models()])
    if problem:
        st.error(problem, icon=":material/error:")
    shut = closed or bool(problem)
    lost = (
        "The taught model and these figures would be gone for good; to have them again, it must be taught again. "
        f"“{escape(_model(run))}” and your samples stay as they are."
    )
    with st.container(horizontal=True, key="samples-decide"):
        button("Keep and use it", "use", lambda: _use(keep(run, settings, name), settings), shut, "check", True)
        button("Keep it", "keep", lambda: keep(run, settings, name), shut, "save")
        discard = "Discard for good"
        ask_first("Discard", "discard", lost, discard, lambda: queue.delete(run, settings), closed, "delete")


def name_problem(name: str, taken: list[str]) -> str:
    """Why a new model cannot have this name; empty where it can."""
    try:
        check_name(name)
    except DigitLabError as error:
        return escape(str(error))
    return f"There is a model “{name}” already. Choose another name." if name in taken else ""


def _model(run: Run) -> str:
    assert isinstance(run.config, TeachConfig)
    return run.config.model


def _use(name: str, settings: Settings) -> None:
    library_admin.activate(name, settings)


def _kept(run: Run, name: str, settings: Settings, closed: bool) -> None:
    active = cached.active_model() == name
    used = "is what everybody here reads with now" if active else "is in the library"
    st.success(f"Kept: “{escape(name)}” {used}.", icon=":material/check:")
    with st.container(horizontal=True, key="samples-decide"):
        if not active:
            button("Use it", "use", lambda: _use(name, settings), closed, "check", True)
        button("Close", "close", lambda: queue.delete(run, settings), closed, "close")
