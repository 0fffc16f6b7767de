"""What the parts of the My samples page are about."""

from dataclasses import dataclass

import streamlit as st

from core.charsets import Charset
from core.errors import DigitLabError
from core.settings import Settings, check_writable


@dataclass(frozen=True)
class Subject:
    """The samples of one charset.

    Attributes:
        count: how many there are, when the page was last drawn whole.
    """

    charset: Charset
    settings: Settings
    count: int


def warn_read_only(settings: Settings, change: str) -> bool:
    """Whether nothing may be changed here; the reason is said."""
    try:
        check_writable(settings, change)
    except DigitLabError as error:
        st.info(str(error), icon=":material/lock:")
        return True
    return False
