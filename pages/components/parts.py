"""The parts of a page, as tabs of which only the open one is drawn."""

from collections.abc import Callable, Mapping

import streamlit as st

from pages.components import address


def show(parts: Mapping[str, Callable[[], None]], key: str, *, in_address: bool = False) -> None:
    """Show a tab for each part, by title. The open one stays open where the tabs are away for a while.

    Args:
        in_address: whether these are the parts of the page, of which the address holds the open one.
    """
    kept, first = f"{key}-kept", f"{key}-first"
    by_slug = {_slug(title): title for title in parts}
    if kept not in st.session_state:
        st.session_state[kept] = by_slug.get(st.query_params.get("part", "")) if in_address else None
    # The tabs are new, were away, or have other titles; else their default must stay.
    if key not in st.session_state or st.session_state[first] not in parts:
        title = st.session_state[kept]
        st.session_state[first] = title if title in parts else next(iter(parts))
    tabs = st.tabs(list(parts), key=key, on_change="rerun", default=st.session_state[first])
    for tab, (title, part) in zip(tabs, parts.items(), strict=True):
        if tab.open:
            st.session_state[kept] = title
            if in_address:
                address.show("part", _slug(title) if title != next(iter(parts)) else "")
            with tab:
                part()


def _slug(title: str) -> str:
    return title.lower().replace(" ", "-")
