"""Who reads on Draw and Upload, and what: the model, and the characters that its answers are restricted to."""

import streamlit as st

from core import cached
from core.charsets import GROUPS, Charset, get_charset
from core.model.card import Card
from pages.components import page, state

_ALL = "All"


def choose(model: Card) -> tuple[str, Charset]:
    """Let the person choose, if there is a choice. Both choices last across pages.

    Args:
        model: the one that is chosen now.

    Returns:
        The kind of characters to restrict answers to, a key of `core.charsets.GROUPS`, empty for none; and what is
        left to tell apart.
    """
    charset = get_charset(model.charset)
    usable = [entry for entry in cached.models() if entry.card]
    with st.container(horizontal=True, key="reader"):
        if len(usable) > 1:
            page.choose_model(usable, few=True)
        kind = _restriction(charset) if charset.restrictions else ""
    return kind, charset.restricted(kind)


def _restriction(charset: Charset) -> str:
    kind: str = st.segmented_control(
        "Read only",
        ["", *charset.restrictions],
        default="",
        key=state.ONLY,
        format_func=lambda kind: GROUPS.get(kind, _ALL),
        required=True,
        persist_state="session",
        help="Say what it is, where you know: the other characters are then left out, and the probabilities of those "
        "that remain add up to 100 %.",
    )
    return kind
