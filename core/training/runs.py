"""Runs: trainings in processes of their own, each a folder. What a page reads and asks for; imports no torch.

A run's folder holds:

    config.json      the TrainConfig, or the TeachConfig
    status.json      a Status, replaced whole
    metrics.jsonl    a line for every step and every epoch, appended
    validation.npz   labels, predictions and some wrong pictures of the epoch that ended last
    worker.log       what the worker said
    checkpoint.pt    where to go on, replaced whole
    lesson.json      of a teaching: what it did for the samples and the test sets
    candidate/       of a teaching: the new model, until it is kept
    request          what the worker is asked for: pause, stop or cancel
    lock             held by the worker for as long as it lives: this, not a process id, says that a run is running

Only who holds the queue's lock changes a run that does not run; only its worker changes one that does.
"""

import json
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from core.errors import ConfigError, RunError
from core.model.library import list_models
from core.settings import PROJECT_ROOT, Settings, check_writable, to_environment
from core.training.config import TeachConfig, TrainConfig, from_json

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
AT_ONCE = 1
START_SECONDS = 30


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


WAITING = (State.PAUSED, State.FAILED, State.INTERRUPTED)
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


def create(config: TrainConfig | TeachConfig, settings: Settings) -> Run:
    """Make a run and put it at the end of the queue; `dispatch` starts it.

    Raises:
        ReadOnly: nothing may be trained here.
        ConfigError: the name is that of a model, or of another training that has not ended.
        RunError: the folder cannot be written.
    """
    check_writable(settings, "trained")
    if isinstance(config, TrainConfig) and config.name in taken_names(settings):
        raise ConfigError(f"The name {config.name!r} is taken, by a model or a training. Choose another one.")
    name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:4]}"
    folder, fresh = settings.runs_dir / name, settings.runs_dir / f".{name}"
    try:
        fresh.mkdir(parents=True)
        (fresh / CONFIG_FILE).write_text(_to_json(config), encoding="utf-8")
        epochs = config.epochs if isinstance(config, TrainConfig) else 0
        write_status(fresh, Status(State.QUEUED, queued=time.time(), epochs=epochs))
        fresh.rename(folder)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise RunError(
            f"The training could not be set up in {settings.runs_dir}: {error.strerror or error}."
        ) from error
    return read_run(folder)


def taken_names(settings: Settings) -> set[str]:
    """The names of the models, and of those that are to come of trainings that have not ended."""
    coming = {run.config.name for run in list_runs(settings) if run.state not in ENDED}
    return coming | {entry.name for entry in list_models(settings)}


def list_runs(settings: Settings) -> list[Run]:
    """Every readable run, the newest first."""
    if not settings.runs_dir.is_dir():
        return []
    found = []
    for folder in sorted(settings.runs_dir.iterdir(), reverse=True):
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


def _to_json(config: TrainConfig | TeachConfig) -> str:
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


