"""What is shown, in the page's address: a reload and a link show it again."""

from collections.abc import Container

import streamlit as st


def start(key: str, name: str, options: Container[str]) -> None:
    """Begin with the address: where this session has no value under the key yet, take the parameter's, if it is one."""
    value = st.query_params.get(name)
    if key not in st.session_state and value in options:
        st.session_state[key] = value


def show(name: str, value: str) -> None:
    """Write what is shown into the address; nothing of it where it is empty."""
    if st.query_params.get(name, "") == value:
        return
    if value:
        st.query_params[name] = value
    else:
        del st.query_params[name]
