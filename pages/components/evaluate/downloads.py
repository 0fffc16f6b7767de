"""An evaluation as files, each made only when it is asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.charts.figure import to_html
from core.errors import ConfigError, DataError, ModelError
from core.evaluation.predictions import Predictions
from core.report import figures, tables
from pages.components.evaluate import compare
from pages.components.evaluate.selection import Subject

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


@dataclass(frozen=True)
class _Table:
    name: str
    title: str
    make: "Callable[[], pd.DataFrame]"


@st.fragment
def show(subject: Subject) -> None:
    """Offer the report, the tables and the charts."""
    answers = subject.predictions
    stem = f"{answers.model}-{answers.dataset}-{answers.split}"
    history = _history(subject)
    st.subheader("The report", anchor=False)
    st.markdown(
        "One HTML file with the model's card, its figures, charts and hardest mistakes. It opens in any browser, "
        "needs no internet, and can be printed."
    )
    _button("Report", partial(_report, subject, history), f"{stem}-report.html", "text/html", ":material/download:")
    left, right = st.columns(2, gap="large")
    with left:
        _show_tables(answers, _tables(subject, history), stem)
    with right:
        _show_charts(subject, history, stem)


def _history(subject: Subject) -> "pd.DataFrame | None":
    try:
        return cached.history(subject.entry.name)
    except ModelError:
        return None


def _tables(subject: Subject, history: "pd.DataFrame | None") -> list[_Table]:
    """Every table that there is for this model."""
    offered = [_Table(table.name, table.title, partial(table.make, subject.predictions)) for table in tables.TABLES]
    if history is not None:
        offered.append(_Table("history", "Training, by epoch", history.copy))
    models = compare.stored_models(subject)
    if len(models) > 1:
        offered.append(_Table("comparison", "Comparison of models", partial(tables.comparison, models)))
    return offered


def _show_tables(answers: Predictions, offered: Sequence[_Table], stem: str) -> None:
    st.subheader("Tables", anchor=False)
    st.markdown("CSV for spreadsheets, JSON for programs. Proportions are from 0 to 1.")
    origin = {"model": answers.model, "dataset": answers.dataset, "split": answers.split, "images": len(answers)}
    for table in offered:
        with _row(table.title):
            _button("CSV", partial(_csv, table), f"{stem}-{table.name}.csv", "text/csv")
            _button("JSON", partial(_json, table, origin), f"{stem}-{table.name}.json", "application/json")
    with _row("All of them"):
        _button("ZIP", partial(_zip, offered, origin), f"{stem}-tables.zip", "application/zip")


def _show_charts(subject: Subject, history: "pd.DataFrame | None", stem: str) -> None:
    st.subheader("Charts", anchor=False)
    st.markdown("As HTML, to hover and zoom. For a PNG, use the camera :material/photo_camera: above each chart.")
    answers = subject.predictions
    drawn: dict[str, Callable[[], go.Figure]] = {
        figure.title: partial(figure.make, answers) for figure in figures.FIGURES
    }
    names = [figure.name for figure in figures.FIGURES]
    if history is not None:
        curves = figures.training(history, figures.best_epoch(subject.card))
        drawn |= {f"Training: {title.lower()}": partial(_as_it_is, figure) for title, figure in curves.items()}
        names += [f"training-{title.lower().replace(' ', '-')}" for title in curves]
    for name, (title, draw) in zip(names, drawn.items(), strict=True):
        with _row(title):
            heading = f"{title} ({answers.model}; {answers.title}, {answers.split})"
            _button("HTML", partial(_html, draw, heading), f"{stem}-{name}.html", "text/html")


def _row(title: str) -> "st.delta_generator.DeltaGenerator":
    """A line with a title, for buttons after it."""
    line = st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="small")
    line.markdown(title, width="stretch")
    return line


def _button(label: str, make: Callable[[], bytes], file: str, kind: str, icon: str | None = None) -> None:
    st.download_button(label, make, file, kind, key=f"evaluate-file-{file}", icon=icon, on_click="ignore")


# What follows runs when a button is pressed, outside the page: it must not call Streamlit's elements.


def _csv(table: _Table) -> bytes:
    return tables.to_csv(table.make())


def _json(table: _Table, origin: Mapping[str, object]) -> bytes:
    return tables.to_json(table.make(), **origin, table=table.name)


def _zip(offered: Sequence[_Table], origin: Mapping[str, object]) -> bytes:
    files = {f"{table.name}.csv": _csv(table) for table in offered}
    return tables.to_zip(files | {f"{table.name}.json": _json(table, origin) for table in offered})


def _html(draw: "Callable[[], go.Figure]", title: str) -> bytes:
    return to_html(draw(), title)


def _as_it_is(figure: "go.Figure") -> "go.Figure":
    return figure


def _report(subject: Subject, history: "pd.DataFrame | None") -> bytes:
    from core.report.html import Report, build

    answers = subject.predictions
    try:
        stored = cached.stored(subject.entry.name)
    except ModelError:
        stored = {}
    # Answers that were measured here replace the stored ones to the same images.
    headlines = {(each.dataset, each.split, each.title): each for each in (*stored.values(), answers)}
    return build(
        Report(subject.card, subject.entry.weights_bytes, list(headlines.values()), answers, history, _images(answers))
    )


def _images(answers: Predictions) -> NDArray[np.uint8] | None:
    try:
        data = cached.dataset(answers.dataset, answers.split)
    except (ConfigError, DataError):
        return None
    return data.images if answers.fits(data) else None