def replace_file(path: Path, data: bytes) -> None:
    """Write a file so that a reader, and a crash, finds the old one or the new one."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with scratch.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def is_held(folder: Path) -> bool:
    """Whether a worker lives that works on this run."""
    try:
        with FileLock(folder / LOCK_FILE, timeout=0):
            return False
    except Timeout:
        return True


def ask(run: Run, request: Request, settings: Settings) -> None:
    """Ask a running training for something; it answers after its next step.

    Raises:
        ReadOnly: nothing may be changed here.
        RunError: it cannot be written down.
    """
    check_writable(settings, "changed")
    try:
        replace_file(run.folder / REQUEST_FILE, request.encode("ascii"))
    except OSError as error:
        raise RunError(f"The training could not be told: {error.strerror or error}.") from error


def taken_request(folder: Path) -> Request | None:
    """What the worker is asked for, once: the request is gone afterwards."""
    path = folder / REQUEST_FILE
    try:
        request = Request(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    path.unlink(missing_ok=True)
    return request


def queue(settings: Settings) -> list[Run]:
    """The runs that wait for their turn, the next first."""
    waiting = [run for run in list_runs(settings) if run.state is State.QUEUED]
    return sorted(waiting, key=lambda run: (run.status.queued, run.id))


def enqueue(run: Run, settings: Settings) -> None:
    """Put a paused, interrupted or failed run at the end of the queue, to go on where it stopped."""
    check_writable(settings, "trained")
    with _queue_lock(settings):
        if read_run(run.folder).state in WAITING:
            (run.folder / REQUEST_FILE).unlink(missing_ok=True)
            write_status(run.folder, replace(run.status, state=State.QUEUED, queued=time.time(), message=""))


def move_up(run: Run, settings: Settings) -> None:
    """Let a queued run change places with the one before it."""
    check_writable(settings, "changed")
    with _queue_lock(settings):
        line = queue(settings)
        place = next((place for place, one in enumerate(line) if one.id == run.id), 0)
        if place:
            for one, other in ((line[place], line[place - 1]), (line[place - 1], line[place])):
                write_status(one.folder, replace(one.status, queued=other.status.queued))


def cancel(run: Run, settings: Settings) -> None:
    """End a run without a model: at once when it does not run, else after its next step."""
    check_writable(settings, "changed")
    with _queue_lock(settings):
        fresh = read_run(run.folder)
        if fresh.state is State.RUNNING:
            ask(fresh, Request.CANCEL, settings)
        elif fresh.state in (State.QUEUED, *WAITING):
            write_status(run.folder, replace(fresh.status, state=State.CANCELLED, message=""))
            (run.folder / CHECKPOINT_FILE).unlink(missing_ok=True)


def delete(run: Run, settings: Settings) -> None:
    """Remove the folder of a run that does not run.

    Raises:
        RunError: it runs, or the folder cannot be removed.
    """
    check_writable(settings, "deleted")
    with _queue_lock(settings):
        if is_held(run.folder):
            raise RunError("This training runs. Cancel it first.")
        try:
            aside = run.folder.rename(run.folder.with_name(f".{run.folder.name}"))
            shutil.rmtree(aside)
        except OSError as error:
            raise RunError(f"{run.folder} could not be deleted: {error.strerror or error}.") from error


def dispatch(settings: Settings) -> None:
    """Start the runs whose turn it is. Called by pages that look at the runs, and by a worker at its end."""
    if not queue(settings):
        return
    with _queue_lock(settings):
        running = sum(run.state is State.RUNNING for run in list_runs(settings))
        for run in queue(settings)[: max(0, AT_ONCE - running)]:
            _start_worker(run, settings)


def _start_worker(run: Run, settings: Settings) -> None:
    """Start a process that outlives this one, and wait until it holds its lock."""
    with (run.folder / LOG_FILE).open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "core.training.worker", str(run.folder.resolve())],
            cwd=PROJECT_ROOT,
            env=os.environ | to_environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        if read_run(run.folder).status.state is not State.QUEUED:
            return
        time.sleep(0.02)
    if read_run(run.folder).status.state is State.QUEUED:
        process.kill()
        message = f"The worker did not start; {LOG_FILE} says why."
        write_status(run.folder, replace(run.status, state=State.FAILED, message=message))


@contextmanager
def _queue_lock(settings: Settings) -> Iterator[None]:
    try:
        settings.runs_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(settings.runs_dir / ".queue.lock", timeout=START_SECONDS + 10):
            yield
    except Timeout as error:
        raise RunError("The queue of trainings is busy. Try again in a moment.") from error
    except OSError as error:
        raise RunError(f"{settings.runs_dir} cannot be used: {error.strerror or error}.") from error


def read_metrics(folder: Path) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """What a run has told so far: a row for each step, and a row for each epoch, with the fields of Step and Epoch."""
    import pandas as pd

    rows: dict[str, list[dict[str, Any]]] = {"step": [], "epoch": []}
    for kind, row in metric_lines(folder):
        rows[kind].append(row)
    return pd.DataFrame(rows["step"]), pd.DataFrame(rows["epoch"])


def metric_lines(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every whole line of the metrics: "step" or "epoch", and its values. The last is left out while it is written."""
    try:
        text = (folder / METRICS_FILE).read_text(encoding="utf-8")
    except OSError:
        return
    for line in text.splitlines(keepends=True):
        if line.endswith("\n"):
            kind, row = json.loads(line)
            yield kind, row
