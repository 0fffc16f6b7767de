"""The folder of a run: what lies in it, and how it is read and written. Imports no torch."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass as checked_dataclass

from core.errors import ConfigError, RunError
from core.files import replace_file
from core.settings import Settings
from core.training.config import TeachConfig, TrainConfig

try:
    from fcntl import LOCK_NB, LOCK_SH, flock
except ImportError:  # Windows has none
    flock = None  # type: ignore[assignment]

CONFIG_FILE = "config.json"  # the TrainConfig, or the TeachConfig
STATUS_FILE = "status.json"  # a Status, replaced whole
METRICS_FILE = "metrics.jsonl"  # a line for every step and every epoch, appended
VALIDATION_FILE = "validation.npz"  # labels, predictions and some wrong pictures of the epoch that ended last
LESSON_FILE = "lesson.json"  # of a teaching: what it did for the samples and the test sets
CANDIDATE_FOLDER = "candidate"  # of a teaching: the new model, until it is kept
LOG_FILE = "worker.log"  # the worker's output
CHECKPOINT_FILE = "checkpoint.pt"  # where to go on, replaced whole
REQUEST_FILE = "request"  # what the worker is asked for: pause, stop or cancel
LOCK_FILE = "lock"  # held by the worker for as long as it lives: this, not a process id, says that a run is running
BOARD_FOLDER = "tensorboard"  # event files
RESERVE_FILE = "reserve"  # room that the worker gives up for its last status when the disk is full
LOST_FILES = (CHECKPOINT_FILE, METRICS_FILE, VALIDATION_FILE, REQUEST_FILE)  # where a run starts over


class State(StrEnum):
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
ENDED = (State.FINISHED, State.CANCELLED)


@checked_dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Status:
    """How far a run is: epochs done, and of all; steps done in this epoch, and of all in one."""

    state: State  # as the file says; `Run.state` is interrupted instead of running where the worker is gone
    queued: float = 0.0  # when it was last put into the queue, seconds since 1970; the queue's order
    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int = 0
    images_per_second: float = 0.0  # of this epoch so far
    seconds: float = 0.0  # spent in training so far, without pauses
    best_epoch: int = 0  # the one that is kept so far, 0 for none
    parameters: int = 0  # of the network; 0 before it is built, and in runs of earlier versions
    model: str = ""  # the name under which the finished model stands in the library
    message: str = ""  # for the person at the screen: why it failed, or what it is about to do
    updated: str = ""  # ISO 8601, UTC

    @property
    def share(self) -> float:
        """How much of the training is done, 0 to 1."""
        return (self.epoch + self.step / max(self.steps, 1)) / self.epochs if self.epochs else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Of training at the pace so far; None before its first step."""
        return self.seconds * (1 - self.share) / self.share if self.share else None


_STATUS = TypeAdapter(Status)


@dataclass(frozen=True)
class Run:
    """A run as it was when it was read. `id` is its folder's name: when it was made, and four random characters."""

    folder: Path
    config: TrainConfig | TeachConfig
    status: Status
    state: State

    @property
    def id(self) -> str:
        return self.folder.name


def list_runs(settings: Settings) -> list[Run]:
    """Every readable run, the newest first; a RunError where the folder of runs may not be looked into."""
    if not settings.runs_dir.is_dir():
        return []
    try:
        folders = sorted(settings.runs_dir.iterdir(), reverse=True)
    except OSError as error:
        raise RunError(f"The trainings in {settings.runs_dir} cannot be read: {error.strerror or error}.") from error
    runs = []
    for folder in folders:
        if folder.is_dir() and not folder.name.startswith("."):
            with suppress(RunError):  # a folder of something else, or one that is just being deleted
                runs.append(read_run(folder))
    return runs


def read_run(folder: Path) -> Run:
    """Read a run; a RunError where it is not a run's folder, or damaged."""
    try:
        values = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
        config = TeachConfig(**values) if values.pop("task", None) == "teach" else TrainConfig(**values)
        status = _read_status(folder)
        state = status.state
        if state is State.RUNNING and not is_held(folder):
            status = _read_status(folder)  # it may have ended between the two looks
            state = State.INTERRUPTED if status.state is State.RUNNING else status.state
    except (OSError, ValueError, TypeError, AttributeError, ConfigError) as error:
        raise RunError(f"{folder} is not the folder of a run, or damaged: {error}.") from error
    return Run(folder, config, status, state)


def to_json(config: TrainConfig | TeachConfig) -> str:
    task = "train" if isinstance(config, TrainConfig) else "teach"
    return json.dumps({"task": task} | asdict(config), indent=2) + "\n"


def _read_status(folder: Path) -> Status:
    return _STATUS.validate_json((folder / STATUS_FILE).read_bytes())


def write_status(folder: Path, status: Status) -> None:
    stamped = replace(status, updated=datetime.now(UTC).isoformat(timespec="seconds"))
    replace_file(folder / STATUS_FILE, json.dumps(asdict(stamped), indent=1).encode("utf-8"))


def is_held(folder: Path) -> bool:
    """Whether a worker lives that works on this run.

    Looks neither write nor disturb each other: the lock that they try is a shared one, where the system has such locks.
    """
    try:
        with (folder / LOCK_FILE).open("rb") as file:
            if flock is not None:
                flock(file, LOCK_SH | LOCK_NB)
            else:
                with FileLock(folder / LOCK_FILE, timeout=0):
                    pass
    except (BlockingIOError, Timeout):
        return True
    except FileNotFoundError:
        pass
    return False


def take_request(folder: Path) -> Request | None:
    """What the worker is asked for, once: the request is gone afterwards.

    A stop stays until the run has ended: it keeps the best so far, and a worker that is killed while it measures that
    is to end there, too, when it is started again.
    """
    path = folder / REQUEST_FILE
    try:
        request = Request(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    if request is not Request.STOP:
        path.unlink(missing_ok=True)
    return request


def metric_lines(folder: Path, only: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """The lines of the metrics: "step" or "epoch", and its values. The last is left out while it is written.

    What follows a line that was damaged, by a full disk or a loss of power, is left out too, as far as it is read:
    lines of another kind than `only` are skipped unread.
    """
    try:
        text = (folder / METRICS_FILE).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for line in text.splitlines(keepends=True):
        if only and not line.startswith(f'["{only}"'):
            continue
        if not line.endswith("\n"):
            return
        try:
            kind, row = json.loads(line)
        except (ValueError, TypeError):
            return
        yield kind, row
