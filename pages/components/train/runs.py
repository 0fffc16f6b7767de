"""All runs: a table, their curves over each other, and what can be done with one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from core import cached
from core.charts.training import compare_runs
from core.runs import queue, reader
from core.runs.folder import METRICS_FILE, RESUMABLE, Run, State, list_runs
from core.settings import Settings
from core.text import duration, moment
from core.training.config import TrainConfig
from pages.components import action, chart, data_table
from pages.components.text import escape
from pages.components.train import active_runs, form, form_state, run_progress, summary, tensorboard

if TYPE_CHECKING:
    import pandas as pd

_AT_FIRST = 3
_STATES, _CHOSEN, _ONE, _DIFFERING = "train-runs-states", "train-runs-chosen", "train-runs-one", "train-runs-differing"
_MAIN_OPTIONS = ("datasets", "architecture", "learning_rate")
_CURVES = {
    "validation_accuracy": "Validation accuracy (%)",
    "validation_loss": "Validation loss (mean −ln p)",
    "loss": "Training loss by step (mean −ln p)",
}


@st.fragment
def show(settings: Settings) -> None:
    runs = [run for run in list_runs(settings) if isinstance(run.config, TrainConfig)]
    if not runs:
        st.info("There are no runs yet. Start one under “New training”.", icon=":material/model_training:")
    else:
        _all(runs, settings)
    tensorboard.show(settings)


def _all(runs: list[Run], settings: Settings) -> None:
    """The runs in the chosen states."""
    states = list(dict.fromkeys(run.state for run in runs))
    wanted = st.pills(
        "Show",
        states,
        selection_mode="multi",
        format_func=str.capitalize,
        key=_STATES,
        help="Choose states to see only the runs in them.",
    )
    runs = [run for run in runs if run.state in wanted or not wanted]
    labels = _labels(runs)
    _table(runs)
    _curves(runs, labels)
    _one(runs, labels, settings)


def _stamp(run: Run) -> tuple[str, int, int]:
    """Changes when there are more metrics."""
    try:
        stat = (run.folder / METRICS_FILE).stat()
        return str(run.folder), stat.st_mtime_ns, stat.st_size
    except OSError:
        return str(run.folder), 0, 0


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs={Run: _stamp})
def _metrics(run: Run, by_step: bool = False) -> "pd.DataFrame":
    """The epochs of a run, or its steps."""
    return reader.read_metrics(run.folder)[0] if by_step else reader.read_epochs(run.folder)


def _labels(runs: Sequence[Run]) -> dict[str, str]:
    """By id, the name of a run and when it was set up: to the second where two would read the same."""
    labels = {run.id: f"{run.config.name}, {moment(reader.created_at(run))}" for run in runs}
    counts = Counter(labels.values())
    seconds = {run.id: f":{reader.created_at(run):%S}" for run in runs}
    return {key: f"{label}{seconds[key] if counts[label] > 1 else ''}" for key, label in labels.items()}


def _table(runs: Sequence[Run]) -> None:
    import pandas as pd

    configs = [run.config for run in runs if isinstance(run.config, TrainConfig)]
    differing = [name for name in reader.differing_options(configs) if name != "epochs"]
    options: Sequence[str] = _MAIN_OPTIONS
    if len(runs) > 1 and st.toggle("Only the options that differ", key=_DIFFERING, persist_state="session"):
        options = differing
    cards = {entry.name: entry.card for entry in cached.models()}
    rows: list[dict[str, Any]] = []
    for run, config in zip(runs, configs, strict=True):
        epochs, card = _metrics(run), cards.get(run.status.model)
        score = card.scores[0] if card and card.scores else None
        rows.append(
            {
                "name": config.name,
                "state": run.state.value,
                "best": None if epochs.empty else 100 * float(epochs["validation_accuracy"].max()),
                "score": 100 * score.accuracy if score else None,
                "set": score.title if score else "",
                "parameters": card.parameters if card else None,
                **{name: form_state.in_words(name, getattr(config, name)) for name in options},
                "epochs": f"{run.status.epoch} of {config.epochs}",
                "time": duration(run.status.seconds) if run.status.seconds else "",
                "created": reader.created_at(run).astimezone().replace(tzinfo=None),
            }
        )
    column = st.column_config
    data_table.show(
        pd.DataFrame(rows),
        "train-runs-table",
        f"{len(runs)} runs with their state, scores and options",
        {
            "name": column.TextColumn("Name", pinned=True, width=120),
            "state": column.TextColumn("State", width=90),
            "best": column.NumberColumn("Best validation", format="%.2f %%", width=115),
            "score": column.NumberColumn("Test score", format="%.2f %%", width=90),
            "set": column.TextColumn("Test set", width=110),
            "parameters": column.NumberColumn("Parameters", format="localized", width=95),
            **{name: column.Column(form_state.title(name), width=110) for name in options},
            "epochs": column.TextColumn("Epochs", width=80),
            "time": column.TextColumn("Time", width=80),
            "created": column.DatetimeColumn("Set up", format="D MMM YYYY, HH:mm", width=150),
        },
    )
    st.caption(
        "Click a column's title to sort by it. Compare validation where the data are the same, and test scores on the "
        "same test set."
    )


def _curves(runs: Sequence[Run], labels: Mapping[str, str]) -> None:
    """The curves of chosen runs, one over the other."""
    drawable = {run.id: run for run in runs if not _metrics(run).empty}
    if not drawable:
        return
    st.subheader("Curves", anchor=False)
    before = st.session_state.get(_CHOSEN, list(drawable)[:_AT_FIRST])
    st.session_state[_CHOSEN] = [key for key in before if key in drawable]
    chosen = st.multiselect("Runs", list(drawable), format_func=lambda key: labels[key], key=_CHOSEN)
    if not chosen:
        st.caption("Choose runs to lay their curves over each other.")
        return
    grid = st.grid(2, min_column_width=330)
    for column, title in _CURVES.items():
        lines = {labels[key]: _line(drawable[key], column) for key in chosen}
        with grid.cell():
            figure = compare_runs(lines, title, shares=column == "validation_accuracy")
            chart.show(figure, f"train-over-{column.replace('_', '-')}", f"{title} of {len(lines)} runs by epoch")


def _line(run: Run, column: str) -> tuple[Any, Any]:
    """A column of a run's metrics over the epochs done."""
    if column == "loss":
        return reader.by_step(_metrics(run, by_step=True), column)
    epochs = _metrics(run)
    return epochs["epoch"].to_numpy(), epochs[column].to_numpy()


