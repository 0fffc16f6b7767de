"""The table of many readings: a summary that filters, the rows, a CSV, and one row in detail."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from core import cached
from core.charsets import Charset
from core.errors import DigitLabError
from core.model.card import Card
from core.model.prediction import Verdict, kind
from core.reading import UNREADABLE
from pages.components import answer as panel
from pages.components import page, steps, widgets
from pages.components.text import escape, message
from pages.components.uploads import File, Row, to_csv, to_table

_ALL = "all"
_ROW_HEIGHT = 44
_MOST_ROWS_SEEN = 9
_WORDS = panel.Words("Blank", "No ink was found on this picture.", "Take a better picture", "Try another")
_TITLES = {
    Verdict.CONFIDENT.value: "Confident",
    Verdict.ALIKE.value: "Look-alikes",
    Verdict.UNSURE.value: "Unsure",
    Verdict.OTHER.value: "Not a {kind}",
    Verdict.SEVERAL.value: "Several",
    Verdict.BLANK.value: "Blank",
    UNREADABLE: "Could not be read",
}


@st.fragment
def show(files: Sequence[File], rows: Sequence[Row], model: Card, only: str, charset: Charset) -> None:
    """Show what was read in the order of the files; sorting, filtering and selecting read no file again."""
    counts = Counter(row.reading.verdict for row in rows)
    titles = {_ALL: f"All  **{len(rows)}**"}
    for verdict, title in _TITLES.items():
        titles |= {verdict: f"{title.format(kind=kind(charset))}  **{counts[verdict]}**"} if counts[verdict] else {}
    chosen = widgets.segments("Show", titles, "upload-filter")
    selected = None
    if chosen == UNREADABLE:
        failed = [row.reading for row in rows if row.reading.problem]
        reasons = [{"File": escape(reading.name), "Reason": escape(reading.problem)} for reading in failed]
        st.table(reasons, border="horizontal", hide_index=True)
    else:
        selected = _show_rows(rows, chosen)
        st.caption("Select a row to see how it was read.")
    widgets.download("Download CSV", to_csv(rows, charset), f"{charset.name}.csv", "text/csv", "upload-csv")
    if selected is not None:
        show_one(files[selected], model, only, charset)


def _show_rows(rows: Sequence[Row], chosen: str) -> int | None:
    """The rows with the chosen verdict; the index among all of the one that is selected."""
    indices = [index for index, row in enumerate(rows) if chosen in (_ALL, row.reading.verdict)]
    column = st.column_config
    event = st.dataframe(
        to_table([rows[index] for index in indices]),
        column_config={
            "picture": column.ImageColumn("Picture", width=70, pinned=True),
            "answer": column.TextColumn("Answer", width=70),
            "sure": column.ProgressColumn("Sure", min_value=0, max_value=100, format="%.1f %%", width=130),
            "candidates": column.TextColumn("Next candidates", width=150),
            "file": column.TextColumn("File", width=150),
            "verdict": column.TextColumn("Verdict", width="large"),
        },
        hide_index=True,
        row_height=_ROW_HEIGHT,
        height=_ROW_HEIGHT * min(len(indices), _MOST_ROWS_SEEN) + 38,
        on_select="rerun",
        selection_mode="single-row",
        key=f"upload-table-{chosen}",
        placeholder="",  # a file that could not be read has no answer; "None" in grey would look like one
        alt="What was read from every file",
    )
    selected = event.selection.rows
    return indices[selected[0]] if selected and selected[0] < len(indices) else None


@st.fragment
def show_one(file: File, model: Card, only: str, charset: Charset) -> None:
    try:
        reading = cached.read(model.name, file.getvalue(), only)
    except DigitLabError as error:
        page.explain(error)
        return
    answer = reading.answer
    if answer is None:
        st.error(f"“{escape(file.name)}” could not be read. {message(reading.problem)}", icon=":material/error:")
        return
    if note := reading.note:
        st.warning(f"{note[0].upper()}{note[1:]}.", icon=":material/warning:")
    left, right = page.halves()
    with left:
        steps.show_picture(answer.normalised, caption=file.name)
    with right:
        panel.show(answer, charset, _WORDS, "upload", file.getvalue(), model)
    steps.show(answer.normalised)
    steps.show_views(answer)
