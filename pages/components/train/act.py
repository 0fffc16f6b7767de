"""Changes that a button asks for, and the words on what came of them."""

import time
from collections.abc import Callable

import streamlit as st

from core.errors import DigitLabError
from core.settings import Settings
from pages.components import state
from pages.components.text import message

_SHOWN_SECONDS = 30
_QUESTION = 320  # pixels; a popover is else as wide as its longest line
READ_ONLY = (
    "This Digit Lab is set to read only (DIGITS_READ_ONLY=1): you can look at trainings and models, "
    "but not train, change, import or delete."
)


def act(change: Callable[[], object], done: str = "") -> None:
    """Make a change, as a button's `on_click`; `say` then tells what came of it.

    Args:
        change: what to do.
        done: what to say when it went well; nothing when it is empty.
    """
    try:
        change()
    except DigitLabError as error:
        state.set_train_said((False, message(error), time.time()))
    else:
        state.set_train_said((True, done, time.time()) if done else None)


def say() -> None:
    """Tell what came of the last change, for a while."""
    said = state.train_said()
    if said is None or time.time() - said[2] > _SHOWN_SECONDS:
        return
    well, words, _ = said
    if well:
        st.success(words, icon=":material/check_circle:")
    else:
        st.error(words, icon=":material/error:")


def confirmed(
    words: str, icon: str, lost: str, key: str, change: Callable[[], object], no: str | None, done: str = ""
) -> None:
    """A button that first says what is lost, and then has another one that does it for good.

    Args:
        words: on the button: "Delete".
        icon: name of a Material icon.
        lost: the question with what is lost, as Markdown.
        key: of the button that does it. It must name what it is about: where another thing takes the place of this
            one, an open question about this one must not become one about the other.
        change: what to do.
        no: why it cannot be done; None where it can.
        done: what to say when it went well.
    """
    disabled = no is not None
    question = st.popover(words, icon=f":material/{icon}:", disabled=disabled, help=no, wrap=False, key=f"{key}-ask")
    with question, st.container(width=_QUESTION):
        st.markdown(lost)
        if st.button(f"{words} for good", key=key, type="primary", disabled=disabled):
            act(change, done)
            st.rerun()  # the whole page, of which a fragment may show only a part


def why_not(settings: Settings) -> str | None:
    """The help text of what cannot be done because nothing may be changed here; None where it can."""
    return "Not while this Digit Lab is set to read only." if settings.read_only else None
