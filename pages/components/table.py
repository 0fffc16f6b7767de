"""The table of many readings: a summary that filters, the rows, a CSV, and one row in detail."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from core import cached
from core.errors import DigitLabError
from core.model.prediction import Verdict
from pages.components import prediction
from pages.components.uploads import UNREADABLE, File, Reading, to_csv, to_table

_ROW_HEIGHT = 44
_MOST_ROWS_SEEN = 9
_TITLES = {
    Verdict.CONFIDENT.value: "Confident",
    Verdict.UNSURE.value: "Unsure",
    Verdict.BLANK.value: "Blank",
    UNREADABLE: "Could not be read",
}


@st.fragment
def show(files: Sequence[File], readings: Sequence[Reading], characters: tuple[str, ...], model: str) -> None:
    """Show readings in the order of their files; sorting, filtering and selecting read no file again."""
    places = _filter(readings)
    rows = [readings[place] for place in places]
    event = st.dataframe(
        to_table(rows),
        column_config=_columns(),
        hide_index=True,
        row_height=_ROW_HEIGHT,
        height=_ROW_HEIGHT * min(len(rows), _MOST_ROWS_SEEN) + 38,
        on_select="rerun",
        selection_mode="single-row",
        key=f"upload-table-{len(places)}-{hash(tuple(places))}",
        alt="What was read from every file",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Download CSV",
            to_csv(readings, characters),
            "digits.csv",
            "text/csv",
            key="upload-csv",
            icon=":material/download:",
            on_click="ignore",
        )
        st.caption("Select a row to see how it was read.")
    if event.selection.rows:
        show_one(files[places[event.selection.rows[0]]], characters, model)


def _filter(readings: Sequence[Reading]) -> list[int]:
    """Let the person choose a verdict; the places of the readings that have it."""
    counts = Counter(reading.verdict for reading in readings)
    options = ["all", *(verdict for verdict in _TITLES if counts[verdict])]
    chosen = st.segmented_control(
        "Show",
        options,
        default="all",
        required=True,
        format_func=lambda verdict: f"{_TITLES.get(verdict, 'All')}  **{counts.get(verdict, len(readings))}**",
        key="upload-filter",
    )
    return [place for place, reading in enumerate(readings) if chosen in ("all", reading.verdict)]


def _columns() -> dict[str, object]:
    column = st.column_config
    return {
        "picture": column.ImageColumn("Picture", width=70, pinned=True),
        "answer": column.TextColumn("Answer", width=70),
        "sure": column.ProgressColumn("Sure", min_value=0, max_value=100, format="%.1f %%", width=130),
        "candidates": column.TextColumn("Next candidates", width=150),
        "verdict": column.TextColumn("Verdict", width=190),
        "file": column.TextColumn("File", width="medium"),
    }


def show_one(file: File, characters: tuple[str, ...], model: str) -> None:
    """One picture with the panel of the Draw page."""
    try:
        answer = cached.read(model, file.getvalue())
    except DigitLabError as error:
        st.error(f"“{file.name}” could not be read. {error}", icon=":material/error:")
        return
    left, right = st.columns(2, gap="medium", width=900)
    with left:
        prediction.show_picture(answer.normalised, caption=file.name)
    with right:
        hint = "The picture is blank: no ink was found on it."
        prediction.show(answer, characters, hint, "upload")
    prediction.show_steps(answer.normalised)
