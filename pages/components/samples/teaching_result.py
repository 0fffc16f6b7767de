"""What a teaching has done, and what becomes of the new model: kept, used, or discarded."""

from functools import partial

import streamlit as st

from core import cached
from core.charsets import Charset, get_charset
from core.data.datasets import restriction
from core.errors import DigitLabError, RunError
from core.model.card import check_name
from core.runs import queue
from core.runs.folder import Run
from core.settings import Settings
from core.teaching.summary import Outcome, keep, read_outcome
from core.text import counted, percent
from core.training.config import TeachConfig
from pages.components import action, page
from pages.components.text import escape


def show(run: Run, kept: str | None, settings: Settings) -> None:
    """Draw the effect of a teaching that has ended; its model is in the library under the name `kept`, if at all."""
    config = run.config
    assert isinstance(config, TeachConfig)
    st.subheader(f"What teaching “{config.model}” has done", anchor=False)
    try:
        outcome = read_outcome(run.folder)
    except RunError as error:
        page.explain(error)
        _close(run, settings)
        return
    _report(outcome, get_charset(config.charset))
    if kept:
        _kept(run, kept, settings)
    else:
        _decide(run, config, outcome, settings)


def _report(outcome: Outcome, charset: Charset) -> None:
    """The figures, and how they were measured."""
    rows = [_row("Your samples, cross-validated", outcome.samples, outcome.right_before, outcome.right_after)]
    forgotten = []
    for test in outcome.tests:
        before, after = round(test.before * test.images), round(test.after * test.images)
        title = ", ".join(filter(None, (escape(test.title), "test", restriction(test.dataset, charset))))
        row = _row(title, test.images, before, after)
        if test.forgotten:
            row = {name: f":red[{text}]" for name, text in row.items()}
            lost = f"{before - after:,} more of the {test.images:,} images of {escape(test.title)}"
            forgotten.append(f"It now reads {lost} wrong.")
        rows.append(row)
    st.table(rows, border="horizontal", hide_index=True)
    threshold = (
        f"The confidence threshold was fitted anew on {counted(outcome.fitted, 'held-out image')} of its training."
        if outcome.fitted
        else "The confidence threshold is the one from before: the images to fit it anew are not on this machine."
    )
    st.caption(
        f"Cross-validated: each of {outcome.folds} parts of your samples was read by a model that was taught only the "
        f"other {outcome.folds - 1}. Against forgetting, every batch also held images of {escape(outcome.replay)}. "
        f"{threshold}"
    )
    if forgotten:
        st.error(" ".join(forgotten), icon=":material/warning:")


def _row(title: str, images: int, before: int, after: int) -> dict[str, str]:
    return {
        "Read right": f"{title} (n = {images:,})",
        "Before": f"{percent(before / images)} ({before:,})",
        "After": f"{percent(after / images)} ({after:,})",
        "Change": f"{100 * (after - before) / images:+.2f} points",
    }


def _decide(run: Run, config: TeachConfig, outcome: Outcome, settings: Settings) -> None:
    """Keep the new model under a free name, or discard it; the figures say which of them stands out."""
    name = st.text_input(
        "Keep it as", config.name, 64, key=f"samples-keep-{run.id}", disabled=settings.read_only, width=300
    )
    problem = name_problem(name, [entry.name for entry in cached.models()])
    if problem:
        st.error(problem, icon=":material/error:")
    put_away = partial(keep, run, settings, name)
    better = outcome.right_after > outcome.right_before and not any(test.forgotten for test in outcome.tests)
    with st.container(horizontal=True, key="samples-decide"):
        action.use(name, settings, "samples-use", "Keep and use it", put_away, problem, better, "")
        action.button("Keep it", "samples-keep", "save", put_away, settings, blocked=problem)
        action.button(
            "Discard",
            f"samples-discard-{run.id}",
            "delete",
            partial(queue.delete, run, settings),
            settings,
            question="The taught model and these figures are lost; to have them again, teach again. "
            f"“{escape(config.model)}” and your samples stay as they are.",
            primary=not better,
        )


def name_problem(name: str, taken: list[str]) -> str:
    """Why a new model cannot have this name; empty where it can."""
    try:
        check_name(name)
    except DigitLabError as error:
        return escape(str(error))
    return f"There is already a model “{name}”. Choose another name." if name in taken else ""


def _kept(run: Run, name: str, settings: Settings) -> None:
    active = cached.active_model() == name
    where = "and every page reads with it, for everybody" if active else "and in the library"
    st.success(f"“{escape(name)}” is kept {where}.", icon=":material/check:")
    with st.container(horizontal=True, key="samples-decide"):
        if not active:
            action.use(name, settings, "samples-use", "Use it", primary=True, done="")
        _close(run, settings)


def _close(run: Run, settings: Settings) -> None:
    action.button("Close", "samples-close", "close", partial(queue.delete, run, settings), settings)
