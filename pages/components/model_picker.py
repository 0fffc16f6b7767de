"""Who reads on Draw and Upload, and what: the model, and the characters that its answers are restricted to."""

from typing import Any

import streamlit as st

from core.charsets import GROUPS, Charset, get_charset
from core.model.card import Card
from pages.components import page, state

_HELP = (
    "If you know what kind of character it is, say so: the others are then left out, and the probabilities of those "
    "that remain add up to 100 %."
)


def choose(model: Card) -> tuple[str, Charset]:
    """Let the person choose, if there is a choice. Both choices last across pages.

    Args:
        model: the one that is chosen now.

    Returns:
        The kind of characters to restrict answers to, a key of `core.charsets.GROUPS`, empty for none; and what is
        left to tell apart.
    """
    charset = get_charset(model.charset)
    with st.container(horizontal=True, wrap=not page.on_phone(), gap="small", key="reader"):
        if len(page.model_titles()) > 1:
            page.choose_model(few=True)
        kind = _restriction(charset) if charset.restrictions else ""
    return kind, charset.restricted(kind)


def _restriction(charset: Charset) -> str:
    kinds = ["", *charset.restrictions]
    shared: dict[str, Any] = {"key": state.ONLY, "persist_state": "session", "help": _HELP}
    if page.on_phone():  # one row holds both choices
        shared |= {"label_visibility": "collapsed", "filter_mode": None}
        return st.selectbox("Read only", kinds, format_func=lambda kind: GROUPS.get(kind, "Read all"), **shared) or ""
    kind: str = st.segmented_control(
        "Read only", kinds, default="", format_func=lambda kind: GROUPS.get(kind, "All"), required=True, **shared
    )
    return kind
