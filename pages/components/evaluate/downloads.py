"""Everything of an evaluation as files. Each is made when it is asked for, not before."""

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
        "without a network, and can be printed."
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
    found = [_Table(one.name, one.title, partial(one.make, subject.predictions)) for one in tables.TABLES]
    if history is not None:
        found.append(_Table("history", "Training, by epoch", history.copy))
    models = compare.stored_models(subject)
    if len(models) > 1:
        found.append(_Table("comparison", "Comparison of models", partial(tables.comparison, models)))
    return found


def _show_tables(answers: Predictions, found: Sequence[_Table], stem: str) -> None:
    st.subheader("Tables", anchor=False)
    st.markdown("CSV for a spreadsheet, JSON for a program. Shares are 0 to 1.")
    about = {"model": answers.model, "dataset": answers.dataset, "split": answers.split, "images": len(answers)}
    for one in found:
        with _row(one.title):
            _button("CSV", partial(_csv, one), f"{stem}-{one.name}.csv", "text/csv")
            _button("JSON", partial(_json, one, about), f"{stem}-{one.name}.json", "application/json")
    with _row("All of them"):
        _button("ZIP", partial(_zip, found, about), f"{stem}-tables.zip", "application/zip")


def _show_charts(subject: Subject, history: "pd.DataFrame | None", stem: str) -> None:
    st.subheader("Charts", anchor=False)
    st.markdown("To hover and zoom, as HTML. For a PNG, use the camera :material/photo_camera: above each chart.")
    answers = subject.predictions
    drawn: dict[str, Callable[[], go.Figure]] = {one.title: partial(one.make, answers) for one in figures.FIGURES}
    names = [one.name for one in figures.FIGURES]
    if history is not None:
        curves = figures.training(history, figures.best_epoch(subject.card))
        drawn |= {f"Training: {title.lower()}": partial(_as_it_is, figure) for title, figure in curves.items()}
        names += [f"training-{title.lower().replace(' ', '-')}" for title in curves]
    for name, (title, draw) in zip(names, drawn.items(), strict=True):
        with _row(title):
            said = f"{title} ({answers.model}; {answers.title}, {answers.split})"
            _button("HTML", partial(_html, draw, said), f"{stem}-{name}.html", "text/html")


def _row(title: str) -> "st.delta_generator.DeltaGenerator":
    """A line with a title, for buttons after it."""
    line = st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="small")
    line.markdown(title, width="stretch")
    return line


def _button(label: str, make: Callable[[], bytes], file: str, kind: str, icon: str | None = None) -> None:
    st.download_button(
        label,
        make,
        file,
        kind,
        key=f"evaluate-file-{file}",
        icon=icon,
        on_click="ignore",
    )


# What follows runs when a button is pressed, outside the page: it must not call Streamlit's elements.


def _csv(table: _Table) -> bytes:
    return tables.to_csv(table.make())


def _json(table: _Table, about: Mapping[str, object]) -> bytes:
    return tables.to_json(table.make(), **about, table=table.name)


def _zip(found: Sequence[_Table], about: Mapping[str, object]) -> bytes:
    files = {f"{one.name}.csv": _csv(one) for one in found} | {f"{one.name}.json": _json(one, about) for one in found}
    return tables.to_zip(files)


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
    # Answers that were measured here take the place of those stored to the same images.
    headlines = {(one.dataset, one.split, one.title): one for one in (*stored.values(), answers)}
    return build(
        Report(subject.card, subject.entry.weights_bytes, list(headlines.values()), answers, history, _images(answers))
    )


def _images(answers: Predictions) -> NDArray[np.uint8] | None:
    try:
        data = cached.dataset(answers.dataset, answers.split)
    except (ConfigError, DataError):
        return None
    return data.images if answers.fits(data) else None
