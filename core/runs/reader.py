"""What pages show of a run's files, without torch: metrics, thinned curves, validation answers, log, times."""

import dataclasses
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.files import BROKEN
from core.runs.folder import ENDED, LOG_FILE, VALIDATION_FILE, Run, metric_lines
from core.training.config import TrainConfig

if TYPE_CHECKING:
    import pandas as pd

MOST_POINTS = 400
LOG_BYTES = 8000


@dataclass(frozen=True)
class Validation:
    """The answers to the N validation images at the end of an epoch."""

    labels: NDArray[np.int64]  # (N,), the true classes
    predicted: NDArray[np.int64]  # (N,)
    wrong: NDArray[np.int64]  # indices of some that were read wrong, (K,)
    images: NDArray[np.uint8]  # (K, 28, 28), those pictures


def read_validation(folder: Path) -> Validation | None:
    """The validation answers of the epoch that ended last; None before one has, or where the file is damaged."""
    try:
        with np.load(io.BytesIO((folder / VALIDATION_FILE).read_bytes()), allow_pickle=False) as arrays:
            return Validation(arrays["labels"], arrays["predicted"], arrays["wrong"], arrays["images"])
    except (*BROKEN, KeyError):
        return None


def read_metrics(folder: Path) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """The metrics so far: a row for each step, and a row for each epoch, with the fields of Step and Epoch."""
    import pandas as pd

    rows: dict[str, list[dict[str, Any]]] = {"step": [], "epoch": []}
    for kind, row in metric_lines(folder):
        rows[kind].append(row)
    return pd.DataFrame(rows["step"]), pd.DataFrame(rows["epoch"])


def read_epochs(folder: Path) -> "pd.DataFrame":
    """The finished epochs alone, as `read_metrics` gives them, but faster."""
    import pandas as pd

    return pd.DataFrame([row for _, row in metric_lines(folder, only="epoch")])


def by_step(
    steps: "pd.DataFrame", name: str, most: int = MOST_POINTS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A column of the steps of `read_metrics` over the epochs, as means of steps that leave at most `most` points.

    Returns:
        Epochs done, (P,), and the column's means, (P,).
    """
    if steps.empty:
        return np.zeros(0), np.zeros(0)
    points = np.arange(len(steps)) // -(-len(steps) // most)
    counts = np.bincount(points)
    done = (steps["epoch"] - 1 + steps["step"] / steps["steps"]).to_numpy()
    means = [np.bincount(points, weights=values) / counts for values in (done, steps[name].to_numpy())]
    return means[0], means[1]


def created_at(run: Run) -> datetime:
    """When a run was created, as its folder's name says, UTC; of another name, when it was last put into the queue."""
    try:
        return datetime.strptime(run.id[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(run.status.queued, UTC)


def wall_seconds(run: Run) -> float | None:
    """Seconds from a run's creation to its end, to the second, with waiting and pauses; None before it has ended."""
    if run.state not in ENDED:
        return None
    try:
        end = datetime.fromisoformat(run.status.updated)
    except ValueError:
        return None
    return max(0.0, (end - created_at(run)).total_seconds())


def log_tail(folder: Path) -> str:
    """The last lines of the worker's log, some kilobytes; empty where there are none."""
    try:
        with (folder / LOG_FILE).open("rb") as file:
            size = file.seek(0, io.SEEK_END)
            file.seek(max(0, size - LOG_BYTES))
            text = file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
    return text.partition("\n")[2] if size > LOG_BYTES else text


def differing_options(configs: Sequence[TrainConfig]) -> list[str]:
    """The names of the options, apart from the name, in which the configurations differ."""
    return [
        field.name
        for field in dataclasses.fields(TrainConfig)
        if field.name != "name" and len({getattr(config, field.name) for config in configs}) > 1
    ]
