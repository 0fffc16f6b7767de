"""A table of numbers on the Evaluate page: sortable, as high as its rows up to a limit."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    import pandas as pd
    from streamlit.elements.lib.column_types import ColumnConfig

_ROW = 36  # pixels
_MOST_ROWS_SEEN = 12


def show(table: "pd.DataFrame", key: str, alt: str, columns: "Mapping[str, ColumnConfig]") -> None:
    """Show a table with the columns that are named, in their order; `alt` is for people who do not see it."""
    st.dataframe(
        table,
        column_config=dict(columns),
        column_order=list(columns),
        hide_index=True,
        row_height=_ROW,
        height=_ROW * min(len(table), _MOST_ROWS_SEEN) + 38,
        placeholder="",
        key=key,
        alt=alt,
    )
