"""Widgets that look and behave the same wherever they stand."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import streamlit as st

Option = TypeVar("Option")


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
