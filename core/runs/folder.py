"""The folder of a run: what lies in it, and how it is read and written. Imports no torch.

config.json      the TrainConfig, or the TeachConfig
status.json      a Status, replaced whole
metrics.jsonl    a line for every step and every epoch, appended
validation.npz   labels, predictions and some wrong pictures of the epoch that ended last
worker.log       what the worker said
checkpoint.pt    where to go on, replaced whole
tensorboard/     event files
lesson.json      of a teaching: what it did for the samples and the test sets
candidate/       of a teaching: the new model, until it is kept
request          what the worker is asked for: pause, stop or cancel
reserve          room that the worker gives up to say its last words when the disk is full
lock             held by the worker for as long as it lives: this, not a process id, says that a run is running
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from core.errors import ConfigError, RunError
from core.files import replace_file
from core.settings import Settings
from core.training.config import TeachConfig, TrainConfig, from_json

try:
    from fcntl import LOCK_NB, LOCK_SH, flock
except ImportError:  # Windows has none
    flock = None  # type: ignore[assignment]

if TYPE_CHECKING:
    import pandas as pd

CONFIG_FILE = "config.json"
STATUS_FILE = "status.json"
METRICS_FILE = "metrics.jsonl"
VALIDATION_FILE = "validation.npz"
LESSON_FILE = "lesson.json"
CANDIDATE_FOLDER = "candidate"
LOG_FILE = "worker.log"
CHECKPOINT_FILE = "checkpoint.pt"
REQUEST_FILE = "request"
LOCK_FILE = "lock"
BOARD_FOLDER = "tensorboard"
RESERVE_FILE = "reserve"
RESERVE_BYTES = 64 * 1024


class State(StrEnum):
    """What can be said of a run."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class Request(StrEnum):
    """What a running training can be asked for."""

    PAUSE = "pause"
    STOP = "stop"  # and keep the best so far
    CANCEL = "cancel"


RESUMABLE = (State.PAUSED, State.FAILED, State.INTERRUPTED)
"""States from which a run can be resumed."""
ENDED = (State.FINISHED, State.CANCELLED)


