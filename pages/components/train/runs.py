"""All runs: a table, their curves laid over each other, and what can be done with one."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.charts.training import compare_runs
from core.runs import queue, reader
from core.runs.folder import METRICS_FILE, RESUMABLE, Run, State, list_runs
from core.settings import Settings
from core.text import duration
from core.training.config import TrainConfig
from pages.components import chart, data_table, state
from pages.components.text import escape
from pages.components.train import form, run_progress, summary, tensorboard
from pages.components.train.act import confirmed, why_not

if TYPE_CHECKING:
    import pandas as pd

_AT_FIRST = 3
_STATES, _CHOSEN, _ONE = "train-runs-states", "train-runs-chosen", "train-runs-one"
_OWN_COLUMNS = ("datasets", "architecture", "epochs")


@st.fragment
def show(settings: Settings) -> None:
    """Draw this part of the page."""
    found = [run for run in list_runs(settings) if isinstance(run.config, TrainConfig)]
    if not found:
        st.info("There are no runs yet. Start one under “New training”.", icon=":material/model_training:")
    else:
        _all(found, settings)
    tensorboard.show(settings)


def _all(found: list[Run], settings: Settings) -> None:
    """Those in the states that are chosen."""
    there = list(dict.fromkeys(run.state for run in found))
    wanted = st.pills("Show", there, selection_mode="multi", format_func=str.capitalize, key=_STATES, default=there)
    found = [run for run in found if run.state in wanted]
    if not found:
        st.caption("No run is in a state that is chosen.")
        return
    _table(found)
    _curves(found)
    _one(found, settings)


@st.cache_data(max_entries=64, show_spinner=False)
def _epochs_of(folder: str, stamp: tuple[int, int]) -> "pd.DataFrame":  # noqa: ARG001 - part of the cache's key
    return reader.read_epochs(Path(folder))


def _epochs(run: Run) -> "pd.DataFrame":
    """The epochs of a run, read anew when there are more."""
    try:
        stat = (run.folder / METRICS_FILE).stat()
        stamp = (stat.st_mtime_ns, stat.st_size)
    except OSError:
        stamp = (0, 0)
    return _epochs_of(str(run.folder), stamp)


def _label(run: Run) -> str:
    """Its name and when it was set up, to the second: two runs may have one name, and a choice is told by its words."""
    return f"{run.config.name}, {_begun(run):%d %b %H:%M:%S}"


def _begun(run: Run) -> datetime:
    """When it was set up, in this machine's time."""
    return reader.created_at(run).astimezone()


def _table(found: Sequence[Run]) -> None:
    import pandas as pd

    configs = [run.config for run in found if isinstance(run.config, TrainConfig)]
    differing = [name for name in reader.differing_options(configs) if name not in _OWN_COLUMNS]
    rows: list[dict[str, Any]] = []
    for run, config in zip(found, configs, strict=True):
        epochs = _epochs(run)
        rows.append(
            {
                "state": run.state.value,
                "name": config.name,
                "begun": _begun(run).replace(tzinfo=None),
                "data": ", ".join(config.datasets),
                "network": config.architecture,
                "epochs": f"{run.status.epoch} of {config.epochs}",
                "best": None if epochs.empty else 100 * float(epochs["validation_accuracy"].max()),
                "time": duration(run.status.seconds) if run.status.seconds else "",
                "differs": ", ".join(f"{name.replace('_', ' ')} {getattr(config, name)}" for name in differing),
            }
        )
    column = st.column_config
    data_table.show(
        pd.DataFrame(rows),
        "train-runs-table",
        f"{len(found)} runs with their state, data, network and best validation accuracy",
        {
            "name": column.TextColumn("Name", pinned=True, width=120),
            "state": column.TextColumn("State", width=90),
            "best": column.NumberColumn("Best validation", format="%.2f %%", width=115),
            "data": column.TextColumn("Data", width=130),
            "network": column.TextColumn("Network", width=80),
            "epochs": column.TextColumn("Epochs", width=80),
            "time": column.TextColumn("Time", width=80),
            "begun": column.DatetimeColumn("Set up", format="D MMM YYYY, HH:mm", width=150),
            "differs": column.TextColumn("Options in which they differ", width="large"),
        },
    )
    st.caption("Click a column's title to sort by it. Validation can be compared where the data are the same.")


def _curves(found: Sequence[Run]) -> None:
    """The validation of chosen runs, one over the other."""
    told = {run.id: run for run in found if not _epochs(run).empty}
    if not told:
        return
    st.subheader("Curves", anchor=False)
    before = st.session_state.get(_CHOSEN, list(told)[:_AT_FIRST])
    st.session_state[_CHOSEN] = [one for one in before if one in told]
    chosen = st.multiselect("Runs", list(told), format_func=lambda one: _label(told[one]), key=_CHOSEN)
    if not chosen:
        st.caption("Choose runs to lay their curves over each other.")
        return
    titles = {"validation_accuracy": "Validation accuracy (%)", "validation_loss": "Validation loss (mean −ln p)"}
    for place, (name, title) in zip(st.columns(2), titles.items(), strict=True):
        lines = {
            _label(told[one]): (_epochs(told[one])["epoch"].to_numpy(), _epochs(told[one])[name].to_numpy())
            for one in chosen
        }
        with place:
            figure = compare_runs(lines, title, shares=name == "validation_accuracy")
            chart.show(figure, f"train-over-{name.replace('_', '-')}", f"{title} of {len(lines)} runs by epoch")


def _one(found: Sequence[Run], settings: Settings) -> None:
    """Look at one run, repeat it with changes, or delete it."""
    st.subheader("One run", anchor=False)
    by_id = {run.id: run for run in found}
    if st.session_state.get(_ONE) not in by_id:
        st.session_state[_ONE] = found[0].id
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Run", list(by_id), format_func=lambda one: _label(by_id[one]), key=_ONE, width=320)
        run = by_id[name]
        assert isinstance(run.config, TrainConfig)
        again = partial(form.repeat, run.config, settings)
        if st.button("Repeat with changes", key="train-repeat", icon=":material/replay:", on_click=again, wrap=False):
            st.rerun()  # the whole page: the form is another part of it
        _delete(run, settings)
    if run.id == state.train_shown():
        st.caption("It is shown at the top of this page.")
    else:
        _look_at(run, settings)


def _look_at(run: Run, settings: Settings) -> None:
    """What came of a run, and how it went."""
    st.markdown(f"{escape(run.config.name)}: {run.state.value}. {escape(run.status.message)}")
    if run.status.model:
        summary.show(run, settings, "train-one")
    with st.container(border=True, key="train-one-course"):
        run_progress.show(run, "train-one-part")


def _delete(run: Run, settings: Settings) -> None:
    no = why_not(settings) or ("It runs. Cancel it first." if run.state is State.RUNNING else None)
    lost = "its curves, its log and its checkpoint" if run.state in RESUMABLE else "its curves and its log"
    question = f"The run “{escape(_label(run))}” is deleted with {lost}. A model that came of it stays."
    change, done = partial(queue.delete, run, settings), f"The run “{escape(_label(run))}” is deleted."
    confirmed("Delete", "delete", question, f"train-delete-{run.id}", change, no, done)
