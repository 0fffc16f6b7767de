"""Buttons of the teaching: what they do, why it failed, and a second look before something is lost."""

from collections.abc import Callable

import streamlit as st

from core.errors import DigitLabError
from pages.components import state
from pages.components.text import message


def button(label: str, key: str, work: Callable[[], object], disabled: bool, icon: str, primary: bool = False) -> None:
    """A button that does something; why it failed is kept and shown with the next run of the page."""
    st.button(
        label,
        key=f"samples-{key}",
        type="primary" if primary else "secondary",
        icon=f":material/{icon}:",
        disabled=disabled,
        on_click=attempt,
        args=(work,),
    )


def ask_first(
    label: str, key: str, lost: str, sure: str, work: Callable[[], object], disabled: bool, icon: str
) -> None:
    """A button that says what would be lost, and does it only when that is pressed, too.

    Args:
        label, icon: of what opens it.
        key: of the button inside.
        lost: what would be lost, in words.
        sure: the words on the button inside.
        work: what it does.
        disabled: whether it cannot be done here.
    """
    with st.popover(label, icon=f":material/{icon}:", disabled=disabled, wrap=False):
        st.markdown(lost)
        button(sure, key, work, disabled, icon, primary=True)


def attempt(work: Callable[[], object]) -> None:
    """Do something when a button is pressed; why it failed is kept."""
    try:
        work()
    except DigitLabError as error:
        state.set_samples_note(message(error), failed=True)
    else:
        state.set_samples_note("")
