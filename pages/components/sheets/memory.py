"""What this session remembers of each sheet, by the sheet's number: it goes with the sheet, and is of no other one."""

from collections.abc import Iterable
from typing import Any

import streamlit as st

_MEMORY = "sheets-memory"


def _memory() -> dict[int, dict[str, list[Any]]]:
    memory: dict[int, dict[str, list[Any]]] = st.session_state.setdefault(_MEMORY, {})
    return memory


def of(number: int, name: str) -> list[Any]:
    """A list of this name about a sheet, to be read and changed; empty at first."""
    return _memory().setdefault(number, {}).setdefault(name, [])


def move(number: int, other: int) -> None:
    """A sheet has another number now."""
    if number in _memory():
        _memory()[other] = _memory().pop(number)


def forget(numbers: Iterable[int]) -> None:
    """Let go of all about these sheets."""
    for number in numbers:
        _memory().pop(number, None)
