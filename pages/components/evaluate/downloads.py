"""An evaluation as files, each made only when it is asked for."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import cached
from core.charts.figure import to_html
from core.errors import ConfigError, DataError, ModelError
from core.evaluation.predictions import Predictions
from core.report import figures, tables
from core.report.tables import Artifact
from pages.components import page, widgets
from pages.components.evaluate import compare
from pages.components.evaluate.selection import Subject

Table = Artifact[pd.DataFrame]


@st.fragment
def show(subject: Subject) -> None:
    answers = subject.predictions
    stem = f"{answers.model}-{answers.dataset}-{answers.split}"
    try:
        history = cached.history(subject.entry.name)
    except ModelError:
        history = None
    st.subheader("The report", anchor=False)
    st.markdown(
        "One HTML file with the model's card, its figures, charts and hardest mistakes. It opens in any browser, "
        "needs no internet, and can be printed."
    )
    report = partial(_report, subject, history)
    _button("Report", report, f"{stem}-report.html", "text/html", icon=":material/download:")
    left, right = st.columns(2, gap="large")
    with left:
        _show_tables(answers, _tables(subject, history), stem)
    with right:
        _show_charts(answers, _charts(subject, history), stem)


def _tables(subject: Subject, history: pd.DataFrame | None) -> list[Table]:
    """Every table that there is for this model."""
    made = list(tables.TABLES)
    if history is not None:
        made.append(Artifact("history", "Training, by epoch", lambda _: history.copy()))
    models = compare.stored_models(subject)
    if len(models) > 1:
        made.append(Artifact("comparison", "Comparison of models", lambda _: tables.comparison(models)))
    return made


def _show_tables(answers: Predictions, offered: Sequence[Table], stem: str) -> None:
    st.subheader("Tables", anchor=False)
    st.markdown("CSV for spreadsheets, JSON for programs. Proportions are from 0 to 1.")
    origin = {"model": answers.model, "dataset": answers.dataset, "split": answers.split, "images": len(answers)}
    for table in offered:
        with _row(table.title):
            _button("CSV", partial(_csv, table, answers), f"{stem}-{table.name}.csv", "text/csv")
            _button("JSON", partial(_json, table, answers, origin), f"{stem}-{table.name}.json", "application/json")
    with _row("All of them"):
        _button("ZIP", partial(_zip, offered, answers, origin), f"{stem}-tables.zip", "application/zip")


def _charts(subject: Subject, history: pd.DataFrame | None) -> list[Artifact[go.Figure]]:
    """Every chart that there is for this model."""
    drawn = list(figures.FIGURES)
    curves = {} if history is None else figures.training(history, figures.best_epoch(subject.card))
    for title, curve in curves.items():
        name = f"training-{title.lower().replace(' ', '-')}"
        drawn.append(Artifact(name, f"Training: {title.lower()}", partial(lambda curve, _: curve, curve)))
    return drawn


def _show_charts(answers: Predictions, offered: Sequence[Artifact[go.Figure]], stem: str) -> None:
    st.subheader("Charts", anchor=False)
    st.markdown("As HTML, to hover and zoom. For a PNG, use the camera :material/photo_camera: above each chart.")
    for chart in offered:
        with _row(chart.title):
            _button("HTML", partial(_html, chart, answers), f"{stem}-{chart.name}.html", "text/html")


def _row(title: str) -> DeltaGenerator:
    """A line with a title, for buttons after it."""
    line = st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="small")
    line.markdown(title, width="stretch")
    return line


def _button(label: str, make: Callable[[], bytes], file: str, kind: str, icon: str | None = None) -> None:
    widgets.download(label, make, file, kind, f"evaluate-file-{file}", icon=icon)


# What follows runs when a button is pressed, outside the page: it must not call Streamlit's elements.


def _csv(table: Table, answers: Predictions) -> bytes:
    return tables.to_csv(table.make(answers))


def _json(table: Table, answers: Predictions, origin: Mapping[str, object]) -> bytes:
    return tables.to_json(table.make(answers), **origin, table=table.name)


def _zip(offered: Sequence[Table], answers: Predictions, origin: Mapping[str, object]) -> bytes:
    files = {f"{table.name}.csv": _csv(table, answers) for table in offered}
    return tables.to_zip(files | {f"{table.name}.json": _json(table, answers, origin) for table in offered})


def _html(chart: Artifact[go.Figure], answers: Predictions) -> bytes:
    return to_html(chart.make(answers), f"{chart.title} ({answers.model}; {answers.title}, {answers.split})")


def _report(subject: Subject, history: pd.DataFrame | None) -> bytes:
    from core.report.html import Report, build

    answers = subject.predictions
    try:
        data = cached.dataset(answers.dataset, answers.split)
        images = data.images if answers.fits(data) else None
    except (ConfigError, DataError):
        images = None
    # Answers that were measured here replace the stored ones to the same images.
    stored = page.stored_answers(subject.entry.name).values()
    headlines = {(each.dataset, each.split, each.title): each for each in (*stored, answers)}
    size = subject.entry.weights_bytes
    return build(Report(subject.card, size, list(headlines.values()), answers, history, images))