@dataclass(frozen=True)
class Status:
    """Where a run is.

    Attributes:
        state: as the file says; a run whose worker is gone is found interrupted by `Run.state`.
        queued: when it was last put into the queue, seconds since 1970; the queue's order.
        epoch, epochs: epochs done, and of all.
        step, steps: steps done in this epoch, and of all in one.
        images_per_second: of this epoch so far.
        seconds: spent in training so far, pauses left out.
        best_epoch: the epoch that is kept so far, 0 for none.
        model: the name under which the finished model stands in the library.
        message: for the person at the screen: why it failed, or what it is about to do.
        updated: ISO 8601, UTC.
    """

    state: State
    queued: float = 0.0
    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int = 0
    images_per_second: float = 0.0
    seconds: float = 0.0
    best_epoch: int = 0
    model: str = ""
    message: str = ""
    updated: str = ""

    @property
    def share(self) -> float:
        """How much of the training is done, 0 to 1."""
        return (self.epoch + self.step / max(self.steps, 1)) / self.epochs if self.epochs else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Of training at the pace so far; None while there is none."""
        return self.seconds * (1 - self.share) / self.share if self.share else None


@dataclass(frozen=True)
class Run:
    """A run as it was when it was read."""

    folder: Path
    config: TrainConfig | TeachConfig
    status: Status
    state: State

    @property
    def id(self) -> str:
        """Name of the folder: when it was made, and four random characters."""
        return self.folder.name


def list_runs(settings: Settings) -> list[Run]:
    """Every readable run, the newest first.

    Raises:
        RunError: there is a folder of runs, but it may not be looked into.
    """
    if not settings.runs_dir.is_dir():
        return []
    try:
        folders = sorted(settings.runs_dir.iterdir(), reverse=True)
    except OSError as error:
        raise RunError(f"The trainings in {settings.runs_dir} cannot be read: {error.strerror or error}.") from error
    found = []
    for folder in folders:
        if folder.is_dir() and not folder.name.startswith("."):
            try:
                found.append(read_run(folder))
            except RunError:
                continue  # a folder of something else, or one that is just being deleted
    return found


def read_run(folder: Path) -> Run:
    """Read a run.

    Raises:
        RunError: it is not a run's folder, or damaged.
    """
    try:
        config = _from_json((folder / CONFIG_FILE).read_text(encoding="utf-8"))
        status = _status(json.loads((folder / STATUS_FILE).read_text(encoding="utf-8")))
        state = status.state
        if state is State.RUNNING and not is_held(folder):
            # It may have ended between the two looks.
            status = _status(json.loads((folder / STATUS_FILE).read_text(encoding="utf-8")))
            state = State.INTERRUPTED if status.state is State.RUNNING else status.state
    except (OSError, ValueError, TypeError, KeyError, AttributeError, ConfigError) as error:
        raise RunError(f"{folder} is not the folder of a run, or damaged: {error}.") from error
    return Run(folder, config, status, state)


def to_json(config: TrainConfig | TeachConfig) -> str:
    task = "train" if isinstance(config, TrainConfig) else "teach"
    return json.dumps({"task": task} | asdict(config), indent=2) + "\n"


def _from_json(text: str) -> TrainConfig | TeachConfig:
    values = json.loads(text)
    task = values.pop("task", None)
    return TeachConfig(**values) if task == "teach" else from_json(json.dumps(values))


def _status(values: Any) -> Status:
    known = {field.name for field in fields(Status)}
    if not isinstance(values, dict) or not values.keys() <= known:
        raise ValueError(f"{STATUS_FILE} has unknown entries")
    return Status(**{**values, "state": State(values["state"])})


def write_status(folder: Path, status: Status) -> None:
    """Replace the status whole."""
    stamped = replace(status, updated=datetime.now(UTC).isoformat(timespec="seconds"))
    replace_file(folder / STATUS_FILE, json.dumps(asdict(stamped), indent=1).encode("utf-8"))


def is_held(folder: Path) -> bool:
    """Whether a worker lives that works on this run.

    Looks do not get into each other's way, nor do they write: the lock that they try is a shared one, where there are
    such locks.
    """
    try:
        with (folder / LOCK_FILE).open("rb") as file:
            if flock is None:
                return _is_locked(folder / LOCK_FILE)
            flock(file, LOCK_SH | LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        pass
    return False


def _is_locked(path: Path) -> bool:
    """Whether somebody holds a file's lock: it is taken and let go at once, so that two looks may meet."""
    try:
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True


def take_request(folder: Path) -> Request | None:
    """What the worker is asked for, once: the request is gone afterwards.

    Only a stop stays until the run has ended: the measurement at its end takes a while, and a worker that is killed in
    it is to end there, too, when it is started again.
    """
    path = folder / REQUEST_FILE
    try:
        request = Request(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    if request is not Request.STOP:
        path.unlink(missing_ok=True)
    return request


def forget_request(folder: Path) -> None:
    """Let a run that goes on not be held up by what its last worker was asked for and did not live to do.

    A stop is not forgotten: it keeps the best so far, and a training that has gone on instead cannot be brought back.
    """
    take_request(folder)


def read_metrics(folder: Path) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """What a run has told so far: a row for each step, and a row for each epoch, with the fields of Step and Epoch."""
    import pandas as pd

    rows: dict[str, list[dict[str, Any]]] = {"step": [], "epoch": []}
    for kind, row in metric_lines(folder):
        rows[kind].append(row)
    return pd.DataFrame(rows["step"]), pd.DataFrame(rows["epoch"])


def metric_lines(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every whole line of the metrics: "step" or "epoch", and its values. The last is left out while it is written.

    What comes after a line that was damaged, by a disk that was full or a machine that lost its power, is left out too.
    """
    try:
        text = (folder / METRICS_FILE).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for line in text.splitlines(keepends=True):
        if not line.endswith("\n"):
            return
        try:
            kind, row = json.loads(line)
        except (ValueError, TypeError):
            return
        yield kind, row
