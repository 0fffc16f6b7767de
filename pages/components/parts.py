"""The parts of a page, as tabs of which only the open one is drawn."""

from collections.abc import Callable, Mapping

import streamlit as st


def show(parts: Mapping[str, Callable[[], None]], key: str) -> None:
    """Show a tab for each part. The open one stays open where the tabs are away for a while, and on other pages.

    Args:
        parts: by title, what draws it.
        key: of the tabs.
    """
    kept, first = f"{key}-kept", f"{key}-first"
    if key not in st.session_state:  # the tabs are new, or were away; while they are there their default must stay
        found = st.session_state.get(kept)
        st.session_state[first] = found if found in parts else next(iter(parts))
    tabs = st.tabs(list(parts), key=key, on_change="rerun", default=st.session_state[first])
    for tab, (title, part) in zip(tabs, parts.items(), strict=True):
        if tab.open:
            st.session_state[kept] = title
            with tab:
                part()
