"""The parts of a page, as tabs of which only the open one is drawn."""

from collections.abc import Callable, Mapping

import streamlit as st

from pages.components import address


def show(parts: Mapping[str, Callable[[], None]], key: str) -> None:
    """Show a tab for each part. The open one stays open where the tabs are away for a while, and is in the address.

    Args:
        parts: by title, what draws it.
        key: of the tabs.
    """
    kept, first = f"{key}-kept", f"{key}-first"
    by_slug = {_slug(title): title for title in parts}
    if kept not in st.session_state:
        st.session_state[kept] = by_slug.get(st.query_params.get("part", ""))
    if key not in st.session_state:  # the tabs are new, or were away; while they are there their default must stay
        title = st.session_state[kept]
        st.session_state[first] = title if title in parts else next(iter(parts))
    tabs = st.tabs(list(parts), key=key, on_change="rerun", default=st.session_state[first])
    for tab, (title, part) in zip(tabs, parts.items(), strict=True):
        if tab.open:
            st.session_state[kept] = title
            address.show("part", _slug(title) if title != next(iter(parts)) else "")
            with tab:
                part()


def _slug(title: str) -> str:
    return title.lower().replace(" ", "-")
