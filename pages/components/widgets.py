"""Widgets that look and behave the same wherever they stand."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import streamlit as st

Option = TypeVar("Option")


def current_key(name: str) -> str:
    """The key of a chooser as it was shown last; see `renew`."""
    number = st.session_state.get(f"{name}-number", 0)
    return f"{name}-{number}" if number else name


def value_of(name: str) -> Any:
    """What a chooser shows, None where it is not there. Streamlit calls back for a key that is gone, too: ask this."""
    return st.session_state.get(current_key(name))


def renew(name: str) -> None:
    """Give a chooser another key, for a value that something else has set.

    A browser tells the values of all widgets with every click, and with every part of the page that runs by itself.
    Of a chooser that was set meanwhile it would tell the former value, as if the person had taken it back. What it
    tells of a key that is gone counts for nothing.
    """
    st.session_state[f"{name}-number"] = st.session_state.get(f"{name}-number", 0) + 1


def key_showing(name: str, value: Any) -> str:
    """The key of a chooser that is to show this value: a new one where it has shown another."""
    key = current_key(name)
    if key in st.session_state and st.session_state[key] != value:
        renew(name)
    return current_key(name)


def put(name: str, value: Any) -> None:
    """Set what a chooser with the key `current_key(name)` shows, before it is there or in a callback."""
    st.session_state[key_showing(name, value)] = value


def segments(label: str, titles: Mapping[Option, str], key: str, **more: Any) -> Option:
    """Ask for one of a few options, at first for the `default`, or the first one; give it, never None."""
    control: dict[str, Any] = {"default": next(iter(titles)), "required": True, "format_func": titles.__getitem__}
    control |= {"key": key, **more}
    chosen: Option = st.segmented_control(label, list(titles), **control)
    return chosen if chosen in titles else control["default"]


def download(label: str, data: bytes | str | Callable[[], bytes], file: str, kind: str, key: str, **more: Any) -> None:
    """Offer a file of a MIME type; the page does not run again for it."""
    button: dict[str, Any] = {"key": key, "icon": ":material/download:", "on_click": "ignore"}
    st.download_button(label, data, file, kind, **button | more)


def count_up(label: str, key: str, button: str) -> None:
    """A button after which `st.session_state[key]`, a seed that is 0 at first, is another one."""
    if st.button(label, icon=":material/casino:", key=button):
        st.session_state[key] = st.session_state.get(key, 0) + 1