def _one(runs: Sequence[Run], labels: Mapping[str, str], settings: Settings) -> None:
    """Look at one run, repeat it with changes, or delete it."""
    st.subheader("One run", anchor=False)
    by_id = {run.id: run for run in runs}
    if st.session_state.get(_ONE) not in by_id:
        st.session_state[_ONE] = runs[0].id
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Run", list(by_id), format_func=lambda key: labels[key], key=_ONE, width=320)
        run = by_id[chosen]
        assert isinstance(run.config, TrainConfig)
        again = partial(form.repeat, run.config, settings)
        if st.button("Repeat with changes", key="train-repeat", icon=":material/replay:", on_click=again, wrap=False):
            st.rerun()  # the whole page: the form is another part of it
        lost = "its curves, its log and its checkpoint" if run.state in RESUMABLE else "its curves and its log"
        label = escape(labels[run.id])
        action.button(
            "Delete",
            f"train-delete-{run.id}",
            "delete",
            partial(queue.delete, run, settings),
            settings,
            done=f"The run “{label}” is deleted.",
            question=f"Delete the run “{label}” with {lost}? A model that came of it stays.",
            blocked="It is running. Cancel it first." if run.state is State.RUNNING else "",
        )
    if run.id == active_runs.on_top():
        st.caption("It is shown at the top of this page.")
        return
    st.markdown(f"{escape(run.config.name)}: {run.state.value}. {escape(run.status.message)}")
    if run.status.model:
        summary.show(run, settings, "train-one")
    else:
        with st.container(border=True, key="train-one-course"):
            run_progress.show(run, "train-one-part")
