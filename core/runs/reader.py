"""What a page makes of a run's files, without torch: thinned curves, validation answers, log, times, differences."""

import dataclasses
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.runs.folder import ENDED, LOG_FILE, METRICS_FILE, VALIDATION_FILE, Run
from core.training.config import TrainConfig

if TYPE_CHECKING:
    import pandas as pd

MOST_POINTS = 400
LOG_BYTES = 8000
_EPOCH_LINE = '["epoch"'


@dataclass(frozen=True)
class Validation:
    """The answers to the validation images at the end of an epoch.

    Attributes:
        labels, predicted: int64 (N,), the true classes and those read.
        wrong: places of some that were read wrong, (K,).
        images: uint8 (K, 28, 28), those pictures.
    """

    labels: NDArray[np.int64]
    predicted: NDArray[np.int64]
    wrong: NDArray[np.int64]
    images: NDArray[np.uint8]


def read_validation(folder: Path) -> Validation | None:
    """The validation answers of the epoch that ended last; None before one has, or where the file is damaged."""
    try:
        with np.load(io.BytesIO((folder / VALIDATION_FILE).read_bytes()), allow_pickle=False) as arrays:
            return Validation(arrays["labels"], arrays["predicted"], arrays["wrong"], arrays["images"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def read_epochs(folder: Path) -> "pd.DataFrame":
    """The finished epochs of a run, a row each with the fields of `core.training.step.Epoch`; steps are skipped."""
    import pandas as pd

    try:
        lines = (folder / METRICS_FILE).read_text(encoding="utf-8").splitlines(keepends=True)
    except OSError:
        lines = []
    rows: list[dict[str, Any]] = []
    for line in lines:
        if line.startswith(_EPOCH_LINE) and line.endswith("\n"):
            try:
                rows.append(json.loads(line)[1])
            except ValueError:
                break  # a disk that was full left half a line
    return pd.DataFrame(rows)


def by_step(
    steps: "pd.DataFrame", name: str, most: int = MOST_POINTS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The loss, say, of every step over the epochs, as means of as many steps as leave at most `most` points.

    Args:
        steps: a row for each step, as `runs.read_metrics` gives them.
        name: of the column.
        most: points at most.

    Returns:
        Epochs done, (P,), and the column's means, (P,).
    """
    if steps.empty:
        return np.zeros(0), np.zeros(0)
    places = np.arange(len(steps)) // -(-len(steps) // most)
    counts = np.bincount(places)
    done = (steps["epoch"] - 1 + steps["step"] / steps["steps"]).to_numpy()
    means = [np.bincount(places, weights=values) / counts for values in (done, steps[name].to_numpy())]
    return means[0], means[1]


def created_at(run: Run) -> datetime:
    """When a run was set up, as its folder's name says, UTC; of another name, when it was last put into the queue."""
    try:
        return datetime.strptime(run.id[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(run.status.queued, UTC)


def wall_seconds(run: Run) -> float | None:
    """Seconds from when a run was set up until it ended, waiting and pauses included; None before it has ended.

    Both moments are known to the second.
    """
    if run.state not in ENDED:
        return None
    try:
        end = datetime.fromisoformat(run.status.updated)
    except ValueError:
        return None
    return max(0.0, (end - created_at(run)).total_seconds())


def log_tail(folder: Path) -> str:
    """The last lines that the worker said, some kilobytes; empty before it said any."""
    try:
        with (folder / LOG_FILE).open("rb") as file:
            size = file.seek(0, io.SEEK_END)
            file.seek(max(0, size - LOG_BYTES))
            text = file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
    return text.partition("\n")[2] if size > LOG_BYTES else text


def differing_options(configs: Sequence[TrainConfig]) -> list[str]:
    """The names of the options, but for the name, in which some of the configurations differ."""
    return [
        field.name
        for field in dataclasses.fields(TrainConfig)
        if field.name != "name" and len({getattr(config, field.name) for config in configs}) > 1
    ]
