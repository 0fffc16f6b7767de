"""The queue of trainings: runs are created, started, paused, cancelled and deleted here. Imports no torch.

Only who holds the queue's lock changes a run that does not run; only its worker changes one that does.
"""

import os
import re
import shutil
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from subprocess import DEVNULL, Popen

from filelock import FileLock, Timeout

from core.errors import ConfigError, RunError
from core.files import replace_file
from core.model.library import list_models
from core.model.numbers_library import list_numbers
from core.runs import folder as run_files
from core.runs.folder import ENDED, RESUMABLE, Request, Run, State, Status, is_held, list_runs, read_run, write_status
from core.settings import PROJECT_ROOT, Settings, check_writable, to_environment
from core.training.config import TeachConfig, TrainConfig

START_SECONDS = 30
RESERVE_BYTES = 64 * 1024
# glibc gives the memory of every batch back to the system and asks for it anew, which takes an eighth of the time of
# a small network. Other systems do not know these names.
_KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(2**30), "MALLOC_TRIM_THRESHOLD_": str(2**32)}
LONGEST_STEM = 58  # characters of a name that a number is put behind


def create(config: TrainConfig | TeachConfig, settings: Settings) -> Run:
    """Make a run and put it at the end of the queue; `dispatch` starts it.

    Raises:
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
        (fresh / run_files.CONFIG_FILE).write_text(run_files.to_json(config), encoding="utf-8")
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
    """The names of models and readers of numbers, and of models that are to come of trainings that have not ended."""
    coming = {run.config.name for run in list_runs(settings) if run.state not in ENDED}
    return coming | {entry.name for entry in list_models(settings)} | set(list_numbers(settings))


def free_name(wanted: str, settings: Settings) -> str:
    """A name like this one that no model and no training has."""
    taken = taken_names(settings)
    if wanted not in taken:
        return wanted
    stem = re.sub(r"-\d+$", "", wanted)[:LONGEST_STEM]
    return next(name for number in range(2, len(taken) + 3) if (name := f"{stem}-{number}") not in taken)


def ask(run: Run, request: Request, settings: Settings) -> None:
    """Ask a running training for something; it answers after its next step."""
    check_writable(settings, "changed")
    try:
        replace_file(run.folder / run_files.REQUEST_FILE, request.encode("ascii"))
    except OSError as error:
        raise RunError(f"The training could not be asked: {error.strerror or error}.") from error


def queue(settings: Settings) -> list[Run]:
    """The runs that wait for their turn, the next first."""
    waiting = [run for run in list_runs(settings) if run.state is State.QUEUED]
    return sorted(waiting, key=lambda run: (run.status.queued, run.id))


def enqueue(run: Run, settings: Settings) -> None:
    """Put a paused, interrupted or failed run at the end of the queue, to go on where it stopped."""
    with _queue_lock(settings, "trained"):
        if read_run(run.folder).state in RESUMABLE:
            run_files.take_request(run.folder)  # what its last worker did not live to do is not to stop the next one
            write_status(run.folder, replace(run.status, state=State.QUEUED, queued=time.time(), message=""))


def move_up(run: Run, settings: Settings) -> None:
    """Let a queued run change positions with the one before it."""
    with _queue_lock(settings, "changed"):
        for before, after in pairwise(queue(settings)):
            if after.id == run.id:
                write_status(after.folder, replace(after.status, queued=before.status.queued))
                write_status(before.folder, replace(before.status, queued=after.status.queued))


def cancel(run: Run, settings: Settings) -> None:
    """End a run without a model: at once when it does not run, else after its next step."""
    with _queue_lock(settings, "changed"):
        current = read_run(run.folder)
        if current.state is State.RUNNING:
            ask(current, Request.CANCEL, settings)
        elif current.state in (State.QUEUED, *RESUMABLE):
            write_status(run.folder, replace(current.status, state=State.CANCELLED, message=""))
            (run.folder / run_files.CHECKPOINT_FILE).unlink(missing_ok=True)


def delete(run: Run, settings: Settings) -> None:
    """Remove the folder of a run; a RunError where it runs, or cannot be removed."""
    with _queue_lock(settings, "deleted"):
        if is_held(run.folder):
            raise RunError("This training runs. Cancel it first.")
        try:
            shutil.rmtree(run.folder.rename(run.folder.with_name(f".{run.folder.name}")))
        except OSError as error:
            raise RunError(f"{run.folder} could not be deleted: {error.strerror or error}.") from error


def start_over(run: Run, settings: Settings) -> None:
    """Put a resumable run at the end of the queue to begin again at its first step, without its checkpoint."""
    with _queue_lock(settings, "trained"):
        if read_run(run.folder).state in RESUMABLE:
            for name in run_files.LOST_FILES:
                (run.folder / name).unlink(missing_ok=True)
            shutil.rmtree(run.folder / run_files.BOARD_FOLDER, ignore_errors=True)
            write_status(run.folder, Status(State.QUEUED, queued=time.time(), epochs=run.status.epochs))


def dispatch(settings: Settings) -> None:
    """Start the runs whose turn it is. Called by pages that look at the runs, and by a worker at its end.

    After a RunError, as its folder cannot be written, a run stays in the queue.
    """
    if settings.read_only or not queue(settings):
        return
    with _queue_lock(settings, "trained"):
        running = sum(run.state is State.RUNNING for run in list_runs(settings))
        for run in queue(settings)[: max(0, settings.trainings_at_once - running)]:
            _start_worker(run, settings)


def process_environment(settings: Settings) -> dict[str, str]:
    """The environment variables of a process that trains; what this machine sets itself stays."""
    return _KEEP_MEMORY | dict(os.environ) | to_environment(settings)


def _start_worker(run: Run, settings: Settings) -> None:
    """Start a process that outlives this one, and wait until it holds its lock."""
    try:
        (run.folder / run_files.RESERVE_FILE).write_bytes(bytes(RESERVE_BYTES))
    except OSError as error:
        raise RunError(
            f"The training {run.config.name!r} waits: {run.folder} cannot be written: {error.strerror or error}. "
            "It starts once that is mended."
        ) from error
    process = launch(run.folder.resolve(), process_environment(settings))
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        if read_run(run.folder).status.state is not State.QUEUED:
            return
        time.sleep(0.02)
    if read_run(run.folder).status.state is State.QUEUED:
        process.kill()
        message = f"The worker did not start; {run_files.LOG_FILE} says why."
        write_status(run.folder, replace(run.status, state=State.FAILED, message=message))


def launch(folder: Path, environment: dict[str, str]) -> Popen[bytes]:
    """Start the worker of a run; what it prints goes into the run's log."""
    with (folder / run_files.LOG_FILE).open("ab") as log:
        command = [sys.executable, "-m", "core.worker", str(folder)]
        return Popen(
            command, cwd=PROJECT_ROOT, env=environment, stdin=DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


@contextmanager
def _queue_lock(settings: Settings, change: str) -> Iterator[None]:
    """Hold the queue's lock; a RunError where another process holds it for long, or the folder cannot be used."""
    check_writable(settings, change)
    try:
        settings.runs_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(settings.runs_dir / ".queue.lock", timeout=START_SECONDS + 10):
            yield
    except Timeout as error:
        raise RunError("The queue of trainings is busy. Try again in a moment.") from error
    except OSError as error:
        raise RunError(f"{settings.runs_dir} cannot be used: {error.strerror or error}.") from error
