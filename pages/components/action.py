"""One action of a page: its button, the question before it, its outcome, and why it is closed. The same for a model."""

import time
from collections.abc import Callable
from typing import Literal, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import DigitLabError
from core.model import library_admin
from core.settings import Settings
from pages.components.text import escape, message

Result = TypeVar("Result")
_SHOWN_SECONDS = 30
_QUESTION_WIDTH = 320  # pixels; a popover would otherwise be as wide as its longest line
_USE_QUESTION = (
    "Every page then reads with “{}”, for everybody who uses this Digit Lab. You can change back on the Train page."
)


def read_only_reason(settings: Settings) -> str | None:
    """Why nothing may be changed, as a banner and as the help of every closed button; None where it may."""
    if not settings.read_only:
        return None
    return "This Digit Lab is set to read only (DIGITS_READ_ONLY=1): you can look at everything, but change nothing."


def warn_read_only(settings: Settings) -> None:
    if reason := read_only_reason(settings):
        st.info(reason, icon=":material/lock:")


def button(
    label: str,
    key: str,
    icon: str,
    change: Callable[[], Result],
    settings: Settings,
    *,
    done: str | Callable[[Result], str] = "",
    question: str = "",
    confirm: str = "",
    blocked: str = "",
    primary: bool = False,
) -> bool:
    """Offer a change, at once or after a question.

    Args:
        key: its first word names the page that shows the outcome. With a question it must name what the change is
            about, or an open question about one thing would become one about another.
        change: what to do; a `DigitLabError` is shown as the outcome. Without a question it runs before the page does.
        done: the outcome where it went well, as Markdown, or how to put the result into words.
        question: what will be lost or changed, as Markdown; a second button, `confirm`, then makes the change.
        blocked: why the change cannot be made now; empty where it can.

    Returns:
        Whether a button without a question was pressed. A part of the page that runs again alone, as a fragment does,
        then has to run the whole page again, for the outcome to be seen.
    """
    reason = read_only_reason(settings) or blocked or None
    kind: Literal["primary", "secondary"] = "primary" if primary else "secondary"
    picture, disabled = f":material/{icon}:", reason is not None
    if not question:

        def click() -> None:
            run(key, change, done)

        return st.button(label, key, reason, click, type=kind, icon=picture, disabled=disabled, wrap=False)
    popover = st.popover(
        label, type=kind, icon=picture, disabled=disabled, help=reason, wrap=False, key=f"{key}-question"
    )
    with popover, st.container(width=_QUESTION_WIDTH):
        st.markdown(question)
        if st.button(confirm or f"{label} for good", key=key, type="primary", disabled=disabled):
            run(key, change, done)
            st.rerun()  # the whole page, of which a fragment may show only a part
    return False


def run(key: str, change: Callable[[], Result], done: str | Callable[[Result], str] = "") -> bool:
    """Make a change and keep its outcome for `show_outcome`, see `button`; whether it went well."""
    try:
        result = change()
    except DigitLabError as error:
        ok, words = False, message(error)
    else:
        ok, words = True, done(result) if callable(done) else done
    st.session_state[_outcome_key(key)] = (ok, words, time.time())
    return ok


def show_outcome(page: str, row: DeltaGenerator | None = None, once: bool = False) -> None:
    """Show the outcome of the last change made on a page, for a while; nothing where there is nothing to say.

    Args:
        row: where a success is shown, so that nothing below moves; as a box of its own unless given.
        once: not again when the page, or a part of it, runs the next time.
    """
    ok, words, when = st.session_state.get(_outcome_key(page), (True, "", 0.0))
    if once:
        forget_outcome(page)
    if not words or time.time() - when > _SHOWN_SECONDS:
        return
    if not ok:
        st.error(words, icon=":material/error:")
    elif row:
        row.markdown(f":green[:material/check:] {words}", width="content")
    else:
        st.success(words, icon=":material/check_circle:")


def forget_outcome(page: str) -> None:
    st.session_state.pop(_outcome_key(page), None)


def _outcome_key(key: str) -> str:
    return f"{key.partition('-')[0]}-outcome"


def use(
    name: str,
    settings: Settings,
    key: str,
    label: str = "Use this model",
    prepare: Callable[[], object] | None = None,
    blocked: str = "",
    primary: bool = False,
    done: str | None = None,
    icon: str = "published_with_changes",
) -> None:
    """Offer to make a model the active one, for everybody; `button` explains what is not said here.

    Args:
        key: what the button's begins with; the model's name follows.
        prepare: what to do first, such as putting the model into the library.
    """

    def change() -> None:
        if prepare:
            prepare()
        library_admin.activate(name, settings)

    button(
        label,
        f"{key}-{name}",
        icon,
        change,
        settings,
        done=f"“{escape(name)}” is active now: every page reads with it, for everybody." if done is None else done,
        question=_USE_QUESTION.format(escape(name)),
        confirm="Use it for everybody",
        blocked=blocked,
        primary=primary,
    )


def bring_back(settings: Settings, key: str) -> None:
    """Offer to make the former model the active one again, where there is one."""
    if former := library_admin.former_model(settings):
        done = f"“{escape(former)}” is active again: every page reads with it, for everybody."
        use(former, settings, key, f"Bring back {escape(former)}", done=done, icon="undo")
